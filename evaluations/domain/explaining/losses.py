"""Where the points go: what is missing to the maximum, by question, theme, agency and cluster.

Three readings of one evaluation: the claim, what of it is safe, and what the verifiers left of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from evaluations.domain.assignments import agencies_by_question
from evaluations.domain.comparison import StageView, Visible, stage_views
from evaluations.domain.evidence import readiness
from evaluations.domain.explaining.explanation import reasons_of
from evaluations.domain.explaining.options import better_option, better_row
from evaluations.domain.progress import answer_values
from evaluations.models import Evaluation, Stage
from evaluations.scoring.rules import QuestionPoints, next_step, read_answer
from evaluations.scoring.score import ScoreTree, percent_of
from indicators.domain.spec import Loaded, loaded
from indicators.spec import ChoiceRule, MatrixRule, QuestionSpec
from kla_portal.indonesian import angka

CLAIM, SAFE, VERIFIED = "klaim", "aman", "putusan"
NOBODY = "Belum ada perangkat daerah"


@dataclass(frozen=True)
class Reading:
    """``key``: klaim, aman or putusan; ``stage``: whose score it is."""

    key: str
    name: str
    stage: Stage
    tree: ScoreTree

    @property
    def lost(self) -> Decimal:
        """Exact, to the sum of all weights."""
        return sum((part.weight for part in self.tree.clusters), Decimal(0)) - self.tree.total_exact


@dataclass(frozen=True)
class LostQuestion:
    question: QuestionSpec
    points: Decimal
    lost: Decimal
    reason: str
    remedy: str
    """What would bring points; empty where nothing more can be said than the reason."""
    agency: str
    theme: str
    cluster: str
    indicator: str
    """Its number."""


@dataclass(frozen=True)
class Group:
    """The questions that have one thing in common. Points and weights are exact."""

    name: str
    points: Decimal
    weight: Decimal
    questions: int
    """With points missing."""

    @property
    def lost(self) -> Decimal:
        return self.weight - self.points

    @property
    def percent(self) -> Fraction:
        """Reached, of its own maximum."""
        return percent_of(self.points, self.weight)


@dataclass(frozen=True)
class Losses:
    readings: tuple[Reading, ...]
    chosen: Reading
    questions: tuple[LostQuestion, ...]
    """With points missing, most lost first; equal ones in the instrument's order."""
    themes: tuple[Group, ...]
    agencies: tuple[Group, ...]
    clusters: tuple[Group, ...]


def losses(evaluation: Evaluation, visible: Visible, key: str) -> Losses:
    """The reading named ``key``, or the claim where there is none of that name. At most 9 queries."""
    instrument = loaded(evaluation.edition.instrument)
    wanted = [Stage.EM] if visible.newest == Stage.EM else [Stage.EM, visible.newest]
    views = stage_views(evaluation, wanted, visible.closed)
    readings = _readings(evaluation, views)
    chosen = next((reading for reading in readings if reading.key == key), readings[0])
    claim = {part.code: part for part in readings[0].tree.questions()}
    values = _values(evaluation, instrument, views[Stage.EM])
    agencies = {code: agency.name for code, agency in agencies_by_question(evaluation).items()}
    spec = instrument.spec
    rows = [
        LostQuestion(
            question=spec.by_code[part.code],
            points=part.points,
            lost=part.weight - part.points,
            reason=part.reason,
            remedy=remedy(spec.by_code[part.code], values.get(part.code), part, claim[part.code]),
            agency=agencies.get(part.code, NOBODY),
            theme=spec.theme_names[spec.by_code[part.code].theme],
            cluster=_cluster_name(instrument, part.code),
            indicator=spec.indicator_of[part.code].number,
        )
        for part in chosen.tree.questions()
    ]
    lost = tuple(sorted((row for row in rows if row.lost), key=lambda row: -row.lost))
    return Losses(
        readings=readings,
        chosen=chosen,
        questions=lost,
        themes=_groups(rows, lambda row: row.theme),
        agencies=_groups(rows, lambda row: row.agency),
        clusters=_groups(rows, lambda row: row.cluster),
    )


def remedy(
    question: QuestionSpec, value: Mapping[str, Any] | None, part: QuestionPoints, claim: QuestionPoints
) -> str:
    """What would bring more points than ``part`` has, in one line; ``claim`` is made of ``value``."""
    if part.state == "unanswered":
        return f"jawab pertanyaan ini: sampai {angka(part.weight)} poin"
    if part.points < claim.points:
        return f"buktikan klaim: untuk {angka(claim.points)} poin"
    rule, answer = question.rule, read_answer(question.rule, value)
    if isinstance(rule, ChoiceRule):
        option = better_option(rule.options, part.choice)
        return f"untuk {angka(option.points)} poin: {option.label}" if option else ""
    if isinstance(rule, MatrixRule):
        found = better_row(rule, answer)
        return f"{found[0].label}: {found[1].label} (+{angka(found[2])})" if found else ""
    if part.state == "incomplete":
        return f"lengkapi angkanya: sampai {angka(part.weight)} poin"
    return next_step(question, answer) or ""


def _readings(evaluation: Evaluation, views: Mapping[Stage, StageView]) -> tuple[Reading, ...]:
    claim = views[Stage.EM]
    readings = [Reading(CLAIM, "Klaim", Stage.EM, claim.tree)]
    reasons = reasons_of(evaluation, claim)
    if reasons is not None:
        readings.append(Reading(SAFE, "Aman", Stage.EM, readiness.explain(evaluation, claim.tree, reasons)))
    for stage, view in views.items():
        if stage != Stage.EM:
            readings.append(Reading(VERIFIED, f"Putusan {stage.upper()}", stage, view.tree))
    return tuple(readings)


def _values(
    evaluation: Evaluation, instrument: Loaded, claim: StageView
) -> Mapping[str, Mapping[str, Any] | None]:
    """The answers that the claim was made of."""
    if claim.result is None:
        return answer_values(evaluation, instrument)
    return {code: row["value"] for code, row in claim.result.snapshot["answers"].items()}


def _cluster_name(instrument: Loaded, code: str) -> str:
    spec = instrument.spec
    cluster = spec.cluster_of[spec.indicator_of[code].number]
    return f"{cluster.code} {cluster.name}"


def _groups(rows: Iterable[LostQuestion], key: Callable[[LostQuestion], str]) -> tuple[Group, ...]:
    """Most lost first; groups without any points to win stay out."""
    found: dict[str, list[LostQuestion]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    groups = [
        Group(
            name=name,
            points=sum((row.points for row in part), Decimal(0)),
            weight=sum((row.question.weight for row in part), Decimal(0)),
            questions=sum(bool(row.lost) for row in part),
        )
        for name, part in found.items()
    ]
    return tuple(sorted((group for group in groups if group.weight), key=lambda group: -group.lost))
