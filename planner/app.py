"""Build the site: one Flask application from settings, with every door that visitors knock at."""

import importlib
import importlib.util
from typing import Any

from flask import Flask
from flask_compress import Compress
from flask_mailman import Mail
from werkzeug.middleware.proxy_fix import ProxyFix

from planner import wiring
from planner.settings import ROOT, Settings, read_settings
from planner.web import (
    accounts,
    addresses,
    caching,
    csrf,
    errors,
    filters,
    headers,
    health,
    i18n,
    limits,
    logs,
    preferences,
    sessions,
    static_files,
)

DOORS = ("travellers", "api", "hooks", "desk", "agents")
LARGEST_REQUEST = 256 * 1024


def create_app(settings: Settings | None = None, **config: Any) -> Flask:
    """Build the application.

    ``config`` overrides Flask's configuration, for tests. The database is not touched until a request needs it.
    """
    settings = settings or read_settings()
    settings.instance_folder.mkdir(parents=True, exist_ok=True)
    app = addresses.Site(
        "planner",
        instance_path=str(settings.instance_folder.resolve()),
        static_folder=str(ROOT / "static"),
        template_folder=str(ROOT / "templates"),
    )
    _configure(app, settings, config)
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    logs.configure(settings.log_level, settings.log_format)
    logs.init_app(app)  # first, so that its closing line sees what all others did
    Compress(app)
    Mail(app)
    for part in (headers, static_files, i18n, addresses, sessions, csrf, limits, caching, errors):
        part.init_app(app)
    filters.register(app)
    app.register_blueprint(preferences.blueprint)
    app.register_blueprint(health.blueprint)
    _open_the_store(app)
    app.extensions["planner.settings"] = settings
    app.extensions["planner.services"] = wiring.services_of(app, settings)
    accounts.init_app(app, settings)
    app.context_processor(lambda: {"is_demo": settings.is_demo, "site_url": settings.site_url})
    for door in DOORS:
        _open_door(app, door)
    return app


def _configure(app: Flask, settings: Settings, config: dict[str, Any]) -> None:
    app.config.from_mapping(
        SECRET_KEY=settings.secret,
        SQLALCHEMY_DATABASE_URI=settings.database,
        IS_DEMO=settings.is_demo,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        TRUSTED_HOSTS=settings.trusted_hosts,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        SESSION_COOKIE_NAME="__Host-session" if settings.is_https else "session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
        PREFERRED_URL_SCHEME="https" if settings.is_https else "http",
        RATELIMIT_ENABLED=settings.limit_requests,
        RATELIMIT_STORAGE_URI=settings.limits_storage,
        PAYMENT_PAGES=settings.payment_pages,
        **settings.mail,
        COMPRESS_STREAMS=False,  # a page that is sent bit by bit must not wait for the compressor
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
    )
    app.config.from_mapping(config)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]


def _open_the_store(app: Flask) -> None:
    """Connect the database where the store is part of this copy."""
    if importlib.util.find_spec("planner.store"):
        importlib.import_module("planner.store").init_app(app)


def _open_door(app: Flask, name: str) -> None:
    """Register the blueprint ``planner.<name>.<name>``.

    A door that is not part of this copy is left out; one that is there but broken is not hidden.
    """
    if importlib.util.find_spec(f"planner.{name}"):
        app.register_blueprint(getattr(importlib.import_module(f"planner.{name}"), name))
