"""The network between workers, supplier and payment provider fails in every way, before the effect and after it.

An answer that was lost is no "no": each order ends confirmed with one booking, or undone with none; one capture, or
none. Orders run side by side; each fault hits whichever comes first.
"""

from collections import Counter

import pytest

from planner.store.db import db
from planner.store.payments import PaymentEvent
from tests.faults.site import Site, wait_for
from tests.faults.stories import FERRY, HOUSE, WALK, cancels, is_confirmed

WHENS = ("before", "after")
SUPPLIER_HOWS = ("slow:2", "reset", "cut_headers", "cut_body", "black_hole")
STRIPE_HOWS = ("error", "reset", "headers", "body", "slow", "silence")
SILENCE_S = 12.0
"""Longer than anybody waits for an answer: ten seconds."""
GOOD, DECLINED, SECURE = "4242424242424242", "4000000000000002", "4000000000003220"


def end(site: Site, ordered: list[str], how: str) -> None:
    assert Counter(site.settle(ordered, 90).values()) == {how: len(ordered)}


def test_a_supplier_fails_while_it_books_and_while_it_is_given_bookings_back(site: Site) -> None:
    site.supplier.behave(sold_out=["ST-LBJ-1"])
    booked = [site.held([WALK]) for _ in ("book", "confirm") for _ in SUPPLIER_HOWS for _ in WHENS]
    given_back = [site.held([WALK, HOUSE]) for _ in SUPPLIER_HOWS for _ in WHENS]
    with site.watched(f"{len(booked + given_back)} faults of a supplier"):
        for on in ("book", "confirm", "cancel"):
            for when in WHENS:
                site.supplier.will(on, when, *SUPPLIER_HOWS)
        for order_id in booked + given_back:
            site.pay(order_id)
        end(site, booked, "confirmed")
        end(site, given_back, "undone")
    assert site.supplier.control("calm", {}) == []


def test_a_supplier_that_is_away_is_asked_until_it_is_back(site: Site) -> None:
    ordered = [site.held([WALK, FERRY]) for _ in range(2)]
    site.supplier.stop()
    for order_id in ordered:
        site.pay(order_id)
    wait_for("the refused connection", lambda: all(site.parts(one)[0] == "unknown" for one in ordered))
    site.supplier.start()
    site.supplier.behave(capacity=100_000)
    with site.watched("a supplier comes back"):
        end(site, ordered, "confirmed")


@pytest.mark.parametrize("when", WHENS)
def test_the_payment_provider_fails_while_money_moves(site: Site, when: str) -> None:
    paid_back = [is_confirmed(site) for _ in STRIPE_HOWS]
    captured = [site.held([WALK]) for _ in STRIPE_HOWS]
    voided = [site.held([WALK, HOUSE]) for _ in STRIPE_HOWS]
    site.supplier.behave(sold_out=["ST-LBJ-1"])
    for path in ("/v1/payment_intents/*/capture", "/v1/payment_intents/*/cancel", "/v1/refunds"):
        for how in STRIPE_HOWS:
            seconds = {"slow": 1.0, "silence": SILENCE_S}.get(how, 0.0)
            site.sandbox.fault(path, when=when, how=how, seconds=seconds, method="POST")
    with site.watched(f"{3 * len(STRIPE_HOWS)} faults of the payment provider, {when} the effect"):
        for order_id in captured + voided:
            site.pay(order_id)
        for order_id in paid_back:
            cancels(site, order_id)
        end(site, captured, "confirmed")
        end(site, voided, "undone")
        end(site, paid_back, "cancelled")
    assert site.sandbox.control("faults") == []


def test_an_error_that_the_provider_remembers_for_its_key_is_outlived(site: Site) -> None:
    """Stripe answers a repeated key as it did at first, a failure too; what was captured shows when it is looked at."""
    ordered = [site.held([WALK])]
    site.sandbox.fault("/v1/payment_intents/*/capture", when="after", how="error", stored=True)
    site.pay(ordered[0])
    end(site, ordered, "confirmed")


# --- messages of the payment provider ----------------------------------------------------------------------------


def test_messages_that_come_twice_and_out_of_order_count_once(site: Site) -> None:
    ordered = [site.held([WALK]) for _ in range(3)]
    site.sandbox.control("webhooks", copies=2, order="shuffled", parallel=4)
    try:
        for order_id in ordered:
            site.pay(order_id)
        end(site, ordered, "confirmed")
        wait_for("every message", lambda: all(one["state"] == "done" for one in site.sandbox.control("deliveries")))
    finally:
        site.sandbox.control("webhooks", copies=1, order="made", parallel=1)
    with site.app.app_context():
        known = [event.id for event in db.session.query(PaymentEvent)]
    assert len(known) == len(set(known)) > 0


def test_messages_that_come_after_all_is_over_change_nothing(site: Site) -> None:
    site.sandbox.control("webhooks", held=True)
    try:
        late, undone = site.held([WALK]), site.held([WALK, HOUSE])
        site.supplier.behave(sold_out=["ST-LBJ-1"])
        for order_id in (late, undone):
            site.pay(order_id)
        # Nobody is told: the sweeper asks, at the latest after its twenty seconds.
        assert site.settle([late, undone]) == {late: "confirmed", undone: "undone"}
    finally:
        site.sandbox.control("webhooks", held=False)
    before = site.facts()
    told = site.sandbox.control("webhooks/flush", "POST", order="reversed")
    assert told and all(one["answer"] == "200" for one in told)
    site.settle([late, undone])
    assert site.facts() == before


def test_forged_messages_are_refused_and_change_nothing(site: Site) -> None:
    order_id = site.held([WALK])
    page = site.open_page(order_id)
    before = site.facts()
    body = _event(page)
    for signature in ("", "t=1,v1=00", site.sandbox.signature(body, "whsec_of_somebody_else"),
                      site.sandbox.signature(body + b" ")):  # fmt: skip
        assert site.post_hook(body, signature) in (401, 403)
    # What is signed, and lies, is not believed either: the page is asked for, and it is not paid.
    assert site.post_hook(body, site.sandbox.signature(body)) == 200
    assert site.state(order_id) == "paying"
    assert site.facts() == before
    site.sandbox.pay(page)
    site.settle([order_id])


def _event(page: str) -> bytes:
    subject = f'{{"id": "{page}", "object": "checkout.session", "payment_status": "paid", "status": "complete"}}'
    head = '"id": "evt_forged", "object": "event", "type": "checkout.session.completed", "api_version": "2025-01-01"'
    return f'{{{head}, "data": {{"object": {subject}}}}}'.encode()
