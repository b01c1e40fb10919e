"""Load a timetable or a catalogue, whole or not at all."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click

from planner.console.progress import Bar
from planner.console.site import open_site
from planner.console.start import migrate

MOST_SHOWN = 50


@click.group()
def load() -> None:
    """Load a timetable or a catalogue; one with a mistake is refused whole."""


@load.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
def gtfs(path: Path) -> None:
    """Load a GTFS timetable from PATH, a folder or a zip, and put it in service."""
    with open_site() as app:
        from planner import wiring
        from planner.flow.load_timetable import load_timetable
        from planner.network.gtfs import FeedRefused

        migrate(app)
        try:
            with Bar() as bar:
                loaded = load_timetable(
                    path, Path(app.instance_path), _now(), build=wiring.snapshot_builder(), progress=bar
                )
        except FeedRefused as refusal:
            _refuse(refusal.errors)
        for warning in loaded.warnings[:MOST_SHOWN]:
            click.echo(f"note: {warning}", err=True)
        counts = ", ".join(f"{number} {what}" for what, number in loaded.counts.items() if number)
        words = "In service now" if loaded.is_new else "Was in service already"
        click.echo(f"{words}: timetable {loaded.version or loaded.sha256[:12]} ({counts}).")


@load.command()
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
def catalogue(path: Path) -> None:
    """Load places, rules and products from the folder PATH; what is held or sold stays so."""
    with open_site() as app:
        from planner.design.table_checks import CatalogueRefused
        from planner.flow.load_catalogue import load_catalogue

        migrate(app)
        try:
            with Bar() as bar:
                loaded = load_catalogue(path, now=_now(), progress=bar)
        except CatalogueRefused as refusal:
            _refuse(refusal.errors)
        if loaded.is_new:
            click.echo(f"Loaded: {loaded.products} products, {loaded.slots} days and times of them.")
        else:
            click.echo("This catalogue was loaded already; nothing changed.")


def _refuse(errors: Iterable[object]) -> None:
    """Print each mistake with file and line on standard error and end with 1."""
    told = [str(error) for error in errors]
    for line in told[:MOST_SHOWN]:
        click.echo(line, err=True)
    if len(told) > MOST_SHOWN:
        click.echo(f"and {len(told) - MOST_SHOWN} more", err=True)
    click.echo(f"Refused with {len(told)} mistakes; nothing was changed.", err=True)
    raise SystemExit(1)


def _now() -> datetime:
    return datetime.now(UTC)
