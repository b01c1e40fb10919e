"""A trip is sold for an agency at what was promised: to the rupiah, and without a word of what the agency pays."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as some

from planner.booking import ledger
from planner.booking.agency_price import OWN, Cost, Terms, price_trip_for, shares_of
from planner.booking.agency_sale import OwnItem, Promise, differences, marked_up, sell, sell_net
from planner.booking.cancellation import refund_of
from planner.booking.quote import Quote
from tests.booking.making import NOW, START, package, quote_of, ride, stay
from tests.booking.test_agency_price import COSTS, TERMS

WALK, HOUSE, BOAT = package(1, "PK01", 1_000_000), stay(2, "ST1", 450_000), ride(3, 130_600)
NETS = {1: 1_000_000, 2: 900_000, 3: 130_600}


def promised(factor: int = 120) -> dict[int, Promise]:
    return {number: Promise(net, net * factor // 100) for number, net in NETS.items()}


@given(COSTS, some.integers(1, 40), TERMS)
def test_the_shares_of_the_parts_are_what_is_due(costs: list[Cost], heads: int, terms: Terms) -> None:
    price = price_trip_for(costs, heads, terms)
    shares = shares_of(price)
    if any(part.gross for part in price.parts):
        assert sum(shares.values()) == price.due
    assert all(share >= 0 for share in shares.values())


def test_the_client_pays_what_was_promised_and_each_part_knows_what_is_the_agency_s() -> None:
    sold = sell(quote_of([WALK, HOUSE, BOAT]), NETS, promised(), [(OwnItem("x", "Driver", 200_000), 250_000)])
    assert [(line.price, line.net, line.markup) for line in sold.lines] == [
        (1_200_000, 1_000_000, 200_000), (1_080_000, 900_000, 180_000), (156_720, 130_600, 26_120),
        (250_000, 0, 250_000),
    ]  # fmt: skip
    assert sold.total == 1_200_000 + 1_080_000 + 156_720 + 250_000
    assert Quote.from_json(json.loads(json.dumps(sold.as_json()))) == sold


def test_nothing_in_a_part_tells_what_the_agency_pays() -> None:
    sold = sell(quote_of([WALK, HOUSE, BOAT]), NETS, promised())
    for line in sold.lines:
        told = json.dumps(line.item)
        assert str(line.net) not in told
        assert sum(int(q["count"]) * int(q["amount"]) for q in line.item["quantity"]) >= line.price
    assert "450000" not in json.dumps([line.item for line in sold.lines])
    assert not {"price", "pay_here", "spend"} & set(sold.facts.get("totals", {}))


def test_an_agency_that_pays_itself_pays_net() -> None:
    sold = sell_net(quote_of([WALK, HOUSE, BOAT]), {**NETS, 2: 800_000})
    assert [(line.price, line.markup) for line in sold.lines] == [(1_000_000, 0), (800_000, 0), (130_600, 0)]


def test_a_part_that_costs_more_or_less_or_is_gone_is_told() -> None:
    quote = quote_of([WALK, replace(HOUSE, blocked="sold_out"), BOAT])
    found = differences(quote, {**NETS, 1: 1_100_000, 3: 120_000}, {**promised(), 9: Promise(5, 6)})
    assert [(one.line, one.why, one.is_blocking) for one in found] == [
        (1, "dearer", False), (2, "sold_out", True), (3, "cheaper", False), (9, "gone", True),
    ]  # fmt: skip
    assert differences(quote_of([WALK, HOUSE, BOAT]), NETS, promised()) == []


def test_what_an_agency_provides_is_paid_back_until_its_days_before() -> None:
    free, bound = OwnItem("a", "Driver", 1, free_days=7), OwnItem("b", "Fee", 1)
    for item, days, back in ((free, 7, 100), (free, 6, 0), (bound, 90, 0)):
        assert refund_of(item.terms, 100, START, START - timedelta(days=days)) == back
    assert NOW < START


def test_what_stands_in_for_a_part_keeps_the_agency_s_mark_up() -> None:
    other = marked_up(package(4, "PK02", 900_000), 200_000)
    assert (other.price, other.markup, other.net) == (1_100_000, 200_000, 900_000)
    assert marked_up(WALK, 0) is WALK


NETS_OF_PARTS = some.lists(some.integers(0, 90_000_000), min_size=1, max_size=8)
OWN_NETS = some.lists(some.integers(0, 9_000_000), max_size=3)


@given(NETS_OF_PARTS, OWN_NETS, some.integers(1, 40), TERMS, some.integers(0, 1000))
def test_every_rupiah_of_a_sale_has_an_owner(
    nets: list[int], own_nets: list[int], heads: int, terms: Terms, commission_bp: int
) -> None:
    """From costs by mark-up, rounding and currency to shares, lines and the books: nothing is lost, nothing appears."""
    lines = [package(n, f"PK{n}", net, places=1) for n, net in enumerate(nets, start=1)]
    own = [OwnItem(str(n), f"own {n}", net) for n, net in enumerate(own_nets, start=1)]
    costs = [Cost(str(line.number), line.price) for line in lines]
    costs += [Cost(f"own:{item.key}", item.net, OWN) for item in own]
    price = price_trip_for(costs, heads, terms)
    if not any(part.gross for part in price.parts):
        return
    shares = shares_of(price)
    promised = {line.number: Promise(line.price, shares[str(line.number)]) for line in lines}
    charged = {line.number: line.price for line in lines if line.price}
    sold = sell(
        quote_of(lines), charged, promised, [(item, shares[f"own:{item.key}"]) for item in own], terms.rate
    )  # fmt: skip
    paid = [line for line in sold.lines if line.is_charged]
    assert sum(line.price for line in paid) == price.due == sold.total
    books = [
        ledger.Sold("o", line.number, line.kind, line.way, line.supplier_id, line.price, START.date(), line.markup,
                    "a", commission_bp)
        for line in paid
    ]  # fmt: skip
    entries = ledger.sale(books) if books else []
    sums: dict[str, int] = {}
    for entry in entries:
        sums[entry.account.partition(":")[0]] = sums.get(entry.account.partition(":")[0], 0) + entry.amount
    assert sum(sums.values()) == 0 and sums.get("traveller", 0) == price.due
    commission = sum(min(net - -(-net * 90 // 100), net * commission_bp // 10_000) for net in charged.values())
    assert -sums.get("agent", 0) == price.margin + sum(own_nets) + commission
    assert -sums.get("supplier", 0) == sum(-(-net * 90 // 100) for net in charged.values())
