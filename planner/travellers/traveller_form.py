"""The second step of a checkout: who travels, how they are reached, what may replace a part, how it is paid."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _

from planner.flow.take_payment import CONSENTS
from planner.values.passports import LONGEST_NAME, NATIONALITIES, is_name, is_number, number_of

_PHONE = re.compile(r"\+?[0-9]{7,15}")


@dataclass
class TravellerForm:
    """What was typed, field by field, and what is wrong with it; nothing typed is lost."""

    people: int
    needs_names: bool
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """What was typed into a field."""
        return self.values.get(name, "")

    @property
    def named(self) -> int:
        """How many travellers are asked for: all where a carrier or park wants names, else the one who books."""
        return self.people if self.needs_names else 1

    def read(self, form: Mapping[str, str]) -> bool:
        """Read a posted form; False where something is wrong, which `errors` then names by field."""
        self.values = {key: str(value).strip() for key, value in form.items()}
        self.errors = {}
        for n in range(1, self.named + 1):
            self._name(f"given_{n}")
            self._name(f"family_{n}")
            if self.needs_names:
                self._document(f"document_{n}")
                if self.value(f"nationality_{n}") not in NATIONALITIES:
                    self.errors[f"nationality_{n}"] = _("Please choose a country.")
        self._email()
        self._phone()
        if self.value("consent") not in CONSENTS:
            self.errors["consent"] = _("Please choose one.")
        return not self.errors

    def _name(self, key: str) -> None:
        text = " ".join(self.value(key).split())
        self.values[key] = text
        if not text:
            self.errors[key] = _("Please enter the name as in the passport or KTP.")
        elif len(text) > LONGEST_NAME:
            self.errors[key] = _("At most %(most)d characters.", most=LONGEST_NAME)
        elif not is_name(text):
            self.errors[key] = _("A name has letters, spaces, hyphens and apostrophes only.")

    def _document(self, key: str) -> None:
        text = number_of(self.value(key))
        self.values[key] = text
        if not is_number(text):
            self.errors[key] = _("A passport has 6 to 9 letters and digits, a KTP 16 digits.")

    def _email(self) -> None:
        try:
            self.values["email"] = validate_email(self.value("email"), check_deliverability=False).normalized
        except EmailNotValidError:
            self.errors["email"] = _("This is no e-mail address. It looks like name@example.org.")

    def _phone(self) -> None:
        text = re.sub(r"[\s().-]", "", self.value("phone"))
        if text.startswith("00"):
            text = "+" + text[2:]
        if not _PHONE.fullmatch(text):
            self.errors["phone"] = _("A number with its country code, such as +62 812 3456 7890.")
        else:
            self.values["phone"] = text

    def contact(self) -> dict[str, Any]:
        """How the one who books is reached."""
        return {"email": self.value("email"), "phone": self.value("phone")}

    def travellers(self) -> list[dict[str, Any]]:
        """Who travels, the one who books first."""
        keys = ("given", "family", *(("document", "nationality") if self.needs_names else ()))
        return [{key: self.value(f"{key}_{n}") for key in keys} for n in range(1, self.named + 1)]

    def fill(self, contact: Mapping[str, Any], travellers: list[dict[str, Any]], consent: str) -> None:
        """Show what was typed before."""
        self.values = {key: str(value) for key, value in contact.items()}
        for n, one in enumerate(travellers, start=1):
            self.values |= {f"{key}_{n}": str(value) for key, value in one.items()}
        self.values["consent"] = consent or "closest"
