"""What flows ask of the world outside, in their own words; wiring hands in who provides it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from planner.design.catalogue import Catalogue
from planner.design.designer import Designer
from planner.design.tables import Tables


class Snapshots(Protocol):
    """The timetable and catalogue in service, as immutable snapshots; a newer one appears when it was loaded."""

    def tables(self) -> Tables:
        """Return the reference tables in service; those that ship with the program while none were loaded."""

    def catalogue(self) -> Catalogue:
        """Return the catalogue in service."""

    def designer(self) -> Designer:
        """Return the designer over the timetable and catalogue in service."""

    def short(self, first: date, last: date) -> Mapping[tuple[str, date], int]:
        """Return what is left of products on dates where that is less than their full capacity."""
