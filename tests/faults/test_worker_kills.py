"""Booking workers are killed inside every step of the saga, at each commit and each call outside: no order minds.

One order for each point: a worker dies there while the order is at it, and is started again under its name. Every order
ends as it should, with one booking at each supplier and one capture (`site` holds the whole state against itself).
Mails are sent at least once: a worker that dies between sending and writing that down sends it again, and only then.
"""

from collections import Counter

import pytest

from planner.flow.confirm_booking import _DOINGS
from tests.faults.site import Site
from tests.faults.stories import STORIES, Story

STEPS = {story.step for story in STORIES}
POINTS = {point for story in STORIES for point in story.points}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name.replace(" ", "-"))
def test_a_worker_may_die_at_each_point_of_a_step(site: Site, story: Story) -> None:
    ordered = []
    with site.traced() as passed, site.watched(f"{story.name}: {len(story.points)} kills"):
        for point in story.points:
            order_id = story.prepare(site)
            ordered.append(order_id)
            site.arm(point)
            story.trigger(site, order_id)
            site.kill_at(point)
        for order_id in ordered:
            story.help_on(site, order_id)
        ends = Counter(site.settle(ordered).values())
    assert ends == {story.ends: len(ordered)}
    unknown = {point for point in passed if point.split(":")[0] in STEPS} - POINTS
    assert unknown == set(), "points at which nobody is killed"


def test_no_step_is_left_out() -> None:
    assert set(_DOINGS) == STEPS
