"""The deeds of a year in their order: who answered what when, and which paper went where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from zoneinfo import ZoneInfo

from evaluations.domain.answers import save_answer
from evaluations.domain.evidence import describing
from evaluations.domain.evidence.slots import add_file, attach
from evaluations.models import Evaluation, Evidence
from evaluations.scoring.rules import read_answer, score_answer
from indicators.spec import InstrumentSpec, QuestionSpec
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.web.demo.bulk import Dated, Given, Put
from kla_portal.web.demo.calendar import Clock, sittings
from kla_portal.web.demo.figures import Values
from kla_portal.web.demo.files import upload_of
from kla_portal.web.demo.papers import paper_for

NOTES = (
    "Data per 31 Desember {year}.",
    "Rincian per kecamatan ada pada lampiran.",
    "Angka sudah dicocokkan dengan perangkat daerah terkait.",
    "Dokumen asli tersimpan di sekretariat Gugus Tugas.",
    "Sesuai dengan berita acara rapat Gugus Tugas tahun {year}.",
)
NOTED = 0.12
"""Share of the answers that carry a note."""
DATED = 0.85
"""Share of the documents whose year is filled in."""


@dataclass(frozen=True)
class Team:
    """Who answers in one district: the coordinator, and the officers of some agencies (by its code)."""

    coordinator: User
    officers: Mapping[str, User]

    def of(self, question: QuestionSpec) -> User:
        return (
            self.officers.get(question.agencies[0], self.coordinator)
            if question.agencies
            else self.coordinator
        )


@dataclass(frozen=True)
class Span:
    """From when to when people worked, and what year their evidence is of."""

    first: date
    last: date
    zone: ZoneInfo
    evidence_year: int
    latest: datetime | None = None


@dataclass(frozen=True)
class Filling:
    """One district's year: what is answered, by whom, when, and with whose papers."""

    spec: InstrumentSpec
    values: Values
    team: Team
    span: Span
    city: bool
    rng: Random
    proven: Callable[[QuestionSpec], bool] = lambda question: True
    """Whether the papers of a question have been handed in already."""

    def deeds(self) -> list[Given | Put]:
        """Answers and papers, indicator by indicator. Papers stand only where points are claimed."""
        groups = [
            [question for question in indicator.questions if question.code in self.values]
            for indicator in self.spec.indicators()
        ]
        groups = [group for group in groups if group]
        self.rng.shuffle(groups)
        span = self.span
        starts = sittings(len(groups), span.first, span.last, zone=span.zone, rng=self.rng)
        deeds: list[Given | Put] = []
        for start, group in zip(starts, groups, strict=True):
            deeds += self._sitting(group, Clock(start, self.rng, latest=span.latest))
        # Long sittings run into the next one.
        return sorted(deeds, key=lambda deed: deed.at)

    def _sitting(self, group: Iterable[QuestionSpec], moments: Clock) -> Iterator[Given | Put]:
        rng, year = self.rng, self.span.evidence_year
        for question in group:
            by, value = self.team.of(question), self.values[question.code]
            note = rng.choice(NOTES).format(year=year) if rng.random() < NOTED else ""
            yield Given(moments.tick(40, 150), by, question.code, value, note)
            claims = score_answer(question, read_answer(question.rule, value)).points > 0
            if not claims or not self.proven(question):
                continue
            for slot in question.slots:
                if slot.required:
                    paper = paper_for(self.spec, question, slot, year=year, city=self.city)
                    yield Put(moments.tick(10, 45), by, question.code, slot.number, paper)


def perform(evaluation: Evaluation, deeds: Iterable[Given | Put], *, coordinator: User) -> None:
    """Do the deeds one by one through the verbs that the pages call."""
    library: dict[str, Evidence] = {}
    for deed in deeds:
        with clock.at(deed.at):
            if isinstance(deed, Given):
                save_answer(
                    evaluation=evaluation,
                    code=deed.code,
                    value=deed.value,
                    note=deed.note,
                    version=0,
                    by=deed.by,
                )
                continue
            title, known = deed.paper.title, library.get(deed.paper.title)
            # An officer does not see the whole library and uploads again what the district has already.
            if known is not None and deed.by == coordinator:
                attach(
                    evaluation=evaluation,
                    code=deed.code,
                    slot_number=deed.slot_number,
                    evidence=known,
                    by=deed.by,
                )
                continue
            link = add_file(
                evaluation=evaluation,
                code=deed.code,
                slot_number=deed.slot_number,
                upload=upload_of(deed.paper, evaluation.district.name),
                title=title,
                by=deed.by,
            )
            library[title] = link.evidence


def dated(deeds: Iterable[Given | Put], year: int, rng: Random, *, at: datetime, by: User) -> Dated:
    """Most of the papers prove ``year``; a few stay without, as everywhere."""
    papers = sorted({deed.paper for deed in deeds if isinstance(deed, Put)}, key=lambda paper: paper.title)
    return Dated(at, by, [paper for paper in papers if rng.random() < DATED], [year])


def date_papers(evaluation: Evaluation, year: int, rng: Random, *, by: User) -> None:
    """``dated`` through the verb, for what stands in the evaluation."""
    papers = Evidence.objects.filter(district=evaluation.district_id, links__evaluation=evaluation).distinct()
    dated = [paper for paper in papers.order_by("title", "pk") if rng.random() < DATED]
    if dated:
        describing.describe_many(documents=dated, years=[year], by=by)
