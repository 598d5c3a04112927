"""What a document check reads and what it says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Literal
from uuid import UUID

from evaluations.checks.severity import Severity
from evaluations.files.phrases import PhraseFound

ScanState = Literal["off", "waiting", "clean", "infected"]

NEVER_ANSWERED = frozenset({"undated", "photo_without_caption", "withdrawn", "scanning"})
"""Warnings that only a deed closes: a year, a caption, another document."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file in force. What reading it found counts only once it was ``read``; ``fault``: it could not be."""

    sha256: str
    is_picture: bool = False
    scan: ScanState = "off"
    read: bool = False
    fault: str = ""
    pages: int = 0
    text_pages: int = 0
    lowest_dpi: int | None = None
    """Of the worst scanned page; ``None`` where no page is a scan."""
    width: int | None = None
    height: int | None = None
    taken_on: date | None = None
    identity_numbers: int = 0
    children_list: bool = False

    @property
    def known(self) -> bool:
        return self.read and not self.fault


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of the district that stands in the evaluation."""

    evidence_id: UUID
    title: str
    form: Literal["file", "link"] = "file"
    kind: str = ""
    description: str = ""
    document_date: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    years: tuple[int, ...] = ()
    files: tuple[FileFacts, ...] = ()
    withdrawn: bool = False

    @property
    def is_photo(self) -> bool:
        """Said to be one, or only pictures and not said to be anything else: a scanned decree is none."""
        if self.kind:
            return self.kind == PHOTO
        return bool(self.files) and all(file.is_picture for file in self.files)

    @property
    def pages(self) -> int:
        """Of its files together, as far as they are read."""
        return sum(file.pages for file in self.files if file.known)


PHOTO = "photo"
"""The instrument's evidence kind of photos."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A document in a slot; ``phrase``: where its ``quote`` was found, ``None`` without a quote or a reading."""

    evidence_id: UUID
    code: str
    slot: int
    pages: str = ""
    quote: str = ""
    phrase: PhraseFound | None = None


@dataclass(frozen=True)
class Library:
    """All that stands in one evaluation, and what its edition asks."""

    papers: Mapping[UUID, Paper]
    placements: tuple[Placement, ...] = ()
    """In the instrument's order."""
    evidence_years: tuple[int, ...] = ()
    closes_on: date | None = None
    """The last day of EM in the province's own time."""
    alike: tuple[tuple[UUID, UUID], ...] = ()
    """Pairs of documents with nearly the same text."""

    @cached_property
    def codes(self) -> dict[UUID, tuple[str, ...]]:
        """Document -> the questions at which it stands."""
        found: dict[UUID, dict[str, None]] = {}
        for placement in self.placements:
            found.setdefault(placement.evidence_id, {})[placement.code] = None
        return {key: tuple(codes) for key, codes in found.items()}

    def placed(self) -> Iterable[tuple[Paper, tuple[str, ...]]]:
        """Each document with its questions."""
        for key, codes in self.codes.items():
            yield self.papers[key], codes

    def years(self) -> str:
        """``2024 atau 2025``: a document that proves one of them is enough."""
        return " atau ".join(str(year) for year in self.evidence_years)


@dataclass(frozen=True, slots=True)
class Reply:
    """The district's answer to a warning: the warning is closed."""

    pk: int
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing a verifier would ask about a document, at the questions ``codes``."""

    rule: str
    severity: Severity
    message: str
    """Indonesian, ending with the next step; without the document's own title."""
    evidence_id: UUID
    title: str
    codes: tuple[str, ...]
    basis: str
    answered: Reply | None = field(default=None, compare=False)

    @property
    def open(self) -> bool:
        return self.answered is None

    @property
    def blocks(self) -> bool:
        """Whether the answers at ``codes`` do not count as safe because of it."""
        return self.severity is Severity.WARNING and self.open

    @property
    def answerable(self) -> bool:
        return self.severity is Severity.WARNING and self.rule not in NEVER_ANSWERED


Rule = Callable[[Library], Iterable[Concern]]


def warning(rule: str, paper: Paper, codes: Iterable[str], message: str, *facts: object) -> Concern:
    return _concern(rule, Severity.WARNING, paper, codes, message, facts)


def note(rule: str, paper: Paper, codes: Iterable[str], message: str, *facts: object) -> Concern:
    return _concern(rule, Severity.NOTE, paper, codes, message, facts)


def _concern(
    rule: str, severity: Severity, paper: Paper, codes: Iterable[str], message: str, facts: tuple[object, ...]
) -> Concern:
    basis = hashlib.sha256(json.dumps([rule, *facts], default=str).encode()).hexdigest()
    return Concern(rule, severity, message, paper.evidence_id, paper.title, tuple(codes), basis)
