"""Pictures: whole, of a sane size, nothing but a picture; and without what the camera noted beside it."""

from __future__ import annotations

import io
import re
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from PIL import Image, ImageFile, JpegImagePlugin

from evaluations.files.faults import FileRefused
from evaluations.files.metadata import Anatomy, anatomy, sound_profile
from kla_portal.indonesian import angka

FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
"""Our extension -> Pillow's name of the decoder; no other decoder is ever tried."""

MAX_PIXELS = 64_000_000
"""A phone's 50-megapixel photo passes; decoded, the largest takes some 250 MB for a moment."""
MAX_TURNED = 25_000_000
"""Pixels of a picture that is turned; that takes it twice in memory. A larger one keeps the note how to turn it."""
QUALITY = 90

# Four letters turn up by chance in one of 130 photos of 4 MB: a tag also ends, and an <svg> goes on in plain text.
_MARKUP = re.compile(rb"<(?:script|html)[\s/>]|<\?php\s|<svg[\s/>][\t-~]{3}")
_OVERLAP = 16
_COMMENT = b"/*"
CHUNK = 1 << 20
MIXED = "Gambar ini memuat skrip atau halaman web. Simpan ulang sebagai gambar, lalu unggah lagi."
BROKEN = "Gambar ini tidak dapat dibuka; mungkin rusak atau terpotong. Simpan ulang, lalu unggah lagi."


def check(kind: str, file: IO[bytes]) -> None:
    """Raise ``FileRefused`` unless the picture decodes to its last row."""
    _must_not_carry_markup(file)
    with _decoding():
        _decode(FORMATS[kind], file)


@contextmanager
def _decoding() -> Iterator[None]:
    # WeasyPrint, once imported, lets Pillow take cut pictures for whole ones, in all of the process.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            # Of bombs below our own limit, which decides, and of broken notes, which go.
            warnings.simplefilter("ignore")
            yield
    except FileRefused:
        raise
    except Image.DecompressionBombError:
        raise FileRefused(_too_many()) from None
    except Exception as fault:  # decoders raise whatever a broken file leads them to
        raise FileRefused(BROKEN) from fault


def _decode(name: str, file: IO[bytes]) -> None:
    file.seek(0)
    with Image.open(file, formats=[name]) as picture:
        _must_not_be_huge(picture)
        picture.verify()
    file.seek(0)
    with Image.open(file, formats=[name]) as picture:
        # JPEG decodes at an eighth of its size: the whole stream is read, a fraction of the memory taken.
        picture.draft("RGB", (max(picture.width // 8, 1), max(picture.height // 8, 1)))
        picture.load()


def _must_not_be_huge(picture: Image.Image) -> None:
    if picture.width * picture.height > MAX_PIXELS:
        raise FileRefused(_too_many())


def _too_many() -> str:
    limit = angka(MAX_PIXELS // 1_000_000)
    return f"Gambar ini melebihi {limit} megapiksel. Perkecil gambarnya, lalu unggah lagi."


def _must_not_carry_markup(file: IO[bytes]) -> None:
    """A picture that is also a web page, a script or a PDF."""
    file.seek(0)
    head = file.read(1024)
    # The length of the first part reads as the beginning of a comment: the rest can be a script.
    commented = head[4:6] == _COMMENT
    file.seek(0)
    tail = b""
    while piece := file.read(CHUNK):
        window = tail + piece
        if _MARKUP.search(window.lower()) or (commented and b"*/" in window):
            raise FileRefused(MIXED)
        tail = window[-_OVERLAP:]
    if b"%pdf-" in head.lower():
        raise FileRefused(MIXED)


# Cleaning

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112
_DRAWABLE = {"1", "L", "LA", "P", "RGB", "RGBA"}


def cleaned(kind: str, file: IO[bytes], longest_side: int | None = None) -> bytes | None:
    """A checked picture without position, camera, comments, previews and whatever stands behind its end.

    The picture's own bytes stay as they are, so that its pixels do too; its sound colour profile stays. It is written
    anew only where it must be turned as its camera noted, or is longer than ``longest_side`` pixels, which makes it
    smaller, never larger. Animations, PNG of 16 bits a colour and JPEG in printers' colours are never written
    anew: they lose their notes, but keep their size, and the note how to turn them. So does a picture over
    ``MAX_TURNED``. ``None``: it is built in a way that neither can be done with safely; leave it as it is.

    Raises ``FileRefused`` where it cannot be decoded. Holds the file a few times, and what ``check`` may hold.
    """
    file.seek(0)
    data = file.read()
    parts = anatomy(kind, data)
    orientation = _noted_orientation(parts.exif) if parts else 1
    with _decoding(), Image.open(io.BytesIO(data), formats=[FORMATS[kind]]) as picture:
        _must_not_be_huge(picture)
        small = not longest_side or max(picture.size) <= longest_side
        turned = orientation == 1 or (small and picture.width * picture.height > MAX_TURNED)
        if small and turned and parts:
            result = parts.whole(orientation)
        elif _drawable(kind, data, picture):
            result = _redrawn(kind, picture, orientation, longest_side, parts)
        elif parts:
            result = parts.whole(orientation)
        else:
            return None
    check(kind, io.BytesIO(result))
    return result


def _noted_orientation(tiff: bytes) -> int:
    noted = Image.Exif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            noted.load(tiff)
            value = noted.get(_ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, struct.error):
        return 1
    return value if value in _TURNS else 1


def _drawable(kind: str, data: bytes, picture: Image.Image) -> bool:
    """Whether writing it anew loses neither frames nor colours."""
    deep = kind == "png" and data[24] > 8
    moving = kind != "jpg" and getattr(picture, "n_frames", 1) > 1
    return picture.mode in _DRAWABLE and not deep and not moving


def _redrawn(
    kind: str, picture: Image.Image, orientation: int, longest_side: int | None, parts: Anatomy | None
) -> bytes:
    space = (b"GRAY",) if picture.mode in {"1", "L", "LA"} else (b"RGB ",)
    kept: dict[str, object] = {"icc_profile": sound_profile(picture.info.get("icc_profile") or b"", space)}
    if kind == "jpg":
        fine = JpegImagePlugin.get_sampling(picture) in {-1, 0, 1}
        kept |= {"quality": QUALITY, "subsampling": 0 if fine else 2}
    elif kind == "webp":
        kept |= {"quality": QUALITY, "lossless": bool(parts and parts.lossless)}
    drawn = picture
    if longest_side and max(picture.size) > longest_side:
        drawn = _smaller(picture, longest_side)
    if orientation in _TURNS:
        drawn = drawn.transpose(_TURNS[orientation])
    # Pillow writes comments and other notes it finds here, unasked.
    drawn.info = {key: value for key, value in drawn.info.items() if key == "transparency"}
    out = io.BytesIO()
    drawn.save(out, FORMATS[kind], **kept)
    again = anatomy(kind, out.getvalue())
    return again.whole() if again else out.getvalue()


def _smaller(picture: Image.Image, longest_side: int) -> Image.Image:
    if picture.mode == "P":
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    elif picture.mode == "1":
        picture = picture.convert("L")
    share = longest_side / max(picture.size)
    # Both sides, else JPEG decodes at a size that suits a square.
    wanted = max(round(picture.width * share), 1), max(round(picture.height * share), 1)
    picture.thumbnail(wanted, Image.Resampling.LANCZOS, reducing_gap=1.5)
    return picture
