"""``python -m planner.sandbox``: see the package for an example."""

import argparse
import os
import signal
import threading
from pathlib import Path

from planner.sandbox.app import create_sandbox
from planner.sandbox.serving import Serving


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m planner.sandbox", description="Stripe's HTTP without money.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    parser.add_argument("--data", type=Path, required=True, metavar="FILE", help="the SQLite file of its state")
    parser.add_argument("--webhook", metavar="URL", help="where events go")
    parser.add_argument("--webhook-secret", default="whsec_sandbox", metavar="WHSEC")
    parser.add_argument("--public-url", metavar="URL", help="where browsers reach it, if not at HOST:PORT")
    parser.add_argument("--key", metavar="SK_TEST", help="the only secret key it takes (default: any sk_test_...)")
    parser.add_argument("--with-parent", action="store_true", help="end when the program that started it ends")
    given = parser.parse_args(arguments)
    given.data.parent.mkdir(parents=True, exist_ok=True)
    app = create_sandbox(
        given.data,
        webhook_url=given.webhook,
        webhook_secret=given.webhook_secret,
        public_url=given.public_url,
        key=given.key,
    )
    serving = Serving(app, given.host, given.port)
    ended, parent = threading.Event(), os.getppid()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ended.set())
    serving.start()
    print(f"Stripe sandbox ready on {serving.base_url}", flush=True)
    while not ended.wait(1):
        if given.with_parent and os.getppid() != parent:
            break
    serving.stop()


if __name__ == "__main__":
    main()
