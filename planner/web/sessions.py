"""Keep sessions on the server, where they can be ended; a form's token alone stays in a signed cookie.

    nothing kept              no cookie
    token of forms, messages  signed cookie: nothing in it opens anything, and reading a page writes no row
    anything else             a row; the cookie holds its secret name, a new one at each log-in and log-out

Who has copied a cookie loses it with the row. A session that was ended while a request ran is not brought back by it.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin, session_json_serializer
from flask_security import current_user

from planner.errors import Unavailable
from planner.store import web_sessions

LIGHT = frozenset({"csrf_token", "_flashes", "_fresh", "fs_cc"})
OWNER = "_user_id"
GUARDED = "is_guarded"
"""Set in the session of an account whose roles need a second factor: it ends sooner."""
MARK = "s."
SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Life:
    """How long a session lives unused, and how long at most."""

    idle: timedelta
    whole: timedelta


BEFORE_LOG_IN = Life(timedelta(minutes=30), timedelta(hours=1))
OF_ACCOUNT = Life(timedelta(days=14), timedelta(days=60))
OF_GUARDED = Life(timedelta(hours=2), timedelta(hours=12))


class StoredSession(SecureCookieSession):
    """A session; `name` is the secret in its cookie, empty while it has no row."""

    name = ""
    owner = ""
    seen_at: datetime | None = None
    is_unread = False

    @property
    def id(self) -> str:
        """The row's id."""
        return hashed(self.name) if self.name else ""

    @property
    def life(self) -> Life:
        """How long it lives."""
        if not self.get(OWNER):
            return BEFORE_LOG_IN
        return OF_GUARDED if self.get(GUARDED) else OF_ACCOUNT


def hashed(name: str) -> str:
    """Return the id under which a session of this name is kept."""
    return hashlib.sha256(name.encode()).hexdigest()


class StoredSessions(SecureCookieSessionInterface):
    """Flask's way in to sessions."""

    session_class = StoredSession

    def open_session(self, app: Flask, request: Request) -> StoredSession:
        """Read the session that the cookie names; pictures and styles need none."""
        name = request.cookies.get(self.get_cookie_name(app), "")
        if not name.startswith(MARK):
            light = super().open_session(app, request) or StoredSession()
            return StoredSession({key: value for key, value in light.items() if key in LIGHT})
        session = StoredSession()
        if request.path.startswith(f"{app.static_url_path}/"):
            session.is_unread = True
            return session
        try:
            kept = web_sessions.find_session(hashed(name), datetime.now(UTC))
        except Unavailable:
            session.is_unread = True  # the cookie stays for when the database is back
            return session
        if kept is not None:
            session = StoredSession(session_json_serializer.loads(kept.data))
            session.name, session.seen_at = name, kept.seen_at
            session.owner = str(session.get(OWNER, ""))
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what changed: in a row where there is more than a form's token, else in the cookie."""
        assert isinstance(session, StoredSession)
        if session.accessed:
            response.vary.add("Cookie")
        if session.is_unread:
            return
        if session.modified:
            session.pop("fs_cc", None)
        if any(key not in LIGHT for key in session):
            self._keep(app, session, response)
            return
        if session.name:
            web_sessions.end_session(session.id)
            session.name = ""
            session.modified = True
        super().save_session(app, session, response)

    def _keep(self, app: Flask, session: StoredSession, response: Response) -> None:
        now = datetime.now(UTC)
        owner = str(session.get(OWNER, ""))
        if session.name and owner == session.owner:
            if session.modified or session.seen_at is None or now - session.seen_at > SEEN_EVERY:
                web_sessions.keep_session(session.id, self._written(session), now, now + session.life.idle)
            return
        if owner != session.owner:
            session.pop("csrf_token", None)  # what was known before the log-in is worth nothing after it
        before = session.id
        session.name = MARK + secrets.token_urlsafe(32)
        account_id = current_user.id if owner and current_user.is_authenticated else None
        web_sessions.add_session(
            session.id, account_id, self._written(session), _device(), now, now + session.life.idle,
            now + session.life.whole, instead_of=before,
        )  # fmt: skip
        response.set_cookie(
            self.get_cookie_name(app),
            session.name,
            path=self.get_cookie_path(app),
            httponly=self.get_cookie_httponly(app),
            secure=self.get_cookie_secure(app),
            samesite=self.get_cookie_samesite(app),
        )
        response.vary.add("Cookie")

    def _written(self, session: StoredSession) -> str:
        return str(session_json_serializer.dumps(dict(session)))


def _device() -> str:
    from flask import request

    return request.user_agent.string[:200]


def init_app(app: Flask) -> None:
    """Keep this site's sessions in its database."""
    app.session_interface = StoredSessions()
