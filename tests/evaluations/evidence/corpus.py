"""Good and bad files, made as the tests need them. Each builder returns the bytes."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import openpyxl
from PIL import Image, PngImagePlugin
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

OOXML = "application/vnd.openxmlformats-officedocument"
MAINS = {
    "docx": ("word/document.xml", f"{OOXML}.wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{OOXML}.spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", f"{OOXML}.presentationml.presentation.main+xml"),
}
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200)
ELF = b"\x7fELF\x02\x01\x01" + bytes(200)
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
RAR = b"Rar!\x1a\x07\x01\x00" + bytes(100)


# PDF


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _writer(pages: int = 1) -> PdfWriter:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    return writer


def pdf(pages: int = 1, mark: str = "") -> bytes:
    writer = _writer(pages)
    writer.add_metadata({"/Title": mark or "Rekapitulasi"})
    return _written(writer)


def pdf_encrypted(user_password: str = "rahasia") -> bytes:
    writer = _writer()
    writer.encrypt(user_password, owner_password="pemilik", algorithm="RC4-128")
    return _written(writer)


def pdf_with_javascript() -> bytes:
    """A script in the name tree that runs when the document opens; nothing else betrays it."""
    writer = _writer()
    script = DictionaryObject({NameObject("/JS"): TextStringObject("app.alert('halo');")})
    names = ArrayObject([TextStringObject("a"), writer._add_object(script)])
    writer._root_object[NameObject("/Names")] = DictionaryObject(
        {NameObject("/Scripts"): DictionaryObject({NameObject("/Names"): names})}
    )
    return _written(writer)


def _action(kind: str, **more: object) -> DictionaryObject:
    action = DictionaryObject({NameObject("/S"): NameObject(kind)})
    for key, value in more.items():
        action[NameObject(f"/{key}")] = value
    return action


def pdf_with_action(kind: str) -> bytes:
    """The catalogue's OpenAction, held by an indirect object."""
    writer = _writer()
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(
        _action(kind, F=TextStringObject("cmd.exe"))
    )
    return _written(writer)


def pdf_with_spelled_out_name() -> bytes:
    """/JavaScript written as /J#61vaScript, which readers take for the same name."""
    writer = _writer()
    writer._root_object[NameObject("/OpenAction")] = _action("/JavaScript", F=TextStringObject("x"))
    return _written(writer).replace(b"/JavaScript", b"/J#61vaScript")


def pdf_with_field_script() -> bytes:
    """A script that only the annotation's parent field carries."""
    writer = _writer()
    field = writer._add_object(
        DictionaryObject(
            {
                NameObject("/FT"): NameObject("/Tx"),
                NameObject("/AA"): DictionaryObject({NameObject("/K"): _action("/JavaScript")}),
            }
        )
    )
    widget = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Widget"),
            NameObject("/Parent"): field,
            NameObject("/Rect"): ArrayObject([NumberObject(n) for n in (0, 0, 9, 9)]),
        }
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(widget)])
    return _written(writer)


def pdf_with_attachment() -> bytes:
    writer = _writer()
    writer.add_attachment("lampiran.exe", EXE)
    return _written(writer)


def pdf_with_xfa() -> bytes:
    writer = _writer()
    form = StreamObject()
    form.set_data(b"<xdp/>")
    writer._root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/XFA"): writer._add_object(form)}
    )
    return _written(writer)


def pdf_with_signature() -> bytes:
    """A signature field as e-signing leaves it: neither script nor encryption."""
    writer = _writer()
    signature = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Sig"),
            NameObject("/Filter"): NameObject("/Adobe.PPKLite"),
            NameObject("/Contents"): TextStringObject("00" * 64),
        }
    )
    field = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Widget"),
            NameObject("/FT"): NameObject("/Sig"),
            NameObject("/V"): writer._add_object(signature),
        }
    )
    held = writer._add_object(field)
    writer.pages[0][NameObject("/Annots")] = ArrayObject([held])
    writer._root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/Fields"): ArrayObject([held]), NameObject("/SigFlags"): NumberObject(3)}
    )
    return _written(writer)


def pdf_without_pages() -> bytes:
    return _written(PdfWriter())


def pdf_and_web_page() -> bytes:
    return b"%PDF-1.4\n%<html><script>alert(1)</script></html>\n" + pdf()[9:]


def pdf_and_zip() -> bytes:
    hidden = io.BytesIO()
    with zipfile.ZipFile(hidden, "w") as archive:
        archive.writestr("jahat.class", b"\xca\xfe\xba\xbe")
    return pdf() + hidden.getvalue()


# Pictures


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    """Noise, so that no two are alike."""
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, kind)
    return out.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A few bytes that say they are a huge picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def png_with_markup() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "<ScRiPt>alert(1)</ScRiPt>")
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, "PNG", pnginfo=notes)
    return out.getvalue()


def jpeg_and_zip() -> bytes:
    hidden = io.BytesIO()
    with zipfile.ZipFile(hidden, "w") as archive:
        archive.writestr("jahat.txt", b"halo")
    return picture("JPEG") + hidden.getvalue()


# Office


def office(
    kind: str = "docx",
    *,
    main_type: str = "",
    members: dict[str, bytes] | None = None,
    overrides: str = "",
    with_main: bool = True,
) -> bytes:
    """A minimal Office file; ``members`` are added, ``overrides`` is XML for the content types."""
    part, usual = MAINS[kind]
    types = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{part}" ContentType="{main_type or usual}"/>{overrides}</Types>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        if with_main:
            archive.writestr(part, "<main/>")
        for name, data in (members or {}).items():
            archive.writestr(name, data)
    return out.getvalue()


def workbook() -> bytes:
    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"] = "Rekapitulasi"
    book.save(out)
    return out.getvalue()


def office_with_entity_bomb() -> bytes:
    out = io.BytesIO()
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Types>&b;</Types>'
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", bomb)
        archive.writestr("word/document.xml", "<main/>")
    return out.getvalue()


def office_declared_encrypted() -> bytes:
    """The encryption flag of every member set, as a password-protected ZIP has it."""
    data = bytearray(office("docx"))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(signature)
        while place != -1:
            data[place + offset] |= 1
            place = data.find(signature, place + 4)
    return bytes(data)


def office_locked() -> bytes:
    """An OLE container with the stream that Office's password protection writes."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(1000)
        + "EncryptedPackage".encode("utf-16-le")
        + bytes(500)
    )


def office_old() -> bytes:
    return _ole("WordDocument")


def _ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + stream.encode("utf-16-le") + bytes(500)


def zip_of(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()
