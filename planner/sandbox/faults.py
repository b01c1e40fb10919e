"""Faults on the way: requests that fail before they were carried out, or whose answer is lost after they were.

| how | what the caller sees |
|---|---|
| ``error`` | a status (500 unless said otherwise) in Stripe's shape |
| ``reset`` | the connection is reset |
| ``silence`` | no answer for ``seconds``, then the connection closes |
| ``headers`` | the answer stops inside its headers |
| ``body`` | the answer stops in the middle of its body |
| ``slow`` | the right answer, ``seconds`` late |

``when`` is ``before`` (nothing was carried out) or ``after`` (it was, and stays). An ``error`` with ``stored`` is
what the idempotency key remembers, as at Stripe; without, the fault is one of the network and a repeat gets through.
"""

import os
import socket
import struct
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from fnmatch import fnmatchcase
from http import HTTPStatus
from json import dumps
from typing import TYPE_CHECKING, Any

from werkzeug.test import run_wsgi_app

from planner.sandbox.errors import server_error

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOWS = ("error", "reset", "silence", "headers", "body", "slow")
KEY = "sandbox.fault"


@dataclass
class Fault:
    """A fault for the next ``times`` requests of a method and path (``*`` and ``?`` stand for anything)."""

    path: str = "/v1/*"
    method: str = "*"
    when: str = "before"
    how: str = "error"
    times: int = 1
    status: int = 500
    seconds: float = 60.0
    stored: bool = False

    def __post_init__(self) -> None:
        if self.when not in ("before", "after") or self.how not in HOWS:
            raise ValueError(f"a fault is before or after, and one of {', '.join(HOWS)}")

    @property
    def is_inside(self) -> bool:
        """Say whether the fault belongs to carrying out, not to the wire."""
        return self.how == "slow" or (self.how == "error" and self.stored)


class Faults:
    """The faults that wait for their requests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self._closing = threading.Event()

    def add(self, wanted: dict[str, Any]) -> Fault:
        """Add a fault by its fields.

        Raises:
            ValueError: a field that does not exist, or a value that makes no sense.
        """
        unknown = set(wanted) - {field.name for field in fields(Fault)}
        if unknown:
            raise ValueError(f"a fault has no {', '.join(sorted(unknown))}")
        fault = Fault(**wanted)
        with self._lock:
            self._waiting.append(fault)
        return fault

    def take(self, method: str, path: str) -> Fault | None:
        """Use up one turn of the first fault that is meant for this request."""
        with self._lock:
            for fault in self._waiting:
                if fault.method in ("*", method) and fnmatchcase(path, fault.path):
                    fault.times -= 1
                    if fault.times < 1:
                        self._waiting.remove(fault)
                    return fault
        return None

    def listed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._waiting]

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def wait(self, seconds: float) -> None:
        """Sleep, unless the sandbox is being stopped."""
        self._closing.wait(seconds)

    def close(self) -> None:
        self._closing.set()


class Wire:
    """WSGI middleware in which connections break."""

    def __init__(self, app: "WSGIApplication", faults: Faults) -> None:
        self._app = app
        self._faults = faults

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        fault = self._faults.take(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        if fault is None:
            return self._app(environ, start_response)
        environ[KEY] = fault
        if fault.is_inside:
            return self._app(environ, start_response)
        status, body = "200 OK", b"{}"
        if fault.when == "after":
            answer, status, _ = run_wsgi_app(self._app, environ, buffered=True)
            body = b"".join(answer)
        if fault.how == "error":
            return _error(fault.status, start_response)
        self._break(fault, environ, status, body)
        # The server takes this for a caller who went away, which is what it looks like from the other side.
        raise ConnectionAbortedError(fault.how)

    def _break(self, fault: Fault, environ: "WSGIEnvironment", status: str, body: bytes) -> None:
        connection: socket.socket | None = environ.get("werkzeug.socket")
        if connection is None:
            return
        if fault.how == "reset":
            _reset(connection)
            return
        if fault.how == "silence":
            self._faults.wait(fault.seconds)
        elif fault.how == "headers":
            connection.sendall(f"HTTP/1.1 {status}\r\nContent-Type: applic".encode())
        elif fault.how == "body":
            head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode() + body[: len(body) // 2])
        connection.shutdown(socket.SHUT_RDWR)


def _reset(connection: socket.socket) -> None:
    """Close so that the other side gets a reset.

    Lingering for zero seconds makes the kernel send one, but only if nobody shuts the socket down politely first, as
    the server would: so its descriptor is pointed elsewhere at once.
    """
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, connection.fileno())
    os.close(nowhere)


def _error(status: int, start_response: "StartResponse") -> Iterable[bytes]:
    body = dumps(server_error(status).body).encode()
    line = f"{status} {HTTPStatus(status).phrase}"
    start_response(line, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def pause(fault: Fault | None, when: str, faults: Faults) -> None:
    if fault is not None and fault.how == "slow" and fault.when == when:
        faults.wait(fault.seconds)


def stored_error(fault: Fault | None, when: str) -> int:
    """Give the status of an error to be remembered at this point, or 0."""
    return fault.status if fault is not None and fault.is_inside and fault.how == "error" and fault.when == when else 0
