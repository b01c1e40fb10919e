"""Pages that are sent while they are made: who waits sees what is being done, then the page."""

import threading
import zlib
from collections.abc import Callable

import pytest
from flask import Flask, request

from planner.web import errors
from planner.web.streaming import MAIN, STEPS, stream

WAITING = f"<title>Routes</title>{MAIN}<div class='waiting'>{STEPS}</div></main></html>"
PATIENCE_S = 20


@pytest.fixture
def may_go_on() -> threading.Event:
    return threading.Event()


@pytest.fixture
def slow(app: Flask, may_go_on: threading.Event) -> Flask:
    def page(tell: Callable[[object], None]) -> str:
        tell("looking <at> boats")
        assert may_go_on.wait(PATIENCE_S)
        if request.args.get("fails"):
            raise RuntimeError("the engine broke")
        return f"<title>Routes</title>{MAIN}<h1>Three routes</h1></main></html>"

    app.add_url_rule("/slow", view_func=lambda: stream(WAITING, page, errors.failure_page))
    return app


def test_what_is_being_done_is_sent_before_the_work_is_done(slow: Flask, may_go_on: threading.Event):
    parts = iter(slow.test_client().get("/slow", buffered=False).response)
    assert next(parts).endswith(b"<div class='waiting'><ol class=\"told\">")
    assert next(parts) == b"<li>looking &lt;at&gt; boats</li>\n"
    may_go_on.set()
    assert next(parts) == b"</ol></div>\n<h1>Three routes</h1></main></html>"


def test_the_page_has_one_head_and_one_main_part(slow: Flask, may_go_on: threading.Event):
    may_go_on.set()
    page = slow.test_client().get("/slow").text
    assert page.count("<title>") == page.count(MAIN) == page.count("</html>") == 1


def test_a_compressed_step_can_be_read_as_soon_as_it_arrives(slow: Flask, may_go_on: threading.Event):
    answer = slow.test_client().get("/slow", headers={"Accept-Encoding": "gzip"}, buffered=False)
    parts, reader = iter(answer.response), zlib.decompressobj(wbits=31)
    assert reader.decompress(next(parts)).endswith(b'<ol class="told">')
    assert b"boats" in reader.decompress(next(parts))
    may_go_on.set()
    assert b"Three routes" in reader.decompress(next(parts))


def test_work_that_fails_ends_in_a_page_that_says_so(slow: Flask, may_go_on: threading.Event):
    may_go_on.set()
    page = slow.test_client().get("/slow?fails=1").text
    assert "Something failed on our side" in page and page.rstrip().endswith("</html>")
