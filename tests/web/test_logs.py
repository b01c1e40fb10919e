"""Log lines: one for each request, nothing private in them."""

import io
import json
import logging

import pytest
import structlog

from planner.web.logs import configure, make_formatter
from planner.web.redaction import HIDDEN, redact_text


@pytest.fixture
def lines():
    """Give what the site's formatter writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(make_formatter(as_json=True))
    logger = logging.getLogger("planner")
    logger.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.removeHandler(handler)


def test_a_request_leaves_one_line_with_its_id(app, lines):
    answer = app.test_client().get("/health?mail=ayu@example.org")
    (line,) = [line for line in lines() if line["event"] == "request"]
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/health", 200)
    assert "example.org" not in json.dumps(lines())


def test_nothing_private_reaches_the_log(app, lines):
    log = structlog.get_logger("planner.test")
    log.info(
        "sold", guest_name="Made Wirawan", email="made@example.org", order={"phone": "+62 812-3456-7890", "lines": 3}
    )
    log.info("asked by made@example.org, call +62 812 3456 7890, card 4242 4242 4242 4242, key sk_test_51Habcdef")
    logging.getLogger("planner.other").warning("mail to %s failed", "made@example.org")
    written = json.dumps(lines())
    assert len(lines()) == 3 and HIDDEN in written
    for private in ("Made", "Wirawan", "made@", "3456", "4242", "51Habc"):
        assert private not in written
    assert lines()[0]["order"]["lines"] == 3


def test_a_traceback_is_redacted_too(app, lines):
    try:
        raise ValueError("no mail to made@example.org")
    except ValueError:
        structlog.get_logger("planner.test").exception("failed")
    assert "ValueError" in lines()[0]["exception"] and "made@" not in lines()[0]["exception"]


@pytest.mark.parametrize(
    "harmless",
    [
        "2027-04-05T12:00:00+08:00",
        "B-AMD-GILT-0-0830",
        "took 187 ms",
        "price 12300000",
        "10.0.0.1",
        "1480 minutes, 6 legs",
    ],
)
def test_dates_ids_and_prices_stay_readable(harmless):
    assert redact_text(harmless) == harmless


def test_the_password_in_a_database_address_is_hidden():
    assert "hunter2" not in redact_text("could not reach postgresql://lintas:hunter2@db/lintas")


def test_the_secrets_of_links_are_not_in_the_path_of_a_request(app, lines):
    secret = "ab" * 13  # shorter than ours: known by its name, not by its looks
    token = "WyJmNjY0ZTA4ZDg3MDA0YmQ5IiwiNTY3OCJd.Zk3xQw.Qm9va2luZ1NlY3JldEhlcmU"
    for path in (f"/bookings/LTS-7K4QXB/{secret}", f"/account/reset/{token}", f"/no/such/page/{token}"):
        app.test_client().get(path)
    written = json.dumps(lines())
    assert "LTS-7K4QXB" in written and HIDDEN in written
    assert secret not in written and token not in written


def test_what_a_database_refuses_is_logged_without_the_people_in_it(app, lines):
    from planner.store.db import db

    guest = "Zebulon Quixwood"
    with app.app_context():
        try:
            db.session.execute(db.text("SELECT * FROM nowhere WHERE who = :who"), {"who": guest})
        except Exception:
            structlog.get_logger("planner.test").exception("failed")
    assert "nowhere" in lines()[0]["exception"] and "Quixwood" not in lines()[0]["exception"]


@pytest.mark.parametrize("name", ["dbos", "gunicorn.error"])
def test_libraries_with_handlers_of_their_own_are_redacted_too(app, name, capsys):
    configure("INFO", "json")
    for handler in logging.getLogger(name).handlers:
        assert isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)
        record = logging.LogRecord(name, logging.ERROR, "", 1, "mail to %s failed", ("made@example.org",), None)
        assert "made@" not in handler.format(record)
    assert logging.getLogger(name).handlers
