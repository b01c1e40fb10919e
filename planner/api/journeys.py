"""Find the ways from one place to another on a day."""

from datetime import date
from typing import Any, Literal

from flask import Blueprint
from pydantic import BaseModel, ConfigDict, Field, field_validator

from planner.api.reading import read_query
from planner.flow.find_journeys import find_journeys
from planner.values.parties import Party
from planner.web.limits import SEARCHING, limiter
from planner.web.services import services

views = Blueprint("journeys", __name__, url_prefix="/v1")


class JourneyQuery(BaseModel):
    """What is asked of ``GET /api/v1/journeys``."""

    model_config = ConfigDict(extra="forbid")

    from_: str = Field(alias="from", min_length=1, max_length=64, description="Id of the place or hub of departure.")
    to: str = Field(min_length=1, max_length=64, description="Id of the place or hub of arrival.")
    on: date = Field(description="Local date of departure, as in 2027-04-05.")
    adults: int = Field(default=1, ge=1, le=40, description="People of 18 years and more.")
    children: str = Field(default="", max_length=60, description="Ages of children, as in 9,4.")
    residency: Literal["foreign", "resident"] = Field(default="foreign", description="Whose fares to pay.")

    @field_validator("children")
    @classmethod
    def _ages(cls, text: str) -> str:
        if text and not all(part.strip().isdecimal() and int(part) <= 17 for part in text.split(",")):
            raise ValueError("Give ages from 0 to 17, as in 9,4.")
        return text

    @property
    def party(self) -> Party:
        """Who travels."""
        ages = tuple(int(part) for part in self.children.split(",")) if self.children else ()
        return Party(self.adults, ages, self.residency)


@views.get("/journeys")
@limiter.limit(SEARCHING)
def list_journeys() -> dict[str, Any]:
    """Give the ways from A to B on a day; none is an answer too."""
    asked = read_query(JourneyQuery)
    return dict(find_journeys(asked.from_, asked.to, asked.on, asked.party, services()).as_json())
