"""Places and packages as programs read them."""

import pytest

from planner.api.catalogue import months_of


def test_places_and_hubs_are_listed_by_name(client, must_be):
    told = client.get("/api/v1/places").json
    must_be("Places", told)
    names = [place["name"] for place in told["places"]]
    assert names == sorted(names)
    by_id = {place["place_id"]: place for place in told["places"]}
    assert by_id["ubud"]["is_hub"] is False and by_id["DPS"]["is_hub"] is True
    assert len(by_id) == len(told["places"])


def test_one_place_is_found_by_its_id(client, must_be):
    told = client.get("/api/v1/places/labuan-bajo").json
    must_be("Place", told)
    assert told["island"] == "Flores"


def test_a_place_that_does_not_exist_is_a_problem(client, must_be):
    answer = client.get("/api/v1/places/atlantis")
    assert (answer.status_code, answer.json["code"]) == (404, "no_such_place")
    must_be("Problem", answer.json)


def test_places_are_narrowed_by_island_and_interest(client):
    told = client.get("/api/v1/places?island=Flores&interest=culture").json["places"]
    assert told and all(place["island"] == "Flores" and "culture" in place["interests"] for place in told)


def test_packages_are_what_the_document_says(client, must_be):
    told = client.get("/api/v1/packages").json
    must_be("Packages", told)
    assert len(told["packages"]) > 100
    assert all(each["price_low"]["amount"] <= each["price"]["amount"] for each in told["packages"])


def test_packages_are_narrowed_by_the_place_they_visit(client):
    told = client.get("/api/v1/packages?visits=moni").json["packages"]
    assert told and all("moni" in (each["from_place"], each["to_place"], *each["visits"]) for each in told)


@pytest.mark.parametrize("query", ["surprise=1", "island=Bali&island=Flores", "island=" + "x" * 65])
def test_a_query_that_makes_no_sense_is_refused(client, query):
    answer = client.get(f"/api/v1/places?{query}")
    assert answer.status_code == 422 and answer.json["errors"][0]["field"] in ("surprise", "island")


def test_months_go_over_the_new_year():
    assert months_of("4-6") == [4, 5, 6]
    assert months_of("11-2") == [11, 12, 1, 2]
    assert months_of("1;7") == [1, 7]
    assert months_of("") == []
