"""Whether an attack works where nobody looks: each is true of the bytes, found by other means than the checks."""

from __future__ import annotations

import io
import re
import struct
import subprocess
import tempfile
import zipfile
import zlib
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image
from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError

URI, LAUNCH = 3, 4
"""Kinds of action, as PDFium numbers them."""


def runs(data: bytes) -> bool:
    """The system runs it, whatever it is called."""
    with tempfile.TemporaryDirectory(prefix="kla-") as folder:
        path = Path(folder) / "laporan.pdf"
        path.write_bytes(data)
        path.chmod(0o700)
        done = subprocess.run([path], capture_output=True, timeout=20, check=False)
    return done.returncode == 0 and done.stdout in {b"", b"jahat\n"}


def is_windows_program(data: bytes) -> bool:
    (place,) = struct.unpack_from("<I", data, 60)
    return data[:2] == b"MZ" and data[place : place + 4] == b"PE\x00\x00"


def is_mac_program(data: bytes) -> bool:
    return (
        struct.unpack_from("<I", data)[0] in {0xFEEDFACE, 0xFEEDFACF} and data[12:16] == b"\x02\x00\x00\x00"
    )


def is_page_with_script(data: bytes) -> bool:
    found: list[str] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.append(tag)

    Parser().feed(data.decode("latin-1"))
    return "script" in found


def is_drawing_with_script(data: bytes) -> bool:
    return any(element.tag.endswith("}script") for element in ElementTree.fromstring(data).iter())


def is_script(data: bytes) -> bool:
    """Without its comments, one assignment and one call are left."""
    left = re.sub(r"/\*.*?\*/", "", data.decode("latin-1"), flags=re.DOTALL)
    return re.fullmatch(r"\w+=1;alert\(1\);", left) is not None


def is_picture(data: bytes) -> bool:
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        return picture.width > 0


def is_zip(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.testzip() is None and archive.namelist() != []


def is_pdf(data: bytes) -> bool:
    document = pypdfium2.PdfDocument(data)
    try:
        return len(document) > 0
    finally:
        document.close()


# PDF, as PDFium (Chromium's reader) sees it


def scripts(data: bytes) -> int:
    """Scripts that run when the document opens, by name."""
    document = pypdfium2.PdfDocument(data)
    try:
        return pdfium.FPDFDoc_GetJavaScriptActionCount(document)
    finally:
        document.close()


def attachments(data: bytes) -> int:
    document = pypdfium2.PdfDocument(data)
    try:
        return document.count_attachments()
    finally:
        document.close()


def does_on_click(data: bytes, kind: int) -> bool:
    """What a click in the middle of the first page does."""
    document = pypdfium2.PdfDocument(data)
    try:
        page = document[0]
        link = pdfium.FPDFLink_GetLinkAtPoint(page, 100, 100)
        return pdfium.FPDFAction_GetType(pdfium.FPDFLink_GetAction(link)) == kind
    finally:
        document.close()


def acts(data: bytes, *path: str | int) -> bool:
    """There is a script at the path below the catalogue, for a library that is asked for it."""
    thing = PdfReader(io.BytesIO(data)).trailer["/Root"]
    for step in path:
        thing = thing[step]
    return thing["/S"] == "/JavaScript" and "alert" in thing["/JS"]


def form_with_script(data: bytes) -> bool:
    xml = PdfReader(io.BytesIO(data)).trailer["/Root"]["/AcroForm"]["/XFA"].get_data()
    return is_page_with_script(xml)


def file_on_the_page(data: bytes) -> bool:
    note = PdfReader(io.BytesIO(data)).pages[0]["/Annots"][0].get_object()
    return note["/FS"]["/EF"]["/F"].get_data().startswith(b"MZ")


def says_twice(data: bytes) -> bool:
    """The two readers disagree: the one that checks sees less than the one that shows."""
    return not re.search(
        "JavaScript|EmbeddedFiles", str(PdfReader(io.BytesIO(data)).trailer["/Root"]["/Names"])
    )


def opens_only_with(password: str, data: bytes) -> bool:
    reader = PdfReader(io.BytesIO(data))
    if password:
        try:
            reader.pages[0].get_contents()
        except FileNotDecryptedError:
            pass
        else:
            return False
    return reader.decrypt(password) != 0 and len(reader.pages) == 1


# Office


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def streams(data: bytes) -> set[str]:
    """The names in the folder of an OLE container."""
    (sector,) = struct.unpack_from("<I", data, 48)
    table = struct.unpack_from("<128I", data, 512)
    names = set()
    while sector < 0xFFFFFFFC:
        for at in range(512 + sector * 512, 1024 + sector * 512, 128):
            (length,) = struct.unpack_from("<H", data, at + 64)
            names.add(data[at : at + max(length - 2, 0)].decode("utf-16-le"))
        sector = table[sector]
    return names - {""}


def fetches(data: bytes, name: str) -> bool:
    links = ElementTree.fromstring(part(data, name))
    return any(link.get("TargetMode") == "External" and "://" in link.get("Target", "") for link in links)


def swells_to(data: bytes, name: str, limit: int = 50_000_000) -> int:
    """Bytes that come out of the member's packed data, whatever it declares; at most ``limit``, none kept."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        member = archive.getinfo(name)
    lengths = struct.unpack_from("<HH", data, member.header_offset + 26)
    start = member.header_offset + 30 + sum(lengths)
    engine, made = zlib.decompressobj(-15), 0
    packed = data[start : start + member.compress_size]
    while packed and made < limit:
        made += len(engine.decompress(packed, 1 << 16))
        packed = engine.unconsumed_tail
    return made


def declared(data: bytes, name: str) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.getinfo(name).file_size


def holds_more_than_itself(data: bytes, times: int) -> bool:
    """Its members, each whole by its checksum, have ``times`` the bytes of the file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [m for m in archive.infolist() if m.compress_type == zipfile.ZIP_STORED]
    held = 0
    for member in members:
        start = member.header_offset + 30 + len(member.orig_filename)
        content = data[start : start + member.file_size]
        if len(content) != member.file_size or zlib.crc32(content) != member.CRC:
            return False
        held += len(content)
    return held > times * len(data)
