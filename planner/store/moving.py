"""A change of state as one guarded statement: it is made only from the states that may come before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from planner.booking.states import WrongState


def move(
    session: Session,
    state: InstrumentedAttribute[str],
    where: ColumnElement[bool],
    may_follow: Mapping[str, frozenset[str]],
    to: str,
    values: Mapping[str, Any],
) -> None:
    """Bring the one row that `where` names into a state, and write `values` with it; call it inside a transaction.

    Raises:
        WrongState: it is in no state that may come before (any more).
    """
    before = [state for state, after in may_follow.items() if to in after]
    done = session.execute(update(state.class_).where(where, state.in_(before)).values(state=to, **values))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise WrongState(f"this cannot become {to} now", params={"then": to})
