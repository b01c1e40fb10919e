"""One connection of PostgreSQL is ended, or one of its processes killed, which throws all others out."""

import os
import signal

import psycopg
import pytest

from tests.faults.shopper import Shopper
from tests.faults.site import Site, wait_for
from tests.faults.stories import FERRY, HOUSE, WALK
from tests.faults.test_web_kills import HOLD, is_bought

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.parametrize("running", ["postgresql"], indirect=True),
]
BUSY = (
    "SELECT pid FROM pg_stat_activity "
    "WHERE datname = current_database() AND state = 'idle in transaction' AND backend_xid IS NOT NULL"
)
"""Who has written something and not committed it."""


HOWS = ["terminate", pytest.param("kill", marks=pytest.mark.skipif(
    bool(os.environ.get("TEST_DATABASE_URL")), reason="others may use the server that TEST_DATABASE_URL names"
))]  # fmt: skip


def asked(site: Site, query: str) -> list[int]:
    with psycopg.connect(site.database.replace("+psycopg", ""), autocommit=True, connect_timeout=5) as connection:
        return [row[0] for row in connection.execute(query)]  # type: ignore[arg-type]


def end_one(site: Site, how: str) -> None:
    """End one connection that is in the middle of a transaction."""
    (backend,) = wait_for("a transaction", lambda: asked(site, BUSY))[:1]
    if how == "terminate":
        assert asked(site, f"SELECT 1 WHERE pg_terminate_backend({backend})") == [1]
        return
    os.kill(backend, signal.SIGKILL)  # the server starts all over


def answers(site: Site) -> bool:
    try:
        return bool(asked(site, "SELECT 1"))
    except psycopg.Error:
        return False


@pytest.mark.parametrize("point", ["confirm:before_commit:1", "confirm:before_commit:2", "capture:before_commit:2",
                                   "tell:before_commit:2"])  # fmt: skip
@pytest.mark.parametrize("how", HOWS)
def test_a_booking_outlives_its_connection(site: Site, point: str, how: str) -> None:
    order_id = site.held([WALK, HOUSE, FERRY])
    site.arm(point)
    site.pay(order_id)
    site.standing(point)
    end_one(site, how)
    with site.watched(f"{how} a connection at {point}"):
        site.release(point)
        wait_for("the server", lambda: answers(site))
        assert site.settle([order_id]) == {order_id: "confirmed"}


@pytest.mark.parametrize("how", HOWS)
def test_a_visitor_outlives_the_connection(site: Site, how: str) -> None:
    shopper: Shopper = site.shopper(f"holds while {how}")
    trip, point = site.trip(), f"{HOLD}:before_commit:1"
    site.arm(point)
    holding = site.in_background(lambda: shopper.try_hard(lambda: shopper.hold(trip)))
    site.standing(point)
    end_one(site, how)
    with site.watched(f"{how} a connection at {point}"):
        site.release(point)
        is_bought(site, shopper, holding.result(60))
