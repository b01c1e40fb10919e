"""Ask every form for its token, so that no other site can act for a visitor.

Doors of programs are exempt: no cookie of ours opens them.
"""

from flask import Flask
from flask_wtf import CSRFProtect

csrf = CSRFProtect()


def init_app(app: Flask) -> None:
    """Protect every view that changes something; a door of programs calls ``csrf.exempt(blueprint)``."""
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)  # a token lives as long as its session
    csrf.init_app(app)
