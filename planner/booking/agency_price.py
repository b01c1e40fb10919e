"""What an agency asks for a trip: net, mark-up and gross of each part; in all, for each who pays, for a room alone.

    costs of a party -> Part (net + mark-up = gross, shown in the client's currency) -> Price (parts + rounding = total)

Sums are whole rupiah where nothing else is said. The client's currency is reckoned by one rate, frozen with the price;
`due` is what the client's total comes to in rupiah, since rupiah are charged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from planner.errors import Invalid
from planner.values.money import Money, share_up
from planner.values.rates import CHARGED_IN, Rate, round_half_away

PUBLIC, CONTRACT, OWN = "public", "contract", "own"
ORIGINS = (PUBLIC, CONTRACT, OWN)
"""Where a net price comes from: the catalogue, the agency's own contract with a supplier, an item of the agency."""
MOST_MARKUP_BP = 100_000


class BadTerms(Invalid):
    """Terms that make no price: each problem has its field."""

    default_code = "bad_terms"


@dataclass(frozen=True)
class Cost:
    """What a part costs the agency for the whole party. `rooms` says how many rooms it is, of nights alone."""

    key: str
    net: int
    origin: str = PUBLIC
    rooms: int = 0
    markup_bp: int | None = None
    """The part's own mark-up in hundredths of a per cent; None: the agency's usual one."""


@dataclass(frozen=True)
class Terms:
    """How an agency makes its price.

    `step` rounds the price of each who pays up, in minor units of the client's currency; 1 rounds nothing.
    `free_after` gives one place free for so many that are paid; 0 gives none.
    """

    markup_bp: int
    rate: Rate | None = None
    step: int = 1
    free_after: int = 0

    def __post_init__(self) -> None:
        """Refuse what makes no price.

        Raises:
            BadTerms: the mark-up, the step or the number of paid places is out of bounds.
        """
        if not 0 <= self.markup_bp <= MOST_MARKUP_BP:
            raise BadTerms("a mark-up is between nothing and tenfold", field="markup")
        if self.step < 1:
            raise BadTerms("a price is rounded to a unit at least", field="step")
        if self.free_after < 0:
            raise BadTerms("places are free after some that are paid", field="free_after")

    def show(self, amount: int) -> Money:
        """Return whole rupiah in the client's currency."""
        return Money(amount, CHARGED_IN) if self.rate is None else self.rate.convert(amount)

    def due(self, shown: Money) -> int:
        """Return what a sum in the client's currency comes to in whole rupiah, the nearest."""
        if self.rate is None:
            return shown.amount
        return round_half_away(Fraction(shown.amount) * Fraction(self.rate.rupiah) / 10**shown.precision)


@dataclass(frozen=True)
class Part:
    """A part as it is priced: `net + markup = gross`, and `shown` is the gross in the client's currency."""

    key: str
    origin: str
    net: int
    markup: int
    shown: Money

    @property
    def gross(self) -> int:
        """What the client is asked, in rupiah, before rounding."""
        return self.net + self.markup


@dataclass(frozen=True)
class Price:
    """The price of a trip for a party of `heads`, of whom `paying` pay.

    `sum(parts.shown) + rounding = total = each * paying`, to the minor unit.
    """

    heads: int
    paying: int
    parts: tuple[Part, ...]
    rounding: Money
    each: Money
    total: Money
    due: int
    alone: Money
    """What somebody pays more for a room alone, for the whole trip."""

    @property
    def net(self) -> int:
        """What the agency pays, in rupiah."""
        return sum(part.net for part in self.parts)

    @property
    def margin(self) -> int:
        """What is left to the agency, in rupiah: mark-ups, rounding, and what converting gave or took."""
        return self.due - self.net


def paying_of(heads: int, free_after: int) -> int:
    """Return how many of a party pay."""
    return heads - heads // (free_after + 1) if free_after else heads


def price_trip_for(costs: Sequence[Cost], heads: int, terms: Terms) -> Price:
    """Price a trip for a party.

    Raises:
        BadTerms: nobody travels, or a cost is below nothing.
    """
    if heads < 1:
        raise BadTerms("somebody has to travel", field="heads")
    if any(cost.net < 0 for cost in costs):
        raise BadTerms("a cost is never below nothing", field="net")
    parts = tuple(_part(cost, terms) for cost in costs)
    paying = paying_of(heads, terms.free_after)
    asked = sum(part.shown.amount for part in parts)
    each = _up(Fraction(asked, paying), terms.step)
    currency = terms.show(0).currency
    total = Money(each * paying, currency)
    rooms = [(cost.rooms, part.shown.amount) for cost, part in zip(costs, parts, strict=True) if cost.rooms]
    alone = sum(Fraction(amount, 2 * count) for count, amount in rooms)
    return Price(
        heads, paying, parts, Money(total.amount - asked, currency), Money(each, currency), total, terms.due(total),
        Money(_up(Fraction(alone), terms.step), currency),
    )  # fmt: skip


def shares_of(price: Price) -> dict[str, int]:
    """Return what of the sum due each part stands for, by key, in whole rupiah: together they are the sum.

    Shares follow the parts' gross; what does not divide goes to the largest remainders, the first of equals.
    """
    whole = sum(part.gross for part in price.parts)
    if not whole:
        return {part.key: 0 for part in price.parts}
    exact = {part.key: Fraction(price.due * part.gross, whole) for part in price.parts}
    shares = {key: int(share) for key, share in exact.items()}
    left = price.due - sum(shares.values())
    for key in sorted(exact, key=lambda key: shares[key] - exact[key])[:left]:
        shares[key] += 1
    return shares


def _part(cost: Cost, terms: Terms) -> Part:
    markup_bp = terms.markup_bp if cost.markup_bp is None else cost.markup_bp
    markup = share_up(cost.net, Decimal(markup_bp) / 100)
    return Part(cost.key, cost.origin, cost.net, markup, terms.show(cost.net + markup))


def _up(amount: Fraction, step: int) -> int:
    return -(-amount // step) * step
