"""Small real files for the demo's documents: a PDF, a workbook, a picture. The same words, the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from hashlib import sha256
from xml.sax.saxutils import escape

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from kla_portal.web.demo.papers import Paper

MARK = "Dokumen contoh portal KLA, bukan dokumen resmi."
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jpg": "image/jpeg",
    "png": "image/png",
}


def upload_of(paper: Paper, place: str) -> SimpleUploadedFile:
    """The paper as someone of ``place`` would upload it."""
    content = _MAKERS[paper.extension]([paper.title, place, MARK])
    return SimpleUploadedFile(paper.filename, content, CONTENT_TYPES[paper.extension])


def pdf(*pages: list[str]) -> bytes:
    """A4 pages, each with its first line large. Latin letters only, with the reader's own Helvetica."""
    first = 4
    kids = " ".join(f"{first + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, lines in enumerate(pages):
        stream = _page_stream(lines)
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            b"/Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>" % (first + 2 * number + 1),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        ]
    objects.append(b"<< /Title (%s) >>" % _pdf_text(pages[0][0]).encode("cp1252"))
    return _pdf_file(objects)


def _page_stream(lines: list[str]) -> bytes:
    text = ["BT /F1 18 Tf 72 740 Td", f"({_pdf_text(lines[0])}) Tj", "/F1 11 Tf"]
    text += [f"0 -28 Td ({_pdf_text(line)}) Tj" for line in lines[1:]]
    return "\n".join([*text, "ET"]).encode("cp1252")


def _pdf_file(objects: list[bytes]) -> bytes:
    """Catalogue first, information last."""
    out, offsets = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, content in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start, count = out.tell(), len(objects)
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (count + 1))
    out.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (count + 1, count))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def scan(lines: list[str], *, dpi: int) -> bytes:
    """An A4 page that is only a picture of its words, as an office scanner makes it."""
    width, height = round(8.27 * dpi), round(11.69 * dpi)
    sheet = Image.new("L", (width, height), 236)
    draw = ImageDraw.Draw(sheet)
    size = max(dpi // 7, 8)
    for row, line in enumerate(lines):
        draw.text((dpi, dpi + 2 * size * row), line, fill=40, font=ImageFont.load_default(size))
    out = io.BytesIO()
    sheet.save(out, "PDF", resolution=dpi)
    return out.getvalue()


def _pdf_text(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


_OOXML = "http://schemas.openxmlformats.org"
_SHEET_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_OOXML}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        f'ContentType="{CONTENT_TYPES["xlsx"]}.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_OOXML}/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{_OOXML}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>"
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_OOXML}/spreadsheetml/2006/main" '
        f'xmlns:r="{_OOXML}/officeDocument/2006/relationships">'
        '<sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_OOXML}/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{_OOXML}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>"
    ),
}


def xlsx(lines: list[str]) -> bytes:
    """A workbook with one sheet, a line per row. Written by hand: only the reports import openpyxl."""
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{escape(line)}</t></is></c></row>'
        for n, line in enumerate(lines, start=1)
    )
    sheet = f'<worksheet xmlns="{_OOXML}/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in {**_SHEET_PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            header = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            info = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, header + part)
    return out.getvalue()


def picture(lines: list[str], kind: str) -> bytes:
    """A coloured board that carries the words, large enough to be read. ``kind``: Pillow's name of the format."""
    red, green, blue = sha256(lines[0].encode()).digest()[:3]
    board = Image.new("RGB", (800, 450), (red // 2 + 90, green // 2 + 90, blue // 2 + 90))
    draw = ImageDraw.Draw(board)
    draw.rectangle((0, 330, 800, 450), fill=(40, 82, 87))
    for row, line in enumerate(lines):
        draw.text((24, 344 + 32 * row), line, fill=(255, 255, 255), font=ImageFont.load_default(20))
    out = io.BytesIO()
    board.save(out, kind)
    return out.getvalue()


_MAKERS: dict[str, Callable[[list[str]], bytes]] = {
    "pdf": pdf,
    "xlsx": xlsx,
    "jpg": lambda lines: picture(lines, "JPEG"),
    "png": lambda lines: picture(lines, "PNG"),
}
