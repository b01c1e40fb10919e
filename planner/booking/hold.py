"""How long places are kept for somebody who has not paid, and how many holds one visitor may have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from planner.errors import Conflict

HOLD_MIN = 30
"""The first hold lasts this long: time to type names."""
EXTENSION_MIN = 10
MOST_EXTENSIONS = 3
PAYMENT_MIN = 45
"""Once the payment page is open the hold lasts this long; the page itself lapses before, see `payment`."""
MOST_LIVE_HOLDS = 3
"""One visitor may keep so many trips at a time, so that nobody empties a departure by holding it."""


class HoldLapsed(Conflict):
    """The hold has run out; its places were given back."""

    default_code = "hold_lapsed"


class TooManyHolds(Conflict):
    """A visitor keeps as many trips as one may."""

    default_code = "too_many_holds"


class NoMoreExtensions(Conflict):
    """A hold was extended as often as it may be."""

    default_code = "no_more_extensions"


@dataclass(frozen=True)
class Hold:
    """Until when places are kept, and how often that was put off."""

    until: datetime
    extensions: int = 0

    def is_live(self, now: datetime) -> bool:
        """Tell whether the places are still kept."""
        return now < self.until

    def extended(self, now: datetime) -> Hold:
        """Return the hold ten minutes longer.

        Raises:
            HoldLapsed: it has run out.
            NoMoreExtensions: it was put off as often as it may be.
        """
        if not self.is_live(now):
            raise HoldLapsed("this hold has run out")
        if self.extensions >= MOST_EXTENSIONS:
            raise NoMoreExtensions("this hold cannot be extended again")
        return Hold(self.until + timedelta(minutes=EXTENSION_MIN), self.extensions + 1)


def new_hold(now: datetime) -> Hold:
    """Return a fresh hold."""
    return Hold(now + timedelta(minutes=HOLD_MIN))
