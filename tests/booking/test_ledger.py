"""The books: every movement sums to zero, splits lose no rupiah, what is given back cancels what was sold."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from planner.booking import ledger
from planner.booking.ledger import PAYOUT_DAYS, Entry, Sold, Unbalanced, check
from planner.errors import Invalid

DAY = date(2027, 6, 4)


AGENCY = "a1"


def sold(line: int, price: int, kind: str = "package", way: str = "held", **agency: Any) -> Sold:
    return Sold("o1", line, kind, way, f"s{line}", price, DAY, **agency)


SOLD = some.builds(
    sold,
    some.integers(1, 9),
    some.integers(1, 10**9),
    some.sampled_from(["package", "stay", "leg", "transfer"]),
    some.sampled_from(["held", "requested", "later"]),
)



@some.composite
def sold_by_an_agency(draw: some.DrawFn) -> Sold:
    """A line with a mark-up, also one below its cost, and a commission; or something that the agency does itself."""
    line = draw(SOLD)
    price = line.price
    if draw(some.booleans()):
        markup = draw(some.integers(-price // 20, price))
        return replace(line, markup=markup, agency_id=AGENCY, commission_bp=draw(some.integers(0, 1000)))
    return replace(line, kind="own", way="agency", supplier_id="", markup=price, agency_id=AGENCY)


AGENCY_TRIP = some.lists(sold_by_an_agency(), min_size=1, max_size=6, unique_by=lambda one: one.line)
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
    movements.append(ledger.payout("supplier:s1", data.draw(some.integers(1, 10**9))))
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


def test_an_agency_earns_its_mark_up_and_a_commission_out_of_our_share() -> None:
    line = sold(1, 1_200_000, markup=200_000, agency_id=AGENCY, commission_bp=400)
    books = accounts(ledger.sale([line]))
    assert books == {"traveller:o1": 1_200_000, "platform": -60_000, "supplier:s1": -900_000, "agent:a1": -240_000}
    due = {entry.account: entry.due_on for entry in ledger.sale([line])}
    assert due["agent:a1"] == due["supplier:s1"] == DAY + timedelta(days=PAYOUT_DAYS)


def test_what_an_agency_does_itself_is_all_its_own_and_a_fare_carries_no_commission() -> None:
    own = sold(1, 500_000, "own", "agency", markup=500_000, agency_id=AGENCY, commission_bp=1000)
    assert accounts(ledger.sale([own])) == {"traveller:o1": 500_000, "agent:a1": -500_000}
    fare = sold(2, 150_000, "leg", "later", markup=20_000, agency_id=AGENCY, commission_bp=1000)
    assert accounts(ledger.sale([fare])) == {"traveller:o1": 150_000, "to_buy": -130_000, "agent:a1": -20_000}
    assert accounts(ledger.sale([fare]), ledger.purchase(fare, 131_000))["platform"] == 1_000


@given(AGENCY_TRIP)
def test_a_supplier_gets_the_same_whatever_an_agency_adds_or_earns(lines: list[Sold]) -> None:
    theirs = [entry for entry in ledger.sale(lines) if entry.account.startswith(("supplier:", "to_buy"))]
    nets = [replace(one, price=one.net, markup=0, agency_id="", commission_bp=0) for one in lines if one.net]
    alone = [e for e in ledger.sale(nets) if e.account.startswith(("supplier:", "to_buy"))] if nets else []
    assert accounts(theirs) == accounts(alone)


@given(AGENCY_TRIP)
def test_no_commission_is_paid_from_nothing(lines: list[Sold]) -> None:
    books = accounts(ledger.sale(lines))
    assert books["platform"] <= 0
    assert sum(books.values()) == 0
    assert -books["agent:a1"] >= sum(line.markup for line in lines)


@given(AGENCY_TRIP, some.data())
def test_a_cancelled_part_takes_the_mark_up_back_by_the_same_share(lines: list[Sold], data: some.DataObject) -> None:
    backs = {line.line: data.draw(some.integers(0, line.price)) for line in lines}
    movements = [ledger.sale(lines), *(ledger.cancellation(line, backs[line.line]) for line in lines)]
    books = accounts(*movements)
    assert sum(books.values()) == 0
    assert books["traveller:o1"] == total(lines) - sum(backs.values())
    for line in lines:
        left = accounts(ledger.sale([line]), ledger.cancellation(line, backs[line.line]))
        kept = line.price - backs[line.line]
        plain = replace(line, commission_bp=0)
        alone = accounts(ledger.sale([plain]), ledger.cancellation(plain, backs[line.line]))
        assert abs(-alone["agent:a1"] - Fraction(line.markup * kept, line.price)) <= Fraction(1, 2)
        assert -left["agent:a1"] >= -alone["agent:a1"], "a commission is never below nothing"
        if not kept:
            assert left == {}
