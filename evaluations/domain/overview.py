"""A district at a glance: progress per cluster, who is behind, and where to go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from evaluations.checks.documents import WORDS
from evaluations.checks.documents.words import counted
from evaluations.domain.assignments import agencies_by_question
from evaluations.domain.evidence.readiness import kept
from evaluations.domain.progress import current_totals, open_slots
from evaluations.models import Answer, Evaluation
from evaluations.scoring.bands import gap_note, next_band, points_to
from evaluations.scoring.safe import Safe, safe_points
from evaluations.scoring.totals import Totals
from indicators.domain.spec import Loaded, loaded
from indicators.spec import Band, ClusterSpec, InstrumentSpec, QuestionSpec
from kla_portal.accounts.models import Agency
from kla_portal.prepared import prepared

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class Claim:
    """The head of the claim's tree (``scoring.score``) without the tree; a test holds the two together."""

    total: Decimal
    predikat: Band
    note: str | None
    next_band: Band | None
    to_next: Decimal | None
    answered: int
    questions_count: int


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
    behind: tuple[Behind, ...]


@dataclass(frozen=True)
class Overview:
    claim: Claim
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
    """Four queries, whatever is filled in. The slots and what is safe are read from what the last deed kept."""
    instrument = loaded(evaluation.edition.instrument)
    totals, agencies = current_totals(evaluation), agencies_by_question(evaluation)
    empty = open_slots(evaluation, instrument)
    clusters = tuple(
        _progress(cluster, totals, agencies, empty, evaluation) for cluster in instrument.spec.clusters
    )
    codes = [question.code for question in instrument.spec.questions()]
    return Overview(
        claim=claim_of(instrument.spec, totals),
        clusters=clusters,
        agencies=_behind(codes, agencies, totals.answered),
        slots_filled=sum(cluster.slots_filled for cluster in clusters),
        slots_required=sum(cluster.slots_required for cluster in clusters),
        next_question=next_question(evaluation, instrument, totals.answered),
        safe=kept(evaluation),
        attention=tuple((f"dokumen {WORDS[rule]}", n) for rule, n in counted(evaluation.unready).items()),
    )


def claim_of(spec: InstrumentSpec, totals: Totals) -> Claim:
    following = next_band(spec.bands, totals.predikat)
    return Claim(
        total=totals.total,
        predikat=totals.predikat,
        note=gap_note(spec.bands, totals.total),
        next_band=following,
        to_next=points_to(following, totals.total),
        answered=len(totals.answered),
        questions_count=sum(1 for _ in spec.questions()),
    )


def _progress(
    cluster: ClusterSpec,
    totals: Totals,
    agencies: Mapping[str, Agency],
    empty: Mapping[str, int],
    evaluation: Evaluation,
) -> ClusterProgress:
    """``empty``: question code -> its required slots without a document."""
    questions = list(cluster.questions())
    codes = [question.code for question in questions]
    required = sum(slot.required for question in questions for slot in question.slots)
    points = {code: totals.points[code] for code in codes if code in totals.points}
    return ClusterProgress(
        code=cluster.code,
        name=cluster.name,
        answered=sum(code in totals.answered for code in codes),
        count=len(codes),
        slots_filled=required - sum(empty.get(code, 0) for code in codes),
        slots_required=required,
        points=totals.of(codes),
        safe=safe_points(points, evaluation.unready),
        weight=cluster.weight,
        behind=_behind(codes, agencies, totals.answered, only_open=True)[:3],
    )


def _behind(
    codes: Sequence[str],
    agencies: Mapping[str, Agency],
    answered: Collection[str],
    *,
    only_open: bool = False,
) -> tuple[Behind, ...]:
    people = {agency.pk: agency for agency in agencies.values()}
    given = [(agencies[code].pk, code) for code in codes if code in agencies]
    count = Counter(pk for pk, _ in given)
    missing = Counter(pk for pk, code in given if code not in answered)
    rows = [
        Behind(people[pk], missing[pk], total) for pk, total in count.items() if missing[pk] or not only_open
    ]
    return tuple(sorted(rows, key=lambda row: (-row.open, row.agency.name)))


def next_question(
    evaluation: Evaluation, instrument: Loaded, answered: Collection[str]
) -> QuestionSpec | None:
    """The first open question after the one saved last; from the top when none follows. One query."""
    questions = list(instrument.spec.questions())
    start = 0
    for question_id in _saved_last(evaluation.pk):
        code = instrument.question_codes[question_id]
        start = next(i for i, question in enumerate(questions) if question.code == code) + 1
    ordered = questions[start:] + questions[:start]
    return next((question for question in ordered if question.code not in answered), None)


@prepared
def _saved_last(evaluation: int) -> QuerySet[Answer, int]:
    rows = Answer.objects.filter(evaluation=evaluation).order_by("-updated_at")
    return rows.values_list("question_id", flat=True)[:1]
