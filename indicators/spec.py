"""An instrument as frozen values: what the importer reads, the database holds and scoring computes with.

Pure Python, no Django: scoring and the offline calculator depend on nothing else. All points, weights and
cut-offs are exact ``Decimal``; percentages and changes are in percent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal

Direction = Literal["higher", "lower"]
Level = Literal["kabupaten", "kecamatan", "desa"]
Official = Literal["weight_only", "options"]


@dataclass(frozen=True, slots=True)
class Option:
    """One choice; the number of an option is its place in the list, from 0, best first."""

    label: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class ScaleOption:
    """One step of a shared scale; a question's points for it are weight x fraction."""

    label: str
    fraction: Decimal


@dataclass(frozen=True, slots=True)
class Tier:
    """A cut-off: ``higher`` rules win at >= bound, ``lower`` at <= bound; ``None`` is the open last tier."""

    bound: Decimal | None
    points: Decimal


@dataclass(frozen=True, slots=True)
class ChoiceRule:
    options: tuple[Option, ...]
    scale: str | None = None
    kind: Literal["choice"] = "choice"


@dataclass(frozen=True, slots=True)
class PercentageRule:
    numerator: str
    denominator: str
    direction: Direction
    tiers: tuple[Tier, ...]
    empty: Decimal | None = None
    """Points when the denominator is 0; without it, none."""
    kind: Literal["percentage"] = "percentage"


@dataclass(frozen=True, slots=True)
class CountRule:
    unit: str
    direction: Direction
    tiers: tuple[Tier, ...]
    kind: Literal["count"] = "count"


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """Last year's and this year's number; the change in percent of last year's decides."""

    unit: str
    direction: Direction
    tiers: tuple[Tier, ...]
    kind: Literal["change"] = "change"


@dataclass(frozen=True, slots=True)
class MatrixRow:
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class MatrixRule:
    rows: tuple[MatrixRow, ...]
    kind: Literal["matrix"] = "matrix"


Rule = ChoiceRule | PercentageRule | CountRule | ChangeRule | MatrixRule


@dataclass(frozen=True, slots=True)
class Term:
    """An entry of one of the instrument's vocabularies: agency, theme or evidence kind."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A named place for evidence that a question asks for; ``number`` counts from 1 within the question."""

    number: int
    kind: str
    label: str
    required: bool


@dataclass(frozen=True, slots=True)
class QuestionSpec:
    code: str
    title: str
    text: str
    guidance: str
    weight: Decimal
    theme: str
    level: Level
    rule: Rule
    slots: tuple[Slot, ...]
    agencies: tuple[str, ...]
    """Codes, the lead agency first."""
    sensitive: bool
    official: Official

    @property
    def anchor(self) -> str:
        """Its place on any page, fit for an id and for CSS: ``q-12-1a``."""
        return "q-" + self.code.replace(".", "-")

    @property
    def estimated(self) -> bool:
        """Option points and cut-offs are estimates, and every page that shows them says so."""
        return self.official == "weight_only"


@dataclass(frozen=True, slots=True)
class IndicatorSpec:
    number: str
    name: str
    weight: Decimal
    purpose: str
    questions: tuple[QuestionSpec, ...]


@dataclass(frozen=True, slots=True)
class ClusterSpec:
    code: str
    name: str
    weight: Decimal
    indicators: tuple[IndicatorSpec, ...]

    def questions(self) -> Iterator[QuestionSpec]:
        for indicator in self.indicators:
            yield from indicator.questions


@dataclass(frozen=True, slots=True)
class Band:
    """A predikat holds totals > threshold, or >= threshold when ``inclusive``."""

    code: str
    name: str
    threshold: Decimal
    inclusive: bool
    award: bool
    published: str | None = None
    """The band as the ministry prints it, e.g. ``601-700``; scores between two printed bands get a note."""


@dataclass(frozen=True)
class InstrumentSpec:
    code: str
    title: str
    legal_basis: tuple[str, ...]
    total: Decimal
    bands: tuple[Band, ...]
    """Best first."""
    scales: dict[str, tuple[ScaleOption, ...]]
    agencies: tuple[Term, ...]
    themes: tuple[Term, ...]
    evidence_kinds: tuple[Term, ...]
    clusters: tuple[ClusterSpec, ...]
    digest: str = field(default="", compare=False)
    """sha256 of the canonical content."""

    def indicators(self) -> Iterator[IndicatorSpec]:
        for cluster in self.clusters:
            yield from cluster.indicators

    def questions(self) -> Iterator[QuestionSpec]:
        return iter(self._questions)

    @cached_property
    def _questions(self) -> tuple[QuestionSpec, ...]:
        return tuple(question for cluster in self.clusters for question in cluster.questions())

    @cached_property
    def by_code(self) -> dict[str, QuestionSpec]:
        return {question.code: question for question in self.questions()}

    @cached_property
    def indicator_by_number(self) -> dict[str, IndicatorSpec]:
        return {indicator.number: indicator for indicator in self.indicators()}

    @cached_property
    def indicator_of(self) -> dict[str, IndicatorSpec]:
        """Question code -> its indicator."""
        return {q.code: indicator for indicator in self.indicators() for q in indicator.questions}

    @cached_property
    def leads(self) -> tuple[tuple[str, str], ...]:
        """(Question code, code of the agency that answers it by default), in the instrument's order."""
        return tuple((q.code, q.agencies[0]) for q in self.questions() if q.agencies)

    @cached_property
    def led_by(self) -> dict[str, tuple[str, ...]]:
        """Agency code -> codes of the questions that it answers by default."""
        found: dict[str, list[str]] = {}
        for code, agency in self.leads:
            found.setdefault(agency, []).append(code)
        return {agency: tuple(codes) for agency, codes in found.items()}

    @cached_property
    def counting_units(self) -> tuple[QuestionSpec, ...]:
        """The percentage questions whose numerator counts kecamatan or desa/kelurahan, in the instrument's order."""
        return tuple(q for q in self.questions() if q.level != "kabupaten" and q.rule.kind == "percentage")

    @cached_property
    def cluster_of(self) -> dict[str, ClusterSpec]:
        """Indicator number -> its cluster."""
        return {i.number: cluster for cluster in self.clusters for i in cluster.indicators}

    @cached_property
    def agency_names(self) -> dict[str, str]:
        return {term.code: term.name for term in self.agencies}

    @cached_property
    def theme_names(self) -> dict[str, str]:
        return {term.code: term.name for term in self.themes}

    @cached_property
    def evidence_kind_names(self) -> dict[str, str]:
        return {term.code: term.name for term in self.evidence_kinds}

    @cached_property
    def band_by_code(self) -> dict[str, Band]:
        return {band.code: band for band in self.bands}
