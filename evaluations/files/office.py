"""Word, Excel and PowerPoint files: real ones, without macros or foreign files, within bounds. Never extracted."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from itertools import chain
from pathlib import PurePosixPath
from typing import IO

from defusedxml import DefusedXmlException, ElementTree

from evaluations.files import archive as zips
from evaluations.files.faults import FileRefused

MAX_CONTENT_TYPES = 2_000_000
CONTENT_TYPES = "[Content_Types].xml"
MAX_INNER = 50_000_000
"""Bytes of a document within the document; it is held in memory."""
MAX_DEPTH = 1
"""Documents within documents: a chart brings its workbook along, and that is all."""

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
HIDDEN = "Berkas Office ini memuat berkas lain di dalamnya. Keluarkan lampirannya, lalu unggah satu per satu."
REMOTE = (
    "Berkas Office ini mengambil templat atau objek dari internet saat dibuka. "
    "Simpan dahulu sebagai PDF, lalu unggah PDF itu."
)

_FAULTS = (*zips.FAULTS, DefusedXmlException, ElementTree.ParseError)

_MACRO_TYPES = ("macroenabled", "vbaproject", "macrosheet")
_MACRO_PARTS = ("vbaproject", "vbadata")
_MACRO_FOLDERS = ("/activex/", "/macrosheets/")
_MACRO_DOCUMENTS = (".docm", ".dotm", ".xlsm", ".xltm", ".xlsb", ".xlam", ".pptm", ".potm", ".ppsm", ".ppam")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_MACROS = "_VBA_PROJECT".encode("utf-16-le")
_OLE_FILE = "Ole10Native".encode("utf-16-le")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_FOREIGN = (
    b"Rar!\x1a\x07", b"7z\xbc\xaf'\x1c", b"BZh9", b"\xfd7zXZ\x00", b"\x7fELF", b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!/", b"%PDF-",
)  # fmt: skip
_GZIP = b"\x1f\x8b\x08"
_PACKED_PICTURES = (".emz", ".wmz", ".svgz")
_FETCHED = ("/attachedtemplate", "/oleobject", "/frame", "/subdocument")
_INTERNET = ("http:", "https:", "ftp:", "mhtml:")


def kind_of(file: IO[bytes]) -> str | None:
    """Which Office family a ZIP belongs to; by its first bytes where its table of contents is cut off."""
    try:
        with zips.opened(file) as archive:
            members = {info.filename for info in archive.infolist()[: zips.MAX_MEMBERS + 1]}
            if CONTENT_TYPES in members:
                declared = _declared(archive)
                return next((MAIN_TYPES[t] for t in declared.values() if t in MAIN_TYPES), _by_path(members))
            return None
    except (*_FAULTS, zips.Swollen):
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
        _check(kind, file, zips.Allowance(zips.MAX_EXPANDED), depth=0)
    except FileRefused:
        raise
    except zips.Swollen:
        raise FileRefused(SWOLLEN) from None
    except _FAULTS as fault:
        raise FileRefused(BROKEN) from fault


def _check(kind: str, file: IO[bytes], allowance: zips.Allowance, *, depth: int) -> None:
    with zips.opened(file) as archive:
        if any(member.flag_bits & 0x1 for member in archive.infolist()):
            raise FileRefused(LOCKED)
        zips.must_be_bounded(archive, file)
        _without_macros(archive)
        declared = _declared(archive)
        if any(word in t.lower() for t in declared.values() for word in _MACRO_TYPES):
            raise FileRefused(MACROS)
        mains = {part for part, t in declared.items() if MAIN_TYPES.get(t) == kind}
        if len(mains) != 1 or not mains <= set(archive.namelist()):
            raise FileRefused(BROKEN)
        for member in archive.infolist():
            pieces = zips.unpacked(archive, file, member, allowance)
            _look_into(member.filename.lower(), pieces, allowance, depth)


def _without_macros(archive: zipfile.ZipFile) -> None:
    for name in archive.namelist():
        whole = f"/{name.lower()}"
        if PurePosixPath(whole).name.startswith(_MACRO_PARTS) or any(f in whole for f in _MACRO_FOLDERS):
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


# The parts


def _look_into(name: str, pieces: Iterator[bytes], allowance: zips.Allowance, depth: int) -> None:
    """Read one part to its end. Raises for what runs, and for whole files that came along."""
    head = next(pieces, b"")
    if name.endswith(".rels"):
        _must_fetch_nothing(_whole(head, pieces, MAX_CONTENT_TYPES))
    elif head.startswith(_ZIP):
        _look_into_document(name, _whole(head, pieces, MAX_INNER), allowance, depth)
    elif head.startswith(_OLE):
        _look_into_ole(head, pieces)
    elif _is_foreign(name, head):
        raise FileRefused(HIDDEN)
    for _ in pieces:
        pass


def _whole(head: bytes, pieces: Iterator[bytes], limit: int) -> bytes:
    data = bytearray(head)
    for piece in pieces:
        data += piece
        if len(data) > limit:
            raise FileRefused(SWOLLEN)
    return bytes(data)


def _is_foreign(name: str, head: bytes) -> bool:
    """An archive or a program; some drawings are packed pictures."""
    packed = head.startswith(_GZIP) and not name.endswith(_PACKED_PICTURES)
    program = head.startswith(b"MZ") and b"PE\x00\x00" in head[:1024]
    return packed or program or head.startswith(_FOREIGN)


def _look_into_document(name: str, data: bytes, allowance: zips.Allowance, depth: int) -> None:
    """An archive within the file: the workbook behind a chart, or something that has no business there."""
    if name.endswith(_MACRO_DOCUMENTS):
        raise FileRefused(MACROS)
    kind = name.rpartition(".")[2]
    if kind not in MAIN_TYPES.values() or depth >= MAX_DEPTH:
        raise FileRefused(HIDDEN)
    _check(kind, io.BytesIO(data), allowance, depth=depth + 1)


def _look_into_ole(head: bytes, pieces: Iterator[bytes]) -> None:
    """An old document or an object within the file, by the names of its streams."""
    tail = b""
    for piece in chain([head], pieces):
        window = tail + piece
        if _OLE_MACROS in window:
            raise FileRefused(MACROS)
        if _OLE_FILE in window:
            raise FileRefused(HIDDEN)
        tail = piece[-len(_OLE_MACROS) :]


def _must_fetch_nothing(text: bytes) -> None:
    """A template or an object from the internet can bring the macros that the file itself has not."""
    for link in ElementTree.fromstring(text, forbid_dtd=True):
        kind, target = link.get("Type", "").lower(), link.get("Target", "").strip().lower()
        if kind.endswith(_FETCHED) and target.startswith(_INTERNET):
            raise FileRefused(REMOTE)


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
    try:
        with zips.opened(file) as archive:
            hidden = bool(archive.namelist())
    except zips.Swollen:
        hidden = True
    except _FAULTS:
        return
    if hidden:
        raise FileRefused("Berkas ini sekaligus sebuah arsip ZIP. Simpan ulang dokumennya, lalu unggah lagi.")
