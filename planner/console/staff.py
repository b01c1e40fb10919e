"""Let people in at the desk, and out again: from the machine itself, so that nobody can do it over the net."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from planner.console.site import open_site


@click.group()
def staff() -> None:
    """Add, list and remove people who work at the desk."""


@staff.command()
@click.argument("email")
@click.password_option(help="Asked for when it is not given; keep it out of your shell's history.")
def add(email: str, password: str) -> None:
    """Let EMAIL work at the desk; a second factor is set up at the first log-in.

    Whoever has an account keeps its password.
    """
    from email_validator import EmailNotValidError, validate_email
    from flask_security import hash_password

    from planner.store.accounts import add_account, find_account
    from planner.web.passwords import FEWEST_LETTERS, is_common

    try:
        address = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as trouble:
        raise click.BadParameter(str(trouble), param_hint="EMAIL") from trouble
    if len(password) < FEWEST_LETTERS or is_common(password, address):
        raise click.BadParameter(
            f"use at least {FEWEST_LETTERS} characters, and none of the passwords that are tried first",
            param_hint="--password",
        )
    with open_site():
        is_new = find_account(address) is None
        add_account(address, hash_password(password), "staff", datetime.now(UTC))
    click.echo(f"{address} may work at the desk" + (" with this password." if is_new else "; the password stays."))


@staff.command("list")
def list_all() -> None:
    """List who works at the desk, and who has set up a second factor."""
    from planner.store.accounts import list_accounts

    with open_site():
        for account in list_accounts("staff"):
            click.echo(
                f"{account.email}  {'second factor set up' if account.tf_totp_secret else 'no second factor yet'}"
            )


@staff.command()
@click.argument("email")
def remove(email: str) -> None:
    """Let EMAIL work at the desk no longer, and log it out everywhere."""
    from planner.errors import NotFound
    from planner.store.accounts import take_role

    with open_site():
        try:
            take_role(email, "staff")
        except NotFound as missing:
            raise click.ClickException(missing.message) from missing
    click.echo(f"{email} is out.")


@staff.command()
@click.argument("email")
def reset(email: str) -> None:
    """Have EMAIL set up the second factor anew, as after losing a telephone."""
    from planner.errors import NotFound
    from planner.store.accounts import forget_second_factor

    with open_site():
        try:
            forget_second_factor(email)
        except NotFound as missing:
            raise click.ClickException(missing.message) from missing
    click.echo(f"{email} sets up a second factor at the next log-in.")
