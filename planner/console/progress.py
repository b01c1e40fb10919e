"""Say on standard error what is being done while somebody waits for it."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

import click

WIDTH = 30


@contextmanager
def step(doing: str) -> Iterator[Callable[[str], None]]:
    """Print ``doing``, and behind it what came out and how long it took.

    The block may call what it is given with a few words about the outcome; without them it says ``done``.
    """
    outcome = ["done"]
    click.echo(f"{doing} ... ", nl=False, err=True)
    sys.stderr.flush()
    began_s = time.perf_counter()
    try:
        yield lambda words: outcome.__setitem__(0, words)
    except BaseException:
        click.echo("failed", err=True)
        raise
    click.echo(f"{outcome[0]} ({time.perf_counter() - began_s:.1f} s)", err=True)


def show_share(what: str, done: int, count: int) -> None:
    """Show behind an open step how far it is, where a terminal can take it back again."""
    if sys.stderr.isatty():
        share = f"{100 * done // max(count, 1)} %"
        click.echo(f"{share:>5}" + "\b" * 5, nl=False, err=True)


class Bar:
    """A progress bar: called with what is done, how many steps of it, and of how many.

    On a terminal it is one line that moves; elsewhere it prints each thing once.
    """

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._said = ""

    def __call__(self, what: str, done: int, count: int) -> None:
        if not self._is_terminal:
            if what != self._said:
                click.echo(what, err=True)
            self._said = what
            return
        full = WIDTH * done // max(count, 1)
        click.echo(f"\r\x1b[K[{'#' * full}{'.' * (WIDTH - full)}] {what}", nl=False, err=True)
        self._said = what

    def __enter__(self) -> "Bar":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_terminal and self._said:
            click.echo("\r\x1b[K", nl=False, err=True)
