"""How a page of an order looks again while something is going on."""

from datetime import timedelta

import pytest

from planner.store.orders import Order
from planner.travellers.order_view import LATER_S, SOON_S, look_again_s
from tests.booking.making import START

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("states", "due_at", "after_s"),
    [
        ({"requested", "confirmed"}, START + HOUR, LATER_S),
        ({"requested", "confirmed"}, None, LATER_S),
        ({"requested", "declined"}, START, SOON_S),
        ({"held", "confirmed"}, START + HOUR, SOON_S),
    ],
)
def test_a_page_looks_again_soon_unless_a_person_is_awaited_and_there_is_nothing_to_do(states, due_at, after_s) -> None:
    assert look_again_s(Order(due_at=due_at), states, START) == after_s
