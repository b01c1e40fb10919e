"""Every word of the program and of its libraries has its Indonesian, with the same places to fill in, and no other."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import wtforms.i18n
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from flask import Flask

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = ROOT / "planner" / "translations" / "id" / "LC_MESSAGES"
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None}
PLACE = re.compile(r"%\((\w+)\)|%[sd]|\{(\w*)\}")
LEFT_OUT = {
    "WEBAUTHN_": "SECURITY_WEBAUTHN",
    "OAUTH_": "SECURITY_OAUTH_ENABLE",
    "US_": "SECURITY_UNIFIED_SIGNIN",
    "GENERIC_US_": "SECURITY_UNIFIED_SIGNIN",
    "PHONE_": "SECURITY_UNIFIED_SIGNIN",
    "USE_CODE": "SECURITY_UNIFIED_SIGNIN",
    "USERNAME_": "SECURITY_USERNAME_ENABLE",
    "CHANGE_EMAIL_": "SECURITY_CHANGE_EMAIL",
    "INVALID_RECOVERY_CODE": "SECURITY_MULTI_FACTOR_RECOVERY_CODES",
    "NO_RECOVERY_CODES_": "SECURITY_MULTI_FACTOR_RECOVERY_CODES",
    "LOGIN_E": "SECURITY_PASSWORDLESS",
    "INVALID_LOGIN_TOKEN": "SECURITY_PASSWORDLESS",
    "PASSWORDLESS_": "SECURITY_PASSWORDLESS",
    "REFRESH_TOKEN_": "SECURITY_REFRESH_TOKEN",
}
"""What Flask-Security says of ways that are not open here: how its name begins, and the setting that opens the way."""


def catalogue(name: str) -> Catalog:
    with (CATALOGUES / f"{name}.po").open("rb") as file:
        return read_po(file, locale="id")


def said(messages: Catalog) -> Iterator[Message]:
    """The messages of a catalogue without its head."""
    return (message for message in messages if message.id)


def key(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, tuple) else message.id)


def done(messages: Catalog) -> set[str]:
    """What is translated, and surely so."""
    return {key(one) for one in said(messages) if one.string and all(one.string) and not one.fuzzy}


@pytest.fixture(scope="module")
def spoken() -> set[str]:
    """Every text of code and templates that goes through gettext, found as `make translations` finds it."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found: set[str] = set()
    for folder in ("planner", "templates"):
        mine = [
            (pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods if pattern.startswith(folder)
        ]
        choices = {pattern.removeprefix(f"{folder}/"): given for pattern, given in options.items()}
        for _file, _line, text, _comments, _context in extract_from_dir(str(ROOT / folder), mine, choices, KEYWORDS):
            found.add(text[0] if isinstance(text, tuple) else text)
    return found


def test_every_word_is_translated(spoken: set[str]) -> None:
    assert len(spoken) > 1000 and any("%(email)s" in text for text in spoken)  # mails of accounts too
    assert sorted(spoken - done(catalogue("messages"))) == []


def test_no_words_are_kept_that_nobody_says_any_more(spoken: set[str]) -> None:
    messages = catalogue("messages")
    assert sorted({key(one) for one in said(messages)} - spoken) == []
    assert list(messages.obsolete) == []


def test_no_word_is_translated_twice() -> None:
    for name in ("messages", "accounts", "wtforms", "data"):
        text = (CATALOGUES / f"{name}.po").read_text(encoding="utf-8")
        ids = re.findall(r'^msgid ((?:".*"\n)+)', text, re.MULTILINE)
        assert [one for one, count in Counter(ids).items() if count > 1] == []


def places(text: str) -> Counter[str]:
    return Counter(found[0] for found in PLACE.finditer(text))


@pytest.mark.parametrize("name", ["messages", "accounts", "wtforms"])
def test_translations_fill_in_the_same_places(name: str) -> None:
    wrong = []
    for message in said(catalogue(name)):
        plural = isinstance(message.id, tuple)
        wanted = places(message.id[-1] if plural else message.id)
        strings = message.string if plural else (message.string,)
        wrong += [(message.id, one) for one in strings if set(places(one)) != set(wanted)]
    assert wrong == []


@pytest.mark.parametrize("name", ["messages", "accounts", "wtforms"])
def test_translations_can_be_filled_in(name: str) -> None:
    """A text with places is put together with `%`, so a bare percent sign or a misspelled place would fail a page."""
    for message in said(catalogue(name)):
        named = {found[1]: 7 for found in PLACE.finditer(key(message)) if found[1]}
        if not named or "%(length) " in key(message):
            continue
        for text in message.string if isinstance(message.string, (tuple, list)) else (message.string,):
            assert text % named


def test_what_the_library_of_accounts_says_is_translated(make_app: Callable[..., Flask]) -> None:
    config = make_app().config
    opened = {setting: config.get(setting) for setting in LEFT_OUT.values() if config.get(setting)}
    assert opened == {}
    begins = "SECURITY_MSG_"
    messages = {
        text
        for name, (text, _kind) in ((n, v) for n, v in config.items() if n.startswith(begins))
        if not name.removeprefix(begins).startswith(tuple(LEFT_OUT))
    }
    subjects = {str(text) for name, text in config.items() if name.startswith("SECURITY_EMAIL_SUBJECT_")}
    accounts = catalogue("accounts")
    assert sorted(messages - done(accounts)) == []
    assert sorted({key(one) for one in said(accounts)} - messages - subjects) == []


def test_what_the_library_of_forms_says_is_translated() -> None:
    with (Path(wtforms.i18n.messages_path()) / "wtforms.pot").open("rb") as file:
        theirs = {key(one) for one in said(read_po(file))}
    forms = catalogue("wtforms")
    assert sorted(theirs - done(forms)) == []
    assert sorted({key(one) for one in said(forms)} - theirs) == []


@pytest.mark.parametrize(
    ("address", "said_of_it"),
    [("/en/", "This field is required."), ("/id/", "Ini harus diisi."), ("/", "This field is")],
)
def test_forms_say_what_is_wrong_in_the_reader_s_language(
    make_app: Callable[..., Flask], address: str, said_of_it: str
) -> None:
    from flask_wtf import FlaskForm
    from wtforms import StringField
    from wtforms.validators import DataRequired

    class Name(FlaskForm):  # type: ignore[misc]
        name = StringField(validators=[DataRequired()])

    app = make_app(WTF_CSRF_ENABLED=False)

    def look() -> str:
        form = Name(meta={"csrf": False})
        form.validate()
        return str(form.errors["name"][0])

    app.add_url_rule("/try-a-form", "try_a_form", look)
    assert app.test_client().get(f"{address}try-a-form").text.startswith(said_of_it)


@pytest.mark.parametrize(("language", "word"), [("en", "2 adults"), ("id", "2 dewasa")])
def test_numbers_take_their_words(pages, language: str, word: str) -> None:  # type: ignore[no-untyped-def]
    pages.set_cookie("lang", language)
    text = pages.get("/trips?in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16&adults=2").text
    assert word in text
