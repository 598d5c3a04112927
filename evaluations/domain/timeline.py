"""One question's story: every answer, return, verdict and objection, with who, when, in which stage and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from evaluations.domain import workflow
from evaluations.domain.comparison import visible_stages
from evaluations.domain.rulings import as_ruling
from evaluations.models import (
    VERIFYING,
    AnswerRevision,
    Decision,
    Evaluation,
    Objection,
    ReturnItem,
    Stage,
    VerdictRevision,
)
from evaluations.scoring.rules import QuestionPoints, read_answer, score_answer
from evaluations.scoring.stages import Ruling, rule_on
from indicators.domain.spec import Loaded, loaded
from indicators.spec import QuestionSpec
from kla_portal.accounts.access import roles_in
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import OF_THE_DISTRICT, Role

DONE = {
    Decision.ACCEPT: "Diterima",
    Decision.CHANGE: "Diubah menjadi",
    Decision.REJECT: "Ditolak",
    Decision.DEFER: "Ditunda",
}


@dataclass(frozen=True)
class Entry:
    """``kind``: answer, verdict, return or objection. ``points`` is the question's worth after it."""

    at: datetime
    kind: str
    stage: Stage
    who: str
    what: str
    words: str
    points: Decimal | None = None
    source: str = ""


def timeline(evaluation: Evaluation, question: QuestionSpec, *, by: User) -> list[Entry]:
    """Newest first, as far as ``by`` sees it: the verdicts of a stage as domain/comparison.py says.

    At most nine queries, however long the story.
    """
    instrument = loaded(evaluation.edition.instrument)
    question_id = instrument.question_ids[question.code]
    visible = set(visible_stages(evaluation, by).stages)
    inside = bool(roles_in(by, evaluation.district) & OF_THE_DISTRICT)
    revisions = AnswerRevision.objects.filter(
        answer__evaluation=evaluation, answer__question=question_id
    ).select_related("by")
    verdicts = (
        VerdictRevision.objects.filter(
            verdict__evaluation=evaluation, verdict__question=question_id, verdict__reading=1
        )
        .select_related("verdict", "by")
        .prefetch_related("by__memberships")
    )
    found = _walk(instrument, question, list(revisions), list(verdicts), inside=inside)
    shown = [
        entry
        for entry, put_off in found
        if entry.kind == "answer" or (entry.stage in visible and not (put_off and inside))
    ]
    shown += _returns(evaluation, question_id, inside=inside)
    shown += _objections(evaluation, question_id, inside=inside)
    return sorted(shown, key=lambda entry: entry.at, reverse=True)


def _walk(
    instrument: Loaded,
    question: QuestionSpec,
    revisions: list[AnswerRevision],
    verdicts: list[VerdictRevision],
    *,
    inside: bool,
) -> list[tuple[Entry, bool]]:
    """Entries from the oldest to the newest; the flag says that a verdict was put off."""
    claim = score_answer(question, None)
    rulings: dict[Stage, Ruling | None] = {}
    found = []
    rows: list[AnswerRevision | VerdictRevision] = [*revisions, *verdicts]
    for row in sorted(rows, key=lambda row: (row.at, row.version)):
        if isinstance(row, AnswerRevision):
            claim = score_answer(question, read_answer(question.rule, row.value))
            source = "" if row.source == "form" else row.get_source_display()
            text = claim.answer_text or "Dikosongkan"
            entry = Entry(
                row.at, "answer", Stage(row.stage), row.by.name, text, row.note, claim.points, source
            )
            found.append((entry, False))
            continue
        stage = Stage(row.verdict.stage)
        ruling = as_ruling(instrument, question.code, row.decision, row.value, row.reason)
        rulings[stage] = ruling
        points = _points(question, claim, rulings, stage)
        what = DONE[Decision(row.decision)]
        if row.decision == Decision.CHANGE:
            what = f"{what} {points.answer_text}"
        who = _verifier(row.by, stage, inside=inside)
        found.append((Entry(row.at, "verdict", stage, who, what, row.reason, points.points), ruling is None))
    return found


def _points(
    question: QuestionSpec, claim: QuestionPoints, rulings: dict[Stage, Ruling | None], stage: Stage
) -> QuestionPoints:
    """What the question is worth at ``stage``: each stage's ruling upon the stage before."""
    points = claim
    for name in VERIFYING:
        ruling = rulings.get(Stage(name))
        if ruling:
            points = rule_on(question, points, ruling, name.upper())
        if name == stage:
            break
    return points


def _verifier(person: User, stage: Stage, *, inside: bool) -> str:
    """The role for the district, role and name for the others."""
    held = {Role(m.role) for m in person.memberships.all()} & workflow.TABLE[workflow.VERIFY[stage]].roles
    role = ", ".join(sorted(role.label for role in held)) or f"Verifikator {stage.upper()}"
    return role if inside else f"{person.name} ({role})"


def _returns(evaluation: Evaluation, question_id: int, *, inside: bool) -> Iterable[Entry]:
    items = (
        ReturnItem.objects.filter(sent_back__evaluation=evaluation, question=question_id)
        .select_related("sent_back__sent_by")
        .prefetch_related("sent_back__sent_by__memberships")
    )
    for item in items:
        stage = Stage(item.sent_back.stage)
        who = _verifier(item.sent_back.sent_by, stage, inside=inside)
        yield Entry(item.sent_back.sent_at, "return", stage, who, "Dikembalikan", item.needed)


def _objections(evaluation: Evaluation, question_id: int, *, inside: bool) -> Iterable[Entry]:
    rows = (
        Objection.objects.filter(evaluation=evaluation, question=question_id)
        .select_related("filed_by", "decided_by")
        .prefetch_related("decided_by__memberships")
    )
    for row in rows:
        stage = Stage(row.stage)
        filed = Entry(row.filed_at, "objection", stage, row.filed_by.name, "Disanggah", row.reason)
        yield filed
        if row.decided_by and row.decided_at:
            what = "Sanggah dikabulkan" if row.granted else "Sanggah ditolak"
            who = _verifier(row.decided_by, stage, inside=inside)
            yield replace(filed, at=row.decided_at, who=who, what=what, words=row.decision_reason)
