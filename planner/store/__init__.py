"""Where everything is kept: SQLite by default, PostgreSQL when told so; one file for each aggregate."""

from planner.store.db import init_app

__all__ = ["init_app"]
