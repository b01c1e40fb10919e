"""What all tests share: sites on fresh instance folders, databases of both kinds, a served site, a browser.

app, client        a site on an empty instance folder, SQLite, without limits
database           address of an empty database, once SQLite and once PostgreSQL
site               a site whose database holds the shipped timetable and catalogue; do not write to it
live_server        the address of such a site behind a real gunicorn
serve              serves any site from a thread, for a browser to look at
browser, page      Debian's Chromium through Playwright, watched as tests/watching.py says
"""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import BaseWSGIServer, make_server

from planner.app import create_app
from planner.settings import ROOT, Settings
from planner.web.limits import limiter
from planner.wiring import TABLES
from tests.postgresql import NoServer, Server
from tests.watching import WATCHED, WatchedBrowser, nothing_amiss, pytest_runtest_makereport

__all__ = ["nothing_amiss", "pytest_runtest_makereport"]

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long, so that no process is left alone with one; look twice at browsers.

    A test that drives a browser is tried once more before it counts as failed; the summary names it then.
    """
    long = set()
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))
        if item.get_closest_marker("browser") or item.get_closest_marker("slow"):
            long.add(item.path)
    items.sort(key=lambda item: item.path not in long)


def settings_in(folder: Path, **given: Any) -> Settings:
    """Give settings that ignore this machine's environment."""
    plain = {"LINTAS_INSTANCE": folder, "LIMIT_REQUESTS": False, "DATABASE_URL": "", "SECRET_KEY": "", "SITE_URL": ""}
    return Settings(**{**plain, "STRIPE_SECRET_KEY": "", "LOG_FORMAT": "json", **given})


@pytest.fixture
def make_app(tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Give a maker of sites: keyword arguments are settings by their environment names."""

    def make(**given: Any) -> Flask:
        app = create_app(settings_in(tmp_path / "instance", **given), TESTING=True)
        app.config["PROPAGATE_EXCEPTIONS"] = False
        return app

    yield make
    limiter.enabled = False  # one for the whole process: sites that were made before know no limits again


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a running PostgreSQL server, or skip (fail when REQUIRE_PG=1) and say why."""
    try:
        server = Server.find(tmp_path_factory.mktemp("postgresql"))
    except NoServer as missing:
        if os.environ.get("REQUIRE_PG") == "1":
            pytest.fail(f"REQUIRE_PG=1, but no PostgreSQL: {missing}")
        pytest.skip(f"no PostgreSQL: {missing}")
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of an empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.sqlite3'}"
        return
    server: Server = request.getfixturevalue("postgresql_server")
    with server.fresh_database() as address:
        yield address


@pytest.fixture(scope="session")
def loaded_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an instance folder whose database holds what ships with the planner."""
    from planner.console.start import prepare

    folder = tmp_path_factory.mktemp("instance")
    kept = ROOT / "instance" / TABLES
    kept.mkdir(parents=True, exist_ok=True)
    (folder / TABLES).symlink_to(kept)  # half a minute of work, named by a digest of all that went into it
    app = create_app(settings_in(folder), TESTING=True)
    prepare(app)
    return folder


@pytest.fixture(scope="session")
def site(loaded_instance: Path) -> Flask:
    app = create_app(settings_in(loaded_instance), TESTING=True)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.fixture(scope="session")
def live_server(loaded_instance: Path) -> Iterator[str]:
    """Serve the shipped data with ``planner start`` and give the address."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SITE_URL", "SECRET_KEY")},
        "LINTAS_INSTANCE": str(loaded_instance),
        "LIMIT_REQUESTS": "false",
        "PORT": str(port),
        "WEB_WORKERS": "1",
    }
    log = loaded_instance / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "planner.console", "start"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        address = f"http://localhost:{port}"
        wait_until_it_answers(f"{address}/health", process, log)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def wait_until_it_answers(url: str, process: "subprocess.Popen[bytes]", log: Path, within_s: float = 180) -> None:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the server did not answer at {url}:\n{log.read_text()[-4000:]}")


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """Give a function that serves a site from a thread until the test ends, and gives its address."""
    running: list[BaseWSGIServer] = []

    def start(app: Flask) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        running.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://localhost:{server.server_port}"

    yield start
    for server in running:
        server.shutdown()


def free_port() -> int:
    """Find a port below those that the kernel gives to connections: nobody takes it while its server is down."""
    for port in random.SystemRandom().sample(range(15_000, 30_000), 200):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


@pytest.fixture(scope="session")
def browser(pytestconfig: pytest.Config) -> Iterator[Any]:
    """Give a running Chromium, or skip (fail when REQUIRE_BROWSER=1) and say why."""
    missing = ""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        missing = str(error)
    if not missing and not Path(CHROMIUM).exists():
        missing = f"no Chromium at {CHROMIUM}; as root, `make test` installs Debian's"
    if missing:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(f"REQUIRE_BROWSER=1, but no browser: {missing}")
        pytest.skip(f"no browser: {missing}")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        pytestconfig.stash[WATCHED] = WatchedBrowser(chromium)
        yield pytestconfig.stash[WATCHED]
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """Give a fresh page at desk size; ``page.context`` closes with it."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    yield context.new_page()
    context.close()
