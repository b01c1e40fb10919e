"""Write one log line for each request, with its id, and nothing private."""

import logging
import secrets
import sys
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request

from planner.web.redaction import hide_secrets, redact

log = structlog.get_logger("planner.requests")

WITH_A_VOICE = ("dbos", "gunicorn.error")
"""Libraries that would write past us, to handlers of their own."""
SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def make_formatter(as_json: bool) -> logging.Formatter:
    """Give the one formatter through which each line goes, ours and the libraries', redacted last of all."""
    last: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if as_json:
        last += [structlog.processors.format_exc_info, redact, structlog.processors.JSONRenderer()]
    else:
        last += [structlog.processors.format_exc_info, redact, structlog.dev.ConsoleRenderer(colors=False)]
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=SHARED, processors=last)


def configure(level: str, form: str) -> None:
    """Send every log line of this process to standard error. Calling it again changes nothing twice."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    as_json = form == "json" or (form == "auto" and not sys.stderr.isatty())
    root = logging.getLogger()
    handler = next((held for held in root.handlers if held.get_name() == "planner"), None)
    if handler is None:
        handler = logging.StreamHandler()
        handler.set_name("planner")
        root.addHandler(handler)
    handler.setFormatter(make_formatter(as_json))
    for name in WITH_A_VOICE:
        theirs = logging.getLogger(name)
        for held in theirs.handlers:
            held.setFormatter(handler.formatter)
        if not theirs.handlers:  # where there is one, they bring none
            theirs.addHandler(handler)
            theirs.propagate = False
    logging.getLogger("planner").setLevel(level.upper())
    root.setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))


def shown_path() -> str:
    """Return the path of this request without what opens a booking, an account or an answer."""
    return hide_secrets(request.path, request.view_args or {})


def init_app(app: Flask) -> None:
    """Give each request an id, say it in ``X-Request-ID``, and log how the request ended."""

    @app.before_request
    def begin() -> None:
        g.request_id = secrets.token_hex(8)
        g.began_s = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        request_id = g.get("request_id")
        if request_id is None:
            return response
        response.headers["X-Request-ID"] = request_id
        if request.endpoint != "static":
            log.info(
                "request",
                method=request.method,
                path=shown_path(),
                status=response.status_code,
                took_ms=round((time.perf_counter() - g.began_s) * 1000),
            )
        return response
