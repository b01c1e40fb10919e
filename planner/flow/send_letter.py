"""Send a mail once, of an order or of none, whoever died on the way; where nobody takes it, a person is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from planner.booking.letter import Mail
from planner.errors import Unavailable
from planner.flow.services import Services
from planner.store import letters, tasks
from planner.store.db import db, transaction


def send(key: str, order_id: str, write: Callable[[], Mail | None], services: Services) -> None:
    """Send a mail once; where nobody takes it, a person is told and all goes on. `order_id` may be empty."""
    if letters.was_sent(db.session(), key):
        return
    mail = write()
    now = services.clock.now()
    if mail is None:
        return
    try:
        services.mailer.send(mail)
    except Unavailable as trouble:
        facts: dict[str, Any] = {"why": str(trouble)} | ({} if order_id else {"to": mail.to})
        with transaction() as session:
            tasks.open_task(
                session, f"{key}:task", "mail_failed", now, now + timedelta(hours=2), order_id or None, **facts
            )
        return
    with transaction() as session:
        letters.note_sent(session, key, order_id, services.clock.now())
