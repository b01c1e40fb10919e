"""Find the ways from one place or hub to another on a day, with what each costs a party."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from planner.design.journeys import Journey, journeys_between
from planner.errors import Invalid, NotFound
from planner.flow.services import Services
from planner.values.parties import Party


@dataclass(frozen=True)
class Journeys:
    """The ways found, the earliest arrival first."""

    from_id: str
    to_id: str
    on: date
    journeys: tuple[Journey, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the shape of the API."""
        return {
            "from": self.from_id,
            "to": self.to_id,
            "on": self.on.isoformat(),
            "journeys": [journey.as_json() for journey in self.journeys],
        }


def find_journeys(from_id: str, to_id: str, on: date, party: Party, services: Services) -> Journeys:
    """Find the best undominated journeys (departure, arrival, price, exposure) that leave on a local day.

    Raises:
        NotFound: a stop does not exist.
        Invalid: the day lies outside the timetable, or both stops are the same.
    """
    designer = services.snapshots.designer()
    stops = designer.catalogue.stops
    for field, stop_id in (("from", from_id), ("to", to_id)):
        if stop_id not in stops.index:
            raise NotFound("No place or hub has this id.", code="unknown_stop", field=field)
    if from_id == to_id:
        raise Invalid("Choose two different places.", code="same_stop", field="to")
    today = services.clock.today()
    if not today <= on <= designer.last_day - timedelta(days=2):
        raise Invalid(
            f"Timetables are known from {today} to {designer.last_day}.", code="outside_timetable", field="on"
        )
    return Journeys(from_id, to_id, on, tuple(journeys_between(designer, from_id, to_id, on, party)))
