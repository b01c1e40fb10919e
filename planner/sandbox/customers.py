"""Customers, as far as a payment needs them."""

from planner.sandbox import ids
from planner.sandbox.desk import Desk
from planner.sandbox.errors import Json
from planner.sandbox.reading import Params


def create(desk: Desk, params: Params) -> Json:
    identifier = ids.new("cus", 14)
    customer = {
        "id": identifier,
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": desk.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": params.text("description"),
        "email": params.text("email", limit=512),
        "invoice_prefix": identifier[-8:].upper(),
        "livemode": False,
        "metadata": params.metadata(),
        "name": params.text("name", limit=256),
        "next_invoice_sequence": 1,
        "phone": params.text("phone", limit=20),
        "preferred_locales": params.words("preferred_locales") or [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    desk.rows.add(customer)
    return customer


def retrieve(desk: Desk, params: Params, customer: str) -> Json:
    return desk.get("customer", customer)
