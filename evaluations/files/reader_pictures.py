"""The child's half for photos and other pictures. Imported by ``reader`` alone."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from PIL import ExifTags, Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

FORMATS = {
    "jpg": JpegImagePlugin.JpegImageFile.format,
    "png": PngImagePlugin.PngImageFile.format,
    "webp": WebPImagePlugin.WebPImageFile.format,
}
"""Our extension -> Pillow's name of the decoder. No other is tried, nor, with these imported, loaded."""

WHITE = (255, 255, 255)
QUALITY = 80
LONGEST = 4
"""A page picture is at most this many times as high as wide."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation -> what turns the picture upright."""

_LYING = {5, 6, 7, 8}


def read(data: bytes, job: Mapping[str, Any]) -> dict[str, Any]:
    """``width`` and ``height`` are those of the upright picture."""
    side = job["thumbnail_side"]
    with _opened(data, job["kind"]) as picture:
        width, height = _upright_size(picture)
        return {
            "pages": 1,
            "texts": [""],
            "lowest_dpi": None,
            "width": width,
            "height": height,
            "taken_on": _taken_on(picture),
            "thumbnail": _reduced(picture, side, side),
        }


def picture(data: bytes, job: Mapping[str, Any]) -> bytes | None:
    """Upright, at most ``width`` pixels wide, never larger than it is; it has one page."""
    if job["page"] > 1:
        return None
    with _opened(data, job["kind"]) as opened:
        return _reduced(opened, job["width"], LONGEST * job["width"])


def webp(drawn: Image.Image) -> bytes:
    """Without metadata: Pillow writes only what it is told to."""
    out = io.BytesIO()
    drawn.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


def _opened(data: bytes, kind: str) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=[FORMATS[kind]])


def _exif(picture: Image.Image) -> Image.Exif:
    try:
        return picture.getexif()
    except Exception:  # a broken note beside a sound picture; its readers raise what they like
        return Image.Exif()


def _orientation(picture: Image.Image) -> int:
    found = _exif(picture).get(ExifTags.Base.Orientation, 1)
    return found if isinstance(found, int) and found in _TURNS else 1


def _upright_size(picture: Image.Image) -> tuple[int, int]:
    width, height = picture.size
    return (height, width) if _orientation(picture) in _LYING else (width, height)


def _taken_on(picture: Image.Image) -> str | None:
    """The day on the camera's clock, ISO; ``None`` for what is no date."""
    try:
        said = _exif(picture).get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
        return datetime.strptime(str(said)[:10], "%Y:%m:%d").date().isoformat()  # noqa: DTZ007  a day, no moment
    except Exception:  # as above
        return None


def _reduced(picture: Image.Image, width: int, height: int) -> bytes:
    """Upright and within ``width`` x ``height``. A JPEG is decoded no larger than needed."""
    orientation = _orientation(picture)
    box = (height, width) if orientation in _LYING else (width, height)
    if picture.mode.startswith("I;16"):
        # Pillow would cut sixteen bits off at 255: all white.
        picture = picture.point(lambda value: value * (1 / 256)).convert("L")
    picture.thumbnail(box, Image.Resampling.LANCZOS, reducing_gap=2.0)
    drawn = _on_white(picture)
    return webp(drawn.transpose(_TURNS[orientation]) if orientation in _TURNS else drawn)


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layers = picture.convert("RGBA")
    ground = Image.new("RGB", picture.size, WHITE)
    ground.paste(layers, mask=layers.getchannel("A"))
    return ground
