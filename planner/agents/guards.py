"""Who may act: readers look only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import g

from planner.errors import NotAllowed
from planner.store.agencies import READER


def by_sellers(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let those act who make trips; readers look only."""

    @wraps(view)
    def done(**values: Any) -> Any:
        if not may_sell():
            raise NotAllowed("only who makes trips may change this", code="only_sellers")
        return view(**values)

    return done


def may_sell() -> bool:
    """Tell whether whoever asks makes trips."""
    return bool(g.member.work != READER)
