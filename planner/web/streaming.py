"""Send a page while it is being made: at once that work goes on, step by step what is done, then the page itself.

    head of the page, heading of `waiting`   at once
    <li>a step</li> ...                      as the work tells them
    the page's own main part                 when the work is done; the style sheet then hides what stood before it

No script takes part. The page must extend the same base as the waiting page, because its head is not sent again.
"""

from __future__ import annotations

import logging
import queue
import threading
import zlib
from collections.abc import Callable, Iterator

from flask import Response, copy_current_request_context, request
from markupsafe import escape

MAIN = '<main id="main">'
STEPS = '<ol class="told"></ol>'
Tell = Callable[[object], None]

log = logging.getLogger(__name__)


def stream(waiting: str, work: Callable[[Tell], str], sorry: Callable[[], str]) -> Response:
    """Answer with `waiting`, then with the main part of the page that `work` makes.

    `work` gets a function that shows a line of text. It runs in a thread of its own with this request at hand.
    `sorry` makes the page that is shown where the work failed: the status was sent long before.
    """
    told: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()

    @copy_current_request_context
    def do() -> None:
        try:
            page = work(lambda step: told.put(("step", str(step))))
        except Exception:
            log.exception("a page failed while it was being sent")
            page = sorry()
        told.put(("page", page))

    def parts() -> Iterator[str]:
        before, mark, _ = waiting.partition(STEPS)
        yield before + mark.removesuffix("</ol>")
        kind, text = told.get()
        while kind == "step":
            yield f"<li>{escape(text)}</li>\n"
            kind, text = told.get()
        yield "</ol></div>\n" + text.partition(MAIN)[2]

    threading.Thread(target=do, daemon=True).start()
    answer = Response(mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    answer.vary.add("Accept-Encoding")
    if request.accept_encodings.quality("gzip"):
        answer.headers["Content-Encoding"] = "gzip"
        answer.response = _zipped(parts())
    else:
        answer.response = (part.encode() for part in parts())
    return answer


def _zipped(parts: Iterator[str]) -> Iterator[bytes]:
    """Compress each part so that it can be read as soon as it arrives."""
    zipper = zlib.compressobj(wbits=31)
    for part in parts:
        yield zipper.compress(part.encode()) + zipper.flush(zlib.Z_SYNC_FLUSH)
    yield zipper.flush()
