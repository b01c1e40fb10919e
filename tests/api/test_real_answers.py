"""The planner itself behind the API: its answers are what the document says, field by field."""

from datetime import date, timedelta

import pytest

pytestmark = pytest.mark.slow

START = date.today() + timedelta(days=90)
BRIEF = {
    "entry": {"hub": "DPS", "at": f"{START}T12:00:00+08:00"},
    "exit": {"hub": "DPS", "by": f"{START + timedelta(days=9)}T20:00:00+08:00"},
    "party": {"adults": 2, "children": [9]},
    "must": ["sembalun"],
    "interests": {"culture": 2},
}


@pytest.fixture(scope="module")
def client(site):
    return site.test_client()


def undescribed(document, told, schema, path=""):
    """List the fields of ``told`` that the document does not know."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return undescribed(document, told, document["components"]["schemas"][name], name)
    if told is None:
        return set()
    if "discriminator" in schema:
        return undescribed(document, told, {"$ref": schema["discriminator"]["mapping"][told["kind"]]}, path)
    choices = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    if choices:
        return undescribed(document, told, choices[0], path)
    if isinstance(told, dict) and "properties" in schema:
        known = schema["properties"]
        unknown = {f"{path}.{name}" for name in told if name not in known}
        return unknown.union(
            *(undescribed(document, told[name], known[name], f"{path}.{name}") for name in told if name in known)
        )
    if isinstance(told, list) and "items" in schema:
        return set().union(*(undescribed(document, each, schema["items"], path) for each in told))
    return set()


def test_a_plan_is_what_the_document_says(client, document, must_be):
    answer = client.post("/api/v1/plans", json=BRIEF)
    assert answer.status_code == 200 and answer.json["itineraries"]
    must_be("Answer", answer.json)
    assert undescribed(document, answer.json, {"$ref": "#/Answer"}) == set()


def test_a_refusal_names_a_change_that_plans(client, document, must_be):
    poor = {**BRIEF, "budget": {"amount": 1_000_000, "currency": "IDR", "precision": 0}}
    refused = client.post("/api/v1/plans", json=poor).json
    must_be("Answer", refused)
    assert undescribed(document, refused, {"$ref": "#/Answer"}) == set()
    change = refused["refusal"]["relaxations"][0]["change"]
    assert client.post("/api/v1/plans", json={**poor, **change}).json["itineraries"]


def test_ids_that_do_not_exist_are_refused_by_their_fields(client, must_be):
    wrong = {**BRIEF, "must": ["sembalun", "atlantis"], "interests": {"knitting": 1}}
    answer = client.post("/api/v1/plans", json=wrong)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == ["must.1", "interests.knitting"]
    must_be("Problem", answer.json)


def test_journeys_are_what_the_document_says(client, document, must_be):
    told = client.get(f"/api/v1/journeys?from=DPS&to=LBJ&on={START}&adults=2&children=9").json
    must_be("Journeys", told)
    assert told["journeys"] and undescribed(document, told, {"$ref": "#/Journeys"}) == set()


def test_a_stop_that_does_not_exist_is_not_found(client, must_be):
    answer = client.get(f"/api/v1/journeys?from=DPS&to=atlantis&on={START}")
    assert answer.status_code == 404
    must_be("Problem", answer.json)
