"""Serves a sandbox from this process, a thread for each request."""

import logging
import threading

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from planner.sandbox.app import machine

logging.getLogger("werkzeug").setLevel(logging.ERROR)


# How long stopping may have to wait for the server to look up.
POLL_S = 0.05


class OneRequest(WSGIRequestHandler):
    """One request to a connection: none outlives a stop, or is read on after a fault broke it."""

    protocol_version = "HTTP/1.0"


class Serving:
    """A sandbox that answers at ``base_url`` until it is stopped."""

    def __init__(self, app: Flask, host: str = "127.0.0.1", port: int = 0) -> None:
        self._app = app
        self._server: BaseWSGIServer = make_server(host, port, app, True, request_handler=OneRequest)
        self.base_url = f"http://{host}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(POLL_S,), name="sandbox", daemon=True)

    def start(self) -> None:
        machine(self._app).start()
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        machine(self._app).stop()
