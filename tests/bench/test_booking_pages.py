"""Prints how long travellers wait for the pages of the checkout, through gunicorn, beside what is promised.

`make bench`; BUYERS_S=30 buys longer. Figures are printed, never asserted; only broken books fail.
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter

from tests.bench.booking_site import Site, said_of
from tests.bench.figures import promise, spread, tell
from tests.bench.shopper import Shopper

BUYERS_S = float(os.environ.get("BUYERS_S", "8"))
BUYERS = (1, 4, 8)
SEARCH = "/trips?in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-09&adults=2&package=PK44"
PAGES = ("availability", "hold", "names", "pay")


def test_pages_of_the_checkout(on_postgresql: Site) -> None:
    site = on_postgresql
    site.start_web()
    checkout = Shopper(site.port, "first").find_trip(SEARCH)
    for warm in ("warm", "warmer"):
        Shopper(site.port, warm).buy(checkout)
    print(f"\nPages of the checkout through gunicorn, two processes of eight threads ({said_of(site.app)})")
    statuses: Counter[int] = Counter()
    for count in BUYERS:
        shoppers = [Shopper(site.port, f"{count} buyers, number {n}") for n in range(count)]
        bought = let_them_buy(shoppers, checkout)
        took = {page: [one for shopper in shoppers for one in shopper.took[page]] for page in PAGES}
        tell(f"{count} buying at once, without a pause", f"{bought / BUYERS_S:.1f} trips a second to the payment page")
        for page in PAGES:
            tell(f"  {page}", spread(took[page]))
        promise("  availability", 0.25, took["availability"], 0.9)
        promise("  availability", 1.0, took["availability"], 0.99)
        promise("  reserve", 0.5, took["hold"], 0.9)
        promise("  names and payment page", 1.0, took["pay"], 0.9)
        for shopper in shoppers:
            statuses.update(shopper.statuses)
    broken = sum(count for status, count in statuses.items() if status >= 500)
    tell("answers that say 5xx", f"promise < 0.5 % / measured {broken / statuses.total():.2%} of {statuses.total()}")
    oversold = site.oversold()
    tell("oversold slots", f"promise 0 / measured {oversold}")
    assert oversold == 0


def let_them_buy(shoppers: list[Shopper], checkout: str) -> int:
    """Let everybody buy again and again for a while; return how many trips that were."""
    until = time.monotonic() + BUYERS_S

    def buy(shopper: Shopper) -> None:
        while time.monotonic() < until:
            shopper.buy(checkout)

    threads = [threading.Thread(target=buy, args=(shopper,)) for shopper in shoppers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(shopper.trips for shopper in shoppers)
