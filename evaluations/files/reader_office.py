"""The child's half for Word, Excel and PowerPoint: the words, in reading order. Imported by ``reader`` alone.

Rows of a table become one line each. Parts are streamed, each at most ``PART_LIMIT`` bytes when unpacked.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml import ElementTree

PART_LIMIT = 60_000_000
"""Bytes of one part; a document of some 10,000 pages passes."""

PAGES_LIMIT = 500
"""Sheets or slides read."""

MAINS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
"""Where the main part usually lies, should the package not say so."""

_LISTED = {"xlsx": "sheet", "pptx": "sldId"}
"""The elements of the main part that name the sheets or slides, in order."""


def read(data: bytes, job: Mapping[str, Any]) -> dict[str, Any]:
    """``texts`` of the one document, each sheet or each slide; reading one stops after ``text_limit`` characters."""
    kind, enough = job["kind"], job["text_limit"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        main = _main_part(archive, kind)
        parts = [main] if kind == "docx" else _listed(archive, main, _LISTED[kind])
        strings = _shared_strings(archive, main, enough) if kind == "xlsx" else []
        texts = [
            _enough(_rows(archive, part, strings) if kind == "xlsx" else _flow(archive, part), enough)
            for part in parts[:PAGES_LIMIT]
        ]
        unknown = dict.fromkeys(("lowest_dpi", "width", "height", "taken_on", "thumbnail"))
        return unknown | {"pages": max(len(parts), 1), "texts": texts}


def _enough(pieces: Iterator[str], enough: int) -> str:
    kept, size = [], 0
    for piece in pieces:
        kept.append(piece)
        size += len(piece)
        if size > enough:
            break
    return "".join(kept)


def _walk(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str, Element]]:
    """(event, name without namespace, element) of a part; entities and DTDs raise."""
    with archive.open(part) as stream:
        text = stream.read(PART_LIMIT + 1)
    if len(text) > PART_LIMIT:
        raise ValueError(f"{part} is larger than {PART_LIMIT} bytes")
    for event, element in ElementTree.iterparse(io.BytesIO(text), ("start", "end"), forbid_dtd=True):
        yield event, _local(element.tag), element


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Id -> (the last word of its type, the part it leads to)."""
    folder, name = posixpath.split(part)
    listing = posixpath.join(folder, "_rels", f"{name}.rels")
    if listing not in archive.namelist():
        return {}
    return {
        element.get("Id", ""): (
            element.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, element.get("Target", ""))).lstrip("/"),
        )
        for event, name, element in _walk(archive, listing)
        if event == "end" and name == "Relationship"
    }


def _main_part(archive: zipfile.ZipFile, kind: str) -> str:
    relations = _relations(archive, "")
    return next((target for word, target in relations.values() if word == "officeDocument"), MAINS[kind])


def _listed(archive: zipfile.ZipFile, main: str, element_name: str) -> list[str]:
    """The parts of the sheets or slides, in the order of the main part."""
    relations = _relations(archive, main)
    found = []
    for event, name, element in _walk(archive, main):
        if event == "end" and name == element_name:
            by = next((value for key, value in element.items() if _local(key) == "id" and key != "id"), "")
            found.append(relations[by][1])
    return found


def _flow(archive: zipfile.ZipFile, part: str) -> Iterator[str]:
    """Text of a document or a slide. What Word keeps for older readers is skipped."""
    rows = old = 0
    for event, name, element in _walk(archive, part):
        step = 1 if event == "start" else -1
        if name == "tr":
            rows += step
        elif name == "Fallback":
            old += step
        if event == "start" or old:
            continue
        if name == "t":
            yield element.text or ""
        elif name in {"br", "cr", "p", "tr"}:
            yield " " if rows else "\n"
        elif name in {"tab", "tc"}:
            yield " "
        elif name == "noBreakHyphen":
            yield "-"
        if name in {"p", "tr"}:
            element.clear()


def _shared_strings(archive: zipfile.ZipFile, main: str, enough: int) -> list[str]:
    """Excel keeps each different text once; cells name them by number."""
    targets = (target for word, target in _relations(archive, main).values() if word == "sharedStrings")
    part = next(targets, "xl/sharedStrings.xml")
    if part not in archive.namelist():
        return []
    strings: list[str] = []
    for event, name, element in _walk(archive, part):
        if event == "end" and name == "si":
            strings.append(_line(element)[:enough])
            element.clear()
    return strings


def _line(holder: Element) -> str:
    """The runs of one string, without the readings that Japanese adds."""
    spoken = {found for ruby in holder.iter() if _local(ruby.tag) == "rPh" for found in ruby}
    runs = (found.text or "" for found in holder.iter() if _local(found.tag) == "t" and found not in spoken)
    return " ".join("".join(runs).split())


def _rows(archive: zipfile.ZipFile, part: str, strings: list[str]) -> Iterator[str]:
    """A line for each row, its cells with a blank between them. Numbers stand as Excel keeps them."""
    cells: list[str] = []
    for event, name, element in _walk(archive, part):
        if event == "start":
            continue
        if name == "c":
            cells.append(_cell(element, strings))
        elif name == "row":
            yield " ".join(cell for cell in cells if cell) + "\n"
            cells = []
            element.clear()


def _cell(cell: Element, strings: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _line(cell)
    value = next((found.text or "" for found in cell if _local(found.tag) == "v"), "").strip()
    if kind == "s":
        place = int(value or -1)
        return strings[place] if 0 <= place < len(strings) else ""
    return "" if kind in {"b", "e"} else " ".join(value.split())
