"""From A to B as a program asks for it."""

from datetime import date

import pytest

from planner.values.parties import Party

JOURNEYS = "/api/v1/journeys"


def test_the_question_reaches_the_router_in_its_own_words(client, router, must_be):
    answer = client.get(f"{JOURNEYS}?from=DPS&to=LBJ&on=2027-04-05&adults=2&children=9,4&residency=resident")
    assert answer.status_code == 200
    must_be("Journeys", answer.json)
    assert router.asked[0][:4] == ("DPS", "LBJ", date(2027, 4, 5), Party(2, (9, 4), "resident"))


def test_one_adult_travels_unless_told_otherwise(client, router):
    client.get(f"{JOURNEYS}?from=DPS&to=LBJ&on=2027-04-05")
    assert router.asked[0][3] == Party(1)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("to=LBJ&on=2027-04-05", "from"),
        ("from=DPS&to=LBJ", "on"),
        ("from=DPS&to=LBJ&on=2027-02-30", "on"),
        ("from=DPS&to=LBJ&on=2027-04-05&adults=0", "adults"),
        ("from=DPS&to=LBJ&on=2027-04-05&children=9,18", "children"),
        ("from=DPS&to=LBJ&on=2027-04-05&children=x", "children"),
        ("from=DPS&to=LBJ&on=2027-04-05&residency=martian", "residency"),
        ("from=DPS&to=LBJ&on=2027-04-05&via=x", "via"),
        ("from=DPS&from=LOP&to=LBJ&on=2027-04-05", "from"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_its_field(client, router, query, field):
    answer = client.get(f"{JOURNEYS}?{query}")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert router.asked == []
