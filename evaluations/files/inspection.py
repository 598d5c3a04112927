"""Is this file what its name says, and can it do harm? Decided by content, before anything is stored.

Nothing is ever executed, extracted or rendered here: a PDF's objects and an Office file's table of contents
are read, pictures are decoded, each within limits.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

import puremagic
from django.conf import settings

from evaluations.files import declarations, images, office
from evaluations.files.faults import EvidenceRefused, FileRefused
from kla_portal.indonesian import ukuran

__all__ = ["EvidenceRefused", "FileRefused", "FileType", "clean_name", "inspect", "sha256_of", "suffix_of"]

CHUNK = 1 << 16
HEAD = 4096
NAME_LIMIT = 120
"""Characters of a kept file name, the extension included."""


@dataclass(frozen=True, slots=True)
class FileType:
    """``extension`` is the usual one, lower case without the dot."""

    content_type: str
    extension: str


_OOXML = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "pdf": FileType("application/pdf", "pdf"),
    "jpg": FileType("image/jpeg", "jpg"),
    "png": FileType("image/png", "png"),
    "webp": FileType("image/webp", "webp"),
    "docx": FileType(f"{_OOXML}.wordprocessingml.document", "docx"),
    "xlsx": FileType(f"{_OOXML}.spreadsheetml.sheet", "xlsx"),
    "pptx": FileType(f"{_OOXML}.presentationml.presentation", "pptx"),
}
SPELLINGS = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg"}
ACCEPTED_WORDS = "PDF, JPEG, PNG, WebP, DOCX, XLSX, PPTX"
ACCEPT_ATTRIBUTE = ",".join(f".{suffix}" for suffix in [*TYPES, "jpeg"])

WORDS = {
    "pdf": "dokumen PDF",
    "jpg": "gambar JPEG",
    "png": "gambar PNG",
    "webp": "gambar WebP",
    "docx": "dokumen Word",
    "xlsx": "lembar kerja Excel",
    "pptx": "presentasi PowerPoint",
    "gif": "gambar GIF",
    "svg": "gambar SVG",
    "html": "halaman web (HTML)",
    "script": "skrip",
    "program": "program yang dapat dijalankan",
    "zip": "arsip ZIP",
    "archive": "arsip",
    "cfb": "dokumen Office format lama",
    "locked": "dokumen Office yang dikunci kata sandi",
}
HINTS = {
    "doc": "Simpan dahulu sebagai .docx atau PDF.",
    "xls": "Simpan dahulu sebagai .xlsx atau PDF.",
    "ppt": "Simpan dahulu sebagai .pptx atau PDF.",
    "docm": "Simpan dahulu sebagai .docx, tanpa makro.",
    "xlsm": "Simpan dahulu sebagai .xlsx, tanpa makro.",
    "pptm": "Simpan dahulu sebagai .pptx, tanpa makro.",
    "heic": "Simpan dahulu foto ini sebagai JPEG.",
    "heif": "Simpan dahulu foto ini sebagai JPEG.",
    "zip": "Keluarkan isinya, lalu unggah satu per satu.",
    "rar": "Keluarkan isinya, lalu unggah satu per satu.",
    "7z": "Keluarkan isinya, lalu unggah satu per satu.",
    "mp4": "Unggah videonya ke situs resmi daerah, lalu pasang tautannya.",
}
_SIGNATURES = (
    (b"%PDF-", "pdf"),
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"GIF8", "gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "cfb"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"\xce\xfa\xed\xfe", "program"),
    (b"\xfe\xed\xfa\xce", "program"),
    (b"\xfe\xed\xfa\xcf", "program"),
    (b"dex\n", "program"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf'\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\x00", "archive"),
    (b"#!", "script"),
    (b"<?php", "script"),
)


_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE)
"""What Windows takes for a device, whatever the extension."""


def inspect(name: str, file: IO[bytes], declared: str = "") -> FileType:
    """The type of a seekable file that may be kept under ``name``. Raises ``FileRefused`` with the reason.

    ``declared`` is the Content-Type that the browser sent along; it can only speak against the file.
    The file stands at its beginning afterwards.
    """
    expected = announced(name, file.seek(0, io.SEEK_END))
    found = _content(file)
    if found != expected:
        raise FileRefused(_disagreement(suffix_of(name), found, file))
    declarations.must_agree(declared, TYPES[expected].content_type, WORDS[expected])
    _look_inside(expected, file)
    file.seek(0)
    return TYPES[expected]


def announced(name: str, size: int) -> str:
    """The key of ``TYPES`` that ``name`` promises. Raises ``FileRefused`` for what needs no look at the bytes."""
    if size == 0:
        raise FileRefused("Berkas ini kosong (0 byte). Periksa berkasnya, lalu unggah lagi.")
    if size > settings.EVIDENCE_MAX_BYTES:
        limit = ukuran(settings.EVIDENCE_MAX_BYTES)
        raise FileRefused(
            f"Berkas ini lebih besar dari {limit}. Perkecil atau bagi berkasnya, lalu unggah lagi."
        )
    suffix = suffix_of(name)
    expected = SPELLINGS.get(suffix, suffix)
    if expected not in TYPES:
        raise FileRefused(_unknown(suffix))
    return expected


def _look_inside(kind: str, file: IO[bytes]) -> None:
    if kind == "pdf":
        from evaluations.files import pdf  # noqa: PLC0415  pypdf takes 23 MB: only who receives files pays it

        pdf.check(file)
    elif kind in images.FORMATS:
        images.check(kind, file)
    else:
        office.check(kind, file)
        return
    office.must_not_be_an_archive(file)


def _content(file: IO[bytes]) -> str | None:
    """What the bytes are: a key of ``WORDS``, or ``None``."""
    file.seek(0)
    head = file.read(HEAD)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            if kind == "zip":
                return office.kind_of(file) or "zip"
            if kind == "cfb":
                return "locked" if office.is_locked(file) else "cfb"
            return kind
    return _markup(head)


def _markup(head: bytes) -> str | None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<script", b"<!doctype html", b"<html", b"<body", b"<head", b"<iframe")):
        return "html"
    if text.startswith((b"<svg", b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in text:
        return "svg"
    return "html" if text.startswith(b"<") and (b"<html" in text or b"<script" in text) else None


def _unknown(suffix: str) -> str:
    if not suffix:
        return f"Nama berkas ini tidak berakhiran jenisnya. Yang diterima: {ACCEPTED_WORDS}."
    reason = f"Berkas .{suffix} tidak diterima. Yang diterima: {ACCEPTED_WORDS}."
    return f"{reason} {HINTS[suffix]}" if suffix in HINTS else reason


def _disagreement(suffix: str, found: str | None, file: IO[bytes]) -> str:
    if found == "locked":
        return "Berkas Office ini dikunci kata sandi. Buka kuncinya, simpan, lalu unggah lagi."
    word = WORDS[found] if found else _guess(file)
    return f"Nama berkas berakhiran .{suffix}, tetapi isinya {word}. Periksa berkasnya, lalu unggah lagi."


def _guess(file: IO[bytes]) -> str:
    """A name for foreign bytes, from the signature tables of puremagic."""
    file.seek(0)
    head = file.read(HEAD)
    try:
        best = puremagic.magic_stream(io.BytesIO(head))[0]
    except (puremagic.PureError, ValueError):
        return "tidak dikenali"
    # A short signature is found by chance in any text; below this the name would mislead.
    return f"berkas {best.extension}" if best.extension and best.confidence >= 0.4 else "tidak dikenali"


def sha256_of(file: IO[bytes]) -> str:
    """Hex digest of the whole file, read in pieces; the file stands at its beginning afterwards."""
    digest = hashlib.sha256()
    for piece in _pieces(file):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(CHUNK):
        yield piece


def suffix_of(name: str) -> str:
    """``Laporan.PDF`` -> ``pdf``; nothing where there is no extension."""
    return PurePosixPath(clean_name(name)).suffix.lower().removeprefix(".")


def clean_name(name: str) -> str:
    """The person's file name, fit to be shown and sent back.

    Without folders, control and direction characters (a right-to-left override makes ``exe.pdf`` of
    ``fdp.exe``), what Windows forbids and the names that it keeps for devices; at most ``NAME_LIMIT`` characters,
    the extension kept.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C" or c == "\t")
    shown = re.sub(r'[<>:"|?*]', "_", re.sub(r"\s+", " ", shown)).strip(" .")
    if _DEVICE.match(shown):
        shown = f"_{shown}"
    stem, dot, suffix = shown.rpartition(".")
    if not dot:
        stem, suffix = shown, ""
    suffix = suffix.strip()[:10]
    stem = stem.strip(" .")[: NAME_LIMIT - len(suffix) - len(dot)].rstrip() or "berkas"
    return f"{stem}{dot}{suffix}"
