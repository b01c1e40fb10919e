"""Let people register, log in and out, set a new password, and prove with a second factor that they are staff.

Flask-Security does the work below `/account`; its pages are `templates/security`. A log-in with a role that is guarded
ends in the second factor, always; the session remembers for whom it was proven.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_security import (
    LoginForm,
    MailUtil,
    Security,
    Totp,
    auth_required,
    current_user,
    password_changed,
    password_reset,
    tf_code_confirmed,
    user_authenticated,
)
from flask_security.utils import logout_user
from limits import parse_many
from passlib.exc import UsedTokenError
from werkzeug.wrappers import Response

from planner.booking.letter import Mail
from planner.errors import NotFound
from planner.settings import Settings
from planner.store import web_sessions
from planner.store.accounts import Account, account_store, note_success, use_code
from planner.values.times import WITA
from planner.web.limits import limiter
from planner.web.passwords import FEWEST_LETTERS, CarefulPasswords
from planner.web.services import services
from planner.web.sessions import GUARDED, StoredSession

PROVEN = "second_factor_of"
TRIES = "10 per minute; 60 per hour"
"""How often one address may try to log in, enter a code, register or ask for a mail."""
COUNTED = frozenset(
    f"security.{name}"
    for name in (
        "login", "two_factor_token_validation", "register", "forgot_password", "reset_password", "send_confirmation",
        "change_password", "verify", "two_factor_setup_validate",
    )
)  # fmt: skip
UNUSED = ("security.two_factor_rescue", "security.tf_select")
"""Ways around the second factor that Flask-Security opens with it."""

pages = Blueprint("accounts", __name__, url_prefix="/account")


class LogIn(LoginForm):  # type: ignore[misc]
    """Mail address and password. There is no "remember me": such a cookie would outlive its session."""

    remember = None


class OnceOnlyCodes(Totp):  # type: ignore[misc]
    """Codes of an authenticator app, each good for one log-in; an account that rests accepts none."""

    def verify_totp(self, token: str, totp_secret: str, user: Any, window: int = 0) -> bool:
        """Tell whether a code is right, was not used before, and may be used now."""
        if user.rests_until(datetime.now(UTC)) is not None:
            return False
        return bool(super().verify_totp(token, totp_secret, user, window))

    def get_last_counter(self, user: Any) -> int | None:
        """Return the counter of the code used last; of a new secret none was."""
        return None

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Use a code up, or refuse it as used."""
        if not use_code(user.id, int(tmatch.counter)):
            raise UsedTokenError


class Post(MailUtil):  # type: ignore[misc]
    """Sends the mails of accounts as all others are sent."""

    def send_mail(
        self, template: str, subject: str, recipient: Any, sender: Any, body: str | None, html: str | None, **more: Any
    ) -> None:
        """Hand a mail over."""
        to = recipient[1] if isinstance(recipient, tuple) else recipient
        services().mailer.send(Mail(str(to), str(subject), body or "", html or ""))


def configure(app: Flask, settings: Settings) -> None:
    """Say how accounts work here; the secrets are kept apart from the key that signs cookies."""
    secret = settings.account_secret
    app.config.from_mapping(
        SECURITY_URL_PREFIX="/account",
        SECURITY_LOGIN_URL="/log-in",
        SECURITY_LOGOUT_URL="/log-out",
        SECURITY_TWO_FACTOR_SETUP_URL="/second-factor",
        SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL="/code",
        SECURITY_POST_LOGIN_VIEW="accounts.arrive",
        SECURITY_POST_REGISTER_VIEW="security.login",
        SECURITY_POST_CONFIRM_VIEW="security.login",
        SECURITY_POST_RESET_VIEW="security.login",
        SECURITY_POST_CHANGE_VIEW="accounts.home",
        SECURITY_TWO_FACTOR_POST_SETUP_VIEW="accounts.home",
        SECURITY_TWO_FACTOR_ERROR_VIEW="security.login",
        SECURITY_UNAUTHORIZED_VIEW=None,
        SECURITY_PASSWORD_SALT=_derived(secret, "password-salt"),
        SECURITY_PASSWORD_SINGLE_HASH=["argon2", "plaintext"],
        SECURITY_PASSWORD_LENGTH_MIN=FEWEST_LETTERS,
        SECURITY_TOTP_SECRETS={"1": _derived(secret, "authenticator")},
        SECURITY_TOTP_ISSUER="Lintas",
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TWO_FACTOR_RESCUE_EMAIL=False,
        SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY=30,
        SECURITY_REGISTERABLE=True,
        SECURITY_CONFIRMABLE=True,
        SECURITY_RECOVERABLE=True,
        SECURITY_CHANGEABLE=True,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_EMAIL_HTML=False,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_EMAIL_SENDER=settings.mail_from,
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_DATETIME_FACTORY=lambda: datetime.now(UTC),
        SECURITY_I18N_DOMAIN="accounts",
        SECURITY_I18N_DIRNAME=f"{app.root_path}/translations",
        SECURITY_STATIC_FOLDER_URL="/account/static",
        SECURITY_MSG_GENERIC_AUTHN_FAILED=("That address, password or code is not right.", "error"),
        SECURITY_MSG_TWO_FACTOR_PERMISSION_DENIED=("Please log in first.", "error"),
        SECURITY_MSG_TWO_FACTOR_INVALID_TOKEN=("That code is not right, or was used.", "error"),
        SECURITY_MSG_TWO_FACTOR_LOGIN_SUCCESSFUL=("You are logged in.", "success"),
        SECURITY_MSG_TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL=("The second factor is set up.", "success"),
        SESSION_PROTECTION=None,
    )
    for salt in ("CONFIRM", "RESET", "LOGIN", "CHANGE", "REMEMBER", "TWO_FACTOR_VALIDITY", "TWO_FACTOR_SETUP"):
        app.config.setdefault(f"SECURITY_{salt}_SALT", _derived(secret, salt))


def _derived(secret: str, what: str) -> str:
    return hmac.new(secret.encode(), what.encode(), sha256).hexdigest()


def init_app(app: Flask, settings: Settings) -> None:
    """Open the pages of accounts."""
    configure(app, settings)
    Security(
        app,
        account_store,
        login_form=LogIn,
        mail_util_cls=Post,
        password_util_cls=CarefulPasswords,
        totp_cls=OnceOnlyCodes,
    )
    for name in UNUSED:
        app.view_functions[name] = _refuse
    app.before_request(_slow_down)
    tf_code_confirmed.connect(_note_second_factor, app)
    user_authenticated.connect(_note_log_in, app)
    password_changed.connect(_end_other_sessions, app)
    password_reset.connect(_begin_anew, app)
    app.register_blueprint(pages)
    app.add_template_filter(wita)


WORK = {"staff": "desk.tasks.list_tasks", "agent": "agents.house.show_house"}
"""Where people of a role begin."""


def wita(instant: datetime) -> datetime:
    """An instant as clocks in the islands show it."""
    return instant.astimezone(WITA)


def _refuse(**_: Any) -> Response:
    abort(404)


def _slow_down() -> None:
    """Let one address try only so often."""
    if request.method != "POST" or request.endpoint not in COUNTED or not limiter.enabled:
        return
    for rule in parse_many(TRIES):
        if not limiter.limiter.hit(rule, "accounts", request.remote_addr or ""):
            abort(429)


def _note_second_factor(_: Flask, user: Account, **more: Any) -> None:
    session[PROVEN] = user.fs_uniquifier


def _note_log_in(_: Flask, user: Account, **more: Any) -> None:
    if user.failures:
        note_success(user.id)
    if user.needs_second_factor:
        session[GUARDED] = True


def _end_other_sessions(_: Flask, user: Account, **more: Any) -> None:
    web_sessions.end_sessions(user.id, but=session.id if isinstance(session, StoredSession) else "")


def _begin_anew(site: Flask, user: Account, **more: Any) -> None:
    """Whoever reads the mails of an account has it: guesses of others keep nobody out."""
    note_success(user.id)
    _end_other_sessions(site, user)


def has_proven_second_factor() -> bool:
    """Tell whether whoever is logged in has entered a code in this very session."""
    return bool(current_user.is_authenticated and session.get(PROVEN) == current_user.fs_uniquifier)


def admit(role: str) -> Response | None:
    """Let people with a role in, and return None; send who is not logged in to the log-in.

    Whoever is logged in without the role learns nothing of what lies behind it. A role that needs a second factor and
    came to a session without one asks for a log-in anew.

    Raises:
        NotFound: this account has no such role.
    """
    wanted = request.full_path.rstrip("?") if request.method == "GET" else request.path
    if not current_user.is_authenticated:
        return redirect(url_for("security.login", next=wanted), 303)
    if not current_user.has_role(role):
        raise NotFound("there is no such page")
    if current_user.needs_second_factor and not has_proven_second_factor():
        logout_user()
        return redirect(url_for("security.login", next=wanted), 303)
    return None


def signed_in_as() -> str:
    """Return who acts, for the trail of acts."""
    return str(current_user.email)


@pages.get("/arrive")
@auth_required("session")
def arrive() -> Response:
    """Lead whoever has logged in to where they work."""
    page = next((page for role, page in WORK.items() if current_user.has_role(role)), "accounts.home")
    return redirect(url_for(page))


@pages.get("/home")
@auth_required("session")
def home() -> str:
    """Who one is here, and where one is logged in."""
    rows = web_sessions.list_sessions(current_user.id, datetime.now(UTC))
    return render_template("security/home.html", rows=rows, this=_this_session())


@pages.post("/sessions/end")
@auth_required("session")
def end_sessions() -> Response:
    """Log out elsewhere: one browser, or all but this one."""
    chosen = request.form.get("session", "")
    if chosen:
        web_sessions.end_session(chosen, current_user.id)
    else:
        web_sessions.end_sessions(current_user.id, but=_this_session())
    flash(_("Logged out there."), "success")
    return redirect(url_for("accounts.home"), 303)


def _this_session() -> str:
    held: Any = session
    return str(getattr(held._get_current_object(), "id", ""))
