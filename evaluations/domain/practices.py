"""Praktik baik: what a district does well at a question, told to all others, with its documents if it wants.

It is shown to others while the question has full points: no more once the claim or a closed stage took some away, and
again when they come back. Documents follow the question: whatever stands there now. Never those of a question on
children, nor any document that stands or stood at such a question elsewhere.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from evaluations.domain import workflow
from evaluations.domain.analysis.points import question_points
from evaluations.domain.progress import current_totals
from evaluations.domain.proofs import full_codes, still_proven
from evaluations.domain.rulings import closed_stages
from evaluations.domain.workflow import Action
from evaluations.models import (
    Edition,
    Evaluation,
    Evidence,
    EvidenceLink,
    Objection,
    SharedPractice,
    Stage,
    StageResult,
)
from evaluations.models.evidence import current_files
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction

STORY_LIMIT = 4000


class PracticeRefused(Exception):
    """``str`` is the reason in Indonesian; ``field``: the form's field it belongs to."""

    def __init__(self, reason: str, field: str | None = None) -> None:
        super().__init__(reason)
        self.field = field


# What can be shared


@dataclass(frozen=True)
class Proven:
    """The questions with full points; ``stage``: by which closed stage, ``None`` by the claim as it stands."""

    stage: Stage | None
    questions: tuple[QuestionSpec, ...]


def proven(evaluation: Evaluation) -> Proven:
    """By the newest closed stage, else by the claim. Three queries at most beside the cached instrument."""
    spec = loaded(evaluation.edition.instrument).spec
    closed = closed_stages(evaluation)
    stage = next((stage for stage in reversed(Stage) if stage in closed), None)
    if stage:
        rows = StageResult.objects.filter(evaluation=evaluation, stage=stage).order_by("-sequence")
        clusters = rows.values_list("snapshot__score__clusters", flat=True).first()
        points = {code: Decimal(text) for code, text in question_points(clusters or []).items()}
    else:
        points = dict(current_totals(evaluation).points)
    full = full_codes(spec, points)
    return Proven(stage, tuple(q for q in spec.questions() if q.code in full))


# The verbs


def share(*, evaluation: Evaluation, code: str, story: str, with_evidence: bool, by: User) -> SharedPractice:
    """Tell how a question with full points was done. Raises ``Refused``, and ``PracticeRefused`` with its field."""
    story = story.strip()
    if not story or len(story) > STORY_LIMIT:
        raise PracticeRefused(
            f"Ceritakan caranya, paling panjang {STORY_LIMIT} huruf, supaya daerah lain dapat menirunya.",
            "story",
        )
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.SHARE_PRACTICE, by=by)
        instrument = loaded(evaluation.edition.instrument)
        question = instrument.spec.by_code.get(code)
        if question is None or question not in proven(evaluation).questions:
            raise PracticeRefused(
                "Pertanyaan ini tidak (lagi) bernilai penuh. Pilih pertanyaan lain dari daftar.", "question"
            )
        if with_evidence and question.sensitive:
            raise PracticeRefused(
                "Data dukung pertanyaan ini dapat memuat data anak, jadi tidak dibagikan. Hapus centangnya.",
                "with_evidence",
            )
        standing = SharedPractice.objects.filter(
            evaluation=evaluation, question=instrument.question_ids[code], withdrawn_at__isnull=True
        )
        if standing.exists():
            raise PracticeRefused(
                f"Praktik {code} sudah dibagikan. Tarik yang lama dahulu bila ceritanya berubah.", "question"
            )
        practice = SharedPractice.objects.create(
            evaluation=evaluation,
            question_id=instrument.question_ids[code],
            story=story,
            with_evidence=with_evidence,
            shared_at=clock.now(),
            shared_by=by,
        )
        _note(EventAction.PRACTICE_SHARED, practice, evaluation, code, by=by, with_evidence=with_evidence)
    return practice


def withdraw(*, practice: SharedPractice, by: User) -> None:
    """Nobody else reads it any more, nor opens its documents. Doing it twice changes nothing."""
    with transaction.atomic():
        evaluation = workflow.lock(practice.evaluation, Action.SHARE_PRACTICE, by=by)
        locked = SharedPractice.objects.select_for_update().get(pk=practice.pk)
        if locked.withdrawn_at:
            return
        locked.withdrawn_at, locked.withdrawn_by = clock.now(), by
        locked.save(update_fields=["withdrawn_at", "withdrawn_by"])
        code = loaded(evaluation.edition.instrument).question_codes[locked.question_id]
        _note(EventAction.PRACTICE_WITHDRAWN, locked, evaluation, code, by=by)


def _note(
    action: EventAction,
    practice: SharedPractice,
    evaluation: Evaluation,
    code: str,
    *,
    by: User,
    **data: object,
) -> None:
    subject = f"praktik:{practice.pk}"
    record(
        action,
        by=by,
        district=evaluation.district_id,
        subject=subject,
        evaluation=evaluation.pk,
        code=code,
        **data,
    )


# The library


@dataclass(frozen=True)
class LibraryFilter:
    """Empty: everything. ``words`` are looked for in the question, its code and the story."""

    words: str = ""
    theme: str = ""
    province: str = ""


def library(edition: Edition, wanted: LibraryFilter) -> QuerySet[SharedPractice]:
    """What is shared in an edition now and still proven, the newest first. Four queries beside its own."""
    found = SharedPractice.objects.filter(evaluation__edition=edition, withdrawn_at__isnull=True)
    if wanted.words:
        found = found.filter(
            Q(question__code__iexact=wanted.words)
            | Q(question__title__icontains=wanted.words)
            | Q(story__icontains=wanted.words)
        )
    if wanted.theme:
        found = found.filter(question__theme__code=wanted.theme)
    if wanted.province:
        found = found.filter(evaluation__district__province=wanted.province)
    proven_now = SharedPractice.objects.filter(pk__in=still_proven(found))
    return proven_now.select_related("evaluation__district__province", "question__theme").order_by(
        "-shared_at", "-pk"
    )


def shared_at_question(edition: Edition, question_id: int) -> QuerySet[SharedPractice]:
    """What is shared about one question now and still proven. Four queries beside its own."""
    found = SharedPractice.objects.filter(
        evaluation__edition=edition, question=question_id, withdrawn_at__isnull=True
    )
    return SharedPractice.objects.filter(pk__in=still_proven(found))


def documents_of(practices: Iterable[SharedPractice]) -> Mapping[int, Sequence[Evidence]]:
    """Practice -> the documents that may be opened with it, each once. Two queries, however many."""
    places = {
        (row.evaluation_id, row.question_id): row.pk
        for row in practices
        if row.with_evidence and not row.withdrawn_at
    }
    if not places:
        return {}
    conditions = (Q(evaluation=place[0], slot__question=place[1]) for place in places)
    links = _openable().filter(reduce(operator.or_, conditions))
    rows = links.select_related("evidence", "slot").prefetch_related(current_files("evidence"))
    found: dict[int, dict[UUID, Evidence]] = {}
    for link in rows.order_by("added_at", "pk"):
        practice = places[link.evaluation_id, link.slot.question_id]
        found.setdefault(practice, {}).setdefault(link.evidence_id, link.evidence)
    return {pk: list(documents.values()) for pk, documents in found.items()}


def shared_document(practice: int, document: UUID) -> Evidence | None:
    """A document that is shared with a practice now, while it is proven. Six queries at most."""
    rows = SharedPractice.objects.filter(pk=practice, with_evidence=True, withdrawn_at__isnull=True)
    row = rows.first()
    if row is None or not still_proven(rows):
        return None
    links = _openable().filter(
        evaluation=row.evaluation_id, slot__question=row.question_id, evidence=document
    )
    link = links.select_related("evidence__district__province").first()
    return link.evidence if link else None


def _openable() -> QuerySet[EvidenceLink]:
    """What stands in a slot now, and neither was taken back nor ever stood, or was objected with, at a question on
    children."""
    on_children = EvidenceLink.objects.filter(evidence=OuterRef("evidence"), slot__question__sensitive=True)
    objected = Objection.objects.filter(evidence=OuterRef("evidence"), question__sensitive=True)
    return EvidenceLink.objects.filter(
        ~Exists(on_children),
        ~Exists(objected),
        removed_at__isnull=True,
        evidence__withdrawn_at__isnull=True,
        evidence__discarded_at__isnull=True,
    )
