"""A traveller without a browser: fills in the site's forms over plain HTTP, and remembers what it was told."""

from __future__ import annotations

import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from http.cookiejar import CookieJar
from typing import Any, TypeVar

from tests.faults.history import Deed

QUERY = "in=DPS&in_on=2027-05-03&out=LOP&out_on=2027-05-04&adults=2"
TYPED = {
    "given_1": "Maren", "family_1": "Oduya", "given_2": "Tau", "family_2": "Okoye", "document_1": "C01X2345",
    "document_2": "C01X2346", "nationality_1": "NL", "nationality_2": "NL", "email": "maren@example.org",
    "phone": "+31612345678", "consent": "undo",
}  # fmt: skip
TIMEOUT_S = 30

Found = TypeVar("Found")


class Lost(Exception):
    """No whole answer came, or a failure of the server: what was asked for may have been done."""


class Refused(Exception):
    """The site said no."""


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer: nobody follows it by itself."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Deeds:
    """What all shoppers did; several of them write at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._deeds: list[Deed] = []

    def note(self, deed: Deed) -> None:
        with self._lock:
            self._deeds.append(deed)

    def list(self) -> list[Deed]:
        with self._lock:
            return list(self._deeds)


class Shopper:
    """One visitor of the site; `agent` is how its browser calls itself, `visitor` what the site makes of that."""

    def __init__(self, base: str, agent: str, visitor: str, deeds: Deeds) -> None:
        self._base, self._agent, self.visitor, self._deeds = base, agent, visitor, deeds
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), _Stay())

    def ask(self, path: str, fields: dict[str, str] | None = None) -> tuple[str, str]:
        """Send a request and return where it leads and what it shows.

        Raises:
            Lost: nothing whole came back, or the server failed.
            Refused: it was understood and refused.
        """
        body = urllib.parse.urlencode(fields).encode() if fields is not None else None
        asking = urllib.request.Request(self._base + path, body, {"User-Agent": self._agent})
        try:
            with self._opener.open(asking, timeout=TIMEOUT_S) as answer:
                return "", answer.read().decode()
        except urllib.error.HTTPError as told:
            if told.code in (302, 303):
                return str(told.headers["Location"]), ""
            if told.code >= 500:
                raise Lost(f"{path}: {told.code}") from None
            raise Refused(f"{path}: {told.code}") from None
        except (OSError, HTTPException) as lost:
            raise Lost(f"{path}: {type(lost).__name__}") from None

    def send(self, page: str, action: str, **fields: str) -> str:
        """Send the form of a page and return where it leads."""
        shown = self.ask(page)[1]
        token = re.search(r'name="csrf_token" value="([^"]+)"', shown)
        assert token, f"{page} has no form"
        fingerprint = re.search(r'name="shown" value="([^"]+)"', shown)
        more = {"shown": fingerprint[1]} if fingerprint else {}
        leads, _ = self.ask(action, {"csrf_token": token[1], **more, **fields})
        return leads

    def hold(self, trip: str) -> str:
        """Hold a trip and return the path of its page."""
        page = f"/checkout/{trip}?{QUERY}"
        try:
            held = self.send(page, page)
        except Lost:
            self._deeds.note(Deed("hold", "unknown", self.visitor))
            raise
        self._deeds.note(Deed("hold", "acknowledged", self.visitor, code_of(held)))
        return held

    def go_to_payment(self, held: str) -> str:
        """Name who travels; return the id of the payment page."""
        leads = self.send(held, held, **TYPED)
        found = re.search(r"/(cs_[A-Za-z0-9_]+)", leads)
        if not found:
            raise Refused(f"{held} leads to {leads}")
        return found[1]

    def paid(self, held: str) -> None:
        self._deeds.note(Deed("pay", "acknowledged", self.visitor, code_of(held)))

    def sees_confirmed(self, held: str) -> bool:
        """Look at the booking."""
        shown = self.ask(held.replace("/checkout/held/", "/bookings/"))[1]
        if "vouchers.pdf" not in shown:
            return False
        self._deeds.note(Deed("see", "acknowledged", self.visitor, code_of(held)))
        return True

    def try_hard(self, act: Callable[[], Found], times: int = 60) -> Found:
        """Do something that may be done twice until an answer comes."""
        for _ in range(times - 1):
            try:
                return act()
            except Lost:
                threading.Event().wait(0.3)
        return act()


def code_of(held: str) -> str:
    return held.split("/held/")[1].split("/")[0]
