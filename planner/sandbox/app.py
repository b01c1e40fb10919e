"""Puts the sandbox together: a plain Flask app around one SQLite file."""

from pathlib import Path

from flask import Flask, Response, jsonify

from planner.sandbox import control, frame, pages
from planner.sandbox.errors import server_error
from planner.sandbox.faults import Wire
from planner.sandbox.machine import Machine


def create_sandbox(
    data: Path | str,
    *,
    webhook_url: str | None = None,
    webhook_secret: str = "whsec_sandbox",
    public_url: str | None = None,
    key: str | None = None,
) -> Flask:
    """Make a sandbox whose state is in the file ``data``; call ``machine(app).start()`` to send webhooks.

    ``public_url`` is the address at which browsers reach it, when that is not the one the site uses. ``key`` is the
    only secret key it takes; without, any ``sk_test_...`` will do.
    """
    app = Flask("planner.sandbox", template_folder="templates", static_folder="static")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    parts = app.extensions["sandbox"] = Machine(data, public_url, key)
    if webhook_url:
        parts.add_endpoint(webhook_url, webhook_secret)
    frame.register(app)
    app.register_blueprint(pages.pages)
    app.register_blueprint(control.control)

    @app.get("/healthz")
    def health() -> Response:
        with parts.store.transaction() as rows:
            rows.execute("SELECT 1")
        return jsonify(status="ok")

    @app.errorhandler(500)
    def broken(_: Exception) -> tuple[Response, int]:
        return jsonify(server_error().body), 500

    app.wsgi_app = Wire(app.wsgi_app, parts.faults)  # type: ignore[method-assign]
    return app


def machine(app: Flask) -> Machine:
    found: Machine = app.extensions["sandbox"]
    return found
