"""Asking for a plan as a program."""

import pytest

from planner.errors import Invalid, Unavailable

PLANS = "/api/v1/plans"


def test_a_full_brief_reaches_the_planner_as_it_was_sent(client, planner, brief):
    answer = client.post(PLANS, json=brief)
    assert answer.status_code == 200
    assert planner.asked[0][0] == brief


def test_three_fields_are_enough(client, planner, brief):
    few = {name: brief[name] for name in ("entry", "exit", "party")}
    assert client.post(PLANS, json=few).status_code == 200


def test_a_brief_that_cannot_be_met_is_an_answer_with_reasons(client, planner, brief, must_be):
    answer = client.post(PLANS, json=brief)
    assert answer.status_code == 200
    must_be("Answer", answer.json)
    assert answer.json["refusal"]["reasons"][0]["code"] == "too_short"


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("surprise", 1, "surprise"),
        ("entry.surprise", 1, "entry.surprise"),
        ("entry.at", "2027-04-05T12:00:00", "entry.at"),
        ("entry.at", 1806897600, "entry.at"),
        ("exit.by", "soon", "exit.by"),
        ("party.adults", 0, "party.adults"),
        ("party.adults", "2", "party.adults"),
        ("party.adults", True, "party.adults"),
        ("party.children", [9, 18], "party.children.1"),
        ("party.residency", "martian", "party.residency"),
        ("must", "moni", "must"),
        ("must", [""], "must.0"),
        ("nights", {"ubud": -1}, "nights.ubud"),
        ("interests", {"trek": 4}, "interests.trek"),
        ("pace", "frantic", "pace"),
        ("comfort", None, "comfort"),
        ("budget", {"amount": 1, "currency": "XXX"}, "budget.currency"),
        ("booked", [{"kind": "stay", "place_id": "ubud", "check_in": "x", "check_out": "y"}], "booked.0.check_in"),
        ("want", 99, "want"),
    ],
)
def test_what_makes_no_sense_is_refused_by_the_path_of_its_field(client, planner, brief, must_be, path, value, field):
    *way, last = path.split(".")
    held = brief
    for step in way:
        held = held[step]
    held[last] = value
    answer = client.post(PLANS, json=brief)
    assert answer.status_code == 422 and answer.mimetype == "application/problem+json"
    assert field in [error["field"] for error in answer.json["errors"]]
    assert all(error["message"] for error in answer.json["errors"])
    must_be("Problem", answer.json)
    assert planner.asked == []


def test_all_that_is_wrong_is_told_at_once(client, planner, brief):
    brief["pace"], brief["want"] = "frantic", 0
    del brief["party"]
    fields = {error["field"] for error in client.post(PLANS, json=brief).json["errors"]}
    assert fields == {"pace", "want", "party"}


def test_what_only_the_planner_knows_to_be_wrong_is_told_the_same_way(client, planner, brief, must_be):
    planner.error = Invalid("There is no place atlantis.", code="no_such_place", field="must.0")
    answer = client.post(PLANS, json=brief)
    assert answer.status_code == 422
    assert answer.json["errors"] == [
        {"field": "must.0", "message": "There is no place atlantis.", "code": "no_such_place"}
    ]
    must_be("Problem", answer.json)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"NaN", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"entry=DPS", "application/x-www-form-urlencoded", 415),
        (b"[" * 100_000, "application/json", 400),
        (b" " * 300_000, "application/json", 413),
    ],
)
def test_what_is_no_brief_at_all_is_refused_as_a_problem(client, planner, must_be, body, kind, status):
    answer = client.post(PLANS, data=body, content_type=kind)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    must_be("Problem", answer.json)
    assert planner.asked == []


def test_a_wrong_method_and_a_wrong_path_are_problems_too(client, must_be):
    for answer, status in ((client.get(PLANS), 405), (client.post("/api/v1/nothing"), 404), (client.get("/api"), 404)):
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
        must_be("Problem", answer.json)


def test_a_planner_that_is_not_ready_says_so(client, planner, brief):
    planner.error = Unavailable("The timetable is being loaded.", code="loading")
    answer = client.post(PLANS, json=brief)
    assert (answer.status_code, answer.json["code"]) == (503, "loading")


def test_a_failure_of_ours_keeps_its_details(client, planner, brief):
    planner.error = RuntimeError("secret of the house")
    answer = client.post(PLANS, json=brief)
    assert answer.status_code == 500 and b"secret" not in answer.data


def test_no_form_token_is_asked_of_programs_and_no_cookie_given(client, planner, brief):
    answer = client.post(PLANS, json=brief)
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers


def test_who_plans_without_end_is_told_to_wait(make_app, planner, brief):
    client = make_app(LIMIT_REQUESTS=True).test_client()
    answers = [client.post(PLANS, json=brief) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert answers[-1].mimetype == "application/problem+json"
    assert int(answers[-1].headers["Retry-After"]) > 0
