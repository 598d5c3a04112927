"""Which questions lose most points across districts, what a training day should be about, and who does well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evaluations.domain.analysis.points import PointsTable
from evaluations.models import Evaluation, SharedPractice
from indicators.spec import InstrumentSpec, QuestionSpec


@dataclass(frozen=True)
class QuestionLoss:
    """One question over all districts with a result."""

    question: QuestionSpec
    lost: Decimal
    """Points lost by all districts together."""
    districts: int
    full: int
    """Districts with every point."""
    theme: str
    agency: str
    """Names; the lead agency's."""

    @property
    def average(self) -> Fraction:
        """Points lost per district."""
        return Fraction(self.lost) / self.districts

    @property
    def short_share(self) -> Fraction:
        """Percent of the districts without full points."""
        return Fraction((self.districts - self.full) * 100, self.districts)


def losses(table: PointsTable, spec: InstrumentSpec) -> list[QuestionLoss]:
    """Most points lost first, questions without points left out; empty without any result. No queries."""
    if not table.rows:
        return []
    columns = list(zip(*table.rows.values(), strict=True))
    found = []
    for code, points in zip(table.codes, columns, strict=True):
        question = spec.by_code[code]
        if question.weight:
            found.append(
                QuestionLoss(
                    question=question,
                    lost=question.weight * len(points) - sum(points, Decimal(0)),
                    districts=len(points),
                    full=sum(part >= question.weight for part in points),
                    theme=spec.theme_names.get(question.theme, question.theme),
                    agency=spec.agency_names[question.agencies[0]] if question.agencies else "–",
                )
            )
    # Sorting is stable: equal losses keep the instrument's order.
    return sorted(found, key=lambda row: -row.lost)


@dataclass(frozen=True)
class Session:
    """Part of a training day: one theme, the agencies that should come, and what it is about."""

    theme: str
    agencies: tuple[str, ...]
    rows: tuple[QuestionLoss, ...]

    @property
    def lost(self) -> Decimal:
        return sum((row.lost for row in self.rows), Decimal(0))


def training_day(rows: Sequence[QuestionLoss], count: int) -> list[Session]:
    """The first ``count`` questions by theme, the theme with most points to win first."""
    groups: dict[str, list[QuestionLoss]] = {}
    for row in rows[:count]:
        if row.lost:
            groups.setdefault(row.theme, []).append(row)
    sessions = [
        Session(theme, tuple(sorted({row.agency for row in part})), tuple(part))
        for theme, part in groups.items()
    ]
    return sorted(sessions, key=lambda session: -session.lost)


@dataclass(frozen=True)
class ShortDistrict:
    """A district without full points at a question: ``points`` of the question's weight."""

    evaluation: int
    name: str
    points: Decimal


def short_districts(table: PointsTable, question: QuestionSpec) -> list[ShortDistrict]:
    """Districts without full points at the question, fewest points first, then by name. One query."""
    short = {pk: points for pk, points in table.of(question.code).items() if points < question.weight}
    names = Evaluation.objects.filter(pk__in=short).order_by("district__name")
    rows = [ShortDistrict(pk, name, short[pk]) for pk, name in names.values_list("pk", "district__name")]
    return sorted(rows, key=lambda row: row.points)


@dataclass(frozen=True)
class BestDistrict:
    evaluation: int
    name: str
    practice: SharedPractice | None
    """What the district shares about this question."""


def best_districts(
    table: PointsTable, question: QuestionSpec, practices: Iterable[SharedPractice]
) -> list[BestDistrict]:
    """Districts with full points at the question, those who share their practice first, then by name. One query."""
    full = [pk for pk, points in table.of(question.code).items() if points >= question.weight]
    shared = {practice.evaluation_id: practice for practice in practices}
    names = Evaluation.objects.filter(pk__in=full).order_by("district__name")
    rows = [BestDistrict(pk, name, shared.get(pk)) for pk, name in names.values_list("pk", "district__name")]
    return sorted(rows, key=lambda row: row.practice is None)
