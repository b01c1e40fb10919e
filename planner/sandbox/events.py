"""Events: what happened, with the object as it was at that moment, and who is to be told."""

from planner.sandbox import ids, listing
from planner.sandbox.desk import Desk
from planner.sandbox.errors import Json
from planner.sandbox.reading import Params

# How deliveries behave unless a test says otherwise; the words are explained in ``control``.
DELIVERY: Json = {
    "copies": 1,
    "delay_s": 0.0,
    "order": "made",
    "gather_s": 0.3,
    "held": False,
    "drop": 0,
    "retry_s": [0.2, 0.5, 1, 2, 5, 15, 60, 300],
    "timeout_s": 10.0,
    "parallel": 1,
}


def emit(desk: Desk, kind: str, subject: Json, before: Json | None = None) -> Json:
    """Note an event about an object and queue it for every endpoint that wants it.

    ``before`` holds the values that changed, as Stripe's ``previous_attributes``.
    """
    data: Json = {"object": subject}
    if before:
        data["previous_attributes"] = before
    wanting = [
        endpoint["id"]
        for endpoint in reversed(desk.rows.all("webhook_endpoint"))
        if endpoint["status"] == "enabled" and {"*", kind} & set(endpoint["enabled_events"])
    ]
    event: Json = {
        "id": ids.new("evt"),
        "object": "event",
        "api_version": desk.api_version,
        "created": desk.now,
        "data": data,
        "livemode": False,
        "pending_webhooks": len(wanting),
        "request": {"id": desk.request_id, "idempotency_key": desk.idempotency_key},
        "type": kind,
    }
    desk.rows.add(event, parent=subject["id"])
    queue(desk, event["id"], wanting)
    return event


def queue(desk: Desk, event: str, endpoints: list[str]) -> None:
    """Write down the deliveries of an event, in the state that the settings ask for."""
    how = desk.rows.setting("delivery", DELIVERY)
    wait = how["delay_s"] if how["order"] == "made" else max(how["delay_s"], how["gather_s"])
    for endpoint in endpoints:
        for _ in range(how["copies"]):
            state = "waiting"
            if how["drop"]:
                state = "dropped"
                how["drop"] -= how["drop"] > 0
                desk.rows.save_setting("delivery", how)
            elif how["held"]:
                state = "held"
            desk.rows.execute(
                "INSERT INTO deliveries (event, endpoint, state, made_at, next_at) VALUES (?, ?, ?, ?, ?)",
                (event, endpoint, state, desk.time, desk.time + wait),
            )


def retrieve(desk: Desk, params: Params, event: str) -> Json:
    return desk.get("event", event)


def list_all(desk: Desk, params: Params) -> Json:
    kind, kinds = params.text("type"), params.words("types")
    params.skip("delivery_success")

    def wanted(event: Json) -> bool:
        return (kind is None or _matches(event["type"], kind)) and (kinds is None or event["type"] in kinds)

    return listing.page(desk, params, "event", "/v1/events", wanted)


def _matches(kind: str, pattern: str) -> bool:
    """Say whether a type is meant by a pattern that may end in ``.*``."""
    return kind == pattern or (pattern.endswith(".*") and kind.startswith(pattern[:-1]))
