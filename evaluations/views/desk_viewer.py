"""The documents beside a question on the verifier's desk, and the page of one of them that lies open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from evaluations.domain.evidence import previews
from evaluations.models import EvidenceFile, EvidenceForm, EvidenceLink
from evaluations.views.evidence.shown import Look, Quote, page_of, quote_in
from indicators.spec import Slot


@dataclass(frozen=True)
class Paper:
    """A document in one of the question's slots."""

    slot: Slot
    link: EvidenceLink

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
        return any(not file.openable for file in self.files)

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


def picked_of(papers: Sequence[Paper], picked: Picked, *, wait: bool) -> Paper | None:
    """The document that was picked, else the first that opens here, unless it should ``wait`` for a click."""
    open_here = [paper for paper in papers if paper.opens_here]
    for paper in open_here:
        if str(paper.link.evidence_id) == picked.document:
            return paper
    return open_here[0] if open_here and not wait else None


def shown_of(paper: Paper, picked: Picked, query: str) -> Shown:
    """``query`` stays in every address. Two queries: the files, and a quoted phrase's text."""
    document = paper.link.evidence
    every = list(
        EvidenceFile.objects.filter(evidence=document)
        .select_related("reading", "added_by")
        .order_by("number", "-revision")
    )
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
