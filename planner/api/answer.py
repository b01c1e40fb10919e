"""The planner's answer as programs read it. More fields may be added later; those named here stay."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Confidence = Annotated[
    str, Field(description="How sure the data is: verified, typical or estimated, or another word of its source.")
]


class Open(BaseModel):
    """An object that may gain fields."""

    model_config = ConfigDict(extra="allow")


class Money(Open):
    """An amount of money in minor units."""

    amount: int = Field(description="Minor units of the currency; for IDR whole rupiah.")
    currency: str = Field(description="ISO 4217 code.")
    precision: int = Field(description="How many digits of the amount stand behind the point.")


class Quantity(Open):
    """One line of how an item's price came about."""

    what: str = Field(
        description="What is counted: adult, child, infant, car, minibus, boat, room_night, group, person."
    )
    count: int = Field(description="How many.")
    amount: int = Field(description="Price of each in minor units.")


class Item(Open):
    """What all items have."""

    price: Money = Field(description="The high end, for the whole party.")
    price_low: Money | None = Field(default=None, description="The low end, for the whole party.")
    basis: str | None = Field(
        default=None,
        description="per_person, per_vehicle, per_boat, per_room_night, per_group, per_person_fee or included.",
    )
    quantity: list[Quantity] | None = Field(default=None, description="How the price came about.")
    sold: Literal["here", "self", "on_spot"] = Field(
        description="`here`: charged at checkout; `self`: the traveller's own; `on_spot`: paid there."
    )
    title: str | None = Field(default=None, description="Plain name, in English for products.")
    operator: str | None = Field(default=None, description="Who runs it.")
    status: str | None = Field(default=None, description="Whether the service is active, seasonal or to be verified.")
    rule_ids: list[str] | None = Field(default=None, description="Ids of rules that concern the item.")
    confidence: Confidence | None = Field(default=None, description="How sure the data is.")
    source: str | None = Field(default=None, description="Where the data comes from.")
    booked: bool | None = Field(default=None, description="Whether the traveller had booked it already.")
    evidence_year: str | int | None = Field(default=None, description="Year of the evidence.")


class LegItem(Item):
    """A ride on a vehicle that runs to a timetable."""

    kind: Literal["leg"] = Field(description="What the item is.")
    mode: str = Field(description="ferry, fast_boat, public_boat, ship, flight, bus or shuttle.")
    route_id: str = Field(description="Id of the route.")
    trip_id: str = Field(description="Id of the vehicle's run, as in GTFS.")
    service_date: date = Field(description="Day of service of the run.")
    from_stop: str = Field(description="Stop of boarding.")
    to_stop: str = Field(description="Stop of leaving.")
    departs: datetime = Field(description="Departure with offset.")
    arrives: datetime = Field(description="Arrival with offset.")
    check_in_by: datetime | str | None = Field(default=None, description="Time to be at the stop.")
    confirm: str | None = Field(default=None, description="instant or on_request.")
    sales_open_on: date | None = Field(
        default=None, description="Day when the carrier opens sales, if later than today."
    )
    exposure: int | None = Field(default=None, ge=0, le=3, description="Band of the sea, 0 calm to 3 rough.")
    area_id: str | None = Field(default=None, description="The strait or sea crossed.")
    distance_km: float | None = Field(default=None, description="Length in kilometres.")
    seats: int | str | None = Field(default=None, description="Seats of the vessel or vehicle.")
    vessel: str | None = Field(default=None, description="Name or kind of the vessel.")
    fare_group: str | None = Field(default=None, description="Group of fares that ages and check-in follow.")
    dep_confidence: str | None = Field(default=None, description="How sure the time of departure is.")


class TransferItem(Item):
    """A way on demand: a private car, a chartered boat, a walk."""

    kind: Literal["transfer"] = Field(description="What the item is.")
    mode: str = Field(description="road, charter_boat or walk.")
    route_id: str = Field(description="Id of the row of the data.")
    from_: str = Field(alias="from", description="Place or hub of departure.")
    to: str = Field(description="Place or hub of arrival.")
    departs: datetime = Field(description="Departure with offset.")
    arrives: datetime = Field(description="Arrival with offset.")
    exposure: int | None = Field(default=None, ge=0, le=3, description="Band of the sea, 0 calm to 3 rough.")
    area_id: str | None = Field(default=None, description="The strait or sea crossed.")
    distance_km: float | None = Field(default=None, description="Length in kilometres.")
    confirm: str | None = Field(default=None, description="instant or on_request.")
    vehicles: Any = Field(default=None, description="Which vehicles, and how many.")


class PackageItem(Item):
    """A tour or activity."""

    kind: Literal["package"] = Field(description="What the item is.")
    product_id: str = Field(description="Id of the product, as in OCTO.")
    option_id: str | None = Field(default=None, description="Id of the option, as in OCTO.")
    availability_id: str | None = Field(default=None, description="Id of the availability, as in OCTO.")
    starts: datetime = Field(description="Start with offset.")
    ends: datetime = Field(description="End with offset.")
    from_place: str = Field(description="Place or hub where it starts.")
    to_place: str = Field(description="Place or hub where it ends.")
    visits: list[str] = Field(description="Ids of the places visited.")
    confirm: str | None = Field(default=None, description="instant or on_request.")
    runs_from: int | None = Field(default=None, description="Guests from which it runs.")
    exposure: int | None = Field(default=None, ge=0, le=3, description="Band of the sea, 0 calm to 3 rough.")
    area_id: str | None = Field(default=None, description="The strait or sea it is on.")
    type: str | None = Field(default=None, description="What sort of package.")
    nights: int | None = Field(default=None, description="Nights included.")
    local_share_pct: float | None = Field(default=None, description="Share of the price that stays local, in percent.")
    min_pax: int | None = Field(default=None, description="Smallest party.")
    cutoff_hours: float | None = Field(default=None, description="Hours before the start when booking ends.")


class StayItem(Item):
    """Nights at one place."""

    kind: Literal["stay"] = Field(description="What the item is.")
    product_id: str | None = Field(default=None, description="Id of the product; null when booked elsewhere.")
    option_id: str | None = Field(default=None, description="Id of the option, as in OCTO.")
    confirm: str | None = Field(default=None, description="instant or on_request.")
    local_share_pct: float | None = Field(default=None, description="Share of the price that stays local, in percent.")
    place_id: str = Field(description="Id of the place.")
    check_in: date = Field(description="First night.")
    check_out: date = Field(description="Day of leaving.")
    rooms: int = Field(description="Rooms.")
    nights: int | None = Field(default=None, description="Nights.")
    level: str | None = Field(default=None, description="simple, mid or upper.")
    type: str | None = Field(default=None, description="What sort of house.")


class FeeItem(Item):
    """A fee or levy that the trip brings with it."""

    kind: Literal["fee"] = Field(description="What the item is.")
    rule_id: str = Field(description="Id of the rule that asks for it.")
    on: date = Field(description="Day it falls due.")
    persons: int | None = Field(default=None, description="How many pay.")


AnyItem = Annotated[LegItem | TransferItem | PackageItem | StayItem | FeeItem, Field(discriminator="kind")]


class Exposure(Open):
    """How open to the sea an itinerary is."""

    worst: int = Field(ge=0, le=3, description="Worst band of any leg.")
    sum: int = Field(ge=0, description="Sum of the bands.")


class Totals(Open):
    """What an itinerary comes to."""

    price: Money = Field(description="Sum of all items.")
    price_low: Money | None = Field(default=None, description="Sum of the low ends.")
    price_per_person: Money = Field(description="Price divided by heads, rounded up.")
    pay_here: Money = Field(description="Sum of the items sold here.")
    firm_share: float = Field(ge=0, le=1, description="Share of the price that is verified.")
    transit_min: int = Field(description="Minutes under way.")
    experience: float = Field(description="Points for what is seen, by the party's interests.")
    exposure: Exposure = Field(description="How open to the sea.")
    co2_kg: float = Field(description="Kilograms of carbon dioxide of the whole party.")
    boats: int = Field(description="How many rides on boats.")
    flights: int = Field(description="How many flights.")
    nights: dict[str, int] = Field(description="Nights by province: Bali, NTB, NTT.")
    spend: dict[str, Money] = Field(description="Spend by province: Bali, NTB, NTT.")
    local_share: float = Field(description="Share of the spend that stays local.")


class Rule(Open):
    """A rule that the planner looked at."""

    rule_id: str = Field(description="Id of the rule.")
    verdict: str = Field(description="What came of it: applied, warned, met.")
    text: str = Field(description="The rule in words.")
    source: str = Field(description="Where the rule comes from.")
    confidence: Confidence | None = Field(default=None, description="How sure the rule is.")


class Why(Open):
    """A sentence of the explanation, for whoever writes it in another language."""

    code: str = Field(description="Stable code.")
    params: dict[str, Any] = Field(description="What the sentence is filled with.")


class Itinerary(Open):
    """One way to make the trip."""

    id: str = Field(description="Id of this itinerary within the answer.")
    label: Literal["best", "cheapest", "least_travel", "calmest", "greenest", ""] = Field(
        description="What it is best at, or empty."
    )
    totals: Totals = Field(description="What it comes to.")
    items: list[AnyItem] = Field(description="Everything in order of time.")
    rules: list[Rule] = Field(description="Rules that were applied, and warnings.")
    why: list[str] = Field(description="Why the plan is as it is, in sentences.")
    why_codes: list[Why] | None = Field(default=None, description="The same sentences as codes.")
    free_days: list[date] | None = Field(default=None, description="Days without an item.")
    days: int | None = Field(default=None, description="How many days.")
    starts_at: datetime | None = Field(default=None, description="When it starts.")
    ends_at: datetime | None = Field(default=None, description="When it ends.")


class Front(Open):
    """How the itineraries were chosen."""

    complete: bool = Field(description="True only where it is proven that nothing better exists at this resolution.")
    resolution: dict[str, float] = Field(description="Steps in which the criteria were compared.")
    criteria: list[str] = Field(description="What was compared.")
    candidates: int = Field(description="How many plans were on the front before choosing.")
    took_ms: float = Field(description="Milliseconds that the search took.")


class Reason(Open):
    """Why the brief cannot be met."""

    code: str = Field(description="Stable code.")
    rule_id: str | None = Field(default=None, description="Id of the rule in the way, if one is.")
    text: str = Field(description="The reason in words.")
    params: dict[str, Any] | None = Field(default=None, description="What the words are filled with.")


class Relaxation(Open):
    """The smallest change that makes the brief possible."""

    change: dict[str, Any] = Field(description="A JSON merge patch (RFC 7396) on the brief; the patched brief plans.")
    text: str = Field(description="The change in words.")
    code: str | None = Field(default=None, description="Stable code.")
    params: dict[str, Any] | None = Field(default=None, description="What the words are filled with.")


class Refusal(Open):
    """A brief that cannot be met."""

    reasons: list[Reason] = Field(description="What is in the way.")
    relaxations: list[Relaxation] = Field(description="Changes that help.")


class Answer(Open):
    """The planner's answer: itineraries, or a refusal with its reasons."""

    front: Front | None = Field(description="How the itineraries were chosen.")
    itineraries: list[Itinerary] = Field(description="At most as many as were wanted, none dominated by another.")
    refusal: Refusal | None = Field(description="Set where there is no itinerary.")


class Problem(Open):
    """A refusal of the request itself (RFC 9457)."""

    type: str = Field(description="Always about:blank.")
    title: str = Field(description="The status in words.")
    status: int = Field(description="The status code.")
    detail: str | None = Field(default=None, description="What went wrong.")
    code: str | None = Field(default=None, description="Stable code.")
    request_id: str | None = Field(default=None, description="Id to name when asking about it.")
    errors: list["FieldError"] | None = Field(default=None, description="What is wrong with each field.")


class FieldError(Open):
    """What is wrong with one field."""

    field: str = Field(description="Path of the field, as in entry.at or party.children.0.")
    message: str = Field(description="What is wrong with it.")
    code: str | None = Field(default=None, description="Stable code.")


class Place(Open):
    """A place to visit or a hub to pass."""

    place_id: str = Field(description="Id, as briefs and answers use it.")
    name: str = Field(description="Name.")
    kind: str = Field(description="What it is: town, beach, airport, harbour.")
    island: str = Field(description="Island.")
    province: str | None = Field(default=None, description="Province; null for hubs.")
    lat: float = Field(description="Latitude in degrees.")
    lon: float = Field(description="Longitude in degrees.")
    is_hub: bool = Field(description="Whether it is an airport, harbour or terminal.")
    interests: list[str] = Field(description="What it is good for.")
    typical_nights: int | None = Field(default=None, description="Nights that people usually stay.")
    best_months: list[int] | None = Field(default=None, description="Months that suit it.")
    gateway_hub: str | None = Field(default=None, description="Nearest hub.")
    confidence: Confidence | None = Field(default=None, description="How sure the data is.")
    source: str | None = Field(default=None, description="Where the data comes from.")


class Places(Open):
    """A list of places."""

    places: list[Place] = Field(description="By name.")


class Package(Open):
    """A tour or activity that plans may contain."""

    product_id: str = Field(description="Id of the product.")
    title: str = Field(description="Name in English.")
    type: str = Field(description="What sort of package.")
    island: str = Field(description="Island.")
    from_place: str = Field(description="Where it starts.")
    to_place: str = Field(description="Where it ends.")
    days: int = Field(description="Days it takes.")
    nights: int = Field(description="Nights it takes.")
    start_times: list[str] = Field(description="Local times of start.")
    months: list[int] = Field(description="Months in which it runs.")
    price: Money = Field(description="High end.")
    price_low: Money = Field(description="Low end.")
    price_basis: str = Field(description="per person or per group.")
    min_pax: int = Field(description="Guests from which it runs.")
    max_pax: int = Field(description="Most guests.")
    interests: list[str] = Field(description="What it is good for.")
    visits: list[str] = Field(description="Places visited.")
    confirm: str = Field(description="instant or on_request.")
    operator: str = Field(description="Who runs it.")
    local_share_pct: float = Field(description="Share of the price that stays local, in percent.")
    confidence: Confidence = Field(description="How sure the data is.")
    source: str = Field(description="Where the data comes from.")


class Packages(Open):
    """A list of packages."""

    packages: list[Package] = Field(description="By id.")


class Journey(Open):
    """One way from A to B."""

    departs: datetime = Field(description="When it leaves, with offset.")
    arrives: datetime = Field(description="When it is there, with offset.")
    price: Money = Field(description="High end, for the whole party.")
    duration_min: int | None = Field(default=None, description="Minutes from door to door.")
    exposure: int | None = Field(default=None, ge=0, le=3, description="Worst band of the sea, 0 calm to 3 rough.")
    on_demand: bool | None = Field(default=None, description="Whether it goes whenever one likes.")
    items: list[AnyItem] = Field(description="Legs and transfers in order.")


class Journeys(Open):
    """Ways from A to B on a day, none worse than another in everything."""

    from_: str | None = Field(default=None, alias="from", description="Where from.")
    to: str | None = Field(default=None, description="Where to.")
    on: date | None = Field(default=None, description="Local day.")
    journeys: list[Journey] = Field(description="By time of arrival.")
