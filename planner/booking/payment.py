"""How an order is paid: at once, or a deposit now and the rest before it is due; how long the payment page lives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from planner.errors import Conflict, Unavailable
from planner.values.money import share_up

SESSION_MIN = 31
"""Stripe lets a Checkout page live for 30 minutes at least; the hold outlives it (`hold.PAYMENT_MIN`)."""
AUTHORISATION_DAYS = 7
"""A card authorisation made online lapses after seven days unless the network says otherwise (`capture_before`)."""
DEPOSIT_PCT = 30
DEPOSIT_FROM_DAYS = 60
"""Who books so many days ahead may pay a deposit."""
BALANCE_DUE_DAYS = 30
"""The rest is due so many days before the first day."""


@dataclass(frozen=True)
class Plan:
    """What is paid now and what later; `balance` is 0 and `due_on` None where all is paid now."""

    now: int
    balance: int = 0
    due_on: date | None = None


def payment_plans(total: int, starts_on: date, today: date) -> tuple[Plan, ...]:
    """Return the ways in which a total may be paid, all of it first."""
    whole = Plan(total)
    if (starts_on - today).days < DEPOSIT_FROM_DAYS or total <= 0:
        return (whole,)
    deposit = share_up(total, str(DEPOSIT_PCT))
    if deposit >= total:  # a single rupiah is all deposit
        return (whole,)
    return whole, Plan(deposit, total - deposit, starts_on - timedelta(days=BALANCE_DUE_DAYS))


@dataclass(frozen=True)
class Charge:
    """What the payment provider says about one payment; amounts in whole rupiah.

    `state` is one of open (nothing paid yet), authorised, captured, voided, failed, expired.
    """

    provider_id: str
    state: str
    amount: int
    captured: int = 0
    refunded: int = 0
    capture_before: datetime | None = None
    card: str = ""
    """Brand and last four digits, for the traveller."""
    problem: str = ""
    """Why it failed, in the provider's code."""


@dataclass(frozen=True)
class Checkout:
    """A payment page that was opened for an order."""

    session_id: str
    url: str
    expires_at: datetime
    state: str = "open"
    intent_id: str = ""


class OutcomeUnknown(Unavailable):
    """Somebody outside did not answer: it may have acted or not. Ask again with the same key."""

    default_code = "outcome_unknown"


class PaymentRefused(Conflict):
    """The payment provider says no, and would say so again."""

    default_code = "payment_refused"


@dataclass(frozen=True)
class Article:
    """One line of the payment page; `amount` in whole rupiah."""

    name: str
    amount: int


@dataclass(frozen=True)
class CheckoutRequest:
    """What a payment page is opened for. `key` is the idempotency key; `expires_at` when the page closes.

    `captures` takes the money at once, as for the rest of a trip that is confirmed already.
    """

    key: str
    order_id: str
    code: str
    articles: Sequence[Article]
    email: str
    language: str
    success_url: str
    cancel_url: str
    expires_at: datetime
    captures: bool = False


@dataclass(frozen=True)
class PaymentNews:
    """What an event of the payment provider is about; nothing in it is believed before it was asked for again."""

    event_id: str
    type: str
    session_id: str = ""
    intent_id: str = ""
    dispute_id: str = ""


@dataclass(frozen=True)
class Dispute:
    """A cardholder's bank wants money back; `state` is open, won (by us) or lost, `amount` in whole rupiah.

    `reason` is the provider's code; evidence counts until `answer_by`.
    """

    provider_id: str
    intent_id: str
    state: str
    amount: int
    reason: str = ""
    answer_by: datetime | None = None
