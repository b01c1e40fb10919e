"""Keep the site's processes together: what dies is started again, and who ends this program ends them all."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

LOOK_S = 0.3
PR_SET_PDEATHSIG = 1
GRACE_S = 12.0
CALM_S = 10.0
"""A process that lived this long may be started again at once; one that dies young waits longer each time."""
LONGEST_PAUSE_S = 30.0


def _end_with_parent() -> None:
    """Have the kernel end this process when its parent dies, even by kill -9 (Linux only, elsewhere it stays)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Member:
    """One process: its command, what it finds in its environment, and how it fares."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    pause_s: float = 0.0
    again_s: float = 0.0

    def start(self) -> None:
        """Start the process in a group of its own, so that Ctrl-C reaches it through us only."""
        self.process = subprocess.Popen(
            self.command,
            env={**os.environ, **self.environment},
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        self.started_s = time.monotonic()

    def look(self) -> None:
        """Start the process again if it has died."""
        if self.process is None:
            if time.monotonic() >= self.again_s:
                self.start()
        elif self.process.poll() is not None:
            is_calm = time.monotonic() - self.started_s >= CALM_S
            self.pause_s = 0.0 if is_calm else min(LONGEST_PAUSE_S, 2 * self.pause_s + 0.5)
            print(f"{self.name} ended with {self.process.returncode}; starting it again", file=sys.stderr, flush=True)
            self.process, self.again_s = None, time.monotonic() + self.pause_s


class Family:
    """The processes of one site on one machine."""

    def __init__(self) -> None:
        self._members: list[Member] = []
        self._is_over = False

    def add(self, name: str, command: Sequence[str], **environment: str) -> None:
        """Start one more process."""
        member = Member(name, command, environment)
        self._members.append(member)
        member.start()

    def stay(self) -> None:
        """Keep all of them running until Ctrl-C or SIGTERM, then end them, the last started first."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._end)
        while not self._is_over:
            for member in self._members:
                member.look()
            time.sleep(LOOK_S)
        self.end()

    def end(self) -> None:
        """Ask every process to end, and kill what does not."""
        running = [m.process for m in reversed(self._members) if m.process and m.process.poll() is None]
        for process in running:
            process.terminate()
        until = time.monotonic() + GRACE_S
        for process in running:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._is_over = True
