"""Where the logos of agencies are found, and how they come onto paper."""

from __future__ import annotations

import base64

from flask import url_for

from planner.store import agencies
from planner.store.agencies import Agency


def logo_address(agency: Agency) -> str | None:
    """Return the address of an agency's logo; None where it has none."""
    return url_for("travellers.logos.show_logo", digest=agency.logo) if agency.logo else None


def drawn_logo(digest: str) -> tuple[str, float]:
    """Return a logo as a drawing (SVG) around its picture, for typst, and its breadth to its height."""
    logo = agencies.get_logo(digest)
    content = base64.b64encode(logo.content).decode("ascii")
    size = f'width="{logo.width}" height="{logo.height}"'
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {logo.width} {logo.height}">'
        f'<image {size} href="data:{logo.mime};base64,{content}"/></svg>'
    )
    return drawing, logo.width / logo.height
