"""Where the logos of agencies are found."""

from __future__ import annotations

from flask import url_for

from planner.store.agencies import Agency


def logo_address(agency: Agency) -> str | None:
    """Return the address of an agency's logo; None where it has none."""
    return url_for("travellers.logos.show_logo", digest=agency.logo) if agency.logo else None
