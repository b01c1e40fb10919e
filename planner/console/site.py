"""Open the site for one command, without serving it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flask import Flask

BAD_INPUT = 2
REFUSED = 3


@contextmanager
def open_site(language: str = "en") -> Iterator["Flask"]:
    """Give the site with its database and services at hand, speaking ``language``."""
    from flask_babel import force_locale

    from planner.app import create_app

    app = create_app()
    with app.app_context(), force_locale(language):
        yield app


def stop_for_bad_input(error: Exception) -> None:
    """Print each problem of a refusal as ``field: message`` on standard error and end with 2."""
    from planner.errors import PlannerError

    problems = error.problems if isinstance(error, PlannerError) else ()
    for problem in problems:
        click.echo(f"{problem.field}: {problem.message}" if problem.field else problem.message, err=True)
    if not problems:
        click.echo(str(error), err=True)
    raise SystemExit(BAD_INPUT)
