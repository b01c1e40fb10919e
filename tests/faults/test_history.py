"""The check of the history can fail: each kind of violation, put into a story that is right, is found and named."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from planner.store.availability import Slot as SlotRow
from planner.store.db import db, transaction
from planner.store.ledger import LedgerEntry
from planner.store.orders import OrderLine
from tests.faults.history import Booked, Deed, Facts, Intent, Kept, Money, Part, Slot, problems
from tests.faults.site import Site
from tests.faults.stories import is_confirmed

SOLD = Part(1, "confirmed", 700, by_system=True, uuid="u-1", reference="SUP-1")
LATER = Part(2, "to_buy", 300)
TRIP = Kept("o1", "LTS-1", "anna", "confirmed", (SOLD, LATER), ("confirmed",))
GONE = Kept("o2", "LTS-2", "bert", "lapsed", (Part(1, "released", 700),))
PAID = Money("o1", "pi_1", "card", "captured", 1000)
DEEDS = (
    Deed("hold", "acknowledged", "anna", "LTS-1"), Deed("pay", "acknowledged", "anna", "LTS-1"),
    Deed("see", "acknowledged", "anna", "LTS-1"), Deed("hold", "unknown", "bert"),
)  # fmt: skip
RIGHT = Facts(
    orders=(TRIP, GONE),
    payments=(PAID,),
    slots={7: Slot(2, 0, 2)},
    taken={(7, True): 2},
    taken_by=frozenset({"o1"}),
    supplier=(Booked("u-1", "CONFIRMED", "SUP-1"), Booked("u-0", "CANCELLED", "SUP-0")),
    intents=(Intent("pi_1", "succeeded", 1000, 0, "o1"), Intent("pi_0", "canceled")),
    ledger=((1, "card", 1000), (1, "traveller:o1", -1000)),
)


def with_order(order: Kept) -> Facts:
    return replace(RIGHT, orders=(order, GONE))


def with_part(part: Part) -> Facts:
    return with_order(replace(TRIP, parts=(part, LATER)))


def with_money(**more: object) -> Facts:
    return replace(RIGHT, payments=(replace(PAID, **more),))  # type: ignore[arg-type]


BROKEN: dict[str, tuple[tuple[Deed, ...], Facts, str]] = {
    "an acknowledged order is gone": ((*DEEDS, Deed("hold", "acknowledged", "carl", "LTS-9")), RIGHT, "lost: LTS-9"),
    "a paid order lapsed": ((*DEEDS, Deed("pay", "acknowledged", "bert", "LTS-2")), RIGHT, "lost payment: LTS-2"),
    "what was shown as confirmed is not": ((*DEEDS, Deed("see", "acknowledged", "b", "LTS-2")), RIGHT, "lost word"),
    "an order that nobody was told of": (DEEDS[:3], RIGHT, "invented: LTS-2"),
    "two orders for one silence": (
        DEEDS, replace(RIGHT, orders=(TRIP, GONE, replace(GONE, id="o3", code="LTS-3"))), "invented: LTS-3",
    ),
    "an order that is still under way": (DEEDS, with_order(replace(TRIP, state="authorised")), "unresolved: LTS-1"),
    "a hold that never ends": (DEEDS, replace(RIGHT, orders=(TRIP, replace(GONE, state="held"))), "unresolved: LTS-2"),
    "an outcome that nobody knows": (DEEDS, with_part(replace(SOLD, state="unknown")), "unresolved: part 1"),
    "an authorisation that nobody used": (DEEDS, with_money(state="authorised"), "unresolved: a payment"),
    "a call whose end nobody knows": (DEEDS, replace(RIGHT, unended=(("o1", "o1:capture"),)), "unresolved: nobody"),
    "a counter above its rows": (DEEDS, replace(RIGHT, slots={7: Slot(2, 1, 2)}), "counters: slot 7"),
    "a counter below its rows": (DEEDS, replace(RIGHT, slots={7: Slot(2, 0, 1)}), "counters: slot 7"),
    "rows that nobody counts": (DEEDS, replace(RIGHT, slots={}), "counters: slot 7"),
    "more sold than there is": (DEEDS, replace(RIGHT, slots={7: Slot(1, 0, 2)}), "oversold: slot 7"),
    "places that were never given back": (DEEDS, replace(RIGHT, taken_by=frozenset({"o1", "o2"})), "leaked: LTS-2"),
    "a supplier that knows nothing": (DEEDS, replace(RIGHT, supplier=()), "supplier: SUP-1"),
    "a booking that nobody pays for": (
        DEEDS, replace(RIGHT, supplier=(*RIGHT.supplier, Booked("u-2", "CONFIRMED", "SUP-2"))), "supplier: SUP-2",
    ),
    "a booking made twice": (DEEDS, replace(RIGHT, supplier=RIGHT.supplier * 2), "supplier: SUP-1"),
    "a reference that is another": (DEEDS, with_part(replace(SOLD, reference="SUP-7")), "supplier: SUP-7"),
    "a reservation left behind": (
        DEEDS, replace(RIGHT, supplier=(*RIGHT.supplier, Booked("u-2", "ON_HOLD", "SUP-2"))), "supplier: SUP-2",
    ),
    "a capture that we do not know of": (
        DEEDS, replace(RIGHT, intents=(*RIGHT.intents, Intent("pi_2", "succeeded", 1000))), "capture: pi_2",
    ),
    "a capture of another sum": (
        DEEDS, replace(RIGHT, intents=(Intent("pi_1", "succeeded", 900, 0, "o1"),)), "capture: pi_1",
    ),
    "a charge for a trip that was undone": (DEEDS, with_order(replace(TRIP, state="undone")), "capture: pi_1"),
    "a charge of more than the trip costs": (DEEDS, with_part(replace(SOLD, price=600)), "capture: LTS-1 costs 900"),
    "a trip that was paid twice": (
        DEEDS, replace(RIGHT, payments=(PAID, replace(PAID, intent_id="pi_2"))), "capture: LTS-1 costs 1000",
    ),
    "an authorisation that stays": (
        DEEDS, replace(RIGHT, intents=(*RIGHT.intents, Intent("pi_2", "requires_capture"))), "capture: pi_2",
    ),
    "a refund that only the provider made": (
        DEEDS, replace(RIGHT, intents=(Intent("pi_1", "succeeded", 1000, 400, "o1"),)), "capture: pi_1",
    ),
    "a traveller who was never told": (DEEDS, with_order(replace(TRIP, told=())), "untold: LTS-1"),
    "a movement with one side": (DEEDS, replace(RIGHT, ledger=((1, "card", 1000),)), "ledger: transaction 1"),
    "money that the books forgot": (DEEDS, replace(RIGHT, ledger=()), "ledger: the card account"),
}  # fmt: skip


def test_a_story_that_is_right_has_no_problems() -> None:
    assert problems(DEEDS, RIGHT) == []


@pytest.mark.parametrize("name", BROKEN)
def test_each_kind_of_violation_is_found(name: str) -> None:
    deeds, facts, kind = BROKEN[name]
    found = problems(deeds, facts)
    assert any(problem.startswith(kind) for problem in found), found


def test_a_real_database_that_was_tampered_with_is_found_out(site: Site) -> None:
    order_id = is_confirmed(site)
    assert site.problems() == []
    with site.app.app_context():
        slot = db.session.scalars(select(SlotRow.id).where(SlotRow.sold > 0)).first()
        entry = db.session.scalars(select(LedgerEntry.id).where(LedgerEntry.order_id == order_id)).first()
    for table, key, change, kind in (
        (SlotRow, slot, lambda row: setattr(row, "sold", row.sold + 1), "counters"),
        (LedgerEntry, entry, lambda row: setattr(row, "amount", row.amount + 1), "ledger"),
        (OrderLine, (order_id, 1), lambda row: setattr(row, "reference", "SUP-X"), "supplier"),
        (OrderLine, (order_id, 1), lambda row: setattr(row, "price", row.price + 1), "capture"),
    ):
        before = _changed(site, table, key, change)
        found = site.problems()
        _changed(site, table, key, lambda row, before=before: [setattr(row, *one) for one in before.items()])
        assert any(problem.startswith(kind) for problem in found), (kind, found)


def _changed(site: Site, table: type, key: object, change: object) -> dict[str, object]:
    """Change a row behind the site's back and return what it was."""
    with site.app.app_context(), transaction() as session:
        row = session.get_one(table, key)
        before = {name: getattr(row, name) for name in ("sold", "amount", "reference", "price") if hasattr(row, name)}
        change(row)  # type: ignore[operator]
    return before
