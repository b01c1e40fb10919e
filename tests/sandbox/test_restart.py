"""The program itself: it says when it is ready, and a crash loses nothing."""

import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import requests

from tests.sandbox.conftest import Receiver, session_params
from tests.sandbox.running import start_process


def test_a_crash_loses_neither_payments_nor_keys_nor_webhooks(tmp_path: Path, receiver: Receiver) -> None:
    receiver.statuses[:] = [503] * 4
    first = start_process(tmp_path, receiver.url)
    try:
        assert requests.get(f"{first.base_url}/healthz", timeout=5).json() == {"status": "ok"}
        first.control("webhooks", retry_s=[3600])
        first.advance(100)
        session = first.client().v1.checkout.sessions.create(session_params(), {"idempotency_key": "k"})
        intent = first.pay(session.id)["payment_intent"]["id"]
        receiver.wait_for(lambda now: len(now.taken) == 4)
        receiver.wait_for(lambda _: all(one["attempts"] for one in first.control("deliveries")))
    finally:
        first.kill()

    port = urlsplit(first.base_url).port
    second = start_process(tmp_path, receiver.url, port=port or 0)
    try:
        assert second.base_url == first.base_url
        again = second.client().v1.checkout.sessions.create(session_params(), {"idempotency_key": "k"})
        assert again.id == session.id
        assert second.client().v1.payment_intents.capture(intent).status == "succeeded"
        assert len(second.objects("webhook_endpoint")) == 1
        assert second.control("state")["offset_s"] == 100
        second.advance(3601)
        receiver.wait_for(lambda now: now.types.count("checkout.session.completed") == 2)
    finally:
        second.stop()
    assert second.process.returncode == 0


def test_the_program_ends_with_the_one_that_started_it(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys\n"
        "from tests.sandbox.running import start_process\n"
        "print(start_process(pathlib.Path(sys.argv[1])).base_url, flush=True)\n"
        "os._exit(0)"
    )
    starting = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    deadline = time.monotonic() + 10
    while True:
        try:
            requests.get(f"{starting.stdout.strip()}/healthz", timeout=5)
        except requests.ConnectionError:
            break
        assert time.monotonic() < deadline, "it still answers"
        time.sleep(0.05)
