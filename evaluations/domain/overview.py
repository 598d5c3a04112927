"""A district at a glance: progress per cluster, who is behind, and where to go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from evaluations.checks.documents import WORDS
from evaluations.checks.documents.words import counted
from evaluations.domain.assignments import agencies_by_question
from evaluations.domain.evidence.readiness import kept
from evaluations.domain.progress import answer_values, filled_slots, required_slots
from evaluations.models import Answer, Evaluation
from evaluations.scoring.rules import QuestionPoints
from evaluations.scoring.safe import Safe, safe_points
from evaluations.scoring.score import ScoreTree, score
from indicators.domain.spec import Loaded, loaded
from indicators.spec import QuestionSpec
from kla_portal.accounts.models import Agency


@dataclass(frozen=True)
class Behind:
    agency: Agency
    open: int
    """Unanswered questions."""
    count: int


@dataclass(frozen=True)
class ClusterProgress:
    code: str
    name: str
    answered: int
    count: int
    slots_filled: int
    slots_required: int
    points: Decimal
    safe: Decimal
    """Exact points of the answers that count as safe."""
    weight: Decimal
    first_indicator: str
    behind: tuple[Behind, ...]


@dataclass(frozen=True)
class Overview:
    tree: ScoreTree
    clusters: tuple[ClusterProgress, ...]
    agencies: tuple[Behind, ...]
    """All agencies with questions, the furthest behind first."""
    slots_filled: int
    slots_required: int
    next_question: QuestionSpec | None
    safe: Safe
    attention: tuple[tuple[str, int], ...]
    """What keeps answers from being safe beside empty slots: words, and at how many questions."""


def overview(evaluation: Evaluation) -> Overview:
    """Five queries, whatever is filled in."""
    instrument = loaded(evaluation.edition.instrument)
    tree = score(instrument.spec, answer_values(evaluation, instrument))
    states = {points.code: points for points in tree.questions()}
    filled, needed = filled_slots(evaluation), required_slots(instrument)
    agencies = agencies_by_question(evaluation)
    clusters = tuple(
        ClusterProgress(
            code=cluster.code,
            name=cluster.name,
            answered=points.answered,
            count=points.count,
            slots_filled=sum(slot in filled for q in cluster.questions() for slot in needed[q.code]),
            slots_required=sum(len(needed[q.code]) for q in cluster.questions()),
            points=points.points,
            safe=safe_points(
                {q.code: states[q.code].points for q in cluster.questions()}, evaluation.unready
            ),
            weight=cluster.weight,
            first_indicator=cluster.indicators[0].number,
            behind=_behind([q.code for q in cluster.questions()], agencies, states, only_open=True)[:3],
        )
        for cluster, points in zip(instrument.spec.clusters, tree.clusters, strict=True)
    )
    return Overview(
        tree=tree,
        clusters=clusters,
        agencies=_behind(states, agencies, states),
        slots_filled=sum(cluster.slots_filled for cluster in clusters),
        slots_required=sum(cluster.slots_required for cluster in clusters),
        next_question=next_question(evaluation, instrument, states),
        safe=kept(evaluation),
        attention=tuple((f"dokumen {WORDS[rule]}", n) for rule, n in counted(evaluation.unready).items()),
    )


def _behind(
    codes: Mapping[str, object] | list[str],
    agencies: Mapping[str, Agency],
    states: Mapping[str, QuestionPoints],
    *,
    only_open: bool = False,
) -> tuple[Behind, ...]:
    people = {agency.pk: agency for agency in agencies.values()}
    count = Counter(agencies[code].pk for code in codes if code in agencies)
    missing = Counter(
        agencies[code].pk for code in codes if code in agencies and states[code].state != "answered"
    )
    rows = [
        Behind(people[pk], missing[pk], total) for pk, total in count.items() if missing[pk] or not only_open
    ]
    return tuple(sorted(rows, key=lambda row: (-row.open, row.agency.name)))


def next_question(
    evaluation: Evaluation, instrument: Loaded, states: Mapping[str, QuestionPoints]
) -> QuestionSpec | None:
    """The first open question after the one saved last; from the top when none follows."""
    last = (
        Answer.objects.filter(evaluation=evaluation)
        .order_by("-updated_at")
        .values_list("question_id", flat=True)
    )
    questions = list(instrument.spec.questions())
    start = 0
    if (question_id := last.first()) is not None:
        code = instrument.question_codes[question_id]
        start = next(i for i, question in enumerate(questions) if question.code == code) + 1
    ordered = questions[start:] + questions[:start]
    return next((question for question in ordered if states[question.code].state != "answered"), None)
