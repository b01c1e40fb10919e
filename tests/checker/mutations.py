"""Good plans made wrong in one way each: what the checker must catch, under which point, in which words."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

GOOD_PLANS = sorted((Path(__file__).parent / "good_plans").glob("*.json"))
Document = dict[str, Any]


@dataclass(frozen=True)
class Mutation:
    name: str
    plan: str
    point: int
    says: str
    change: Callable[[Document], None]

    def document(self) -> Document:
        """Give the good plan with the change made."""
        document = read(self.plan)
        self.change(document)
        return document


MUTATIONS: list[Mutation] = []


def mutation(plan: str, point: int, says: str) -> Callable[[Callable[[Document], None]], Callable[[Document], None]]:
    def keep(change: Callable[[Document], None]) -> Callable[[Document], None]:
        MUTATIONS.append(Mutation(change.__name__, plan, point, says, change))
        return change

    return keep


def read(plan: str) -> Document:
    return json.loads((Path(__file__).parent / "good_plans" / f"{plan}.json").read_text(encoding="utf-8"))


def first(document: Document) -> dict[str, Any]:
    return document["answer"]["itineraries"][0]


def items(document: Document) -> list[dict[str, Any]]:
    return first(document)["items"]


def find(document: Document, name: str, nth: int = 0) -> dict[str, Any]:
    """Find an item by its route, product, place or rule."""
    keys = ("route_id", "product_id", "rule_id", "place_id")
    return [i for i in items(document) if name in (i.get(k) for k in keys)][nth]


def set_clock(item: dict[str, Any], start: str, end: str) -> None:
    """Move an item to other hours of its day."""
    a, b = ("starts", "ends") if item["kind"] == "package" else ("departs", "arrives")
    item[a], item[b] = item[a][:11] + start + item[a][16:], item[b][:11] + end + item[b][16:]


def shifted(value: Any, days: int) -> Any:
    """Move every date in a document by some days."""
    if isinstance(value, dict):
        return {k: shifted(v, days) for k, v in value.items()}
    if isinstance(value, list):
        return [shifted(v, days) for v in value]
    if isinstance(value, str):
        return re.sub(r"\d{4}-\d\d-\d\d", lambda m: (date.fromisoformat(m[0]) + timedelta(days)).isoformat(), value)
    return value


def shift(document: Document, days: int) -> None:
    document["brief"], document["answer"] = shifted(document["brief"], days), shifted(document["answer"], days)


def added_copy(document: Document) -> dict[str, Any]:
    other = copy.deepcopy(first(document)) | {"id": "another", "label": ""}
    document["answer"]["itineraries"].append(other)
    return other


# --- the shape of the answer


@mutation("diver", 0, "departs is")
def a_time_in_another_offset(document):
    leg = find(document, "A-DPS-LBJ")
    leg["departs"] = leg["departs"].replace("+08:00", "+07:00")


@mutation("diver", 0, "there are itineraries and a refusal")
def a_refusal_beside_itineraries(document):
    document["answer"]["refusal"] = {"reasons": [{"code": "no_room", "text": "none"}], "relaxations": []}


@mutation("diver", 0, "gives no reason")
def a_refusal_without_a_reason(document):
    document["answer"] |= {"itineraries": [], "refusal": {"reasons": [], "relaxations": []}}


@mutation("diver", 0, "price is")
def a_price_with_a_fraction(document):
    find(document, "PK130")["price"]["amount"] = 2200000.5


@mutation("diver", 0, "an id is used twice")
def two_plans_with_one_id(document):
    added_copy(document)["id"] = first(document)["id"]


@mutation("diver", 0, "is labelled cheapest")
def a_label_that_is_not_true(document):
    added_copy(document)["label"] = "cheapest"
    document["answer"]["itineraries"][1]["totals"]["price"]["amount"] += 1


@mutation("bali_lombok", 0, "sales_open_on")
def sales_that_open_a_day_late(document):
    find(document, "F-PDB-LEM")["sales_open_on"] = "2027-02-08"


@mutation("diver", 0, "complete is")
def completeness_that_is_a_word(document):
    document["answer"]["front"]["complete"] = "yes"


# --- point 1


@mutation("diver", 1, "starts at labuan-bajo but the party is at LBJ")
def a_teleport_from_the_hub_to_the_town(document):
    items(document).remove(find(document, "R-LBJ-APT"))


@mutation("bali_lombok", 1, "before the end of the last one")
def a_package_that_overlaps_the_next_item(document):
    package = find(document, "PK01")
    package["ends"] = "2027-04-08T13:00:00+08:00"


@mutation("bali_lombok", 1, "the party is at ubud")
def a_stay_in_another_town(document):
    find(document, "ST-UBD-2")["place_id"] = "sidemen"


@mutation("komodo", 1, "sea or on the road")
def a_room_while_the_party_is_on_the_boat(document):
    find(document, "ST-LBJ-5")["check_out"] = "2027-05-15"


# --- point 2


@mutation("bali_lombok", 2, "the timetable says")
def a_ferry_at_the_wrong_time(document):
    set_clock(find(document, "F-PDB-LEM"), "09:15", "13:45")


@mutation("bali_lombok", 2, "the timetable says")
def a_ferry_on_the_wrong_service_date(document):
    find(document, "F-PDB-LEM")["service_date"] = "2027-04-09"


@mutation("bali_lombok", 2, "does not run on 2027-03-09")
def a_ferry_on_a_day_without_service(document):
    shift(document, -30)
    find(document, "F-PDB-LEM")["trip_id"] = "F-PDB-LEM-0-0000"


@mutation("bali_lombok", 2, "is not in the timetable")
def a_trip_that_nobody_runs(document):
    find(document, "F-PDB-LEM")["trip_id"] = "F-PDB-LEM-0-0915"


@mutation("bali_lombok", 2, "seats for 400")
def a_party_larger_than_the_boat(document):
    document["brief"]["party"]["adults"] = 399


@mutation("bali_lombok", 2, "takes 70 minutes, typical are 85")
def a_road_faster_than_typical(document):
    set_clock(find(document, "R-DPS-UBD"), "12:00", "13:10")


@mutation("bali_lombok", 2, "is no row of the transfers")
def a_road_that_is_not_in_the_data(document):
    find(document, "R-DPS-UBD")["route_id"] = "R-DPS-MARS"


@mutation("diver", 2, "never one way")
def a_day_charter_sold_one_way(document):
    at = "2027-06-03T0{}:00:00+08:00"
    price = {"amount": 1800000, "currency": "IDR", "precision": 0}
    boat: dict[str, Any] = {
        "kind": "transfer",
        "mode": "charter_boat",
        "route_id": "C-LBJ-KANW",
        "from": "H-LBJMARINA",
        "to": "kanawa",
    }
    boat |= {"departs": at.format(8), "arrives": at.format(9), "price": price, "price_low": price, "sold": "here"}
    items(document).insert(6, boat)


@mutation("komodo", 2, "does not run on a Saturday")
def a_package_on_the_wrong_weekday(document):
    shift(document, 1)


@mutation("komodo", 2, "runs only in the months")
def a_package_out_of_season(document):
    shift(document, 7 * 30)


@mutation("bali_lombok", 2, "starts at")
def a_package_at_an_unlisted_hour(document):
    set_clock(find(document, "PK01"), "09:00", "13:00")


@mutation("bali_lombok", 2, "ends on day 1 at 13:00")
def a_package_that_ends_early(document):
    set_clock(find(document, "PK01"), "08:00", "12:00")


@mutation("bali_lombok", 2, "is for 6 years and older")
def a_child_below_the_least_age(document):
    document["brief"]["party"]["children"] = [5]


@mutation("bali_lombok", 2, "takes 8, the party is 9")
def a_party_larger_than_the_package(document):
    document["brief"]["party"]["adults"] = 8


# --- point 3


@mutation("bali_lombok", 3, "10 minutes after the last arrival, needed are 15")
def a_check_in_that_is_too_short(document):
    set_clock(find(document, "R-UBD-PDB"), "07:30", "08:50")


@mutation("diver", 3, "out of the airport")
def a_car_before_the_bags_are_out(document):
    set_clock(find(document, "R-LBJ-APT"), "13:10", "13:20")


@mutation("gili_family", 3, "RL-FB-FLIGHT")
def a_flight_two_hours_after_a_fast_boat(document):
    flight = find(document, "A-DPS-LOP")
    flight["trip_id"] = "A-DPS-LOP-0-1400"
    set_clock(flight, "14:00", "14:40")


@mutation("diver", 3, "flight to flight")
def a_flight_right_after_a_flight(document):
    go, back = find(document, "A-DPS-LBJ", 0), find(document, "A-DPS-LBJ", 1)
    back |= {"service_date": "2027-06-01", "trip_id": "A-DPS-LBJ-1-1340"}
    back |= {"departs": "2027-06-01T13:40:00+08:00", "arrives": "2027-06-01T14:55:00+08:00"}
    first(document)["items"] = [go, find(document, "RL-LEVY"), back]


# --- point 4


@mutation("bali_lombok", 4, "no bed in the night of 2027-04-07")
def a_missing_night(document):
    find(document, "ST-UBD-2")["check_out"] = "2027-04-07"


@mutation("bali_lombok", 4, "2 beds in the night of 2027-04-05")
def two_beds_in_one_night(document):
    items(document).insert(3, copy.deepcopy(find(document, "ST-UBD-2")) | {"check_out": "2027-04-06"})


# --- point 5


@mutation("bali_lombok", 5, "costs 195901, by the data 195900")
def a_price_off_by_one(document):
    find(document, "F-PDB-LEM")["price"]["amount"] += 1


@mutation("gili_family", 5, "by the data 1387500")
def a_baby_that_pays_like_an_adult(document):
    find(document, "B-SRG-GILT")["price"]["amount"] += 750000


@mutation("gili_family", 5, "by the data 1834000")
def a_room_in_peak_season_without_its_factor(document):
    find(document, "ST-GIT-1")["price"]["amount"] = 1400000


@mutation("komodo", 5, "by the data 2380000")
def one_car_for_seven(document):
    find(document, "R-LBJ-RTG")["price"]["amount"] = 1400000


@mutation("diver", 5, "totals.price is")
def a_total_that_is_not_the_sum(document):
    first(document)["totals"]["price"]["amount"] -= 1


@mutation("diver", 5, "totals.pay_here is")
def a_fee_paid_on_the_spot_and_charged_too(document):
    first(document)["totals"]["pay_here"]["amount"] += 250000


@mutation("diver", 5, "totals.spend")
def spend_in_the_wrong_province(document):
    spend = first(document)["totals"]["spend"]
    spend["Bali"], spend["NTT"] = spend["NTT"], spend["Bali"]


@mutation("komodo", 5, "asks for RL-KNP-FEE on 2027-05-15, and no item pays it")
def a_dropped_fee(document):
    items(document).remove(find(document, "RL-KNP-FEE", 2))


@mutation("komodo", 5, "by the data 525000")
def a_weekend_fee_at_the_price_of_a_weekday(document):
    find(document, "RL-KNP-FEE", 2)["price"]["amount"] = 350000


@mutation("diver", 5, "nothing in the plan asks for it")
def a_fee_that_nothing_asks_for(document):
    find(document, "RL-KNP-FEE")["on"] = "2027-06-03"


@mutation("diver", 5, "0 items of the Bali levy")
def a_visitor_without_the_levy(document):
    items(document).remove(find(document, "RL-LEVY"))


@mutation("bali_lombok", 5, "harbour passes on []")
def a_ferry_without_a_harbour_pass(document):
    items(document).remove(find(document, "RL-PORT"))


@mutation("gili_family", 5, "asks for RL-GILI")
def a_gili_without_its_entry(document):
    items(document).remove(find(document, "RL-GILI"))


# --- point 6


@mutation("bali_lombok", 6, "after the exit by")
def an_end_after_the_exit(document):
    document["brief"]["exit"]["by"] = "2027-04-11T12:00:00+08:00"


@mutation("bali_lombok", 6, "starts before the entry")
def a_start_before_the_entry(document):
    document["brief"]["entry"]["at"] = "2027-04-05T12:30:00+08:00"


@mutation("bali_lombok", 6, "not at the exit LOP")
def an_end_at_another_hub(document):
    document["brief"]["exit"]["hub"] = "LOP"


@mutation("bali_lombok", 6, "nothing happens on")
def a_free_day_that_is_not_named(document):
    first(document)["free_days"].pop()


# --- point 7


@mutation("bali_lombok", 7, "F-PDB-LEM | moves in Bali while RL-NYEPI-27")
def a_ferry_on_the_day_of_silence(document):
    shift(document, -31)


@mutation("bali_lombok", 7, "R-DPS-UBD | moves in Bali while RL-NYEPI-27")
def a_car_on_the_eve_of_the_day_of_silence(document):
    shift(document, -29)
    set_clock(find(document, "R-DPS-UBD"), "15:00", "16:25")


@mutation("bali_lombok", 7, "PK01 | moves in Bali while RL-NYEPI-27")
def a_class_on_the_day_of_silence(document):
    shift(document, -29)


@mutation("bali_lombok", 7, "lies in the closed season of RL-RINJ-CLOSE")
def a_trek_into_the_closed_season(document):
    trek = copy.deepcopy(find(document, "PK01"))
    trek |= {"product_id": "PK14", "starts": "2027-03-31T07:00:00+08:00", "ends": "2027-04-01T15:00:00+08:00"}
    items(document).insert(0, trek)


@mutation("diver", 7, "flies within 24 h")
def a_flight_the_day_after_a_dive(document):
    dive, fee = find(document, "PK130"), find(document, "RL-KNP-FEE")
    for key in ("starts", "ends", "availability_id"):
        dive[key] = shifted(dive[key], 1)
    fee["on"] = shifted(fee["on"], 1)


@mutation("diver", 7, "climbs to 1150 m")
def a_mountain_town_right_after_a_dive(document):
    road = copy.deepcopy(find(document, "R-LBJ-APT", 1))
    road |= {"route_id": "R-LBJ-RTG", "to": "ruteng"}
    road |= {"departs": "2027-06-02T15:00:00+08:00", "arrives": "2027-06-02T19:00:00+08:00"}
    items(document).insert(6, road)


@mutation("komodo", 7, "the night of 2027-05-13 is not spent in labuan-bajo")
def a_night_elsewhere_before_the_boat(document):
    find(document, "ST-LBJ-5")["check_out"] = "2027-05-13"


@mutation("komodo", 7, "does not list RL-KNP-QUOTA")
def a_quota_that_is_not_listed(document):
    first(document)["rules"].pop(0)


@mutation("bali_lombok", 7, "goes by ferry")
def an_avoided_mode(document):
    document["brief"]["avoid_modes"] = ["ferry"]


@mutation("komodo", 7, "visits padar")
def an_avoided_place(document):
    document["brief"]["avoid"] = ["padar"]


@mutation("bali_lombok", 7, "does not visit moni")
def a_must_left_out(document):
    document["brief"]["must"] = ["moni"]


@mutation("komodo", 7, "leaves out PK46")
def a_must_package_left_out(document):
    document["brief"]["must_packages"] = ["PK46"]


@mutation("bali_lombok", 7, "3 nights in ubud, wanted are 2")
def a_night_more_than_wanted(document):
    document["brief"]["nights"] = {"ubud": 2}


@mutation("komodo", 7, "the booked stay in labuan-bajo from 2027-05-16")
def a_booked_stay_that_is_lost(document):
    stay = next(i for i in items(document) if i.get("booked"))
    stay |= {"booked": False, "product_id": "ST-LBJ-5"}


@mutation("gili_family", 7, "the budget is 6000000")
def a_plan_above_the_budget(document):
    document["brief"]["budget"]["amount"] = 6000000


@mutation("gili_family", 7, "more than one night in gili-trawangan")
def two_nights_on_an_island_not_chosen(document):
    document["brief"]["islands"] = ["Lombok"]


@mutation("diver", 7, "the traveller arranges it")
def a_stay_sold_here_though_arranged_alone(document):
    find(document, "ST-LBJ-2")["sold"] = "here"


@mutation("komodo", 7, "does not keep PK46 at 2027-05-20T08:00:00+08:00")
def a_pinned_package_that_is_lost(document):
    document["brief"]["pins"] = [{"kind": "package", "product_id": "PK46", "starts": "2027-05-20T08:00:00+08:00"}]


@mutation("komodo", 7, "does not take F-1 on 2027-05-20")
def a_pinned_leg_that_is_lost(document):
    document["brief"]["pins"] = [{"kind": "leg", "trip_id": "F-1", "service_date": "2027-05-20"}]


@mutation("bali_lombok", 7, "does not sleep in moni on 2027-06-01")
def pinned_nights_that_are_lost(document):
    stay = {"kind": "stay", "place_id": "moni", "check_in": "2027-06-01", "check_out": "2027-06-02"}
    document["brief"]["pins"] = [stay]


@mutation("diver", 7, "does not sleep in ST-LBJ-9")
def a_pinned_house_that_is_another(document):
    stay = next(i for i in items(document) if i["kind"] == "stay" and i["place_id"] == "labuan-bajo")
    keys = ("kind", "place_id", "check_in", "check_out")
    document["brief"]["pins"] = [{key: stay[key] for key in keys} | {"product_id": "ST-LBJ-9"}]


@mutation("diver", 7, "which the brief leaves out")
def a_package_taken_that_was_left_out(document):
    package = next(i for i in items(document) if i["kind"] == "package")
    document["brief"] |= {"without": [package["product_id"]], "must_packages": []}


@mutation("diver", 7, "though nothing is to be added")
def a_package_added_where_none_may_be(document):
    document["brief"] |= {"more_packages": False, "must_packages": []}


# --- point 8


@mutation("gili_family", 8, "exposure is 1, by the weather table 2")
def a_calmer_band_than_the_weather(document):
    find(document, "B-SRG-GILT")["exposure"] = 1


@mutation("gili_family", 8, "totals.exposure is")
def a_sum_of_bands_that_is_wrong(document):
    first(document)["totals"]["exposure"]["sum"] = 3


@mutation("diver", 8, "is dominated by #1")
def a_dominated_plan(document):
    other = added_copy(document)
    other["totals"]["transit_min"] += 15
    other["totals"]["experience"] -= 1


@mutation("diver", 8, "has the same items as #1")
def a_plan_shown_twice(document):
    added_copy(document)


@mutation("diver", 7, "the traveller sees to it")
def a_package_sold_here_though_the_traveller_sees_to_it(document):
    package = next(i for i in items(document) if i["kind"] == "package" and i["sold"] == "here")
    pin = {key: package[key] for key in ("kind", "product_id", "starts")}
    document["brief"]["pins"] = [pin | {"own": "arranged"}]


@mutation("diver", 7, "is not called booked")
def a_booked_house_that_is_priced(document):
    stay = find(document, "ST-LBJ-2")
    pin = {key: stay[key] for key in ("kind", "place_id", "check_in", "check_out", "product_id")}
    document["brief"]["pins"] = [pin | {"own": "booked"}]


@mutation("diver", 7, "is called booked and is not")
def a_package_called_booked_that_is_not(document):
    next(i for i in items(document) if i["kind"] == "package")["booked"] = True
