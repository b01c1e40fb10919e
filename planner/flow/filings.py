"""Names that a park wants filed the day before: which rules ask for it, for which day, and until when."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from planner.booking.quote import Line, Quote
from planner.store import orders, tasks
from planner.values.times import WITA

DAYS_BEFORE = 1
OVER = ("cancelling", "cancelled", "released", "declined", "replaced")


def open_filings(session: Any, order_id: str, quote: Quote, names: int, now: datetime) -> None:
    """Open a task for each rule that wants names filed; call it inside a transaction."""
    for rule_id, day in _wanted(order_id, quote).items():
        due = datetime.combine(day, time(12), WITA) - timedelta(days=DAYS_BEFORE)
        key = _key(order_id, rule_id, day)
        tasks.open_task(session, key, "file_park", now, max(due, now), order_id, rule_id=rule_id, names=names)


def drop_stale(session: Any, order_id: str, quote: Quote, now: datetime) -> None:
    """Drop filings for a day on which nobody comes any more; call it inside a transaction."""
    wanted = {_key(order_id, rule_id, day) for rule_id, day in _wanted(order_id, quote).items()}
    for task in tasks.list_tasks(order_id, "open"):
        if task.kind == "file_park" and task.key not in wanted:
            task.state, task.done_at = "dropped", now
    session.flush()


def _wanted(order_id: str, quote: Quote) -> dict[str, date]:
    """Return the day of the first part that each rule touches; of the trip where no part names it."""
    parts = [Line.from_json(row.data) for row in orders.list_lines(order_id) if row.state not in OVER]
    rules = [str(rule["rule_id"]) for rule in quote.facts.get("rules", ()) if rule.get("verdict") == "needs_filing"]
    days = {rule: [p.starts_at.date() for p in parts if rule in p.item.get("rule_ids", ())] for rule in rules}
    return {rule: min(found, default=quote.starts_at.date()) for rule, found in days.items()}


def _key(order_id: str, rule_id: str, day: date) -> str:
    return f"{order_id}:file:{rule_id}:{day.isoformat()}"
