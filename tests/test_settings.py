"""How a copy of the site learns how to run."""

import stat

import pytest
from pydantic import ValidationError

from planner.settings import Settings, UnsafeSettings


def settings(tmp_path, **given):
    return Settings(
        **{"LINTAS_INSTANCE": tmp_path, "SECRET_KEY": "", "STRIPE_SECRET_KEY": "", "DATABASE_URL": "", **given}
    )


def test_nothing_needs_to_be_set(tmp_path):
    made = settings(tmp_path)
    assert made.database == f"sqlite:///{tmp_path}/lintas.sqlite3"
    assert not made.is_https and made.is_demo


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path):
    first = settings(tmp_path).secret
    assert len(first) >= 32 and settings(tmp_path).secret == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_an_emptied_secret_file_is_refused(tmp_path):
    (tmp_path / "secret_key").write_text("\n")
    with pytest.raises(UnsafeSettings):
        _ = settings(tmp_path).secret


@pytest.mark.parametrize("weak", ["dev", "changeme", "0123456789"])
def test_a_public_site_refuses_a_weak_secret(tmp_path, weak):
    with pytest.raises(ValidationError, match="SECRET_KEY"):
        settings(tmp_path, SITE_URL="https://lintas.test", SECRET_KEY=weak)


def test_the_site_is_a_demo_until_a_payment_account_is_connected(tmp_path):
    assert not settings(tmp_path, STRIPE_SECRET_KEY="sk_live_something").is_demo


@pytest.mark.parametrize("short", ["postgres://u@h/d", "postgresql://u@h/d"])
def test_the_short_address_of_a_database_gets_its_driver(tmp_path, short):
    assert settings(tmp_path, DATABASE_URL=short).database == "postgresql+psycopg://u@h/d"


def test_settings_do_not_show_their_secrets(tmp_path):
    assert "hunter2" not in repr(settings(tmp_path, SECRET_KEY="hunter2" * 6, STRIPE_SECRET_KEY="sk_hunter2"))
