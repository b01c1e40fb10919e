"""Crowds cost a night something, a festival one came to see earns something, and the planner weighs both."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from planner.design import problem
from planner.design.catalogue import Catalogue
from planner.design.designer import Designer
from planner.design.festivals import CROWD_COST, WATCHED, may_be_watched, worth_of_nights
from planner.design.problem import build_trip
from tests.design.conftest import NOW, a_brief


def worth(catalogue: Catalogue, place: str, day: str, **wishes: int) -> int:
    return int(worth_of_nights(catalogue, wishes, [place], [date.fromisoformat(day)])[0, 0])


def test_a_crowd_costs_those_who_did_not_come_for_it(catalogue: Catalogue) -> None:
    assert worth(catalogue, "moni", "2027-08-14") == -CROWD_COST[2]
    assert worth(catalogue, "moni", "2027-08-14", beach=3) == -CROWD_COST[2]
    assert worth(catalogue, "moni", "2027-08-13") == worth(catalogue, "moni", "2027-08-15") == 0


@pytest.mark.parametrize(("weight", "earned"), [(0, -CROWD_COST[2]), (1, WATCHED), (2, 2 * WATCHED), (3, 3 * WATCHED)])
def test_a_rite_earns_by_the_interest_in_culture(catalogue: Catalogue, weight: int, earned: int) -> None:
    assert worth(catalogue, "moni", "2027-08-14", culture=weight) == earned


def test_a_festival_of_weeks_is_shared_out_among_its_days(catalogue: Catalogue) -> None:
    assert catalogue.events["EV-PKB"].spans[1] == (date(2027, 6, 19), date(2027, 7, 17))
    assert worth(catalogue, "ubud", "2027-06-30", culture=3) == 3 * WATCHED // 29


def test_a_race_only_crowds_and_so_does_a_day_on_which_doors_are_shut(catalogue: Catalogue) -> None:
    assert worth(catalogue, "kuta-lombok", "2027-10-01", culture=3, surf=3) == -CROWD_COST[3]
    assert not may_be_watched(catalogue, catalogue.events["EV-NYEPI"])
    assert worth(catalogue, "ubud", "2027-03-08", culture=3) == -CROWD_COST[1]


def test_what_fills_every_island_favours_none(catalogue: Catalogue) -> None:
    assert catalogue.events["EV-SUMMER"].is_on(date(2027, 8, 1))
    assert worth(catalogue, "kupang", "2027-08-01") == 0


def test_of_two_events_the_best_to_watch_counts_less_the_worst_crowd(catalogue: Catalogue) -> None:
    assert catalogue.events["EV-CN-OCT"].is_on(date(2027, 10, 7))
    assert worth(catalogue, "kuta-bali", "2027-01-13", culture=1) == WATCHED
    assert worth(catalogue, "lembata", "2027-10-05", culture=2) == 2 * WATCHED // 7


def test_a_search_is_given_the_worth_of_every_night(designer: Designer) -> None:
    days: dict[str, Any] = {
        "entry": {"hub": "ENE", "at": "2027-08-11T12:00:00+08:00"},
        "exit": {"hub": "MOF", "by": "2027-08-18T12:00:00+08:00"},
    }
    for interests, expected in (({}, -CROWD_COST[2]), ({"culture": 3}, 3 * WATCHED)):
        asked = designer.read(a_brief(**days, interests=interests))
        trip = build_trip(asked, designer.catalogue, designer.router, designer._tariff(asked), NOW)
        moni = int(designer.catalogue.stops.index["moni"])
        extra = trip.problem.night_extra[:, trip.nodes.index(moni)].tolist()
        assert extra == [0, 0, 0, expected, 0, 0, 0, 0]


def best_is_there(designer: Designer, place: str, on: str, brief: dict[str, Any]) -> bool:
    """Tell whether the first plan sleeps at a place on a night."""
    best = designer.plan(designer.read(brief)).as_json()["itineraries"][0]
    stays = [item for item in best["items"] if item["kind"] == "stay" and item["place_id"] == place]
    return any(stay["check_in"] <= on < stay["check_out"] for stay in stays)


def without_events(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(catalogue: Catalogue, wishes: Any, names: Any, days: Any) -> np.ndarray:
        return np.zeros((len(days), len(names)), np.int64)

    monkeypatch.setattr(problem, "worth_of_nights", none)


def test_who_loves_culture_is_at_the_lakes_on_the_day_of_the_rite(
    designer: Designer, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = a_brief(
        entry={"hub": "ENE", "at": "2027-08-11T09:00:00+08:00"},
        exit={"hub": "MOF", "by": "2027-08-17T18:00:00+08:00"},
        must=["moni"],
        interests={"culture": 3},
        pace="relaxed",
    )
    assert best_is_there(designer, "moni", "2027-08-14", brief)
    without_events(monkeypatch)
    assert not best_is_there(designer, "moni", "2027-08-14", brief)


def test_who_loves_beaches_is_elsewhere_when_the_race_is_on(
    designer: Designer, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = a_brief(
        entry={"hub": "LOP", "at": "2027-09-22T09:00:00+08:00"},
        exit={"hub": "LOP", "by": "2027-09-26T18:00:00+08:00"},
        must=["kuta-lombok"],
        islands=["Lombok"],
        interests={"beach": 3},
        pace="relaxed",
    )
    assert not best_is_there(designer, "kuta-lombok", "2027-09-25", brief)
    without_events(monkeypatch)
    assert best_is_there(designer, "kuta-lombok", "2027-09-25", brief)
