"""``planner staff``: who works at the desk is decided on the machine."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask_migrate import upgrade

from planner.app import create_app
from planner.console import main
from planner.store.accounts import find_account
from planner.store.db import MIGRATIONS
from tests.conftest import settings_in

AYU, PASSWORD = "ayu@desk.example", "tamarind-ferry-loom"


@pytest.fixture
def planner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    app = create_app(settings_in(tmp_path), TESTING=True)
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
    monkeypatch.setenv("LINTAS_INSTANCE", str(tmp_path))

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["staff", *words])

    run.app = app  # type: ignore[attr-defined]
    return run


def test_somebody_is_let_in_listed_and_let_out(planner) -> None:
    assert "may work at the desk" in planner("add", AYU, "--password", PASSWORD).output
    assert planner("list").output == f"{AYU}  no second factor yet\n"
    assert planner("remove", AYU).exit_code == 0
    assert planner("list").output == ""


def test_the_password_is_not_kept_in_the_clear(planner) -> None:
    planner("add", AYU, "--password", PASSWORD)
    with planner.app.app_context():
        account = find_account(AYU)
        assert account is not None and account.password is not None
        assert account.password.startswith("$argon2") and PASSWORD not in account.password


def test_who_is_let_in_again_keeps_the_password(planner) -> None:
    planner("add", AYU, "--password", PASSWORD)
    assert "the password stays" in planner("add", AYU.upper(), "--password", "another-good-phrase").output


@pytest.mark.parametrize("password", ["short", "password123", "ayuayuayuayu"])
def test_a_weak_password_lets_nobody_in(planner, password: str) -> None:
    assert planner("add", AYU, "--password", password).exit_code == 2
    assert planner("list").output == ""


@pytest.mark.parametrize("command", ["remove", "reset"])
def test_who_is_not_there_is_told(planner, command: str) -> None:
    answer = planner(command, "nobody@desk.example")
    assert answer.exit_code == 1 and "no account" in answer.output
