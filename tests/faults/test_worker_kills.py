"""Booking workers are killed inside every step of the saga, at each commit and each call outside: no order minds.

One order for each point, two at a time: whichever worker comes by dies and is started again under its name. Every order
ends as it should, with one booking at each supplier and one capture (`site` holds the whole state against itself).
Mails are sent at least once: a worker that dies between sending and writing that down sends it again, and only then.
Each point is tried on one of the databases, by turns; on both with FAULTS_ALL=1.
"""

import os
from collections import Counter
from collections.abc import Sequence

import pytest

from planner.flow.confirm_booking import _DOINGS
from tests.faults.site import PATIENCE_S, WORKERS, Site
from tests.faults.stories import HOUSE, STORIES, WALK, Story

FIRST_S = 10.0


def batched(points: Sequence[str], size: int) -> list[Sequence[str]]:
    return [points[at : at + size] for at in range(0, len(points), size)]


def points_of(story: Story, site: Site) -> Sequence[str]:
    """Give the points of a story that are tried on a site's database."""
    if os.environ.get("FAULTS_ALL") == "1" or len(story.points) <= len(WORKERS):
        return story.points
    return story.points[0 if site.database.startswith("sqlite") else 1 :: 2]


def go_into_the_step(site: Site, story: Story, points: Sequence[str]) -> list[str]:
    """Let fresh orders into a step until a worker has died at each point; return their ids.

    A worker that dies takes every order down that it works on; one that had begun the step goes on from where it was
    and does not come to all of its points any more: then another order has to.
    """
    ordered: list[str] = []
    left = list(points)
    for within_s in (FIRST_S, FIRST_S, PATIENCE_S):
        fresh = [story.prepare(site) for _ in left]
        ordered += fresh
        for order_id in fresh:
            story.trigger(site, order_id)
        left = site.kill_each(left, within_s)
        if not left:
            return ordered
    raise AssertionError(f"nobody came to {left}\n{site.tail()}")


STEPS = {story.step for story in STORIES}
POINTS = {point for story in STORIES for point in story.points}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name.replace(" ", "-"))
def test_a_worker_may_die_at_each_point_of_a_step(site: Site, story: Story) -> None:
    ordered = []
    tried = points_of(story, site)
    with site.traced() as passed, site.watched(f"{story.name}: {len(tried)} kills"):
        for points in batched(tried, len(WORKERS)):
            for point in points:
                site.arm(point)
            ordered += go_into_the_step(site, story, points)
        for order_id in ordered:
            story.help_on(site, order_id)
        ends = Counter(site.settle(ordered).values())
    assert ends == {story.ends: len(ordered)}
    unknown = {point for point in passed if point.split(":")[0] in STEPS and ":before_call:" not in point} - POINTS
    assert unknown == set(), "points at which nobody is killed"


def test_no_step_is_left_out() -> None:
    assert {*_DOINGS, "rest"} == STEPS


def test_a_worker_dies_when_the_supplier_has_said_yes_and_nobody_wrote_it_down(site: Site) -> None:
    order_id = site.held([WALK, HOUSE])
    site.arm("confirm:after_call:1")
    site.pay(order_id)
    killed = site.kill_at("confirm:after_call:1")
    with site.watched("from the kill to vouchers"):
        assert site.settle([order_id]) == {order_id: "confirmed"}
    assert killed not in site.booking_workers()
    assert len(site.booking_workers()) == len(WORKERS)
