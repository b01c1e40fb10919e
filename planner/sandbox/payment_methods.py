"""Payment methods: a card as it was typed, without its number.

Only a published test number is kept, in the part that no answer shows; security codes never are.
"""

import datetime
from hashlib import sha256

from planner.sandbox import cards, ids
from planner.sandbox.cards import Card, Entry
from planner.sandbox.desk import Desk
from planner.sandbox.errors import ApiError, Json, malformed
from planner.sandbox.reading import Params

_MESSAGES = {
    "invalid_number": "The card number is not a valid card number.",
    "incorrect_number": "Your card number is incorrect.",
    "invalid_expiry_month": "Your card's expiration month is invalid.",
    "invalid_expiry_year": "Your card's expiration year is invalid.",
    "invalid_cvc": "Your card's security code is invalid.",
}
_PARAMS = {"number": "number", "expiry": "exp_month", "cvc": "cvc"}


def retrieve(desk: Desk, params: Params, payment_method: str) -> Json:
    if payment_method in cards.TOKENS:
        return of_token(desk, payment_method)
    return desk.get("payment_method", payment_method, "payment_method")


def mistakes(desk: Desk, entry: Entry) -> dict[str, str]:
    """Give the fields of a card that cannot be right today, each with Stripe's code for it."""
    today = datetime.datetime.fromtimestamp(desk.time, datetime.UTC)
    return cards.mistakes(entry, today.year, today.month)


def add(desk: Desk, entry: Entry) -> Json:
    """Keep a card that somebody typed.

    Raises:
        ApiError: 402 with the code of the first field that cannot be right.
    """
    for field, code in mistakes(desk, entry).items():
        message = _MESSAGES[code]
        raise ApiError(message, status=402, kind="card_error", code=code, param=_PARAMS[field], executed=False)
    brand = cards.brand(entry.number)
    method = {
        "id": ids.new("pm"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": billing(entry.name or None, entry.email or None),
        "card": {
            "brand": brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
            "country": "ID",
            "display_brand": brand,
            "exp_month": entry.month,
            "exp_year": entry.year,
            "fingerprint": sha256(f"sandbox {entry.number}".encode()).hexdigest()[:16],
            "funding": "credit",
            "generated_from": None,
            "last4": entry.number[-4:],
            "networks": {"available": [brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": desk.now,
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }
    known = entry.number if entry.number in cards.TEST_CARDS else None
    desk.rows.add(method, secret={"number": known})
    return method


def of_token(desk: Desk, token: str) -> Json:
    """Give a fresh card for one of Stripe's ready-made test tokens."""
    number = cards.TOKENS[token]
    year = datetime.datetime.fromtimestamp(desk.time, datetime.UTC).year + 5
    return add(desk, Entry(number, 12, year, "1234" if cards.brand(number) == "amex" else "123"))


def named(desk: Desk, name: str) -> Json:
    """Give the card that a request names: a token or the id of one that is kept."""
    return of_token(desk, name) if name in cards.TOKENS else desk.get("payment_method", name, "payment_method")


def create(desk: Desk, params: Params) -> Json:
    """Keep a card by its number, as a program may in test mode; on pages people type it."""
    if params.needed("type") != "card":
        raise malformed(params.name("type"), "The sandbox takes cards only.")
    card, details = params.group("card"), params.group("billing_details")
    month, year = card.whole("exp_month") or 0, card.whole("exp_year") or 0
    entry = Entry(
        cards.digits(card.needed("number")),
        month,
        year + 2000 if 0 < year < 100 else year,
        card.text("cvc") or "",
        details.text("name") or "",
        details.text("email") or "",
    )
    params.close()
    return add(desk, entry)


def behaviour(desk: Desk, method: Json) -> Card:
    return cards.card_of(desk.rows.secret(method["id"]).get("number"))


def billing(name: str | None, email: str | None) -> Json:
    empty = {"city": None, "country": None, "line1": None, "line2": None, "postal_code": None, "state": None}
    return {"address": empty, "email": email, "name": name, "phone": None, "tax_id": None}
