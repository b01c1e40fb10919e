"""Makes ids out of names."""

from __future__ import annotations

import re


def slug(name: str) -> str:
    """Turn a name into a lower-case id of letters, digits and single hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
