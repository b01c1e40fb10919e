"""Put the planner together: the only module that knows both what flows need and who provides it."""

from typing import Any

from flask import Flask

from planner.settings import Settings


def services_of(app: Flask, settings: Settings) -> Any:
    """Give the services that flows are handed: clock, snapshots and gateways."""
    return None


def snapshot_builder() -> Any:
    """Give what makes the search's arrays of a feed in its folder: ``build(feed, folder)``, or None."""
    return None


def warm(app: Flask) -> None:
    """Compile and load what the first search would otherwise wait for."""
