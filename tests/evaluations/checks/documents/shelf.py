"""Documents and libraries for the rules: a good document, and what to change on it."""

from __future__ import annotations

from datetime import date
from itertools import count
from uuid import UUID

from evaluations.checks.documents import Concern, FileFacts, Library, Paper, Placement, run

YEARS = (2024, 2025)
CLOSES = date(2026, 6, 30)

_made = count(1)


def file(**facts: object) -> FileFacts:
    """A PDF of five pages, all with text, read."""
    good = {"sha256": f"{next(_made):064x}", "read": True, "pages": 5, "text_pages": 5}
    return FileFacts(**good | facts)


def photo_file(**facts: object) -> FileFacts:
    return file(**{"is_picture": True, "pages": 1, "text_pages": 0, "width": 1600, "height": 1200} | facts)


def paper(*files: FileFacts, **facts: object) -> Paper:
    """A document that no rule has anything to say about."""
    good = {"evidence_id": UUID(int=next(_made)), "title": "SK Gugus Tugas", "years": (2024,)}
    return Paper(files=files or (file(),), **good | facts)


def photo(*files: FileFacts, **facts: object) -> Paper:
    return paper(*(files or (photo_file(),)), **{"kind": "photo", "description": "Rapat, Mei 2024"} | facts)


def library(*placed: tuple[Paper, str] | tuple[Paper, str, dict[str, object]], **more: object) -> Library:
    """``(paper, "12.1 12.2")``, with what to set on its placements third."""
    placements = [
        Placement(row[0].evidence_id, code, 1, **(row[2] if len(row) > 2 else {}))
        for row in placed
        for code in row[1].split()
    ]
    known = {"evidence_years": YEARS, "closes_on": CLOSES}
    return Library({row[0].evidence_id: row[0] for row in placed}, tuple(placements), **known | more)


def raised(shelf: Library, rule: str) -> list[Concern]:
    return [concern for concern in run(shelf) if concern.rule == rule]


def only(shelf: Library, rule: str) -> Concern:
    (concern,) = raised(shelf, rule)
    return concern
