"""Papers as offices make and scan them. Each builder returns the bytes."""

from __future__ import annotations

import io
import zipfile
import zlib

import openpyxl
from PIL import Image, ImageDraw
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

A4 = (595, 842)
DECREE = (
    "KEPUTUSAN BUPATI TABALONG\n"
    "NOMOR 188.45/12/KUM/2025\n"
    "TENTANG PEMBENTUKAN GUGUS TUGAS KABUPATEN LAYAK ANAK\n"
    "Gugus Tugas bertugas mengoordinasikan kebijakan, program dan kegiatan perlin-\n"
    "dungan anak-anak di daerah."
)


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _stream(data: bytes, **entries: object) -> DecodedStreamObject:
    made = DecodedStreamObject()
    made.set_data(data)
    for key, value in entries.items():
        made[NameObject(f"/{key}")] = value
    return made


def _box(width: float, height: float) -> ArrayObject:
    return ArrayObject([FloatObject(n) for n in (0, 0, width, height)])


def _font() -> DictionaryObject:
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )


def _page(writer: PdfWriter, content: bytes, xobjects: dict[str, object] | None = None, size=A4):
    page = writer.add_blank_page(*size)
    page[NameObject("/Contents")] = writer._add_object(_stream(content))
    named = {NameObject(f"/{name}"): writer._add_object(held) for name, held in (xobjects or {}).items()}
    page[NameObject("/Resources")] = DictionaryObject(
        {
            NameObject("/Font"): DictionaryObject({NameObject("/F"): _font()}),
            NameObject("/XObject"): DictionaryObject(named),
        }
    )
    return page


def _lines(text: str, start: str = "1 0 0 1 60 780") -> bytes:
    shown = [f"({line.replace('(', '[').replace(')', ']')}) Tj T*" for line in text.split("\n")]
    return (f"BT /F 11 Tf 14 TL {start} Tm " + " ".join(shown) + " ET").encode("cp1252")


def letter(*pages: str, rotated: int = 0, sideways: bool = False, size: tuple[int, int] = A4) -> bytes:
    """A text PDF, one string per page, its lines as given. ``sideways``: drawn turned, shown turned back."""
    writer = PdfWriter()
    for text in pages or (DECREE,):
        page = _page(writer, _lines(text, "0 1 -1 0 60 60") if sideways else _lines(text), size=size)
        if rotated or sideways:
            page.rotate(rotated or 90)
    return written(writer)


def joined(*parts: bytes) -> bytes:
    """The pages of several PDFs, one after the other."""
    writer = PdfWriter()
    for part in parts:
        writer.append(io.BytesIO(part))
    return written(writer)


def scan(dpi: int = 150, *, pages: int = 1, inches: tuple[float, float] = (8.27, 11.69)) -> bytes:
    """Pages that are one picture each, edge to edge, as a scanner sends them."""
    sheet = Image.new("L", (round(inches[0] * dpi), round(inches[1] * dpi)), 245)
    ImageDraw.Draw(sheet).text((sheet.width // 4, sheet.height // 4), "KEPUTUSAN BUPATI", fill=20)
    out = io.BytesIO()
    sheet.save(out, "PDF", resolution=dpi, save_all=True, append_images=[sheet] * (pages - 1))
    return out.getvalue()


def _image(width: int, height: int) -> StreamObject:
    made = StreamObject()
    made._data = zlib.compress(bytes(range(256)) * (width * height // 256 + 1))
    made.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(width),
            NameObject("/Height"): NumberObject(height),
            NameObject("/ColorSpace"): NameObject("/DeviceGray"),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/Filter"): NameObject("/FlateDecode"),
        }
    )
    return made


def placed(
    *places: tuple[float, float, float, float], pixels: tuple[int, int], text: str = "", strokes: int = 0
) -> bytes:
    """An A4 page with one picture drawn at each place (x, y, width, height in points), text and strokes over it."""
    writer = PdfWriter()
    drawn = "".join(f"q {w} 0 0 {h} {x} {y} cm /I Do Q " for x, y, w, h in places).encode()
    drawn += b"9 9 m 99 99 l S " * strokes
    _page(writer, drawn + (_lines(text) if text else b""), {"I": _image(*pixels)})
    return written(writer)


def scan_in_a_form(pixels: tuple[int, int]) -> bytes:
    """The picture lies in a form of half the size, which the page draws doubled."""
    writer = PdfWriter()
    picture = writer._add_object(_image(*pixels))
    held = DictionaryObject({NameObject("/XObject"): DictionaryObject({NameObject("/I"): picture})})
    form = _stream(
        b"q 297.5 0 0 421 0 0 cm /I Do Q",
        Type=NameObject("/XObject"), Subtype=NameObject("/Form"), BBox=_box(297.5, 421), Resources=held,
    )  # fmt: skip
    _page(writer, b"q 2 0 0 2 0 0 cm /X Do Q", {"X": form})
    return written(writer)


def forms_in_forms(levels: int, each: int = 10, pages: int = 1) -> bytes:
    """Each page is a few bytes and ``each ** levels`` rectangles to whoever draws it."""
    writer = PdfWriter()
    kind = {"Type": NameObject("/XObject"), "Subtype": NameObject("/Form"), "BBox": _box(*A4)}
    form = _stream(b"0 0 9 9 re f", **kind)
    for _ in range(levels):
        inner = DictionaryObject({NameObject("/X"): writer._add_object(form)})
        held = DictionaryObject({NameObject("/XObject"): inner})
        form = _stream(b"/X Do " * each, Resources=held, **kind)
    for _ in range(pages):
        _page(writer, b"/X Do", {"X": form})
    return written(writer)


def swollen_text(megabytes: int) -> bytes:
    """Page content that packs a thousandfold: ``megabytes`` of drawing operators."""
    writer = PdfWriter()
    page = _page(writer, b"")
    packed = StreamObject()
    once = b"0 0 m 1 1 l S " * 70_000
    packer = zlib.compressobj(9)
    packed._data = b"".join(packer.compress(once) for _ in range(megabytes)) + packer.flush()
    packed[NameObject("/Filter")] = NameObject("/FlateDecode")
    page[NameObject("/Contents")] = writer._add_object(packed)
    return written(writer)


def signed(label: str) -> bytes:
    """A signature field whose appearance is a form, as e-signing leaves it: a black stamp."""
    writer = PdfWriter()
    page = _page(writer, _lines(label))
    stamp = writer._add_object(
        _stream(
            b"0 g 0 0 400 400 re f",
            Type=NameObject("/XObject"), Subtype=NameObject("/Form"), BBox=_box(400, 400),
        )
    )  # fmt: skip
    field = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Widget"),
            NameObject("/FT"): NameObject("/Sig"),
            NameObject("/T"): TextStringObject("ttd"),
            NameObject("/F"): NumberObject(4),
            NameObject("/Rect"): ArrayObject([NumberObject(n) for n in (100, 100, 500, 500)]),
            NameObject("/AP"): DictionaryObject({NameObject("/N"): stamp}),
        }
    )
    held = writer._add_object(field)
    page[NameObject("/Annots")] = ArrayObject([held])
    writer._root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/Fields"): ArrayObject([held])}
    )
    return written(writer)


# Pictures


def photo(
    size: tuple[int, int] = (400, 300),
    kind: str = "JPEG",
    *,
    taken: str = "",
    orientation: int = 1,
) -> bytes:
    """Red above, blue below, a white corner top left, before EXIF turns it."""
    picture = Image.new("RGB", size, (200, 30, 30))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, size[1] // 2, *size), fill=(30, 30, 200))
    draw.rectangle((0, 0, size[0] // 4, size[1] // 4), fill=(255, 255, 255))
    exif = Image.Exif()
    exif[0x0112] = orientation
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
    out = io.BytesIO()
    picture.save(out, kind, exif=exif)
    return out.getvalue()


# Office

RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SLIDE = "http://schemas.openxmlformats.org/presentationml/2006/main"
DRAWN = "http://schemas.openxmlformats.org/drawingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def relations(**targets: tuple[str, str]) -> str:
    """Id -> (last word of the type, target)."""
    lines = [
        f'<Relationship Id="{key}" Type="{RELS}/{word}" Target="{target}"/>'
        for key, (word, target) in targets.items()
    ]
    return f"<Relationships>{''.join(lines)}</Relationships>"


def zipped(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def word(body: str, part: str = "word/document.xml") -> bytes:
    return zipped(
        {
            "_rels/.rels": relations(a=("officeDocument", part)),
            part: f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
        }
    )


def paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in runs) + "</w:p>"


def table(*rows: tuple[str, ...]) -> str:
    made = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in made) + "</w:tbl>"


def workbook(**sheets: list[list[object]]) -> bytes:
    """By openpyxl, as Excel would: shared strings."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def slides(*texts: str) -> bytes:
    """The slides' files are numbered against their order, as after dragging them about."""
    last = len(texts)
    targets = {f"r{n}": ("slide", f"slides/slide{last - n}.xml") for n in range(last)}
    ids = "".join(f'<p:sldId id="{256 + n}" r:id="r{n}"/>' for n in range(last))
    parts = {
        "_rels/.rels": relations(a=("officeDocument", "ppt/presentation.xml")),
        "ppt/_rels/presentation.xml.rels": relations(**targets),
        "ppt/presentation.xml": (
            f'<p:presentation xmlns:p="{SLIDE}" xmlns:r="{RELS}"><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>'
        ),
    }
    for n, text in enumerate(texts):
        parts[f"ppt/slides/slide{last - n}.xml"] = (
            f'<p:sld xmlns:p="{SLIDE}" xmlns:a="{DRAWN}"><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>'
        )
    return zipped(parts)


def sheet(rows: str, strings: str = "") -> bytes:
    """One sheet by hand, for what openpyxl does not write."""
    return zipped(
        {
            "_rels/.rels": relations(a=("officeDocument", "/xl/workbook.xml")),
            "xl/_rels/workbook.xml.rels": relations(
                r1=("worksheet", "/xl/worksheets/sheet1.xml"), r2=("sharedStrings", "strings.xml")
            ),
            "xl/workbook.xml": (
                f'<workbook xmlns="{SHEET}" xmlns:r="{RELS}"><sheets><sheet name="A" sheetId="1" r:id="r1"/>'
                "</sheets></workbook>"
            ),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData></worksheet>',
            "xl/strings.xml": f'<sst xmlns="{SHEET}">{strings}</sst>',
        }
    )
