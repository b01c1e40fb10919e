"""Pictures of agencies: drawn anew, so that nothing travels in them but what can be seen, and kept by their digest."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime

from PIL import Image, ImageOps
from sqlalchemy.orm import Session

from planner.errors import Invalid
from planner.store.agencies import AgencyLogo

MOST_BYTES = 1024 * 1024
MOST_SIDE = 4_000
KINDS = ("PNG", "JPEG", "WEBP")
MIME = "image/png"
WITHOUT_CLEAR = ("CMYK", "YCbCr", "LAB", "HSV")
BOX = (600, 240)
"""Pixels that a logo fits into: enough for a sharp print of five centimetres."""


class BadLogo(Invalid):
    """A file is no picture that we take: `code` says what is wrong with it."""

    default_code = "bad_logo"


@dataclass(frozen=True)
class Logo:
    """A picture as it is kept: PNG, no larger than the box, nothing beside the picture in it."""

    content: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        """What it is called by."""
        return hashlib.sha256(self.content).hexdigest()


def draw_logo(content: bytes) -> Logo:
    """Draw a picture anew.

    Raises:
        BadLogo: it is missing, too heavy, too large, or no PNG, JPEG or WebP that can be read.
    """
    if not content:
        raise BadLogo("choose a picture", field="logo", code="no_logo")
    if len(content) > MOST_BYTES:
        raise BadLogo("the file is larger than 1 MB", field="logo", code="heavy_logo")
    try:
        with Image.open(io.BytesIO(content), formats=KINDS) as sent:
            if max(sent.size) > MOST_SIDE:
                raise BadLogo("the picture is too large", field="logo", code="large_logo")
            picture = _upright(sent)
    except BadLogo:
        raise
    except Image.DecompressionBombError as bomb:
        raise BadLogo("the picture is too large", field="logo", code="large_logo") from bomb
    except Exception as broken:  # what is no picture makes decoders fail in many ways
        raise BadLogo("the picture cannot be read", field="logo") from broken
    picture.thumbnail(BOX, Image.Resampling.LANCZOS)
    bare = Image.new("RGBA", picture.size)
    bare.paste(picture)
    written = io.BytesIO()
    bare.save(written, "PNG", optimize=True)
    return Logo(written.getvalue(), *bare.size)


def _upright(sent: Image.Image) -> Image.Image:
    """Return the first frame as its camera meant it to be seen, with what is clear in it."""
    upright = ImageOps.exif_transpose(sent)
    return (upright.convert("RGB") if upright.mode in WITHOUT_CLEAR else upright).convert("RGBA")


def keep_logo(session: Session, agency_id: str, logo: Logo, now: datetime) -> None:
    """Keep a picture of an agency, unless it is kept already; call it inside a transaction."""
    if session.get(AgencyLogo, (logo.digest, agency_id)) is None:
        session.add(
            AgencyLogo(
                digest=logo.digest, agency_id=agency_id, mime=MIME, width=logo.width, height=logo.height,
                content=logo.content, added_at=now,
            )
        )  # fmt: skip
        session.flush()
