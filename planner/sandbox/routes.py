"""The paths of Stripe's API that the sandbox answers."""

from collections.abc import Callable

from planner.sandbox import (
    charges,
    customers,
    disputes,
    endpoints,
    events,
    intents,
    payment_methods,
    refunds,
    sessions,
)
from planner.sandbox.errors import Json

Handler = Callable[..., Json]

ROUTES: list[tuple[str, str, Handler]] = [
    ("POST", "/v1/checkout/sessions", sessions.create),
    ("GET", "/v1/checkout/sessions", sessions.list_all),
    ("GET", "/v1/checkout/sessions/<session>", sessions.retrieve),
    ("GET", "/v1/checkout/sessions/<session>/line_items", sessions.list_lines),
    ("POST", "/v1/checkout/sessions/<session>/expire", sessions.expire),
    ("POST", "/v1/payment_intents", intents.create),
    ("GET", "/v1/payment_intents", intents.list_all),
    ("GET", "/v1/payment_intents/<intent>", intents.retrieve),
    ("POST", "/v1/payment_intents/<intent>", intents.update),
    ("POST", "/v1/payment_intents/<intent>/confirm", intents.confirm),
    ("POST", "/v1/payment_intents/<intent>/capture", intents.capture),
    ("POST", "/v1/payment_intents/<intent>/cancel", intents.cancel),
    ("GET", "/v1/charges", charges.list_all),
    ("GET", "/v1/charges/<charge>", charges.retrieve),
    ("POST", "/v1/refunds", refunds.create),
    ("GET", "/v1/refunds", refunds.list_all),
    ("GET", "/v1/refunds/<refund>", refunds.retrieve),
    ("POST", "/v1/customers", customers.create),
    ("GET", "/v1/customers/<customer>", customers.retrieve),
    ("POST", "/v1/payment_methods", payment_methods.create),
    ("GET", "/v1/payment_methods/<payment_method>", payment_methods.retrieve),
    ("GET", "/v1/events", events.list_all),
    ("GET", "/v1/events/<event>", events.retrieve),
    ("POST", "/v1/webhook_endpoints", endpoints.create),
    ("GET", "/v1/webhook_endpoints", endpoints.list_all),
    ("GET", "/v1/disputes", disputes.list_all),
    ("GET", "/v1/disputes/<dispute>", disputes.retrieve),
    ("POST", "/v1/disputes/<dispute>/close", disputes.close),
]
