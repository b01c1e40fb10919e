"""A running stand-in supplier for tests: tell it how to misbehave, read its list, kill it and start it again."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from planner.settings import ROOT

LIVE = ("CONFIRMED", "PENDING", "REDEEMED")


class RunningSupplier:
    """What tests hold of a stand-in supplier."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "bookings.json"
        self.port = 0
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def allowed(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, on the port that it had before."""
        command = [sys.executable, "-m", "tests.standins.octo_supplier", "--keep", str(self._file)]
        self._process = subprocess.Popen([*command, "--port", str(self.port)], cwd=ROOT, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def control(self, what: str, asked: Any = None) -> Any:
        body = None if asked is None else json.dumps(asked).encode()
        with urllib.request.urlopen(f"{self.address}/_control/{what}", body, timeout=10) as answer:
            return json.load(answer)

    def reset(self) -> None:
        self.control("reset", {})

    def will(self, on: str, when: str, *hows: str) -> None:
        """Let what is asked next go wrong, once for each."""
        self.control("faults", [{"on": on, "when": when, "how": how} for how in hows])

    def behave(self, **manners: Any) -> None:
        self.control("behave", manners)

    def bookings(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("bookings")
        return found

    def live(self) -> dict[str, str]:
        """Return the uuids that it has sold, each with its reference."""
        return {one["uuid"]: one["supplierReference"] for one in self.bookings() if one["status"] in LIVE}

    def on_hold(self) -> list[str]:
        return [one["uuid"] for one in self.bookings() if one["status"] == "ON_HOLD"]

    def seen(self, on: str = "") -> list[dict[str, Any]]:
        return [one for one in self.control("seen") if on in ("", one["on"])]
