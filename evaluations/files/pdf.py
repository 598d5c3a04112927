"""PDF: opens, is not encrypted, and carries nothing that runs or hides.

The objects a reader can reach from the catalogue are walked, not their streams: pages, annotations, forms,
outlines, names. Then the file's own text is read once for the names of what runs: where a file says a thing twice,
readers disagree about which one holds, and ours need not be the one that the verifier has. Digital signatures pass;
they are neither script nor encryption.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from typing import IO, Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from evaluations.files.faults import FileRefused

MAX_OBJECTS = 100_000
"""Objects walked; a document of some 5,000 pages passes."""

MAX_OBJECT_TEXT = 100_000_000
"""Bytes of packed objects (object streams), unpacked; a document of 5,000 pages has some 20 MB."""

TAIL = 2048
BROKEN = (
    "PDF ini tidak dapat dibuka; mungkin rusak atau terpotong. Simpan ulang sebagai PDF, lalu unggah lagi."
)
LOCKED = "PDF ini dikunci atau dibatasi dengan kata sandi. Simpan ulang tanpa kata sandi, lalu unggah lagi."
SCRIPT = "PDF ini memuat skrip (JavaScript). Cetak ulang sebagai PDF, lalu unggah lagi."
LAUNCH = "PDF ini memuat perintah untuk menjalankan program. Cetak ulang sebagai PDF, lalu unggah lagi."
HIDDEN = "PDF ini memuat berkas lain di dalamnya. Keluarkan lampirannya, lalu unggah satu per satu."
INTRICATE = "PDF ini terlalu rumit untuk diperiksa. Bagi menjadi beberapa bagian, lalu unggah lagi."

# What a page looks like and how it reads aloud. Nothing in them is ever run.
_SKIPPED = {"/Resources", "/Contents", "/StructTreeRoot", "/Metadata", "/AP"}
_SCRIPT_KEYS = {"/JS", "/JavaScript", "/XFA"}
_HIDDEN_KEYS = {"/EF", "/EmbeddedFiles"}
_ACTIONS = {
    "/JavaScript": SCRIPT,
    "/Rendition": SCRIPT,
    "/Launch": LAUNCH,
    "/GoToE": HIDDEN,
    "/ImportData": LAUNCH,
}
_ANNOTATIONS = {"/FileAttachment": HIDDEN, "/RichMedia": HIDDEN, "/Screen": HIDDEN, "/Movie": HIDDEN}

_MARKUP = (b"<script", b"<html", b"<svg", b"<?php")


def _name(word: str) -> bytes:
    """A pattern for a name, any of its letters also written as ``#4a``."""
    letters = (rb"(?:%c|#%s)" % (ord(c), f"(?i:{ord(c):02x})".encode()) for c in word)
    return b"".join(letters)


_SPACE = rb"(?:[\x00\s]|%[^\r\n]*[\r\n])*"
_END = rb"(?=[\x00\s()<>\[\]{}/%]|$)"
_SAID = re.compile(
    b"/(?:"
    + b"|".join(
        (
            rb"(?P<script>" + _name("JavaScript") + _END + b")",
            rb"(?P<form>" + _name("XFA") + _SPACE + rb"(?:\[|<<|\d+" + _SPACE + rb"\d+" + _SPACE + b"R))",
            rb"(?P<launch>" + _name("S") + _SPACE + b"/" + _name("Launch") + _END + b")",
            rb"(?P<hidden>" + _name("EmbeddedFile") + b"(?:s|#73)?" + _END + b")",
        )
    )
    + b")"
)

_BRANCHES = (IndirectObject, DictionaryObject, ArrayObject)

# pypdf reports every oddity it mends; the verdict is ours.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def check(file: IO[bytes]) -> None:
    """Raise ``FileRefused`` with the reason unless the PDF is sound."""
    _must_be_whole(file)
    try:
        file.seek(0)
        reader = PdfReader(file, strict=False)
        if reader.is_encrypted:
            raise FileRefused(LOCKED)
        pages = sum(_judge(found) for found in _reachable(reader))
        _must_not_say(file, reader)
    except FileRefused:
        raise
    except Exception as fault:  # pypdf raises whatever a broken file leads it to, RecursionError too
        raise FileRefused(BROKEN) from fault
    if not pages:
        raise FileRefused(BROKEN)


def _must_be_whole(file: IO[bytes]) -> None:
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - TAIL, 0))
    _, end, behind = file.read(TAIL).rpartition(b"%%EOF")
    if not end:
        raise FileRefused(BROKEN)
    file.seek(0)
    around = (file.read(1024) + behind).lower()
    if any(mark in around for mark in _MARKUP):
        raise FileRefused("PDF ini sekaligus sebuah halaman web. Cetak ulang sebagai PDF, lalu unggah lagi.")


def _judge(found: DictionaryObject) -> bool:
    """Raise for anything that runs or hides; true for a page."""
    keys = found.keys()
    if keys & _SCRIPT_KEYS:
        raise FileRefused(SCRIPT)
    if keys & _HIDDEN_KEYS:
        raise FileRefused(HIDDEN)
    for key, reasons in (("/S", _ACTIONS), ("/Subtype", _ANNOTATIONS)):
        word = _direct(found.get(key))
        if isinstance(word, str) and word in reasons:
            raise FileRefused(reasons[word])
    address = _direct(found.get("/URI"))
    if isinstance(address, str) and address.strip().lower().startswith("javascript:"):
        raise FileRefused(SCRIPT)
    return _direct(found.get("/Type")) == "/Page" or ("/MediaBox" in keys and "/Kids" not in keys)


def _reachable(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary below the catalogue, each once, at most ``MAX_OBJECTS``."""
    waiting: list[Any] = [reader.trailer.raw_get("/Root")]
    seen: set[tuple[int, int]] = set()
    walked = 0
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, IndirectObject):
            place = (thing.idnum, thing.generation)
            if place in seen:
                continue
            seen.add(place)
            thing = thing.get_object()
        walked += 1
        if walked > MAX_OBJECTS:
            raise FileRefused(INTRICATE)
        if isinstance(thing, DictionaryObject):
            yield thing
            values = (thing.raw_get(key) for key in thing if key not in _SKIPPED)
            waiting.extend(value for value in values if isinstance(value, _BRANCHES))
        elif isinstance(thing, ArrayObject):
            waiting.extend(value for value in list.__iter__(thing) if isinstance(value, _BRANCHES))


def _must_not_say(file: IO[bytes], reader: PdfReader) -> None:
    reasons = {"script": SCRIPT, "form": SCRIPT, "launch": LAUNCH, "hidden": HIDDEN}
    for text in _texts(file, reader):
        said = _SAID.search(text)
        if said:
            raise FileRefused(reasons[str(said.lastgroup)])


def _texts(file: IO[bytes], reader: PdfReader) -> Iterator[bytes]:
    """The file as it lies there, then the objects that it keeps packed."""
    file.seek(0)
    yield file.read()
    unpacked = 0
    for number in sorted({int(stream) for stream, _ in reader.xref_objStm.values()}):
        holder = reader.get_object(IndirectObject(number, 0, reader))
        text = holder.get_data() if isinstance(holder, StreamObject) else b""
        unpacked += len(text)
        if unpacked > MAX_OBJECT_TEXT:
            raise FileRefused(INTRICATE)
        yield text


def _direct(value: Any) -> Any:
    return value.get_object() if isinstance(value, IndirectObject) else value
