"""The ``planner`` command: plan a trip, look places up, load data, let staff in, start the site."""

import click

from planner import __version__
from planner.console import load, places, plan, staff, start


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="planner")
def main() -> None:
    """Plan trips from Bali over Lombok, Sumbawa and Komodo to Flores."""


for command in (plan.plan, load.load, places.places, staff.staff, start.start):
    main.add_command(command)
