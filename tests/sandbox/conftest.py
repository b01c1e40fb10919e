"""A sandbox in a thread, the real library as its client, and somebody who takes the webhooks."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.sandbox import contract
from tests.sandbox.running import RunningSandbox, run_sandbox

RUPIAH = 100


@dataclass
class Receiver:
    """An endpoint for webhooks: keeps what came, answers ``statuses`` in turn and then 200."""

    url: str = ""
    taken: list[tuple[bytes, str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body, _ in self.taken]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def wait_for(self, wanted: Callable[["Receiver"], bool], within_s: float = 10) -> None:
        deadline = time.monotonic() + within_s
        while not wanted(self):
            assert time.monotonic() < deadline, f"only these came: {self.types}"
            time.sleep(0.01)

    def wait_for_types(self, *types: str) -> None:
        self.wait_for(lambda _: set(types) <= set(self.types))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.taken.append((body, self.headers["Stripe-Signature"]))
            self.send_response(found.statuses.pop(0) if found.statuses else 200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}/hooks/stripe"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()
    assert [problem for event in found.events for problem in contract.event_problems(event)] == []


@pytest.fixture
def sandbox(tmp_path: Path, receiver: Receiver) -> Iterator[RunningSandbox]:
    running = run_sandbox(tmp_path, receiver.url)
    yield running
    running.stop()


@pytest.fixture
def client(sandbox: RunningSandbox) -> stripe.StripeClient:
    return sandbox.client()


@pytest.fixture
def open_session(client: stripe.StripeClient) -> Callable[..., Any]:
    """Give a maker of Checkout Sessions for a trip of Rp 1,500,000 in two lines, captured by hand."""

    def make(**changed: Any) -> Any:
        return client.v1.checkout.sessions.create(session_params(**changed))

    return make


def session_params(**changed: Any) -> Any:
    params: dict[str, Any] = {
        "mode": "payment",
        "success_url": "http://localhost:9/done?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://localhost:9/back",
        "customer_email": "ayu@example.org",
        "client_reference_id": "order-1",
        "locale": "en",
        "line_items": [line("Fast boat to Lombok", 500_000, 2), line("Night in Senggigi", 500_000, 1, note="Twin")],
        "payment_intent_data": {"capture_method": "manual", "metadata": {"order": "order-1"}},
        "metadata": {"order": "order-1"},
    }
    return {name: value for name, value in {**params, **changed}.items() if value is not None}


def line(name: str, rupiah: int, quantity: int = 1, note: str | None = None) -> dict[str, Any]:
    product = {"name": name} if note is None else {"name": name, "description": note}
    price = {"currency": "idr", "unit_amount": rupiah * RUPIAH, "product_data": product}
    return {"price_data": price, "quantity": quantity}


@pytest.fixture
def authorise(open_session: Callable[..., Any], sandbox: RunningSandbox) -> Callable[..., str]:
    """Give a function that pays a new session and gives the id of its intent, which waits to be captured."""

    def pay(number: str = "4242424242424242", **changed: Any) -> str:
        outcome = sandbox.pay(open_session(**changed).id, number, challenge="pass")
        assert outcome["result"] == "paid"
        return str(outcome["payment_intent"]["id"])

    return pay
