"""Hubs and places of the shipped catalogue are numbered once and say where they lie."""

import numpy as np
import pytest

from planner.design.tables import read_tables
from planner.network.stops import Stops, build_stops


@pytest.fixture(scope="module")
def stops() -> Stops:
    tables = read_tables()
    return build_stops(tables.hubs, tables.places)


def test_every_hub_and_place_has_one_number_hubs_first(stops: Stops) -> None:
    tables = read_tables()
    assert stops.ids == tuple([h["hub_id"] for h in tables.hubs] + [p["place_id"] for p in tables.places])
    assert (len(stops.hubs), len(stops.places)) == (54, 58)
    assert [stops.ids[stops.index[stop_id]] for stop_id in stops.ids] == list(stops.ids)
    assert len(set(stops.ids)) == len(stops.ids) == len(stops.kerb_s) == len(stops.in_bali) == len(stops.elevation_m)


def test_numbers_of_places_fit_the_bits_of_one_word(stops: Stops) -> None:
    assert sorted(stops.places_number.values()) == list(range(58))


@pytest.mark.parametrize(
    ("stop_id", "province"),
    [
        ("DPS", "Bali"), ("ubud", "Bali"), ("H-PENIDA", "Bali"), ("H-LEMBONGAN", "Bali"),
        ("H-LEMBAR", "NTB"), ("LOP", "NTB"), ("H-GILIT", "NTB"), ("H-SAPE", "NTB"), ("H-LABAJI", "NTB"),
        ("LBJ", "NTT"), ("moni", "NTT"), ("H-PADAR", "NTT"), ("H-KUPANG", "NTT"), ("H-WAIKELO", "NTT"), ("ARD", "NTT"),
        ("H-KETAPANG", "other"),
    ],
)  # fmt: skip
def test_a_stop_lies_in_its_province(stops: Stops, stop_id: str, province: str) -> None:
    assert stops.province(stop_id) == province


@pytest.mark.parametrize(
    ("stop_id", "town"),
    [("DPS", "kuta-bali"), ("H-SAPE", "sape"), ("ubud", "ubud"), ("H-GILIMANUK", ""), ("H-AIMERE", "")],
)
def test_a_hub_belongs_to_a_town_or_to_none(stops: Stops, stop_id: str, town: str) -> None:
    assert stops.town(stop_id) == town


def test_every_town_of_a_hub_is_a_place(stops: Stops) -> None:
    assert {stops.town(hub_id) for hub_id in stops.hubs} - {""} <= set(stops.places)


def test_only_airports_are_airports(stops: Stops) -> None:
    airports = {stop_id for stop_id in stops.ids if stops.is_airport(stop_id)}
    assert airports == {
        "DPS",
        "LOP",
        "SWQ",
        "BMU",
        "LBJ",
        "RTG",
        "BJW",
        "ENE",
        "MOF",
        "LKA",
        "ARD",
        "TMC",
        "WGP",
        "KOE",
    }


def test_a_place_can_be_visited_and_a_hub_cannot(stops: Stops) -> None:
    assert stops.is_place("moni") and not stops.is_place("LBJ") and not stops.is_place("H-LBJ")


def test_bali_holds_its_two_islands_and_no_harbour_of_java(stops: Stops) -> None:
    assert {stops.island(stops.ids[i]) for i in np.flatnonzero(stops.in_bali)} == {
        "Bali", "Nusa Penida", "Nusa Lembongan",
    }  # fmt: skip
    assert stops.in_bali[stops.index["nusa-penida"]] and stops.in_bali[stops.index["H-LEMBONGAN"]]
    assert not stops.in_bali[stops.index["H-KETAPANG"]] and not stops.in_bali[stops.index["H-GILIT"]]
    assert all((stops.province(stop_id) == "Bali") == stops.in_bali[i] for i, stop_id in enumerate(stops.ids))


def test_connect_times_are_those_of_the_hub_in_seconds(stops: Stops) -> None:
    dps, lbj, harbour, place = (stops.index[stop_id] for stop_id in ("DPS", "LBJ", "H-SANUR", "ubud"))
    assert [stops.kerb_s[i] // 60 for i in (dps, lbj, place)] == [45, 20, 0]
    assert [stops.connect_s[i] // 60 for i in (dps, lbj, place)] == [120, 75, 60]
    assert [stops.to_boat_s[i] // 60 for i in (dps, lbj)] == [180, 90]
    assert stops.to_boat_s[harbour] == stops.to_boat_s[place] == 0, "only a landing counts, not a harbour's own rows"


def test_a_place_above_300_metres_is_high_and_a_hub_never(stops: Stops) -> None:
    high = {stops.ids[i] for i in np.flatnonzero(stops.is_high)}
    assert high == {place_id for place_id, row in stops.places.items() if float(row["elevation_m"]) > 300}
    assert {"moni", "ruteng"} <= high and "ubud" not in high


def test_a_place_of_exactly_300_metres_is_not_high() -> None:
    row = {"island": "Flores", "province": "East Nusa Tenggara", "name": "x", "lat": "-8.5", "lon": "121.25"}
    rows = [{"place_id": f"p{m}", "elevation_m": m, **row} for m in ("300", "301", "", "1000.0")]
    made = build_stops([], rows)
    assert list(made.elevation_m) == [300, 301, 0, 1000] and list(made.is_high) == [False, True, False, True]


def test_a_hub_of_an_island_without_places_counts_as_other() -> None:
    hub = {"hub_id": "H", "kind": "harbour", "name": "Far pier", "island": "Java", "place_id": ""}
    made = build_stops([hub], [])
    assert (made.province("H"), made.town("H"), made.name("H")) == ("other", "", "Far pier")
    assert made.connect_s[0] == 3600, "an hour where the catalogue says nothing"
