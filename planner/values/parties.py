"""Who travels: adults, children by age, where they live, how many rooms they share."""

from __future__ import annotations

from dataclasses import dataclass

ADULT_AGE = 30
"""Stands for any adult age when a fare asks for one."""


@dataclass(frozen=True)
class Party:
    """A group that travels together.

    `children` holds ages in whole years (0 to 17); `residency` is `foreign` or `resident`.
    """

    adults: int
    children: tuple[int, ...] = ()
    residency: str = "foreign"
    rooms: int = 1

    @property
    def heads(self) -> int:
        """Everybody, infants too."""
        return self.adults + len(self.children)

    @property
    def ages(self) -> tuple[int, ...]:
        """One age a head, adults first."""
        return (ADULT_AGE,) * self.adults + self.children

    @property
    def youngest(self) -> int:
        """The lowest age in the party."""
        return min(self.ages)
