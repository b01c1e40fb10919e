"""How gunicorn serves the site: this file is its configuration, and names the application that each worker builds.

Two processes of eight threads each measured best on two cores. Each worker warms its engine before it takes requests;
until then visitors wait in the socket's queue instead of being refused.
"""

import os
from typing import Any

from flask import Flask

wsgi_app = "planner.console.server:site()"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = 8
timeout = 120
graceful_timeout = 10
loglevel = "warning"
control_socket_disable = True  # it would be opened in the home directory
if os.path.isdir("/dev/shm"):
    worker_tmp_dir = "/dev/shm"


def site() -> Flask:
    """Build the application of one worker, with its engine warmed."""
    from planner import wiring
    from planner.app import create_app

    app = create_app()
    with app.app_context():
        wiring.warm(app)
    return app


def when_ready(server: Any) -> None:
    """Name the address once somebody can knock at it."""
    from planner.settings import read_settings

    port = server.address[0][1]
    address = read_settings().site_url or f"http://localhost:{port}"
    print(f"\nLintas is at {address}   (Ctrl-C ends it)\n", flush=True)
