"""The brief as every door takes it: which fields there are, of which type, and what each means.

Whether an id exists or two wishes contradict each other is for the planner to say; this is the outer form.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from planner.web.forms import refused

Id = Annotated[str, Field(min_length=1, max_length=64)]
Age = Annotated[int, Field(ge=0, le=17)]
Weight = Annotated[int, Field(ge=0, le=3)]
Nights = Annotated[int, Field(ge=0, le=45)]


class Form(BaseModel):
    """A form that knows all its fields."""

    model_config = ConfigDict(extra="forbid")


class BriefMoney(Form):
    """An amount in whole rupiah."""

    amount: int = Field(ge=0, le=10**12, description="Minor units of the currency; for IDR whole rupiah.")
    currency: Literal["IDR"] = Field(description="ISO 4217 code.")
    precision: Literal[0] = Field(default=0, description="How many digits of the amount stand behind the point.")


class Entry(Form):
    """Where and when the trip begins."""

    hub: Id = Field(description="Id of the hub of arrival, as in `DPS`.")
    at: AwareDatetime = Field(description="The moment out of the building and free to go, with offset.")


class Exit(Form):
    """Where and by when the trip ends."""

    hub: Id = Field(description="Id of the hub of departure; it may differ from the entry's.")
    by: AwareDatetime = Field(description="The moment at the hub and ready to check in, with offset.")


class BriefParty(Form):
    """Who travels."""

    adults: int = Field(ge=1, le=40, description="People of 18 years and more.")
    children: list[Age] = Field(default_factory=list, max_length=39, description="Ages in whole years, 0 to 17.")
    residency: Literal["foreign", "resident"] = Field(
        default="foreign", description="Whether the party pays foreigners' or residents' fares and fees."
    )
    rooms: int | None = Field(
        default=None, ge=1, le=40, description="Rooms at each stay; without it one for two adults."
    )


class Booked(Form):
    """A stay that the party has booked already: the plan keeps to it and does not price it."""

    kind: Literal["stay"] = Field(description="What is booked; at present a stay.")
    place_id: Id = Field(description="Id of the place where the stay is.")
    check_in: date = Field(description="First night.")
    check_out: date = Field(description="Day of leaving.")


Own = Literal["arranged", "booked"]
OWN_SAID = (
    "Where the party sees to it alone: `arranged` is planned and estimated, `booked` is fixed and costs nothing more."
)


class PinnedStay(Form):
    """Nights that a new plan keeps as they are."""

    kind: Literal["stay"] = Field(description="What is pinned.")
    place_id: Id = Field(description="Id of the place.")
    check_in: date = Field(description="First night.")
    check_out: date = Field(description="Day of leaving.")
    product_id: Id | None = Field(default=None, description="Id of the house; without it the one that fits best.")
    own: Own | None = Field(default=None, description=OWN_SAID)


class PinnedPackage(Form):
    """A package that a new plan keeps on its day, at its hour."""

    kind: Literal["package"] = Field(description="What is pinned.")
    product_id: Id = Field(description="Id of the package.")
    starts: AwareDatetime = Field(description="When it starts, with offset.")
    own: Own | None = Field(default=None, description=OWN_SAID)


class PinnedLeg(Form):
    """A run of the timetable that a new plan takes."""

    kind: Literal["leg"] = Field(description="What is pinned.")
    trip_id: Annotated[str, Field(min_length=1, max_length=120)] = Field(description="Id of the trip.")
    service_date: date = Field(description="The day of the timetable on which it runs.")
    own: Own | None = Field(default=None, description=OWN_SAID)


Pin = Annotated[PinnedStay | PinnedPackage | PinnedLeg, Field(discriminator="kind")]


class Brief(Form):
    """What a party wants: where it comes in and goes out, who it is, and what it would like to see."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "entry": {"hub": "DPS", "at": "2027-04-05T12:00:00+08:00"},
                "exit": {"hub": "DPS", "by": "2027-04-18T20:00:00+08:00"},
                "party": {"adults": 2, "children": [9], "residency": "foreign", "rooms": 1},
                "must": ["labuan-bajo", "moni"],
                "interests": {"trek": 3, "culture": 2},
                "pace": "balanced",
                "comfort": "mid",
                "want": 6,
            }
        },
    )

    entry: Entry = Field(description="The arrival: hub and moment.")
    exit: Exit = Field(description="The departure: hub and latest moment.")
    party: BriefParty = Field(description="The people who travel together.")
    must: list[Id] = Field(
        default_factory=list,
        max_length=40,
        description="Ids of places to visit: to sleep there, or to take a package that starts, ends or visits there.",
    )
    avoid: list[Id] = Field(
        default_factory=list,
        max_length=80,
        description="Ids of places without a night, a package or a visit; passing through is allowed.",
    )
    islands: list[Id] = Field(
        default_factory=list,
        max_length=20,
        description="Islands to choose among, by name; Bali and what must be crossed are always allowed.",
    )
    must_packages: list[Id] = Field(default_factory=list, max_length=20, description="Ids of packages to take.")
    nights: dict[Id, Nights] = Field(
        default_factory=dict, max_length=40, description="Exactly so many nights, by id of the place."
    )
    booked: list[Booked] = Field(default_factory=list, max_length=40, description="What is booked already.")
    self_arrange: list[Id] = Field(
        default_factory=list,
        max_length=20,
        description="Kinds of item (`stay`, `package`, `leg`, `transfer`) or modes (`flight`, `ferry`) that the party"
        " buys alone: planned and estimated, never charged.",
    )
    interests: dict[Id, Weight] = Field(
        default_factory=dict, max_length=40, description="How much each interest counts, 0 to 3, as in `trek: 3`."
    )
    pace: Literal["relaxed", "balanced", "packed"] = Field(default="balanced", description="How full the days are.")
    comfort: Literal["simple", "mid", "upper"] = Field(default="mid", description="Level of the stays.")
    budget: BriefMoney | None = Field(default=None, description="What the whole trip may cost at most.")
    avoid_modes: list[Id] = Field(
        default_factory=list, max_length=20, description="Modes not to travel by, as in `fast_boat` or `flight`."
    )
    want: int = Field(default=6, ge=1, le=8, description="How many itineraries at most.")
    pins: list[Pin] = Field(
        default_factory=list,
        max_length=120,
        description="Parts of an earlier plan that every plan must keep: the keys of an item that say which one it is.",
    )
    without: list[Id] = Field(default_factory=list, max_length=60, description="Ids of packages not to take.")
    more_packages: bool = Field(
        default=True, description="Whether packages may be added that are neither pinned nor asked for."
    )


def check_brief(sent: Mapping[str, Any]) -> None:
    """Accept a brief's outer form.

    Raises:
        Invalid: one or several fields are wrong; each has its path.
    """
    try:
        Brief.model_validate_json(json.dumps(sent), strict=True)
    except ValidationError as error:
        raise refused(error) from error
