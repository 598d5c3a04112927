"""The documents beside a question on the verifier's desk, and the page of one of them that lies open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from django.urls import reverse

from evaluations.domain.evidence import previews
from evaluations.models import Evaluation, Evidence, EvidenceFile, EvidenceForm, EvidenceLink
from evaluations.views.evidence.shown import Look, Quote, page_of, quote_in
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec, Slot
from kla_portal.prepared import prepared

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet


@dataclass(frozen=True)
class Paper:
    """A document in one of the question's slots. ``every``: its files, those that were taken out among them."""

    slot: Slot
    link: EvidenceLink
    every: Sequence[EvidenceFile]

    @property
    def files(self) -> list[EvidenceFile]:
        return self.link.evidence.current_files

    @property
    def is_web(self) -> bool:
        return self.link.evidence.form == EvidenceForm.LINK

    @property
    def opens_here(self) -> bool:
        """Whether one of its files is shown page by page; others are saved to disk."""
        return any(previews.has_pictures(file) for file in self.files)

    @property
    def waits(self) -> bool:
        """Whether the scanner has not let one of its files pass."""
        return any(not file.openable for file in self.files if not file.erased_at)

    @property
    def erased(self) -> bool:
        """Whether the content of one of its files is gone."""
        return any(file.erased_at for file in self.files)

    @property
    def page_url(self) -> str:
        """The viewer's own page, for another tab."""
        file = next(file for file in self.files if previews.has_pictures(file))
        return reverse(
            "evaluations:evidence_page", args=[file.evidence_id, file.pk, page_of("", self.link, None)]
        )


@dataclass(frozen=True)
class Picked:
    """What the address asks for, as it came: document, file, page."""

    document: str = ""
    file: str = ""
    page: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Picked:
        return cls(query.get("dok", ""), query.get("berkas", ""), query.get("hal", ""))


@dataclass(frozen=True)
class FileTab:
    """One file of the open document."""

    file: EvidenceFile
    url: str
    open: bool


@dataclass(frozen=True)
class Shown:
    """The open document with the page that lies on top. ``earlier``: files that were replaced or taken out."""

    paper: Paper
    look: Look
    tabs: Sequence[FileTab]
    earlier: Sequence[EvidenceFile]
    quote: Quote | None
    query: str

    def _url(self, page: int | None) -> str | None:
        return _address(self.query, self.look.file, page) if page else None

    @property
    def previous_url(self) -> str | None:
        return self._url(self.look.previous)

    @property
    def next_url(self) -> str | None:
        return self._url(self.look.next)

    @property
    def quote_url(self) -> str | None:
        page = self.quote.page if self.quote else None
        return self._url(page) if page != self.look.page else None


def papers_of(evaluation: Evaluation, question: QuestionSpec) -> list[Paper]:
    """The question's documents, slot by slot, oldest first, their files and what was read in them. Two queries."""
    slot_ids = loaded(evaluation.edition.instrument).slot_ids
    by_id = {slot_ids[question.code, slot.number]: slot for slot in question.slots}
    links = _links(evaluation.pk, *by_id) if by_id else []
    files: dict[UUID, list[EvidenceFile]] = {link.evidence_id: [] for link in links}
    for file in _files(evaluation.pk, *by_id) if links else ():
        # A document that was put in between the two queries is shown the next time.
        files.get(file.evidence_id, []).append(file)
    for link in links:
        now = [file for file in files[link.evidence_id] if file.retired_at is None]
        cast(Evidence, link.evidence).files_now = now  # type: ignore[attr-defined]
    places = {slot_id: place for place, slot_id in enumerate(by_id)}
    links.sort(key=lambda link: places[link.slot_id])
    return [Paper(by_id[link.slot_id], link, files[link.evidence_id]) for link in links]


def _standing(evaluation: int, slots: Sequence[int]) -> QuerySet[EvidenceLink]:
    return EvidenceLink.objects.filter(evaluation=evaluation, slot__in=slots, removed_at__isnull=True)


@prepared
def _links(evaluation: int, *slots: int) -> QuerySet[EvidenceLink]:
    return _standing(evaluation, slots).select_related("evidence").order_by("added_at", "pk")


@prepared
def _files(evaluation: int, *slots: int) -> QuerySet[EvidenceFile]:
    files = EvidenceFile.objects.filter(evidence__in=_standing(evaluation, slots).values("evidence"))
    with_reading = files.select_related("reading", "added_by").defer("reading__signature")
    return with_reading.order_by("number", "-revision")


def picked_of(papers: Sequence[Paper], picked: Picked, *, wait: bool) -> Paper | None:
    """The document that was picked, else the first that opens here, unless it should ``wait`` for a click."""
    open_here = [paper for paper in papers if paper.opens_here]
    for paper in open_here:
        if str(paper.link.evidence_id) == picked.document:
            return paper
    return open_here[0] if open_here and not wait else None


def shown_of(paper: Paper, picked: Picked, query: str) -> Shown:
    """``query`` stays in every address. One query where a phrase is quoted."""
    every = paper.every
    here = [file for file in every if file.retired_at is None]
    asked = [file for file in every if str(file.pk) == picked.file]
    file = (asked or [file for file in here if previews.has_pictures(file)])[0]
    reading = getattr(file, "reading", None)
    look = Look(file, reading, page_of(picked.page, paper.link, reading))
    return Shown(
        paper,
        look,
        [FileTab(one, _address(query, one), one == file) for one in here],
        [one for one in every if one.retired_at is not None],
        quote_in(look, paper.link),
        query,
    )


def _address(query: str, file: EvidenceFile, page: int | None = None) -> str:
    """The desk as it is, with this page open. Relative: the question stays."""
    wanted = {"dok": str(file.evidence_id), "berkas": str(file.pk)} | ({"hal": str(page)} if page else {})
    return f"{query}{'&' if query else '?'}{urlencode(wanted)}"
