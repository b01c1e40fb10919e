"""The rules of the islands, one row each with source and date, which an office can edit without a release."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from planner.errors import Invalid, NotFound
from planner.store.db import Base, db, transaction
from planner.store.rows import ReferenceRow, to_values

EFFECTS = ("forbid", "fee", "quota", "require", "connection", "price", "warn", "policy", "context")
CONFIDENCES = ("verified", "typical", "estimated")


class Rule(ReferenceRow, Base):
    """A closure, fee, quota, paper, connection or warning; `machine_rule` is what the planner reads, as JSON."""

    __tablename__ = "rule"

    rule_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    category: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    area: Mapped[str] = mapped_column(String(120))
    applies_to: Mapped[str] = mapped_column(String(60))
    effective_from: Mapped[str] = mapped_column(String(30))
    effective_to: Mapped[str] = mapped_column(String(30))
    amount_foreign_idr: Mapped[int | None]
    amount_resident_weekday_idr: Mapped[int | None]
    amount_resident_holiday_idr: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(120))
    quota_per_day: Mapped[int | None]
    rule_text: Mapped[str] = mapped_column(Text)
    machine_rule: Mapped[str] = mapped_column(Text)
    as_of: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(Text)
    confidence: Mapped[str] = mapped_column(String(12))
    effect: Mapped[str] = mapped_column(String(12), index=True)


def get_rule(rule_id: str) -> Rule:
    """Find a rule.

    Raises:
        NotFound: no rule has this id.
    """
    rule = db.session.get(Rule, rule_id)
    if rule is None:
        raise NotFound(f"there is no rule {rule_id}", code="no_such_rule", params={"rule_id": rule_id})
    return rule


def list_rules(effect: str = "") -> list[Rule]:
    """List all rules, or those of one effect, in their order."""
    query = select(Rule).order_by(Rule.position)
    return list(db.session.scalars(query.where(Rule.effect == effect) if effect else query))


def edit_rule(rule_id: str, changes: Mapping[str, str], now: datetime) -> Rule:
    """Change some columns of a rule, given as text; plans made from then on follow it.

    Raises:
        NotFound: no rule has this id.
        Invalid: a column is unknown, or a value makes no sense.
    """
    with transaction() as session:
        rule = get_rule(rule_id)
        for column in changes:
            if column == "rule_id" or column not in _EDITABLE:
                raise Invalid(f"a rule has no {column} that may be edited", code="unknown_column", field=column)
        _check(changes)
        for column, value in _typed(changes).items():
            setattr(rule, column, value)
        rule.edited_at = now
        session.flush()
        return rule


_EDITABLE = frozenset(column.name for column in Rule.__table__.columns) - ReferenceRow.INTERNAL - {"rule_id"}


def _check(changes: Mapping[str, str]) -> None:
    if "machine_rule" in changes:
        try:
            machine: Any = json.loads(changes["machine_rule"])
        except ValueError:
            machine = None
        if not isinstance(machine, dict) or "type" not in machine:
            raise Invalid("machine_rule must be a JSON object with a type", code="bad_value", field="machine_rule")
    for column, allowed in (("effect", EFFECTS), ("confidence", CONFIDENCES)):
        if column in changes and changes[column] not in allowed:
            raise Invalid(f"{column} must be one of {', '.join(allowed)}", code="bad_value", field=column)
    for column in ("name", "rule_text", "source"):
        if not changes.get(column, "x").strip():
            raise Invalid(f"{column} must not be blank", code="bad_value", field=column)
    for column in ("effective_from", "effective_to"):
        if changes.get(column):
            try:
                datetime.fromisoformat(changes[column])
            except ValueError:
                raise Invalid(
                    f"{column} must be a date or a time with its offset", code="bad_value", field=column
                ) from None


def _typed(changes: Mapping[str, str]) -> dict[str, Any]:
    blank = {column.name: "" for column in Rule.__table__.columns}
    try:
        values = to_values(Rule, {**blank, **changes})
    except ValueError as trouble:
        raise Invalid(str(trouble), code="bad_value") from None
    return {column: values[column] for column in changes}
