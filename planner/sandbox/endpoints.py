"""Webhook endpoints: who is told of events, and the secret that signs what they are told."""

from urllib.parse import urlsplit

from planner.sandbox import ids, listing
from planner.sandbox.desk import Desk
from planner.sandbox.errors import Json, malformed
from planner.sandbox.reading import Params


def create(desk: Desk, params: Params) -> Json:
    """Add an endpoint; only this answer shows its secret."""
    url = params.needed("url")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise malformed("url", "Invalid URL: an http or https address is needed", "url_invalid")
    kinds = params.words("enabled_events")
    if not kinds:
        raise params.missing("enabled_events")
    description = params.text("description")
    endpoint = _endpoint(desk, url, kinds, description, params.metadata(), params.text("api_version"))
    params.skip("connect")
    secret = ids.new("whsec", 32)
    desk.rows.add(endpoint, secret={"secret": secret})
    return {**endpoint, "secret": secret}


def list_all(desk: Desk, params: Params) -> Json:
    return listing.page(desk, params, "webhook_endpoint", "/v1/webhook_endpoints")


def settle(desk: Desk, url: str, secret: str) -> None:
    """See that there is exactly one endpoint at an address, wanting everything, with this secret."""
    for endpoint in desk.rows.all("webhook_endpoint"):
        if endpoint["url"] == url:
            desk.rows.save_secret(endpoint["id"], {"secret": secret})
            return
    desk.rows.add(_endpoint(desk, url, ["*"], "given at the start", {}, None), secret={"secret": secret})


def _endpoint(
    desk: Desk, url: str, kinds: list[str], description: str | None, metadata: dict[str, str], version: str | None
) -> Json:
    return {
        "id": ids.new("we"),
        "object": "webhook_endpoint",
        "api_version": version,
        "application": None,
        "created": desk.now,
        "description": description,
        "enabled_events": kinds,
        "livemode": False,
        "metadata": metadata,
        "status": "enabled",
        "url": url,
    }
