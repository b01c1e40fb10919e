"""Keep answers that are dear to make, in files that all workers share."""

from flask import Flask
from flask_caching import Cache

cache = Cache()


def init_app(app: Flask) -> None:
    """Keep at most some thousand answers in the instance folder, ten minutes each unless told otherwise."""
    app.config.setdefault("CACHE_TYPE", "FileSystemCache")
    app.config.setdefault("CACHE_DIR", f"{app.instance_path}/cache")
    app.config.setdefault("CACHE_THRESHOLD", 2000)
    app.config.setdefault("CACHE_DEFAULT_TIMEOUT", 600)
    cache.init_app(app)
