"""Carries events to webhook endpoints, signed as Stripe signs, again and again until somebody says 2xx.

``Stripe-Signature: t=<seconds>,v1=<HMAC-SHA256 of "t.body" in hex>``. A delivery that fails is tried again after
longer and longer pauses (short ones here: see ``events.DELIVERY``) and given up after three days by the sandbox's
clock. Sessions and authorisations that lapse do so from here too, when nobody asks.
"""

import hmac
import json
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from planner.sandbox import clock
from planner.sandbox.errors import Json
from planner.sandbox.events import DELIVERY
from planner.sandbox.store import Rows, Store

GIVEN_UP_AFTER_S = 3 * 24 * 3600
ORDERS = ("made", "reversed", "shuffled")
LONGEST_NAP_S = 0.5


@dataclass(frozen=True)
class Delivery:
    seq: int
    event: str
    endpoint: str


class Courier:
    def __init__(self, store: Store, sweep: Callable[[Rows], None]) -> None:
        self._store = store
        self._sweep = sweep
        self._wake = threading.Event()
        self._stopping = threading.Event()
        # One round at a time: a flush by hand must not send what the thread is sending.
        self._round_turn = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        store.after_change = self._wake.set

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(DELIVERY["timeout_s"] + 1)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            self._wake.wait(self._round())

    def _round(self) -> float:
        """Send what is due; give the seconds until something else may be."""
        with self._round_turn:
            with self._store.transaction() as rows:
                self._sweep(rows)
                now = clock.now(rows)
                how = rows.setting("delivery", DELIVERY)
                due = _read(rows, "state = 'waiting' AND next_at <= ?", now)
            self._send_all(_sorted(due, how["order"]), how["parallel"])
        with self._store.transaction() as rows:
            query = (
                "SELECT min(at) FROM (SELECT min(next_at) AS at FROM deliveries WHERE state = 'waiting' "
                "UNION ALL SELECT min(due_at) FROM objects)"
            )
            soonest = rows.execute(query).fetchone()[0]
            now = clock.now(rows)
        return LONGEST_NAP_S if soonest is None else min(LONGEST_NAP_S, max(0.005, soonest - now))

    def flush(self, order: str, events: list[str] | None) -> list[Json]:
        """Send everything held or waiting now, in an order, and give what became of each."""
        with self._round_turn:
            with self._store.transaction() as rows:
                due = _read(rows, "state IN ('held', 'waiting')")
            if events is not None:
                due = [delivery for name in events for delivery in due if delivery.event == name]
            self._send_all(_sorted(due, order), 1)
            with self._store.transaction() as rows:
                return [one for one in listed(rows) if any(one["seq"] == delivery.seq for delivery in due)]

    def _send_all(self, due: list[Delivery], parallel: int) -> None:
        if parallel > 1 and len(due) > 1:
            with ThreadPoolExecutor(parallel) as senders:
                list(senders.map(self._send, due))
            return
        for delivery in due:
            if self._stopping.is_set():
                return
            self._send(delivery)

    def _send(self, delivery: Delivery) -> None:
        with self._store.transaction() as rows:
            event, endpoint = rows.find("event", delivery.event), rows.find("webhook_endpoint", delivery.endpoint)
            secret = rows.secret(delivery.endpoint).get("secret", "")
            timeout_s = rows.setting("delivery", DELIVERY)["timeout_s"]
        if event is None or endpoint is None:
            return
        answer = _post(endpoint["url"], json.dumps(event, indent=2).encode(), secret, timeout_s)
        with self._store.transaction() as rows:
            _note(rows, delivery, answer)


def sign(body: bytes, secret: str, moment: int) -> str:
    """Give the ``Stripe-Signature`` of a body."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, sha256).hexdigest()
    return f"t={moment},v1={digest}"


def listed(rows: Rows) -> list[Json]:
    """Give every delivery in the order in which they were queued."""
    names = ("seq", "event", "endpoint", "state", "attempts", "made_at", "next_at", "answer")
    found = rows.execute(f"SELECT {', '.join(names)} FROM deliveries ORDER BY seq").fetchall()
    return [dict(zip(names, row, strict=True)) for row in found]


def _post(url: str, body: bytes, secret: str, timeout_s: float) -> str:
    """Post and give the status as text, or the name of what went wrong."""
    parts = urlsplit(url)
    opener = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = opener(parts.hostname or "", parts.port, timeout=timeout_s)
    # The receiver compares this moment with its own clock, so it is the machine's, wherever the sandbox's stands.
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": sign(body, secret, int(time.time())),
        "User-Agent": "Lintas-Stripe-Sandbox/1",
        "Connection": "close",
    }
    try:
        connection.request("POST", parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
        answer = connection.getresponse()
        answer.read()
        return str(answer.status)
    except (OSError, HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()


def _note(rows: Rows, delivery: Delivery, answer: str) -> None:
    row = rows.execute("SELECT attempts, made_at FROM deliveries WHERE seq = ?", (delivery.seq,)).fetchone()
    if row is None:
        return
    attempts, made_at = row[0] + 1, row[1]
    now, pauses = clock.now(rows), rows.setting("delivery", DELIVERY)["retry_s"]
    next_at = now + pauses[min(attempts, len(pauses)) - 1]
    state = "done" if answer.startswith("2") else "waiting"
    if state == "waiting" and next_at > made_at + GIVEN_UP_AFTER_S:
        state = "given_up"
    rows.execute(
        "UPDATE deliveries SET state = ?, attempts = ?, next_at = ?, answer = ? WHERE seq = ?",
        (state, attempts, next_at, answer, delivery.seq),
    )
    event = rows.find("event", delivery.event)
    if event is not None:
        query = "SELECT count(*) FROM deliveries WHERE event = ? AND state IN ('waiting', 'held')"
        event["pending_webhooks"] = rows.execute(query, (delivery.event,)).fetchone()[0]
        rows.save(event)


def _read(rows: Rows, where: str, *values: float) -> list[Delivery]:
    query = f"SELECT seq, event, endpoint FROM deliveries WHERE {where} ORDER BY seq"
    return [Delivery(*row) for row in rows.execute(query, values)]


def _sorted(due: list[Delivery], order: str) -> list[Delivery]:
    if order == "reversed":
        return due[::-1]
    if order == "shuffled":
        return random.sample(due, len(due))
    return due
