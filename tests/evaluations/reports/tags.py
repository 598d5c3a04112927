"""What a screen reader finds in a PDF: its structure tree, read back."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

HEADINGS = [f"/H{level}" for level in range(1, 7)]


def elements(reader: PdfReader) -> Iterator[tuple[str, DictionaryObject]]:
    """(kind, element) of the whole tree in reading order; kinds by their standard names."""
    root: Any = reader.trailer["/Root"]
    tree = root["/StructTreeRoot"]
    roles = tree.get("/RoleMap", {})
    waiting = [tree["/K"]]
    while waiting:
        here = waiting.pop().get_object()
        if isinstance(here, ArrayObject):
            waiting += reversed(here)
        elif isinstance(here, DictionaryObject):
            if "/S" in here:
                yield str(roles.get(here["/S"], here["/S"])), here
            if "/K" in here:
                waiting.append(here["/K"])


def faults(content: bytes) -> list[str]:
    """What PDF/UA asks and a machine can see: language, title, heads in order, heads of tables, words for pictures."""
    reader = PdfReader(BytesIO(content))
    root: Any = reader.trailer["/Root"]
    found = list(elements(reader))
    wrong = []
    if root.get("/Lang") != "id" or not root["/MarkInfo"]["/Marked"]:
        wrong.append("no language, or not marked")
    if not (reader.metadata and reader.metadata.title) or not root["/ViewerPreferences"]["/DisplayDocTitle"]:
        wrong.append("no title")
    levels = [HEADINGS.index(kind) + 1 for kind, _ in found if kind in HEADINGS]
    if levels[:1] != [1]:
        wrong.append(f"does not begin with a first heading: {levels[:3]}")
    wrong += [f"heading {b} after {a}" for a, b in pairwise(levels) if b > a + 1]
    kinds = [kind for kind, _ in found]
    if "/Table" in kinds and "/TH" not in kinds:
        wrong.append("a table without heads")
    wrong += ["a head without a name" for kind, element in found if kind == "/TH" and not element.get("/ID")]
    if "/TH" in kinds and not any(
        "/Headers" in attributes(element) for kind, element in found if kind == "/TD"
    ):
        wrong.append("no cell knows its heads")
    wrong += [
        "a picture without words" for kind, element in found if kind == "/Figure" and not element.get("/Alt")
    ]
    return sorted(set(wrong))


def attributes(element: DictionaryObject) -> DictionaryObject:
    """Of a table's cell: with ``/Headers``, the ids of the heads that a reader says before it."""
    found: Any = element.get("/A", DictionaryObject())
    return found.get_object()
