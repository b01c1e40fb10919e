"""Start the site on this machine: database, reference data, engine; then the processes that serve it."""

import os
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.console.progress import show_share, step

if TYPE_CHECKING:
    from flask import Flask


FIRST_PORT = 8000
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
    # A fresh process keeps the others: this one holds the engine that it has just warmed.
    keep = [sys.executable, "-m", "planner.console.keep", f"--host={host}", f"--port={port}", f"--workers={workers}"]
    os.execv(sys.executable, keep)


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
