"""Pictures: whole, of a sane size, and nothing but a picture."""

from __future__ import annotations

import warnings
from typing import IO

from PIL import Image

from evaluations.files.faults import FileRefused
from kla_portal.indonesian import angka

FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
"""Our extension -> Pillow's name of the decoder; no other decoder is ever tried."""

MAX_PIXELS = 64_000_000
"""A phone's 50-megapixel photo passes; decoded, the largest takes some 250 MB for a moment."""

MARKUP = (b"<script", b"<html", b"<?php", b"<svg")
CHUNK = 1 << 20
MIXED = "Gambar ini memuat skrip atau halaman web. Simpan ulang sebagai gambar, lalu unggah lagi."


def check(kind: str, file: IO[bytes]) -> None:
    """Raise ``FileRefused`` unless the picture decodes to its last row."""
    _must_not_carry_markup(file)
    try:
        with warnings.catch_warnings():
            # The bomb warning comes below our own limit's error; the limit decides.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            _decode(FORMATS[kind], file)
    except FileRefused:
        raise
    except Image.DecompressionBombError:
        raise FileRefused(_too_many()) from None
    except Exception as fault:  # decoders raise whatever a broken file leads them to
        raise FileRefused(
            "Gambar ini tidak dapat dibuka; mungkin rusak atau terpotong. Simpan ulang, lalu unggah lagi."
        ) from fault


def _decode(name: str, file: IO[bytes]) -> None:
    file.seek(0)
    with Image.open(file, formats=[name]) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise FileRefused(_too_many())
        picture.verify()
    file.seek(0)
    with Image.open(file, formats=[name]) as picture:
        # JPEG decodes at an eighth of its size: the whole stream is read, a fraction of the memory taken.
        picture.draft("RGB", (max(picture.width // 8, 1), max(picture.height // 8, 1)))
        picture.load()


def _too_many() -> str:
    limit = angka(MAX_PIXELS // 1_000_000)
    return f"Gambar ini melebihi {limit} megapiksel. Perkecil gambarnya, lalu unggah lagi."


def _must_not_carry_markup(file: IO[bytes]) -> None:
    """A picture that is also a web page, a script or a PDF."""
    file.seek(0)
    tail = b""
    first = True
    while piece := file.read(CHUNK):
        window = (tail + piece).lower()
        if any(mark in window for mark in MARKUP) or (first and b"%pdf-" in window[:1024]):
            raise FileRefused(
                "Gambar ini memuat skrip atau halaman web. Simpan ulang sebagai gambar, lalu unggah lagi."
            )
        tail, first = piece[-8:], False
