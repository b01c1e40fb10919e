"""Keep booking workers alive for tests: each is forked from a process that has read the program already.

    python -m tests.faults.nursery booking-1 booking-2

A worker that dies is forked again at once under its own fixed name, as `planner start` would start it, only without the
seconds that reading the program takes. Each birth is told as `name pid`. It ends with its parent.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from types import FrameType

PR_SET_PDEATHSIG = 1


def fork(name: str) -> int:
    """Start a worker and return its process id."""
    child = os.fork()
    if child:
        print(f"{name} {child}", flush=True)
        return child
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    os.dup2(2, 1)
    from planner.jobs import worker

    try:
        worker.run(name)
    finally:
        os._exit(1)


def read_the_program() -> None:
    """Import all that a worker needs; no thread may run yet, since threads do not survive a fork."""
    from planner.app import create_app

    create_app()
    assert threading.active_count() == 1


def main(names: list[str]) -> None:
    read_the_program()
    children = {fork(name): name for name in names}

    def end(_number: int, _frame: FrameType | None) -> None:
        for child in children:
            os.kill(child, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    while True:
        died, _ = os.wait()
        name = children.pop(died)
        children[fork(name)] = name


if __name__ == "__main__":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    main(sys.argv[1:])
