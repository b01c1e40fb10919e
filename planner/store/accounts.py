"""Accounts of people, their roles, and the store that Flask-Security writes through: every change in a transaction().

Account n--n Role

An account rests for a while after too many wrong passwords or codes in a row. Tries while it rests count for nothing,
so nobody can keep somebody else out for good.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_security import RoleMixin, SQLAlchemyUserDatastore, UserMixin
from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text, func, inspect, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.errors import NotFound
from planner.store.columns import UtcDateTime
from planner.store.db import WRITES, Base, db, transaction

ROLES = {
    "traveller": "Books trips",
    "staff": "Works at the desk",
    "agent": "Sells trips to clients",
    "operator": "Runs what is sold",
    "office": "Works in a tourism office",
}
GUARDED = frozenset({"staff", "agent"})
"""Roles that need a second factor."""
MOST_FAILURES = 8
REST = timedelta(minutes=15)

account_role = Table(
    "account_role",
    Base.metadata,
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Base, RoleMixin):  # type: ignore[misc]
    """What somebody may do."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)
    description: Mapped[str] = mapped_column(String(120), default="")


class Account(Base, UserMixin):  # type: ignore[misc]
    """One person. Passwords are kept as argon2, the authenticator's secret encrypted."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    email: Mapped[str] = mapped_column(String(200), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    """Names the account in sessions; a new one ends them all."""
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tf_primary_method: Mapped[str | None] = mapped_column(String(20))
    tf_totp_secret: Mapped[str | None] = mapped_column(Text)
    totp_counter: Mapped[int | None]
    """Of the last code that was accepted: no code opens twice."""
    failures: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    create_datetime: Mapped[datetime] = mapped_column(UtcDateTime, default=lambda: datetime.now(UTC))
    update_datetime: Mapped[datetime] = mapped_column(
        UtcDateTime, default=lambda: datetime.now(UTC), onupdate=lambda: datetime.now(UTC)
    )
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]
        secondary=account_role, lazy="selectin", order_by=Role.name
    )

    tf_phone_number = None  # Flask-Security asks for it; nobody's telephone is a second factor here

    @property
    def needs_second_factor(self) -> bool:
        """Tell whether a role of this account may not be used with a password alone."""
        return any(role.name in GUARDED for role in self.roles)

    def check_tf_required(self, methods: list[tuple[str, str]], is_fresh: bool) -> tuple[bool, list[tuple[str, str]]]:
        """Ask for the second factor at each log-in where there is one or where a role needs one."""
        return bool(methods) or self.needs_second_factor, methods

    def check_tf_required_setup(self) -> bool:
        """Tell whether the second factor may not be switched off."""
        return self.needs_second_factor

    def verify_and_update_password(self, password: str) -> bool:
        """Tell whether a password opens; while the account rests the right one looks like a wrong one."""
        is_right = bool(super().verify_and_update_password(password))
        return is_right and self.rests_until(datetime.now(UTC)) is None

    def rests_until(self, now: datetime) -> datetime | None:
        """Return until when nobody gets in after too many failures."""
        if self.failures < MOST_FAILURES or self.failed_at is None:
            return None
        until = self.failed_at + REST
        return until if until > now else None

    def track_failed_authn(self, auth_type: str, tfa: bool = False) -> None:
        """Count a wrong password or code; after a rest the count begins anew."""
        now = datetime.now(UTC)
        with transaction() as session:
            row = session.get_one(Account, self.id, with_for_update=True)
            if row.rests_until(now):
                return
            stale = row.failed_at is None or row.failed_at + REST <= now
            row.failures = 1 if stale else row.failures + 1
            row.failed_at = now


class AccountStore(SQLAlchemyUserDatastore):  # type: ignore[misc]
    """Keeps what Flask-Security changes at once, in a transaction of its own, instead of at the request's end."""

    def put(self, model: Any) -> Any:
        """Keep an account or role as it stands."""
        _keep(model)
        return model

    def delete(self, model: Any) -> None:
        """Remove it."""
        with transaction() as session:
            session.delete(model)

    def commit(self) -> None:
        """Keep what was changed without being put."""
        for model in [*db.session.new, *db.session.dirty]:
            _keep(model)


def _keep(model: Any) -> None:
    """Take the changes off, and put them on again inside a transaction, which begins with fresh rows."""
    session = db.session()
    if session.info.get(WRITES):
        session.add(model)
        session.flush()
        return
    state = inspect(model)
    changed = {attr.key: attr.value for attr in state.attrs if attr.history.has_changes()}
    values = {key: list(value) if isinstance(value, list) else value for key, value in changed.items()}
    if state.persistent:
        session.expire(model)
    elif state.pending:
        session.expunge(model)
    with transaction() as writing:
        for key, value in values.items():
            setattr(model, key, value)
        writing.add(model)
        writing.flush()


def find_account(email: str) -> Account | None:
    """Find an account by its mail address, however it is spelled."""
    return db.session.scalar(select(Account).where(func.lower(Account.email) == email.strip().lower()))


def get_account(email: str) -> Account:
    """Find an account by its mail address.

    Raises:
        NotFound: there is none.
    """
    account = find_account(email)
    if account is None:
        raise NotFound("there is no account with this address", code="no_such_account")
    return account


def list_accounts(role: str) -> list[Account]:
    """List the accounts that have a role."""
    return list(db.session.scalars(select(Account).where(Account.roles.any(Role.name == role)).order_by(Account.email)))


def add_account(email: str, password_hash: str | None, role: str, now: datetime) -> Account:
    """Open an account, or give one that there is another role; its address counts as confirmed."""
    with transaction() as session:
        granted = session.scalar(select(Role).where(Role.name == role))
        if granted is None:
            granted = Role(name=role, description=ROLES[role])
            session.add(granted)
        account = find_account(email)
        if account is None:
            account = Account(
                email=email.strip().lower(), password=password_hash, fs_uniquifier=uuid.uuid4().hex, confirmed_at=now
            )
            session.add(account)
        if granted not in account.roles:
            account.roles.append(granted)
        session.flush()
        return account


def take_role(email: str, role: str) -> None:
    """Take a role away, and end every session of the account.

    Raises:
        NotFound: there is no such account.
    """
    with transaction() as session:
        account = get_account(email)
        account.roles = [held for held in account.roles if held.name != role]
        account.fs_uniquifier = uuid.uuid4().hex
        session.flush()


def forget_second_factor(email: str) -> None:
    """Have an account set up its authenticator anew, and end its sessions: for who lost a telephone.

    Raises:
        NotFound: there is no such account.
    """
    with transaction() as session:
        account = get_account(email)
        account.tf_primary_method = account.tf_totp_secret = account.totp_counter = None
        account.fs_uniquifier = uuid.uuid4().hex
        session.flush()


def note_success(account_id: int) -> None:
    """Forget the failures before a log-in that went well."""
    with transaction() as session:
        row = session.get_one(Account, account_id)
        row.failures, row.failed_at = 0, None


def use_code(account_id: int, counter: int) -> bool:
    """Remember the counter of a code that is used now; False where it, or a later one, was used before."""
    with transaction() as session:
        row = session.get_one(Account, account_id, with_for_update=True)
        if row.totp_counter is not None and counter <= row.totp_counter:
            return False
        row.totp_counter = counter
        return True


account_store = AccountStore(db, Account, Role)
