"""Checkout Sessions, ``mode=payment``, one line per thing sold.

::

    open --paid or authorised--> complete
         --expires_at, or POST .../expire--> expired
"""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from planner.sandbox import amounts, attempts, cards, ids, intents, listing, payment_methods
from planner.sandbox.cards import Entry
from planner.sandbox.desk import Desk
from planner.sandbox.errors import ApiError, Json, malformed
from planner.sandbox.events import emit
from planner.sandbox.reading import Params

SOONEST_S, LATEST_S = 30 * 60, 24 * 3600
MOST_LINES = 100
LOCALES = ("auto", "en", "en-GB", "id")


@dataclass(frozen=True)
class Outcome:
    """What became of a try to pay: ``paid``, ``challenge``, ``refused`` (with the codes by field) or ``over``."""

    result: str
    session: Json
    intent: Json | None = None
    problems: dict[str, str] = field(default_factory=dict)


def create(desk: Desk, params: Params) -> Json:
    """Open a session.

    Raises:
        ApiError: a parameter is missing or makes no sense, the times or amounts are out of bounds.
    """
    if params.choice("mode", ("payment",)) is None:
        raise params.missing("mode")
    params.choice("ui_mode", ("hosted_page", "hosted"))
    success_url, cancel_url = _address(params, "success_url"), _address(params, "cancel_url")
    if success_url is None:
        raise params.missing("success_url")
    lines, notes, currency = _lines(desk, params)
    total = sum(line["amount_total"] for line in lines)
    amounts.check(total, currency, "line_items")
    expires_at = params.whole("expires_at")
    if expires_at is None:
        expires_at = desk.now + LATEST_S
    if not desk.now + SOONEST_S <= expires_at <= desk.now + LATEST_S:
        raise malformed("expires_at", "expires_at must be from 30 minutes to 24 hours after the session is created.")
    customer, email = params.text("customer"), params.text("customer_email", limit=800)
    if customer is not None:
        email = desk.get("customer", customer, "customer")["email"]
    if email is not None and "@" not in email:
        raise malformed("customer_email", f"Invalid email address: {email}", "email_invalid")
    identifier = ids.new("cs_test", 58)
    intent_data = _intent_data(params)
    intents.only_cards(params)
    session = {
        "id": identifier,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allow_promotion_codes": None,
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": params.choice("billing_address_collection", ("auto", "required")),
        "cancel_url": cancel_url,
        "client_reference_id": params.text("client_reference_id", limit=200),
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": desk.now,
        "currency": currency,
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": customer,
        "customer_creation": params.choice("customer_creation", ("always", "if_required")) or "if_required",
        "customer_details": _person(email, None) if email else None,
        "customer_email": email,
        "discounts": [],
        "expires_at": expires_at,
        "invoice": None,
        "invoice_creation": None,
        "livemode": False,
        "locale": params.choice("locale", LOCALES),
        "metadata": params.metadata(),
        "mode": "payment",
        "origin_context": None,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": params.choice("submit_type", ("auto", "book", "donate", "pay")),
        "subscription": None,
        "success_url": success_url,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{desk.base_url}/c/pay/{identifier}",
        "wallet_options": None,
    }
    params.close()
    desk.rows.add(session, due_at=expires_at, secret={"lines": lines, "notes": notes, "intent": intent_data})
    return session


def retrieve(desk: Desk, params: Params, session: str) -> Json:
    return desk.get("checkout.session", session, "session")


def list_all(desk: Desk, params: Params) -> Json:
    intent, status = params.text("payment_intent"), params.choice("status", ("open", "complete", "expired"))
    customer = params.text("customer")
    return listing.page(
        desk,
        params,
        "checkout.session",
        "/v1/checkout/sessions",
        lambda found: (
            intent in (None, found["payment_intent"])
            and status in (None, found["status"])
            and customer in (None, found["customer"])
        ),
    )


def lines_of(desk: Desk, session: str) -> list[Json]:
    return list(desk.rows.secret(session)["lines"])


def list_lines(desk: Desk, params: Params, session: str) -> Json:
    desk.get("checkout.session", session, "session")
    return listing.cut(params, lines_of(desk, session), f"/v1/checkout/sessions/{session}/line_items")


def expire(desk: Desk, params: Params, session: str) -> Json:
    """Close an open session by hand.

    Raises:
        ApiError: it is not open.
    """
    found = desk.get("checkout.session", session, "session")
    if found["status"] != "open":
        raise ApiError(f"Only an open Checkout Session can be expired; this one is {found['status']}.")
    return lapse(desk, found)


def lapse(desk: Desk, session: Json) -> Json:
    """End an open session unpaid, and the intent that somebody may have begun in it."""
    session.update(status="expired", url=None)
    desk.rows.save(session)
    desk.rows.set_due(session["id"], None)
    if session["payment_intent"]:
        intent = desk.rows.get("payment_intent", session["payment_intent"])
        if intent["status"] in intents.CANCELABLE:
            intents.let_go(desk, intent, "expired")
    emit(desk, "checkout.session.expired", session)
    return session


def pay(desk: Desk, session: Json, entry: Entry) -> Outcome:
    """Try a card on an open session, as the Pay button does."""
    if session["status"] != "open":
        return Outcome("over", session)
    problems = payment_methods.mistakes(desk, entry)
    if not problems and amounts.too_large_for(cards.brand(entry.number), session["amount_total"]):
        problems = {"number": "amount_too_large"}
    if problems:
        return Outcome("refused", session, None, problems)
    intent = _intent(desk, session)
    attempts.attempt(desk, intent, payment_methods.add(desk, entry))
    return _after(desk, session, intent)


def answer_challenge(desk: Desk, session: Json, passed: bool) -> Outcome:
    """Go on in a session after its 3-D Secure page."""
    intent = desk.rows.get("payment_intent", session["payment_intent"])
    if session["status"] != "open" or intent["status"] != "requires_action":
        return Outcome("over", session, intent)
    attempts.answer_challenge(desk, intent, passed)
    return _after(desk, session, intent)


def _after(desk: Desk, session: Json, intent: Json) -> Outcome:
    if intent["status"] == "requires_action":
        return Outcome("challenge", session, intent)
    error = intent["last_payment_error"]
    if error is not None:
        return Outcome("refused", session, intent, {"number": error.get("decline_code") or error["code"]})
    method = desk.rows.get("payment_method", intent["payment_method"])
    details = method["billing_details"]
    session.update(
        status="complete",
        payment_status="paid" if intent["status"] == "succeeded" else "unpaid",
        customer_details=_person(session["customer_email"] or details["email"], details["name"]),
        url=None,
    )
    desk.rows.save(session)
    desk.rows.set_due(session["id"], None)
    emit(desk, "checkout.session.completed", session)
    return Outcome("paid", session, intent)


def _intent(desk: Desk, session: Json) -> Json:
    """Give the session's intent; the first try makes it."""
    if session["payment_intent"]:
        return desk.rows.get("payment_intent", session["payment_intent"])
    data = desk.rows.secret(session["id"])["intent"]
    intent = intents.make(desk, session["amount_total"], session["currency"], customer=session["customer"], **data)
    desk.rows.set_parent(intent["id"], session["id"])
    session["payment_intent"] = intent["id"]
    desk.rows.save(session)
    emit(desk, "payment_intent.created", intent)
    return intent


def _intent_data(params: Params) -> Json:
    data = params.group("payment_intent_data")
    return {
        "capture_method": data.choice("capture_method", intents.METHODS) or "automatic_async",
        "metadata": data.metadata(),
        "description": data.text("description", limit=1000),
        "receipt_email": data.text("receipt_email"),
        "statement_descriptor": data.text("statement_descriptor", limit=22),
        "statement_descriptor_suffix": data.text("statement_descriptor_suffix", limit=22),
    }


def _lines(desk: Desk, params: Params) -> tuple[list[Json], list[str | None], str]:
    """Read the lines; give them, what their products say of themselves, and their currency."""
    given = params.groups("line_items")
    if not given:
        raise params.missing("line_items")
    if len(given) > MOST_LINES:
        raise malformed("line_items", f"A session has up to {MOST_LINES} lines.")
    read = [_line(desk, item) for item in given]
    lines = [line for line, _ in read]
    currencies = {line["currency"] for line in lines}
    if len(currencies) > 1:
        raise malformed("line_items", "All lines of a session must have the same currency.")
    return lines, [note for _, note in read], currencies.pop()


def _line(desk: Desk, item: Params) -> tuple[Json, str | None]:
    if "price" in item:
        raise malformed(item.name("price"), "The sandbox keeps no prices: give price_data.")
    price, quantity = item.group("price_data"), item.whole("quantity")
    product = price.group("product_data")
    currency, unit_amount = price.needed("currency").lower(), price.whole("unit_amount")
    if unit_amount is None:
        raise price.missing("unit_amount")
    if unit_amount < 0 or (quantity is not None and quantity < 1):
        message = "Amounts are 0 or more, quantities 1 or more."
        raise malformed(item.name("quantity"), message, "parameter_invalid_integer")
    if quantity is None:
        raise item.missing("quantity")
    name, product_id = product.needed("name", limit=1500), ids.new("prod", 14)
    tax = price.choice("tax_behavior", ("exclusive", "inclusive", "unspecified")) or "unspecified"
    note = product.text("description", limit=40000)
    product.skip("images", "metadata", "tax_code")
    amount = unit_amount * quantity
    line = {
        "id": ids.new("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": currency,
        "description": name,
        "metadata": item.metadata(),
        "price": {
            "id": ids.new("price"),
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "created": desk.now,
            "currency": currency,
            "custom_unit_amount": None,
            "livemode": False,
            "lookup_key": None,
            "metadata": {},
            "nickname": None,
            "product": product_id,
            "recurring": None,
            "tax_behavior": tax,
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "one_time",
            "unit_amount": unit_amount,
            "unit_amount_decimal": str(unit_amount),
        },
        "quantity": quantity,
    }
    return line, note


def _address(params: Params, name: str) -> str | None:
    url = params.text(name)
    if url is not None and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise malformed(name, "Not a valid URL", "url_invalid")
    return url


def _person(email: str | None, name: str | None) -> Json:
    return {"address": None, "email": email, "name": name, "phone": None, "tax_exempt": "none", "tax_ids": []}
