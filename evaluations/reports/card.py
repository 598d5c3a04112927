"""The rapor for the head of district as frozen values: two pages in plain words. No queries, no rendering.

Points are exact ``Decimal``, percentages exact ``Fraction`` (0 to 100) but for the one of the total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.text import Truncator

from evaluations.reports.advice import Advice, Step, worth_most
from evaluations.reports.data import DistrictReport, IndicatorEntry, OfResult, QuestionEntry
from evaluations.scoring.score import percent_of
from kla_portal.indonesian import angka, round_half_up

FOREMOST, DECISIONS, MISSING, DEADLINES = 3, 5, 4, 4
"""How many indicators of each kind, decisions, missing documents and dates fit on two pages."""

LONGEST, WORDS_LONGEST, AGENCY_LONGEST = 96, 150, 70
"""Characters of a title or list of documents, of what is to be done, of an agency; the portal has the whole text."""


@dataclass(frozen=True, slots=True)
class Change:
    """Against the same stage of the last edition, in percent of each edition's maximum: weights may differ."""

    edition: str
    before: Fraction
    now: Fraction

    @property
    def step(self) -> Fraction:
        return self.now - self.before

    @property
    def words(self) -> str:
        """``naik 3,2 poin persen``."""
        if not self.step:
            return "tetap"
        return f"{'naik' if self.step > 0 else 'turun'} {angka(abs(self.step), 1)} poin persen"


@dataclass(frozen=True, slots=True)
class Rank:
    place: int
    among: int
    """Districts of the province that have a result."""
    districts: int


@dataclass(frozen=True, slots=True)
class MissingDocument:
    title: str
    labels: str
    points: Decimal
    """The claim that would not stand without it."""


@dataclass(frozen=True, slots=True)
class Deadline:
    what: str
    until: str


@dataclass(frozen=True)
class Card(OfResult):
    """One district at one stage. Lists are cut to what two pages hold; the counts are whole."""

    district: DistrictReport
    change: Change | None
    rank: Rank | None
    strongest: tuple[IndicatorEntry, ...]
    weakest: tuple[IndicatorEntry, ...]
    decisions: tuple[Step, ...]
    advice: Advice | None
    missing: tuple[MissingDocument, ...]
    missing_count: int
    missing_points: Decimal
    deadlines: tuple[Deadline, ...]

    @property
    def percent(self) -> Decimal:
        """Rounded to one decimal: no cut-off is near, so 43,985% is 44,0% here and needs no second place."""
        return round_half_up(percent_of(self.district.tree.total, self.district.instrument.total), 1)

    @property
    def more_missing(self) -> int:
        """Questions without a document that are not named."""
        return self.missing_count - len(self.missing)

    def payload(self) -> dict[str, Any]:
        """All that decides the printed content, for ``report_key``."""
        change = self.change
        return {
            "district": self.district.payload(),
            "change": [change.edition, str(change.before), str(change.now)] if change else None,
            "rank": asdict(self.rank) if self.rank else None,
            "decisions": [step.payload() for step in self.decisions],
            "advice": self.advice.payload() if self.advice else None,
            "deadlines": [asdict(row) for row in self.deadlines],
        }


def build_card(
    *,
    district: DistrictReport,
    advice: Advice | None,
    change: Change | None,
    rank: Rank | None,
    deadlines: Sequence[Deadline],
) -> Card:
    """The card of one report; what to decide comes from the advice, what is missing from the report itself."""
    indicators = [entry for cluster in district.clusters for entry in cluster.indicators]
    ordered = sorted((entry for entry in indicators if entry.weight), key=lambda entry: -entry.percent)
    strongest = tuple(entry for entry in ordered[:FOREMOST] if entry.points)
    weakest = tuple(entry for entry in reversed(ordered) if entry.percent < 100 and entry not in strongest)
    missing = _missing(district)
    return Card(
        district=district,
        change=change,
        rank=rank,
        strongest=strongest,
        weakest=weakest[:FOREMOST],
        decisions=tuple(_short(step) for step in _decisions(advice)),
        advice=advice,
        missing=tuple(missing[:MISSING]),
        missing_count=len(missing),
        missing_points=sum((row.points for row in missing), Decimal(0)),
        deadlines=tuple(deadlines[:DEADLINES]),
    )


def _decisions(advice: Advice | None) -> tuple[Step, ...]:
    """Of the steps to the goal those worth most; where they are few, what else brings points."""
    if advice is None:
        return ()
    return (*worth_most(advice.steps, DECISIONS), *worth_most(advice.others, DECISIONS))[:DECISIONS]


def shortened(text: str, longest: int = LONGEST) -> str:
    """The text, cut with an ellipsis when it is longer."""
    return Truncator(text).chars(longest)


def _short(step: Step) -> Step:
    return Step(
        code=step.code,
        title=shortened(step.title),
        agency=shortened(step.agency, AGENCY_LONGEST),
        words=shortened(step.words, WORDS_LONGEST),
        gain=step.gain,
        effort=step.effort,
        need=step.need,
    )


def _missing(district: DistrictReport) -> list[MissingDocument]:
    """Claimed answers with a required slot that is empty, most points first."""
    rows = [
        MissingDocument(shortened(question.title), shortened(", ".join(labels)), question.points)
        for question in _questions(district)
        if question.points and (labels := [s.label for s in question.slots if s.required and not s.items])
    ]
    return sorted(rows, key=lambda row: -row.points)


def _questions(district: DistrictReport) -> list[QuestionEntry]:
    return [
        question
        for cluster in district.clusters
        for indicator in cluster.indicators
        for question in indicator.questions
    ]
