"""Web workers are killed in the middle of a request: what was told stands, what was not told costs nobody a place.

The client hears nothing, as after a broken connection; it asks again, or looks.
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from planner.store import orders
from planner.store.db import db, transaction
from planner.store.orders import Order
from tests.faults.shopper import Lost, Shopper, code_of
from tests.faults.site import Site, wait_for
from tests.faults.stories import WALK

HOLD, PAY, BACK, HOOK = (
    "travellers.checkout.hold", "travellers.checkout.pay", "travellers.checkout.come_back", "hooks.stripe",
)  # fmt: skip
HOLD_POINTS = {"before_commit:1": 0, "after_commit:1": 1, "before_reply:1": 1}
"""How many orders stand after a worker was killed there."""
PAY_POINTS = ("before_commit:1", "before_commit:2", "after_call:1", "before_commit:3", "before_reply:1")
HOOK_POINTS = ("after_call:1", "after_call:2", "before_commit:1", "after_commit:1", "after_call:3", "before_commit:2",
               "before_reply:1")  # fmt: skip


def killed_in_the_middle(site: Site, point: str, act: Callable[[], object]) -> None:
    """Do something while the worker that does it is killed at a point; nothing comes back."""
    site.arm(point)
    heard: list[str] = []

    def ask() -> None:
        try:
            heard.append(f"answered {act()}")
        except Lost:
            heard.append("nothing")

    asking = threading.Thread(target=ask)
    asking.start()
    site.kill_at(point)
    asking.join(60)
    assert heard == ["nothing"]


def of_visitor(site: Site, shopper: Shopper) -> dict[str, str]:
    """Return the ids of a visitor's orders by their codes."""
    with site.app.app_context():
        found = db.session.execute(select(Order.code, Order.id).where(Order.visitor == shopper.visitor))
        return {str(code): str(order_id) for code, order_id in found}


def time_passes(site: Site, order_id: str) -> None:
    """Let a hold run out; the sweeper gives its places back."""
    with site.app.app_context(), transaction() as session:
        orders.note_order(session, order_id, {"hold_until": datetime.now(UTC) - timedelta(minutes=1)})
    wait_for("the end of the hold", lambda: site.state(order_id) == "lapsed")


def is_bought(site: Site, shopper: Shopper, held: str) -> None:
    """Go on to the end of a purchase."""
    page = shopper.try_hard(lambda: shopper.go_to_payment(held))
    site.sandbox.pay(page)
    shopper.paid(held)
    is_confirmed(site, shopper, held)


def is_confirmed(site: Site, shopper: Shopper, held: str) -> None:
    """Wait for vouchers, and until holds that nobody was told of have run out."""
    wait_for("the confirmation", lambda: shopper.try_hard(lambda: shopper.sees_confirmed(held)), pause_s=0.3)
    found = of_visitor(site, shopper)
    site.settle([found.pop(code_of(held))])
    for order_id in found.values():
        time_passes(site, order_id)


@pytest.mark.parametrize("point", HOLD_POINTS)
def test_a_worker_dies_while_it_holds_a_trip(site: Site, point: str) -> None:
    trip, shopper = site.trip(), site.shopper(f"holds till {point}")
    killed_in_the_middle(site, f"{HOLD}:{point}", lambda: shopper.hold(trip))
    assert len(of_visitor(site, shopper)) == HOLD_POINTS[point]
    held = shopper.try_hard(lambda: shopper.hold(trip))
    is_bought(site, shopper, held)


@pytest.mark.parametrize("point", PAY_POINTS)
def test_a_worker_dies_while_it_opens_the_payment_page(site: Site, point: str) -> None:
    shopper = site.shopper(f"pays till {point}")
    held = shopper.try_hard(lambda: shopper.hold(site.trip()))
    killed_in_the_middle(site, f"{PAY}:{point}", lambda: shopper.go_to_payment(held))
    is_bought(site, shopper, held)


@pytest.mark.parametrize("point", HOOK_POINTS)
def test_a_worker_dies_while_it_is_told_of_a_payment(site: Site, point: str) -> None:
    """The traveller never comes back from the payment page: only the message, sent again, can tell."""
    order_id = site.held([WALK])
    site.arm(f"{HOOK}:{point}")
    site.pay(order_id)
    site.kill_at(f"{HOOK}:{point}")
    assert site.settle([order_id]) == {order_id: "confirmed"}


def test_a_worker_dies_while_a_traveller_comes_back_from_paying(site: Site) -> None:
    shopper = site.shopper("comes back")
    held = shopper.try_hard(lambda: shopper.hold(site.trip()))
    page = shopper.try_hard(lambda: shopper.go_to_payment(held))
    site.sandbox.control("webhooks", held=True)
    try:
        site.sandbox.pay(page)
        shopper.paid(held)
        killed_in_the_middle(site, f"{BACK}:before_commit:1", lambda: shopper.ask(f"{held}/back"))
        shopper.try_hard(lambda: shopper.ask(f"{held}/back"))
        is_confirmed(site, shopper, held)
    finally:
        site.sandbox.control("webhooks", held=False)
        site.sandbox.control("webhooks/flush", "POST")
