"""Who an agency's client is: name, addresses, the language they read, the currency they pay in, what they like."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace
from hashlib import sha256

from planner.errors import Invalid
from planner.flow import typed
from planner.store.enquiries import Client
from planner.values.rates import CHARGED_IN, SHOWN

LANGUAGES = ("en", "id")
MOST_NAME, MOST_PHONE, MOST_WISHES = 120, 40, 2_000


@dataclass(frozen=True)
class ClientCard:
    """A client's card. `wishes` is what they like and what they cannot, in the agency's words."""

    name: str
    email: str = ""
    phone: str = ""
    language: str = "en"
    currency: str = CHARGED_IN
    wishes: str = ""

    @classmethod
    def of(cls, client: Client) -> ClientCard:
        """Return the card of a client."""
        return cls(client.name, client.email, client.phone, client.language, client.currency, client.wishes)

    def trimmed(self) -> ClientCard:
        """Return it without spaces around, the address in small letters."""
        return replace(
            self, name=self.name.strip(), email=self.email.strip().lower(), phone=self.phone.strip(),
            wishes=self.wishes.strip().replace("\r\n", "\n"),
        )  # fmt: skip

    def wrong(self) -> list[Invalid]:
        """Return what is wrong with a trimmed card, field by field."""
        return [
            *typed.needed("name", self.name, MOST_NAME),
            *typed.address("email", self.email),
            *typed.short("phone", self.phone, MOST_PHONE),
            *typed.one_of("language", self.language, LANGUAGES),
            *typed.one_of("currency", self.currency, SHOWN),
            *typed.short("wishes", self.wishes, MOST_WISHES),
        ]

    @property
    def mark(self) -> str:
        """What tells this card from a changed one."""
        return sha256(repr(astuple(self)).encode()).hexdigest()[:16]
