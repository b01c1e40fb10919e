"""The sandbox's time: the machine's clock plus an offset that tests may move forward."""

import time

from planner.sandbox.store import Rows


def now(rows: Rows) -> float:
    """Give the seconds since 1970 by the sandbox's clock."""
    return time.time() + rows.setting("clock", {"offset_s": 0})["offset_s"]


def advance(rows: Rows, seconds: float) -> None:
    """Move the clock forward; it never goes back before the machine's own."""
    offset = rows.setting("clock", {"offset_s": 0})["offset_s"]
    rows.save_setting("clock", {"offset_s": max(0, offset + seconds)})
