"""The child's half for PDF: text, page pictures, and how finely a scan was scanned. Imported by ``reader`` alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import pypdfium2 as pdfium
from pypdfium2 import raw

from evaluations.files.reader_pictures import LONGEST, webp

SCAN_SHARE = 0.8
"""Share of the page that pictures cover on a scan; a strip of one reaches as far from side to side."""

SCAN_TEXT = 300
"""A page with more characters than a signature's stamp is read as text, whatever lies behind it."""

SCAN_OBJECTS = 2_000
"""A page with more objects is drawn, not scanned."""

DOT = 50
"""A picture of fewer pixels, stretched over a page, is a colour."""

POINTS = 72
"""PDF units per inch."""


def read(data: bytes, job: Mapping[str, Any]) -> dict[str, Any]:
    """``texts`` of the first ``text_pages`` pages. Raises ``PdfiumError`` where none of them opens."""
    side = job["thumbnail_side"]
    with pdfium.PdfDocument(data) as document:
        document.init_forms()
        texts, resolutions, thumbnail = [], [], None
        opened = 0
        for page in _pages(document, job["text_pages"]):
            text = "" if page is None else _text(page)
            texts.append(text)
            if page is None:
                continue
            opened += 1
            if opened == 1:
                thumbnail = webp(_drawn(page, side, side))
            resolutions.append(_resolution(page, text))
            page.close()
        if not opened:
            raise pdfium.PdfiumError("no page opens")
        scans = [found for found in resolutions if found is not None]
        return {
            "pages": len(document),
            "texts": texts,
            "lowest_dpi": min(scans, default=None),
            "width": None,
            "height": None,
            "taken_on": None,
            "thumbnail": thumbnail,
        }


def picture(data: bytes, job: Mapping[str, Any]) -> bytes | None:
    """Page ``page`` (from 1), ``width`` pixels wide; ``None`` where there is no such page."""
    page, width = job["page"], job["width"]
    with pdfium.PdfDocument(data) as document:
        if page > len(document):
            return None
        document.init_forms()
        return webp(_drawn(document[page - 1], width, LONGEST * width))


def _pages(document: pdfium.PdfDocument, most: int) -> Iterator[pdfium.PdfPage | None]:
    """One broken page among many does not hide the others."""
    for number in range(min(len(document), most)):
        try:
            yield document[number]
        except pdfium.PdfiumError:
            yield None


def _text(page: pdfium.PdfPage) -> str:
    """As one range: by its bounds, PDFium forgets the line ends of a page that lies on its side."""
    written = page.get_textpage()
    try:
        return str(written.get_text_range())
    except AssertionError:  # pypdfium2 and PDFium count differently
        return str(written.get_text_bounded())
    finally:
        written.close()


def _drawn(page: pdfium.PdfPage, width: int, height: int) -> Any:
    """A Pillow picture that fills ``width`` or ``height``."""
    across, down = page.get_size()
    # PDFium rounds up: a hair less keeps 800 from becoming 801.
    scale = min((width - 0.01) / across, (height - 0.01) / down)
    return page.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB")


def _resolution(page: pdfium.PdfPage, text: str) -> int | None:
    """Dots per inch of a page that is mostly one picture, or strips of one; the finest layer counts."""
    if len(text) > SCAN_TEXT or raw.FPDFPage_CountObjects(page) > SCAN_OBJECTS:
        return None
    left, bottom, right, top = page.get_bbox()
    covered, finest = 0.0, 0.0
    for image in islice(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4), SCAN_OBJECTS):
        matrix = _placed(image)
        from_x, from_y, to_x, to_y = matrix.on_rect(0, 0, 1, 1)
        wide = min(to_x, right) - max(from_x, left)
        high = min(to_y, top) - max(from_y, bottom)
        reaches = wide > SCAN_SHARE * (right - left) or high > SCAN_SHARE * (top - bottom)
        pixels = image.get_px_size()
        if wide <= 0 or high <= 0 or not reaches or max(pixels) < DOT:
            continue
        covered += wide * high
        lengths = (math.hypot(matrix.a, matrix.b), math.hypot(matrix.c, matrix.d))
        finest = max(finest, min(POINTS * n / length for n, length in zip(pixels, lengths, strict=True)))
    return round(finest) if covered > SCAN_SHARE * (right - left) * (top - bottom) else None


def _placed(image: pdfium.PdfImage) -> pdfium.PdfMatrix:
    """Where the unit square of the picture lies on the page, through the forms that hold it."""
    matrix, holder = image.get_matrix(), image.container
    while holder is not None:
        matrix = matrix.multiply(holder.get_matrix())
        holder = holder.container
    return matrix
