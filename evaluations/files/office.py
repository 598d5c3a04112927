"""Word, Excel and PowerPoint files: real ones, without macros, within bounds. Never extracted."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO

from defusedxml import DefusedXmlException, ElementTree

from evaluations.files.faults import FileRefused

MAX_MEMBERS = 5_000
MAX_EXPANDED = 300_000_000
"""Bytes that the file declares to hold when unpacked."""
MAX_RATIO = 200
"""Unpacked against packed, for files that unpack to more than ``RATIO_FROM`` bytes."""
RATIO_FROM = 20_000_000
MAX_CONTENT_TYPES = 2_000_000
CONTENT_TYPES = "[Content_Types].xml"

_OOXML = "application/vnd.openxmlformats-officedocument"
MAIN_TYPES = {
    f"{_OOXML}.wordprocessingml.document.main+xml": "docx",
    f"{_OOXML}.spreadsheetml.sheet.main+xml": "xlsx",
    f"{_OOXML}.presentationml.presentation.main+xml": "pptx",
}
_FAMILIES = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
BROKEN = "Berkas Office ini tidak dapat dibuka; mungkin rusak atau terpotong. Simpan ulang, lalu unggah lagi."
MACROS = "Berkas Office ini memuat makro. Simpan dahulu tanpa makro (.docx, .xlsx, .pptx), lalu unggah lagi."
LOCKED = "Berkas Office ini dikunci kata sandi. Buka kuncinya, simpan, lalu unggah lagi."
SWOLLEN = "Isi berkas Office ini terlalu besar bila dibuka. Perkecil atau bagi berkasnya, lalu unggah lagi."

_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    KeyError,
    EOFError,
    DefusedXmlException,
    ElementTree.ParseError,
)


def kind_of(file: IO[bytes]) -> str | None:
    """Which Office family a ZIP belongs to; by its first bytes where its table of contents is cut off."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = {info.filename for info in archive.infolist()[: MAX_MEMBERS + 1]}
            if CONTENT_TYPES in members:
                declared = _declared(archive)
                return next((MAIN_TYPES[t] for t in declared.values() if t in MAIN_TYPES), _by_path(members))
            return None
    except _FAULTS:
        return _by_path(_names_at_start(file))


def _by_path(members: set[str]) -> str | None:
    return next((kind for path, kind in _FAMILIES.items() if path in members), None)


def _names_at_start(file: IO[bytes]) -> set[str]:
    """The main parts named in the first bytes of a file whose table of contents is cut off."""
    file.seek(0)
    head = file.read(1 << 16)
    return {path for path in _FAMILIES if path.encode() in head}


def check(kind: str, file: IO[bytes]) -> None:
    """Raise ``FileRefused`` unless this is a sound ``docx``, ``xlsx`` or ``pptx``."""
    try:
        with zipfile.ZipFile(file) as archive:
            _within_bounds(archive, file)
            _without_macros(archive)
            declared = _declared(archive)
    except FileRefused:
        raise
    except _FAULTS as fault:
        raise FileRefused(BROKEN) from fault
    if any("macroenabled" in t.lower() or "vbaproject" in t.lower() for t in declared.values()):
        raise FileRefused(MACROS)
    mains = {part for part, t in declared.items() if MAIN_TYPES.get(t) == kind}
    if len(mains) != 1 or not mains <= set(archive.namelist()):
        raise FileRefused(BROKEN)


def _within_bounds(archive: zipfile.ZipFile, file: IO[bytes]) -> None:
    members = archive.infolist()
    if any(member.flag_bits & 0x1 for member in members):
        raise FileRefused(LOCKED)
    if len(members) > MAX_MEMBERS:
        raise FileRefused(SWOLLEN)
    names = [member.filename.lower() for member in members]
    if len(set(names)) != len(names) or any(
        name.startswith("/") or ".." in name.split("/") for name in names
    ):
        raise FileRefused(BROKEN)
    expanded = sum(member.file_size for member in members)
    size = file.seek(0, 2)
    if expanded > MAX_EXPANDED or (expanded > RATIO_FROM and expanded > MAX_RATIO * size):
        raise FileRefused(SWOLLEN)


def _without_macros(archive: zipfile.ZipFile) -> None:
    for name in archive.namelist():
        last = PurePosixPath(name.lower()).name
        if last.startswith(("vbaproject", "vbadata")) or "/activex/" in f"/{name.lower()}":
            raise FileRefused(MACROS)


def _declared(archive: zipfile.ZipFile) -> dict[str, str]:
    """Part -> content type, as ``[Content_Types].xml`` declares; default types under ``*.xml``."""
    with archive.open(CONTENT_TYPES) as listing:
        text = listing.read(MAX_CONTENT_TYPES + 1)
    if len(text) > MAX_CONTENT_TYPES:
        raise FileRefused(SWOLLEN)
    declared = {}
    for element in ElementTree.fromstring(text, forbid_dtd=True):
        part = element.get("PartName", "").lstrip("/") or f"*.{element.get('Extension', '')}"
        declared[part] = element.get("ContentType", "")
    return declared


def is_locked(file: IO[bytes]) -> bool:
    """An OLE container that holds an encrypted Office file, by the name of its stream."""
    mark = "EncryptedPackage".encode("utf-16-le")
    file.seek(0)
    tail = b""
    while piece := file.read(1 << 20):
        if mark in tail + piece:
            return True
        tail = piece[-len(mark) :]
    return False


def must_not_be_an_archive(file: IO[bytes]) -> None:
    """A PDF or a picture with a ZIP hidden behind it."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            hidden = bool(archive.namelist())
    except _FAULTS:
        return
    if hidden:
        raise FileRefused("Berkas ini sekaligus sebuah arsip ZIP. Simpan ulang dokumennya, lalu unggah lagi.")
