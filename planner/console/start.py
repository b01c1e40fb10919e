"""Start the site on this machine: database, reference data, engine; then the payment sandbox, the booking workers and
the web server, which stay together until Ctrl-C ends them all.
"""

import secrets
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.console.family import Family
from planner.console.progress import show_share, step

if TYPE_CHECKING:
    from flask import Flask

    from planner.settings import Settings

FIRST_PORT = 8000
FIRST_SANDBOX_PORT = 4242
PORTS_TRIED = 50


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, envvar="PORT", help="Port; without it 8000 or the next free one.")
@click.option(
    "--workers",
    type=click.IntRange(0, 16),
    default=1,
    show_default=True,
    envvar="BOOKING_WORKERS",
    help="Booking workers, named booking-1, booking-2 ...",
)
def start(host: str, port: int | None, workers: int) -> None:
    """Start the site and print its address."""
    port = taken_port(host, port)
    with step("Reading the program"):
        from planner import wiring
        from planner.app import create_app

        app = create_app()
    prepare(app)
    with step("Warming the engine (a minute the first time)"), app.app_context():
        wiring.warm(app, progress=show_share)
    family = Family()
    try:
        told = {"LOCAL_ADDRESS": f"http://localhost:{port}"}
        told |= start_sandbox(family, app.extensions["planner.settings"], port)
        for number in range(1, workers + 1):
            name = f"booking-{number}"
            family.add(f"booking worker {number}", [sys.executable, "-m", "planner.jobs.worker", name], **told)
        serve = [sys.executable, "-m", "gunicorn", "-c", "python:planner.console.server", "-b", f"{host}:{port}"]
        family.add("web server", serve, **told)
        family.stay()
    finally:
        family.end()


def start_sandbox(family: Family, settings: "Settings", port: int) -> dict[str, str]:
    """Start the payment sandbox where no payment account is connected; return what the others must know of it."""
    if not settings.is_demo:
        return {}
    sandbox_port, secret = taken_port("127.0.0.1", None, FIRST_SANDBOX_PORT), f"whsec_{secrets.token_hex(16)}"
    address = f"http://127.0.0.1:{sandbox_port}"
    family.add(
        "payment sandbox",
        [
            sys.executable, "-m", "planner.sandbox", "--port", str(sandbox_port), "--with-parent",
            "--data", str(settings.instance_folder / "sandbox.sqlite3"),
            "--webhook", f"http://127.0.0.1:{port}/hooks/stripe", "--webhook-secret", secret,
            "--public-url", f"http://localhost:{sandbox_port}",
        ],
    )  # fmt: skip
    return {"SANDBOX_URL": address, "STRIPE_WEBHOOK_SECRET": secret}


def prepare(app: "Flask") -> None:
    """Bring the database to the present schema and load the shipped data where it is missing or older."""
    from planner import wiring
    from planner.flow.load_shipped import load_demo_allotments, load_shipped

    migrate(app)
    with app.app_context(), step("Loading timetable and catalogue") as came_out:
        shipped = load_shipped(Path(app.instance_path), datetime.now(UTC), build=wiring.snapshot_builder())
        if app.config["IS_DEMO"]:
            load_demo_allotments()
        came_out(f"timetable {shipped.timetable}, catalogue {shipped.catalogue}")


def migrate(app: "Flask") -> None:
    """Bring the database to the present schema."""
    with app.app_context(), step("Bringing the database up to date"):
        from flask_migrate import upgrade

        upgrade()


def taken_port(host: str, wanted: int | None, first: int | None = None) -> int:
    """Give the port to serve on: the wanted one if it is free, else the first free one from `first` (8000) on."""
    first = FIRST_PORT if first is None else first
    if wanted is not None:
        if not is_free(host, wanted):
            raise click.ClickException(f"Port {wanted} is in use. Choose another with PORT=... or --port.")
        return wanted
    for port in range(first, first + PORTS_TRIED):
        if is_free(host, port):
            return port
    raise click.ClickException(f"No free port between {first} and {first + PORTS_TRIED - 1}.")


def is_free(host: str, port: int) -> bool:
    """Tell whether somebody could listen on ``port``."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
