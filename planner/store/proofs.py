"""Papers that prove a transfer: kept as files under names of our own; who sends one decides neither name nor kind.

Pictures are drawn anew, so that nothing travels in them but what can be seen. A PDF is kept as it is and is only ever
handed out to be saved.
"""

from __future__ import annotations

import io
import os
import re
import secrets
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from planner.errors import Invalid, NotFound

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
KINDS = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}
MAGIC = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
NAME = re.compile(r"[0-9a-f]{32}\.(pdf|png|jpg)")
FOLDER = "proofs"


class BadProof(Invalid):
    """A file is too large, or neither a PDF nor a PNG nor a JPEG."""

    default_code = "bad_proof"


def keep_proof(instance: Path, content: bytes) -> str:
    """Keep a file and return the name it got.

    Raises:
        BadProof: it is empty, too large, or of another kind than it may be.
    """
    if not content or len(content) > MOST_BYTES:
        raise BadProof("the file is empty or larger than 5 MB")
    kind = next((kind for start, kind in MAGIC.items() if content.startswith(start)), "")
    if not kind:
        raise BadProof("only PDF, PNG and JPEG are taken")
    if kind != "pdf":
        content = _drawn_anew(content, kind)
    folder = instance / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{secrets.token_hex(16)}.{kind}"
    handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return name


def _drawn_anew(content: bytes, kind: str) -> bytes:
    form = "PNG" if kind == "png" else "JPEG"
    try:
        with Image.open(io.BytesIO(content), formats=[form]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise BadProof("the picture is too large")
            clean = picture.convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as broken:
        raise BadProof("the picture cannot be read") from broken
    written = io.BytesIO()
    clean.save(written, form)
    return written.getvalue()


def read_proof(instance: Path, name: str) -> tuple[bytes, str]:
    """Read a file back, with its MIME type.

    Raises:
        NotFound: there is none of this name.
    """
    path = instance / FOLDER / name
    if not NAME.fullmatch(name) or not path.is_file():
        raise NotFound("there is no such file", code="no_such_proof")
    return path.read_bytes(), KINDS[name.rpartition(".")[2]]


def drop_proof(instance: Path, name: str) -> None:
    """Remove a file that belongs to nothing."""
    if NAME.fullmatch(name):
        (instance / FOLDER / name).unlink(missing_ok=True)
