"""PDF made to harm, written by hand where no library would write it. Builders return bytes."""

from __future__ import annotations

import io
import struct
import zlib

from pypdf import PdfWriter

from tests.evaluations.evidence import corpus

PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] %s >>"
SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
LAUNCH = b"<< /S /Launch /F (cmd.exe) >>"
NAMES = b"<< /JavaScript << /Names [(a) 4 0 R] >> >>"
NOTHING = b"<< /Dests << /Names [] >> >>"


def built(catalogue: bytes, *more: bytes, page: bytes = b"") -> bytes:
    """Objects 1 (catalogue), 2 (pages), 3 (page), 4 and on as given, with a plain table of places."""
    out = b"%PDF-1.7\n"
    places = []
    objects = [b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalogue, PAGES, PAGE % page, *more]
    for number, thing in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, thing)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    )


def packed(catalogue: bytes, *more: bytes) -> bytes:
    """The same, with all objects in one compressed stream: their words stand nowhere in the file."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalogue, PAGES, PAGE % b"", *more]
    holder, table = len(objects) + 1, len(objects) + 2
    at, index, body = 0, b"", b""
    for number, thing in enumerate(objects, 1):
        index += b"%d %d " % (number, at)
        body += thing + b" "
        at = len(body)
    out = b"%PDF-1.7\n"
    rows = [struct.pack(">BHH", 0, 0, 0xFFFF)]
    rows += [struct.pack(">BHH", 2, holder, number) for number in range(len(objects))]
    rows.append(struct.pack(">BHH", 1, len(out), 0))
    head = b"/Type /ObjStm /N %d /First %d" % (len(objects), len(index))
    out += _stream(holder, head, index + body)
    rows.append(struct.pack(">BHH", 1, len(out), 0))
    head = b"/Type /XRef /W [1 2 2] /Root 1 0 R /Size %d" % (table + 1)
    place = len(out)
    return out + _stream(table, head, b"".join(rows)) + b"startxref\n%d\n%%%%EOF\n" % place


def _stream(number: int, head: bytes, data: bytes) -> bytes:
    data = zlib.compress(data)
    begin = b"%d 0 obj\n<< %s /Filter /FlateDecode /Length %d >>\nstream\n" % (number, head, len(data))
    return begin + data + b"\nendstream\nendobj\n"


def on_open() -> bytes:
    return built(b"/OpenAction 4 0 R", SCRIPT)


def on_leaving() -> bytes:
    """When the reader closes the document."""
    return built(b"/AA << /WC 4 0 R >>", SCRIPT)


def on_turning() -> bytes:
    """When the reader comes to the page."""
    return built(b"", SCRIPT, page=b"/AA << /O 4 0 R >>")


def in_the_names() -> bytes:
    return built(b"/Names 5 0 R", SCRIPT, NAMES)


def in_branches_of_the_names() -> bytes:
    kids = b"<< /JavaScript << /Kids [6 0 R] >> >>"
    return built(b"/Names 5 0 R", SCRIPT, kids, b"<< /Limits [(a) (a)] /Names [(a) 4 0 R] >>")


def spelled_out() -> bytes:
    """Each of its words with a letter as a number."""
    data = in_the_names()
    words = (
        (b"JavaScript", b"J#61vaScript"),
        (b"/JS", b"/#4aS"),
        (b"/Names", b"/N#61m#65s"),
        (b"/S ", b"/#53 "),
    )
    for word, spelled in words:
        data = data.replace(word, spelled)
    return _placed(data)


def _placed(data: bytes) -> bytes:
    """The table of places as it is after words changed their length."""
    start = data.index(b"xref\n")
    count = data.count(b" 0 obj\n", 0, start)
    rows = [b"%010d 00000 n \n" % data.index(b"%d 0 obj\n" % number) for number in range(1, count + 1)]
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (count + 1)
    trailer = data[data.index(b"trailer") : data.index(b"startxref")]
    return data[:start] + head + b"".join(rows) + trailer + b"startxref\n%d\n%%%%EOF\n" % start


def said_twice() -> bytes:
    """The same key twice: the checking library takes the first, the reader's program the second."""
    return built(b"/Names 6 0 R /Names 5 0 R", SCRIPT, NAMES, NOTHING)


def packed_script() -> bytes:
    return packed(b"/Names 5 0 R", SCRIPT, NAMES)


def packed_and_said_twice() -> bytes:
    return packed(b"/Names 6 0 R /Names 5 0 R", SCRIPT, NAMES, NOTHING)


def link(action: bytes) -> bytes:
    """A place on the page that a click sets off."""
    note = b"<< /Type /Annot /Subtype /Link /Rect [0 0 200 200] /A %s >>" % action
    return built(b"", note, page=b"/Annots [4 0 R]")


def attachment_on_the_page() -> bytes:
    note = b"<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 5 0 R >>"
    return built(b"", note, *_file(5), page=b"/Annots [4 0 R]")


def attachment_in_the_names() -> bytes:
    return built(b"/Names << /EmbeddedFiles << /Names [(a) 4 0 R] >> >>", *_file(4))


def attachment_said_twice() -> bytes:
    """Both keys name attachments in words that the walk would see, but for the first one."""
    hidden = b"<< /EmbeddedFiles << /Names [(a) 4 0 R] >> >>"
    return built(b"/Names 6 0 R /Names 7 0 R", *_file(4), NOTHING, hidden)


def _file(number: int) -> tuple[bytes, bytes]:
    spec = b"<< /Type /Filespec /F (pasang.exe) /UF (pasang.exe) /EF << /F %d 0 R >> >>" % (number + 1)
    return spec, b"<< /Type /EmbeddedFile /Length 4 >>\nstream\nMZ\x90\x00\nendstream"


def form() -> bytes:
    """An XFA form: XML with scripts, without the word that PDF has for them."""
    xml = zlib.compress(b'<xdp><script contentType="application/x-javascript">app.alert(1)</script></xdp>')
    stream = b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(xml), xml)
    return built(b"/AcroForm << /Fields [] /XFA 4 0 R >>", stream)


def encrypted(algorithm: str, user: str = "rahasia", owner: str = "pemilik") -> bytes:
    writer = PdfWriter()
    writer.append(io.BytesIO(corpus.pdf()))
    writer.encrypt(user, owner_password=owner, algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
