"""The books: every movement sums to zero, splits lose no rupiah, what is given back cancels what was sold."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from planner.booking import ledger
from planner.booking.ledger import PAYOUT_DAYS, Entry, Sold, Unbalanced, check
from planner.errors import Invalid

DAY = date(2027, 6, 4)


def sold(line: int, price: int, kind: str = "package", way: str = "held") -> Sold:
    return Sold("o1", line, kind, way, f"s{line}", price, DAY)


SOLD = some.builds(
    sold,
    some.integers(1, 9),
    some.integers(1, 10**9),
    some.sampled_from(["package", "stay", "leg", "transfer"]),
    some.sampled_from(["held", "requested", "later"]),
)
TRIP = some.lists(SOLD, min_size=1, max_size=6, unique_by=lambda one: one.line)


def accounts(*movements: Iterable[Entry]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for entry in (entry for movement in movements for entry in movement):
        sums[entry.account] += entry.amount
    return Counter({account: amount for account, amount in sums.items() if amount})


def total(lines: Sequence[Sold]) -> int:
    return sum(line.price for line in lines)


def test_a_sale_owes_the_operator_nine_tenths_a_week_after_its_part_ended() -> None:
    entries = ledger.sale([sold(1, 1_000_001)])
    assert accounts(entries) == {"traveller:o1": 1_000_001, "platform": -100_000, "supplier:s1": -900_001}
    owed = next(entry for entry in entries if entry.account == "supplier:s1")
    assert owed.due_on == DAY + timedelta(days=PAYOUT_DAYS)


def test_a_carriers_fare_passes_through_and_a_ticket_bought_later_is_kept_aside() -> None:
    assert accounts(ledger.sale([sold(1, 130_600, "leg")])) == {"traveller:o1": 130_600, "supplier:s1": -130_600}
    assert accounts(ledger.sale([sold(1, 130_600, "leg", "later")])) == {"traveller:o1": 130_600, "to_buy": -130_600}


def test_a_ticket_that_cost_less_or_more_than_it_was_sold_for_is_our_gain_or_loss() -> None:
    ticket = sold(1, 130_600, "leg", "later")
    for paid, ours in ((120_000, -10_600), (140_000, 9_400), (130_600, 0)):
        books = accounts(ledger.sale([ticket]), ledger.purchase(ticket, paid))
        assert (books["to_buy"], books["bank"], books["platform"]) == (0, -paid, ours)


def test_an_unbalanced_or_empty_movement_is_refused() -> None:
    with pytest.raises(Unbalanced):
        check([Entry("card", 100), Entry("bank", -99)])
    with pytest.raises(Unbalanced):
        check([Entry("card", 0), Entry("bank", 0)])
    with pytest.raises(Unbalanced):
        ledger.payment("o1", 0)


@pytest.mark.parametrize("refund", [-1, 1_000_001])
def test_nobody_gets_back_less_than_nothing_or_more_than_the_price(refund: int) -> None:
    with pytest.raises(Invalid):
        ledger.cancellation(sold(1, 1_000_000), refund)


@given(TRIP)
def test_a_sale_loses_no_rupiah(lines: list[Sold]) -> None:
    entries = ledger.sale(lines)
    assert sum(entry.amount for entry in entries) == 0
    for line in lines:
        own = [entry.amount for entry in entries if entry.line == line.line]
        assert sum(amount for amount in own if amount > 0) == line.price == -sum(a for a in own if a < 0)
    books = accounts(entries)
    assert books["traveller:o1"] == total(lines)
    assert books["platform"] <= 0


@given(TRIP, some.data())
def test_every_movement_sums_to_zero(lines: list[Sold], data: some.DataObject) -> None:
    movements = [ledger.sale(lines), ledger.payment("o1", total(lines)), ledger.refund("o1", total(lines), "bank")]
    movements += [ledger.cancellation(line, data.draw(some.integers(0, line.price))) for line in lines]
    movements += [ledger.purchase(line, data.draw(some.integers(1, 10**9))) for line in lines if line.way == "later"]
    movements.append(ledger.payout("s1", data.draw(some.integers(1, 10**9))))
    for entries in movements:
        assert sum(entry.amount for entry in entries) == 0
        assert all(entry.amount for entry in entries)


@given(TRIP)
def test_a_trip_that_is_cancelled_whole_leaves_nothing_in_any_account(lines: list[Sold]) -> None:
    movements = [ledger.sale(lines), ledger.payment("o1", total(lines))]
    movements += [ledger.cancellation(line, line.price) for line in lines]
    assert accounts(*movements) == {"card": total(lines), "traveller:o1": -total(lines)}
    assert accounts(*movements, ledger.refund("o1", total(lines))) == {}


@given(TRIP, some.data())
def test_what_is_not_paid_back_is_shared_as_the_price_was(lines: list[Sold], data: some.DataObject) -> None:
    backs = {line.line: data.draw(some.integers(0, line.price)) for line in lines}
    movements = [ledger.sale(lines), ledger.payment("o1", total(lines))]
    movements += [ledger.cancellation(line, backs[line.line]) for line in lines]
    if sum(backs.values()):
        movements.append(ledger.refund("o1", sum(backs.values())))
    kept = [sold(line.line, line.price - backs[line.line], line.kind, line.way) for line in lines]
    as_if_sold_for_that = ledger.sale([line for line in kept if line.price]) if any(k.price for k in kept) else []
    paid = [ledger.payment("o1", total(kept))] if total(kept) else []
    assert accounts(*movements) == accounts(as_if_sold_for_that, *paid)
