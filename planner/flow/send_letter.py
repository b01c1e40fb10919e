"""Send a mail of an order once, whoever died on the way; where nobody takes it, a person is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from planner.booking.letter import Mail
from planner.errors import Unavailable
from planner.flow.services import Services
from planner.store import letters, tasks
from planner.store.db import db, transaction


def send(key: str, order_id: str, write: Callable[[], Mail | None], services: Services) -> None:
    """Send a mail once; where nobody takes it, a person is told and the order goes on."""
    if letters.was_sent(db.session(), key):
        return
    mail = write()
    now = services.clock.now()
    if mail is None:
        return
    try:
        services.mailer.send(mail)
    except Unavailable as trouble:
        with transaction() as session:
            tasks.open_task(
                session, f"{key}:task", "mail_failed", now, now + timedelta(hours=2), order_id, why=str(trouble)
            )
        return
    with transaction() as session:
        letters.note_sent(session, key, order_id, services.clock.now())
