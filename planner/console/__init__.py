"""The ``planner`` command: plan a trip, load data, start the site."""

import click


@click.group()
def main() -> None:
    """Plan trips from Bali over Lombok, Sumbawa and Komodo to Flores."""
