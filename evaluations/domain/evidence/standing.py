"""What stands in an evaluation, as plain values: places, documents and what was read in their files. One query.

Concerns, proposals and the library's rows are worked out from it; no row becomes an object for that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, FilteredRelation, OuterRef, Q, TextField
from django.db.models.functions import Cast

from evaluations.checks.documents import FileFacts, Paper
from evaluations.models import Evaluation, EvidenceFile, EvidenceForm, EvidenceLink, FileBand
from indicators.domain.spec import loaded
from kla_portal.prepared import prepared

if TYPE_CHECKING:
    from django.db.models import QuerySet


class Place(NamedTuple):
    """A document in the slot ``number`` of question ``code``; ``pk``: of its link."""

    pk: int
    evidence_id: UUID
    code: str
    number: int
    pages: str
    quote: str


@dataclass(frozen=True)
class Standing:
    """``places`` in the instrument's order, oldest first in a slot; ``papers``: the documents that stand there."""

    places: tuple[Place, ...]
    papers: dict[UUID, Paper]

    @cached_property
    def at(self) -> dict[UUID, list[Place]]:
        """Document -> where it stands."""
        found: dict[UUID, list[Place]] = {}
        for place in self.places:
            found.setdefault(place.evidence_id, []).append(place)
        return found

    @cached_property
    def questions(self) -> frozenset[tuple[str, UUID]]:
        """(Question code, document)."""
        return frozenset((place.code, place.evidence_id) for place in self.places)


_PLACE = ("pk", "slot", "evidence", "pages", "quote")
_PAPER = (
    "title", "form", "kind", "description", "document_date", "valid_from", "valid_until", "years", "withdrawn_at",
)  # fmt: skip
_FILE = ("number", "sha256", "content_type", "scan")
_READING = (
    "read_at", "fault", "pages", "text_pages", "lowest_dpi", "width", "height", "taken_on", "identity_numbers",
    "children_list",
)  # fmt: skip
_COLUMNS = (
    *_PLACE,
    *("proven" if name == "years" else f"evidence__{name}" for name in _PAPER),
    *(f"now__{name}" for name in _FILE),
    *(f"now__reading__{name}" for name in _READING),
)


def of(evaluation: Evaluation) -> Standing:
    """One query, however much stands there."""
    return _read(evaluation, _rows(evaluation.pk))


def around(evaluation: Evaluation, code: str) -> Standing:
    """The part of it on which it depends what is said of the documents at one question: these, those with a file in
    common, and those with a band of the text in common, wherever they stand. One query."""
    question = loaded(evaluation.edition.instrument).question_ids[code]
    return _read(evaluation, _rows_around(evaluation.pk, question))


def _read(evaluation: Evaluation, rows: Iterable[tuple[Any, ...]]) -> Standing:
    instrument = loaded(evaluation.edition.instrument)
    slots: dict[int, tuple[int, Place]] = {}
    parts: dict[UUID, tuple[Any, ...]] = {}
    files: dict[UUID, dict[int, FileFacts]] = {}
    for pk, slot, evidence, pages, quote, *rest in rows:
        if pk not in slots:
            slots[pk] = slot, Place(pk, evidence, *instrument.slots_by_id[slot], pages, quote)
        parts[evidence] = tuple(rest[: len(_PAPER)])
        number, *facts = rest[len(_PAPER) :]
        # A document in several slots comes as often, with all its files.
        if number is not None and number not in files.setdefault(evidence, {}):
            files[evidence][number] = _facts(*facts)
    order = {pk: number for number, pk in enumerate(instrument.slot_ids.values())}
    return Standing(
        places=tuple(place for slot, place in sorted(slots.values(), key=lambda one: order[one[0]])),
        papers={pk: _paper(pk, tuple(files.get(pk, {}).values()), *row) for pk, row in parts.items()},
    )


def _standing(evaluation: int) -> QuerySet[EvidenceLink]:
    return EvidenceLink.objects.filter(evaluation=evaluation, removed_at__isnull=True)


def _columns(links: QuerySet[EvidenceLink]) -> QuerySet[EvidenceLink, tuple[Any, ...]]:
    in_force = FilteredRelation("evidence__files", condition=Q(evidence__files__retired_at__isnull=True))
    # As text, since most documents prove the same few years.
    found = links.annotate(now=in_force, proven=Cast("evidence__years", TextField()))
    return found.order_by("added_at", "pk", "now__number").values_list(*_COLUMNS)


@lru_cache(maxsize=1000)
def _years(text: str) -> tuple[int, ...]:
    return tuple(json.loads(text))


@prepared
def _rows(evaluation: int) -> QuerySet[EvidenceLink, tuple[Any, ...]]:
    return _columns(_standing(evaluation))


@prepared
def _rows_around(evaluation: int, question: int) -> QuerySet[EvidenceLink, tuple[Any, ...]]:
    here = _standing(evaluation).filter(slot__question=question).values("evidence")
    files = EvidenceFile.objects.filter(evidence__in=here, retired_at__isnull=True)
    same = EvidenceFile.objects.filter(
        evidence=OuterRef("evidence"), retired_at__isnull=True, sha256__in=files.values("sha256")
    )
    alike = FileBand.objects.filter(
        file__evidence=OuterRef("evidence"),
        file__retired_at__isnull=True,
        key__in=FileBand.objects.filter(file__in=files.values("pk")).values("key"),
    )
    return _columns(_standing(evaluation).filter(Q(evidence__in=here) | Exists(same) | Exists(alike)))


def _paper(pk: UUID, files: tuple[FileFacts, ...], title: str, form: str, *rest: Any) -> Paper:
    kind, description, document_date, valid_from, valid_until, years, withdrawn_at = rest
    return Paper(
        evidence_id=pk,
        title=title,
        form="link" if form == EvidenceForm.LINK else "file",
        kind=kind,
        description=description,
        document_date=document_date,
        valid_from=valid_from,
        valid_until=valid_until,
        years=_years(years),
        files=files,
        withdrawn=withdrawn_at is not None,
    )


def _facts(sha256: str, content_type: str, scan: Any, read_at: object, *read: Any) -> FileFacts:
    picture = content_type.startswith("image/")
    if read_at is None:
        return FileFacts(sha256, picture, scan)
    return FileFacts(sha256, picture, scan, True, *read)
