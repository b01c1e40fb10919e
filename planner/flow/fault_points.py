"""Points at which a test may kill this process, to see that nothing is lost: off unless LINTAS_FAULTS names a folder.

    {act}:{point}:{n}       capture:after_call:1       travellers.checkout.hold:before_commit:1

The act is a step of the saga or a page that was asked for; the point lies before or after a commit, before or after a
call outside, or before the reply; n counts them within the act. A file of that name in the folder arms the point: the
first process that comes by renames it to `{name}@{process id}` and stands still until it is killed, or until that file
is taken away. Where the folder holds a file `passed`, the name of every point that anybody passes is added to it.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

BEFORE_COMMIT = "before_commit"
AFTER_COMMIT = "after_commit"
BEFORE_CALL = "before_call"
AFTER_CALL = "after_call"
BEFORE_REPLY = "before_reply"
FOLDER = "LINTAS_FAULTS"
LONG_S, LOOK_S = 600, 0.02


class _Act:
    def __init__(self, name: str) -> None:
        self.name, self.passed = name, Counter[str]()


_act: ContextVar[_Act | None] = ContextVar("act", default=None)


def are_on() -> bool:
    """Tell whether a test may kill this process at its points."""
    return bool(os.environ.get(FOLDER))


def begin_act(name: str) -> None:
    """Name what this thread does from now on."""
    _act.set(_Act(name))


@contextmanager
def act(name: str) -> Iterator[None]:
    """Name what is done inside."""
    before = _act.set(_Act(name))
    try:
        yield
    finally:
        _act.reset(before)


def fault(point: str) -> None:
    """Stand still where a test has armed this point."""
    doing, folder = _act.get(), os.environ.get(FOLDER)
    if not folder or doing is None:
        return
    doing.passed[point] += 1
    armed = os.path.join(folder, f"{doing.name}:{point}:{doing.passed[point]}")
    _tell(folder, os.path.basename(armed))
    stands = f"{armed}@{os.getpid()}"
    try:
        os.rename(armed, stands)
    except FileNotFoundError:
        return
    until = time.monotonic() + LONG_S
    while os.path.exists(stands) and time.monotonic() < until:
        time.sleep(LOOK_S)


def _tell(folder: str, name: str) -> None:
    try:
        handle = os.open(os.path.join(folder, "passed"), os.O_WRONLY | os.O_APPEND)
    except FileNotFoundError:
        return
    os.write(handle, f"{name}\n".encode())
    os.close(handle)


class Watched:
    """A gateway with a point before and after each call of one of its methods."""

    def __init__(self, gateway: Any) -> None:
        self._gateway = gateway

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._gateway, name)
        if not callable(found):
            return found

        @wraps(found)
        def call(*given: Any, **named: Any) -> Any:
            fault(BEFORE_CALL)
            answer = found(*given, **named)
            fault(AFTER_CALL)
            return answer

        return call
