"""``expand[]``: ids in an answer replaced by what they stand for."""

from planner.sandbox import sessions
from planner.sandbox.desk import Desk
from planner.sandbox.errors import Json, malformed

DEEPEST = 4
_KINDS = {
    "charge": "charge",
    "customer": "customer",
    "dispute": "dispute",
    "latest_charge": "charge",
    "payment_intent": "payment_intent",
    "payment_method": "payment_method",
}
# Always null here, so that there is nothing to fetch, but asking is no mistake.
_EMPTY = ("balance_transaction", "failure_balance_transaction", "invoice", "setup_intent", "subscription")


def expand(desk: Desk, body: Json, paths: list[str]) -> Json:
    """Follow each path, such as ``data.payment_intent.latest_charge``.

    Raises:
        ApiError: a path that leads nowhere, or too deep.
    """
    for path in paths:
        steps = path.split(".")
        if len(steps) > DEEPEST:
            raise malformed("expand", f"You cannot expand more than {DEEPEST} levels of a property: {path}")
        _follow(desk, body, steps, path)
    return body


def _follow(desk: Desk, node: Json, steps: list[str], path: str) -> None:
    first, rest = steps[0], steps[1:]
    if first == "data" and node.get("object") == "list" and rest:
        for item in node["data"]:
            _follow(desk, item, rest, path)
        return
    if first == "line_items" and node.get("object") == "checkout.session":
        lines = sessions.lines_of(desk, node["id"])
        url = f"/v1/checkout/sessions/{node['id']}/line_items"
        node[first] = {"object": "list", "data": lines[:10], "has_more": len(lines) > 10, "url": url}
        return
    if first == "refunds" and node.get("object") == "charge":
        found = desk.rows.of(node["id"], "refund")
        node[first] = {
            "object": "list",
            "data": found[:10],
            "has_more": len(found) > 10,
            "url": f"/v1/charges/{node['id']}/refunds",
        }
        return
    if first not in node or first not in (*_KINDS, *_EMPTY):
        raise malformed("expand", f"This property cannot be expanded ({path}).")
    value = node[first]
    if isinstance(value, str):
        value = node[first] = desk.rows.get(_KINDS[first], value)
    if rest and isinstance(value, dict):
        _follow(desk, value, rest, path)
