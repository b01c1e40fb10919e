"""Say on the terminal what is being done while somebody waits for it."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def step(doing: str) -> Iterator[Callable[[str], None]]:
    """Print ``doing``, and behind it what came out and how long it took.

    The block may call what it is given with a few words about the outcome; without them it says ``done``.
    """
    outcome = ["done"]
    click.echo(f"{doing} ... ", nl=False)
    sys.stdout.flush()
    began_s = time.perf_counter()
    try:
        yield lambda words: outcome.__setitem__(0, words)
    except BaseException:
        click.echo("failed")
        raise
    click.echo(f"{outcome[0]} ({time.perf_counter() - began_s:.1f} s)")
