"""A party counts its heads and knows its ages, adults first."""

import dataclasses

import pytest

from planner.values.parties import ADULT_AGE, Party


def test_infants_are_heads_too() -> None:
    assert Party(2, (0, 9)).heads == 4


def test_ages_come_one_a_head_with_adults_first() -> None:
    party = Party(2, (9, 0))
    assert party.ages == (ADULT_AGE, ADULT_AGE, 9, 0)
    assert len(party.ages) == party.heads


def test_the_youngest_is_a_child_where_there_is_one() -> None:
    assert Party(1, (9, 4)).youngest == 4
    assert Party(3).youngest == ADULT_AGE


def test_the_age_of_an_adult_is_an_adults_in_every_fare_group() -> None:
    assert ADULT_AGE > 17


def test_a_party_is_foreign_shares_one_room_and_never_changes() -> None:
    party = Party(2)
    assert (party.residency, party.rooms, party.children) == ("foreign", 1, ())
    with pytest.raises(dataclasses.FrozenInstanceError):
        party.adults = 3  # type: ignore[misc]


def test_equal_parties_are_one_key() -> None:
    assert len({Party(2, (9,)), Party(2, (9,)), Party(2, (8,))}) == 2
