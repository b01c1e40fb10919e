"""Whatever is sent as a logo becomes a small clean PNG or is refused; nothing else of it is kept."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from planner.store.logos import BOX, KINDS, MOST_BYTES, MOST_SIDE, BadLogo, draw_logo


def sent(size: tuple[int, int], mode: str = "RGB", form: str = "PNG", **more: object) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size).save(written, form, **more)
    return written.getvalue()


SIZES = some.tuples(some.integers(1, 900), some.integers(1, 900))


@settings(max_examples=60, deadline=None)
@given(SIZES, some.sampled_from(KINDS), some.sampled_from(["RGB", "L"]))
def test_a_picture_fits_the_box_keeps_its_shape_and_is_never_made_larger(
    size: tuple[int, int], form: str, mode: str
) -> None:
    logo = draw_logo(sent(size, mode, form))
    assert logo.width <= min(BOX[0], size[0]) and logo.height <= min(BOX[1], size[1])
    if size[0] <= BOX[0] and size[1] <= BOX[1]:
        assert (logo.width, logo.height) == size
    else:
        assert logo.width == BOX[0] or logo.height == BOX[1] or 1 in (logo.width, logo.height)
    with Image.open(io.BytesIO(logo.content), formats=["PNG"]) as drawn:
        assert drawn.size == (logo.width, logo.height) and drawn.mode == "RGBA"


@settings(max_examples=200, deadline=None)
@given(
    some.binary(max_size=400), some.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x20\0\0\0WEBP"])
)
def test_what_is_no_picture_is_refused_and_never_breaks(content: bytes, start: bytes) -> None:
    with pytest.raises(BadLogo):
        draw_logo(start + content)


@settings(max_examples=150, deadline=None)
@given(some.data(), some.sampled_from(KINDS))
def test_a_damaged_picture_is_drawn_or_refused(data: some.DataObject, form: str) -> None:
    whole = bytearray(sent((40, 30), form=form))
    for _ in range(data.draw(some.integers(1, 6))):
        whole[data.draw(some.integers(0, len(whole) - 1))] = data.draw(some.integers(0, 255))
    try:
        assert draw_logo(bytes(whole[: data.draw(some.integers(0, len(whole)))])).width >= 1
    except BadLogo as refused:
        assert refused.field == "logo"


def test_nothing_travels_in_a_logo_but_what_can_be_seen() -> None:
    about = PngInfo()
    about.add_text("Author", "Rina at 8.5 S", zip=True)
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "taken at home", 6
    for content in (
        sent((300, 100), pnginfo=about, icc_profile=b"x" * 200, dpi=(72, 72), exif=exif),
        sent((300, 100), form="JPEG", exif=exif, comment=b"Rina"),
        sent((300, 100), form="WEBP", exif=exif, xmp=b"Rina"),
    ):
        logo = draw_logo(content)
        assert (logo.width, logo.height) == (80, 240), "it stands upright"
        assert set(chunks(logo.content)) == {b"IHDR", b"IDAT", b"IEND"}


def chunks(png: bytes) -> list[bytes]:
    found, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        found.append(png[at + 4 : at + 8])
        at += 12 + length
    return found


def test_what_is_clear_stays_clear() -> None:
    with Image.open(io.BytesIO(draw_logo(sent((50, 50), "RGBA")).content)) as drawn:
        assert drawn.getpixel((0, 0)) == (0, 0, 0, 0)


def test_the_same_picture_has_the_same_digest() -> None:
    assert draw_logo(sent((30, 30))).digest == draw_logo(sent((30, 30))).digest != draw_logo(sent((31, 30))).digest


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_logo"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * MOST_BYTES, "heavy_logo"),
        (sent((MOST_SIDE + 1, 10)), "large_logo"),
        (sent((10, MOST_SIDE + 1), form="JPEG"), "large_logo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "bad_logo"),
        (sent((20, 20), form="GIF"), "bad_logo"),
        (sent((20, 20), form="TIFF"), "bad_logo"),
    ],
    ids=["none", "heavy", "wide", "high", "svg", "gif", "tiff"],
)
def test_what_is_wrong_with_a_logo_is_named(content: bytes, code: str) -> None:
    with pytest.raises(BadLogo) as refused:
        draw_logo(content)
    assert (refused.value.code, refused.value.field) == (code, "logo")


def bomb(side: int) -> bytes:
    """Give a few bytes that say they are a picture of so many pixels a side."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [5_000, 12_000, 60_000])
def test_a_picture_that_would_fill_the_memory_is_refused_unopened(side: int) -> None:
    with pytest.raises(BadLogo) as refused:
        draw_logo(bomb(side))
    assert refused.value.code == "large_logo"


def test_text_that_swells_when_it_is_read_is_not_read() -> None:
    about = PngInfo()
    about.add_text("Swollen", "x" * 90_000_000, zip=True)
    with pytest.raises(BadLogo):
        draw_logo(sent((20, 20), pnginfo=about))
