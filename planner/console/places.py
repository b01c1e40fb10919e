"""List the places and hubs that a brief can name."""

import click


@click.command()
@click.argument("words", nargs=-1)
@click.option("--island", help="Only on this island.")
@click.option("--hubs", is_flag=True, help="Airports, harbours and terminals instead of places.")
def places(words: tuple[str, ...], island: str | None, hubs: bool) -> None:
    """List places with their ids; WORDS narrow the list and forgive spelling."""
    from rapidfuzz import fuzz, utils

    from planner.design.tables import read_tables

    held = read_tables()
    rows = [
        (row["hub_id" if hubs else "place_id"], row["name"], row["island"], row["kind"])
        for row in (held.hubs if hubs else held.places)
        if not island or row["island"].casefold() == island.casefold()
    ]
    if words:
        asked = " ".join(words)
        rows = [
            row
            for row in rows
            if asked.casefold() in f"{row[0]} {row[1]}".casefold()
            or max(fuzz.ratio(asked, name, processor=utils.default_process) for name in row[:2]) >= 75
        ]
    if not rows:
        raise click.ClickException("No such place. `planner places` lists all.")
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in sorted(rows, key=lambda row: (row[2], row[1])):
        click.echo("  ".join(text.ljust(width) for text, width in zip(row, [*widths, 0], strict=True)).rstrip())
