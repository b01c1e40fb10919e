"""The tables of states: complete, without dead ends where money is held, and refusing what they do not have."""

import pytest

from planner.booking import states
from planner.booking.states import LINE, LIVE_ORDERS, ORDER, SOLD_LINES, WrongState, check_line, check_order


@pytest.mark.parametrize("table", [ORDER, LINE])
def test_every_state_that_can_be_reached_has_a_row(table: dict[str, frozenset[str]]) -> None:
    assert set().union(*table.values()) <= set(table)


def ends_of(table: dict[str, frozenset[str]], start: str) -> set[str]:
    seen, front = {start}, [start]
    while front:
        for then in table[front.pop()] - seen:
            seen.add(then)
            front.append(then)
    return seen


def test_an_order_with_money_on_it_can_always_be_undone_or_confirmed() -> None:
    for state in ("paying", "authorised", "lapsed", "undoing"):
        assert ends_of(ORDER, state) & {"confirmed", "undone"}, state


def test_a_payment_that_comes_for_an_order_that_was_given_up_can_be_undone() -> None:
    assert "undoing" in ORDER["lapsed"]
    assert "undoing" in ORDER["undone"]


def test_nothing_leads_from_undoing_to_confirmed() -> None:
    assert "confirmed" not in ends_of(ORDER, "undoing")


def test_a_line_that_is_over_stays_over() -> None:
    for state in ("planned", "released", "cancelled"):
        assert LINE[state] == frozenset()


def test_a_sold_line_can_only_be_given_back_or_bought() -> None:
    for state in SOLD_LINES:
        assert LINE[state] <= {"cancelling", "bought", "released"}


def test_steps_of_the_tables_are_let_through_and_others_refused() -> None:
    for table, check in ((ORDER, check_order), (LINE, check_line)):
        for now, allowed in table.items():
            for then in table:
                if then in allowed:
                    check(now, then)
                else:
                    with pytest.raises(WrongState, match=now):
                        check(now, then)


def test_orders_that_keep_places_are_not_those_that_are_over() -> None:
    assert not LIVE_ORDERS & {"confirmed", "cancelled", "undone", "lapsed"}
    assert set(LIVE_ORDERS) <= set(states.ORDER)
