"""A traveller who buys over HTTP as fast as the pages come, with a clock on each page."""

from __future__ import annotations

import html
import http.client
import re
import time
from collections import Counter, defaultdict
from urllib.parse import urlencode

FORM = re.compile(r'name="(csrf_token|shown)" value="([^"]*)"')
PEOPLE = {
    "given_1": "Ani", "family_1": "Bee", "document_1": "C01X2341", "nationality_1": "NL",
    "given_2": "Cit", "family_2": "Dee", "document_2": "C01X2342", "nationality_2": "NL",
    "email": "traveller@example.com", "phone": "+62 361 123456", "consent": "undo",
}  # fmt: skip
FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}


class Shopper:
    """One connection; each trip is bought by another visitor."""

    def __init__(self, port: int, name: str) -> None:
        self._connection = http.client.HTTPConnection("localhost", port, timeout=60)
        self._name, self._cookie = name, ""
        self.took: dict[str, list[float]] = defaultdict(list)
        self.statuses: Counter[int] = Counter()
        self.trips = 0

    def ask(self, what: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Ask for a page, or send a form; return status, body and where it leads."""
        headers = {"User-Agent": f"{self._name} {self.trips}", "Cookie": self._cookie}
        body = urlencode(fields) if fields is not None else None
        began = time.perf_counter()
        self._connection.request("POST" if body else "GET", path, body, headers | (FORM_TYPE if body else {}))
        reply = self._connection.getresponse()
        page = reply.read().decode()
        self.took[what].append(time.perf_counter() - began)
        self.statuses[reply.status] += 1
        for cookie in reply.headers.get_all("Set-Cookie") or ():
            if cookie.startswith("session="):
                self._cookie = cookie.partition(";")[0]
        return reply.status, page, reply.headers.get("Location", "")

    def find_trip(self, search: str) -> str:
        """Look for a trip and return the address at which it is bought."""
        _, page, _ = self.ask("search", search)
        found = re.search(r'<h2[^>]*><a[^>]* href="([^"]+)"', page)
        assert found, page[:2000]
        _, page, _ = self.ask("trip", html.unescape(found[1]))
        found = re.search(r'href="(/checkout/[^"]+)"', page)
        assert found, page[:2000]
        return html.unescape(found[1])

    def buy(self, checkout: str) -> None:
        """See the price, hold, name who travels, and be sent to the payment page."""
        self.trips += 1
        self._cookie = ""
        _, page, _ = self.ask("availability", checkout)
        status, page, held = self.ask("hold", checkout, _fields(page))
        assert status == 303, page[-3000:]
        held = re.sub(r"^https?://[^/]+", "", held)
        _, page, _ = self.ask("names", held)
        status, page, _ = self.ask("pay", held, {**PEOPLE, "csrf_token": _fields(page)["csrf_token"]})
        assert status == 303, page[-3000:]


def _fields(page: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in FORM.findall(page)}
