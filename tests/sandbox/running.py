"""A running sandbox for tests: over real HTTP, each request and answer held against Stripe's description.

    sandbox = run_sandbox(tmp_path, webhook_url="http://localhost:5000/hooks/stripe")
    client = sandbox.client()                     # the real stripe.StripeClient
    sandbox.pay(session.id, "4242424242424242")   # the Pay button
    sandbox.control("faults", path="/v1/refunds", when="after", how="reset")
    sandbox.stop()                                # fails the test when the contract was broken

``run_sandbox`` serves from a thread of the test; ``start_process`` starts ``python -m planner.sandbox`` for tests
that kill it.
"""

import json
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import stripe
from flask import Flask, Response, request

from planner.sandbox.app import create_sandbox
from planner.sandbox.courier import sign
from planner.sandbox.serving import Serving
from tests.sandbox import contract

KEY = "sk_test_sandbox"
WEBHOOK_SECRET = "whsec_test_secret"


class RunningSandbox:
    """What tests hold of a sandbox, wherever it runs."""

    def __init__(self, base_url: str, webhook_secret: str) -> None:
        self.base_url = base_url
        self.webhook_secret = webhook_secret
        self.problems: list[str] = []

    def client(self, key: str = KEY, retries: int = 0) -> stripe.StripeClient:
        return stripe.StripeClient(key, base_addresses={"api": self.base_url}, max_network_retries=retries)

    def control(self, path: str, method: str | None = None, /, **asked: Any) -> Any:
        """Ask the control API: GET without arguments, else POST; ``method`` decides where that is not enough.

        Raises:
            AssertionError: it refused.
        """
        method = method or ("POST" if asked else "GET")
        body = None if method == "GET" else json.dumps(asked).encode()
        headers = {"Content-Type": "application/json"}
        asking = urllib.request.Request(f"{self.base_url}/_sandbox/{path}", body, headers, method=method)
        try:
            with urllib.request.urlopen(asking, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from None

    def pay(self, session: str, number: str = "4242424242424242", **more: Any) -> Any:
        """Press Pay on a session; ``challenge="pass"`` or ``"fail"`` answers 3-D Secure too."""
        return self.control(f"sessions/{session}/pay", number=number, **more)

    def objects(self, kind: str) -> list[dict[str, Any]]:
        """Give all objects of a kind, the oldest first."""
        found: list[dict[str, Any]] = self.control(f"objects/{kind}")
        return found

    def fault(self, path: str, **how: Any) -> None:
        self.control("faults", path=path, **how)

    def advance(self, seconds: float) -> None:
        self.control("clock", advance_s=seconds)

    def signature(self, body: bytes, secret: str | None = None) -> str:
        """Sign a body as the sandbox would, for forged or hand-made webhooks."""
        return sign(body, secret or self.webhook_secret, int(time.time()))

    def stop(self) -> None:
        raise NotImplementedError


class _InThread(RunningSandbox):
    def __init__(self, app: Flask, webhook_secret: str) -> None:
        self._serving = Serving(app)
        super().__init__(self._serving.base_url, webhook_secret)
        watch(app, self.problems)
        self._serving.start()

    def stop(self) -> None:
        self._serving.stop()
        assert self.problems == []


class SandboxProcess(RunningSandbox):
    """``python -m planner.sandbox``, to be killed and started again on the same file and port."""

    def __init__(self, process: "subprocess.Popen[str]", base_url: str, webhook_secret: str) -> None:
        super().__init__(base_url, webhook_secret)
        self.process = process

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(15)


def run_sandbox(
    folder: Path, webhook_url: str | None = None, webhook_secret: str = WEBHOOK_SECRET, **more: Any
) -> RunningSandbox:
    """Serve a sandbox from a thread; its state is a file in the folder, so a second one goes on where it ended."""
    app = create_sandbox(folder / "sandbox.sqlite3", webhook_url=webhook_url, webhook_secret=webhook_secret, **more)
    return _InThread(app, webhook_secret)


def start_process(
    folder: Path, webhook_url: str | None = None, webhook_secret: str = WEBHOOK_SECRET, port: int = 0
) -> SandboxProcess:
    """Start the program and wait until it says that it is ready."""
    command = [sys.executable, "-m", "planner.sandbox", "--port", str(port), "--with-parent"]
    command += ["--data", str(folder / "sandbox.sqlite3"), "--webhook-secret", webhook_secret]
    if webhook_url:
        command += ["--webhook", webhook_url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    address = re.search(r"http://\S+", line)
    assert address is not None, f"the sandbox did not start: {line!r}"
    return SandboxProcess(process, address[0], webhook_secret)


def watch(app: Flask, problems: list[str]) -> None:
    """Note whatever breaks Stripe's description in the requests and answers of a sandbox."""

    @app.after_request
    def check(response: Response) -> Response:
        if not request.path.startswith("/v1/"):
            return response
        body = response.get_json()
        problems.extend(contract.answer_problems(request.method, request.path, response.status_code, body))
        if response.status_code in (200, 402):
            query, form = request.query_string.decode(), request.get_data().decode()
            problems.extend(contract.request_problems(request.method, request.path, query, form))
        for event in _events(body):
            problems.extend(contract.event_problems(event))
        if response.status_code == 500 and "told to fail" not in response.get_data(as_text=True):
            problems.append(f"{request.method} {request.path} broke")
        return response


def _events(body: Any) -> list[Any]:
    if body.get("object") == "event":
        return [body]
    return [item for item in body.get("data", []) if item.get("object") == "event"] if "data" in body else []
