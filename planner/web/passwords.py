"""Refuse passwords that everybody tries first: well-known words, however they are dressed up, rows of keys, one's own
address.

A password is undressed before it is looked at: leetspeak is read back, digits and signs at its ends and repetitions
are taken off. `P@ssw0rd2026!` and `passwordpassword` are `password`.
"""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_security import PasswordUtil

FEWEST_LETTERS = 10
FEWEST_DISTINCT = 5
LEET = str.maketrans("@401!3$57+", "aaoiiesstt")
ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "01234567890123456789",
)
TRIED_FIRST = """
abc access account admin administrator adobe amanda andrea angel anthony apple asdf ashley august azerty baby bailey
bali baseball basketball batman beautiful bima bismillah buster butterfly changeme charlie cheese chocolate cintaku
computer cookie daniel december default diamond dragon eagle family flores flower football freedom friday garuda
ginger google guest hannah happy harley hello hunter iloveyou indonesia internet jakarta jasmine jennifer jessica
jordan joshua justin killer komodo kucing labuanbajo lakers letmein liverpool lombok london love lovely loveyou maggie
manchester martin master matthew merdeka merpati michael michelle monday money monkey mustang naruto nicole november
october office operator orange pass passw password passwort patrick peanut pepper pokemon princess purple qazwsx qwert
qwerty qwertyuiop rahasia rinjani robert root samantha sandi sayang secret september shadow soccer spring staff
starwars sumbawa summer sunday sunflower sunshine superman supervisor system temp test testing thomas thunder tigger
travel traveller trustno user welcome whatever william winter yankees zaq zaqwsx zxcvbn lintas lintasbali katasandi
akusayangkamu sayangku cintasejati allahuakbar subhanallah
"""
WORDS = frozenset(TRIED_FIRST.split())


def is_common(password: str, email: str = "") -> bool:
    """Tell whether a password is among those that are tried first, or is made of the owner's address."""
    plain = password.lower()
    if len(set(plain)) < FEWEST_DISTINCT:
        return True
    forms = {plain, plain.translate(LEET), re.sub(r"^[^a-z]+|[^a-z]+$", "", plain).translate(LEET)}
    for form in [*forms]:
        forms |= {re.sub(r"[^a-z]", "", form), re.sub(r"^[^a-z]+|[^a-z]+$", "", form), re.sub(r"[^a-z0-9]", "", form)}
    forms |= {_unit(form) for form in forms}
    own = re.sub(r"[^a-z]", "", email.lower().partition("@")[0])
    return any(
        form in WORDS or _is_two_words(form) or _is_row(form) or (len(own) > 3 and own in form) for form in forms
    )


def _unit(text: str) -> str:
    """The part that a text repeats, or the text."""
    found = re.fullmatch(r"(.+?)\1+", text)
    return found[1] if found else text


def _is_two_words(text: str) -> bool:
    return any(text[:cut] in WORDS and text[cut:] in WORDS for cut in range(3, len(text) - 2))


def _is_row(text: str) -> bool:
    """Tell whether a text walks along the alphabet, the digits or the keyboard, in either direction."""
    return len(text) > 3 and any(text in row or text[::-1] in row for row in ROWS)


class CarefulPasswords(PasswordUtil):  # type: ignore[misc]
    """What Flask-Security asks about a new password."""

    def validate(self, password: str, is_register: bool, **facts: Any) -> tuple[list[str] | None, str]:
        """Refuse what is short or common."""
        plain = self.normalize(password)
        if len(plain) < FEWEST_LETTERS:
            return [_("Use at least %(count)d characters.", count=FEWEST_LETTERS)], plain
        owner = facts.get("user")
        if is_common(plain, str(getattr(owner, "email", "") or facts.get("email") or "")):
            return [_("This password is among those that are tried first. Use a few unrelated words instead.")], plain
        return None, plain
