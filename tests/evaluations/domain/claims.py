"""Claims for the tests: one question of each kind, whole evaluations filled in at once, results to rank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from random import Random
from typing import Any

from django.db.models import DateTimeField
from django.db.models.functions import Coalesce, Now

from evaluations.domain import answers, progress, submission
from evaluations.models import Answer, Evaluation, Stage, StageResult, State
from evaluations.scoring.rules import best_answer
from evaluations.scoring.score import digest, predikat_for
from indicators.domain.spec import loaded
from indicators.spec import InstrumentSpec, QuestionSpec
from kla_portal import clock
from kla_portal.accounts.models import User

Value = Mapping[str, Any] | None

ONE_OF_EACH: dict[str, tuple[str, dict[str, Any], str]] = {
    "choice": ("1.1", {"option": 1}, "9"),
    "percentage": ("12.1", {"numerator": "4120", "denominator": "4508"}, "2"),
    "count": ("8.1", {"value": "4"}, "5"),
    "change": ("12.4", {"previous": "100", "current": "100"}, "2"),
    "matrix": ("3.1a", {"rows": [0, 1, 3]}, "2.5"),
}
"""Kind -> (question code, raw value, its points in kla-2023)."""

HEALTH, REGISTRY, WEIGHTLESS = "12.1", "4.1", "26.17"
"""A question of the health agency, one of the civil registry, and the one without points."""


def save(
    evaluation: Evaluation, code: str, value: Value, *, by: User, version: int | None = None, note: str = ""
) -> answers.Saved:
    """``answers.save_answer`` against the version that stands now, unless another is named."""
    if version is None:
        version = row.version if (row := answer_to(evaluation, code)) else 0
    return answers.save_answer(
        evaluation=evaluation, code=code, value=value, note=note, version=version, by=by
    )


def answer_to(evaluation: Evaluation, code: str) -> Answer | None:
    question = loaded(evaluation.edition.instrument).question_ids[code]
    return Answer.objects.filter(evaluation=evaluation, question_id=question).first()


def fresh(evaluation: Evaluation) -> Evaluation:
    """The row as it stands now, windows included."""
    return Evaluation.objects.with_place().prefetch_related("edition__windows").get(pk=evaluation.pk)


def best(spec: InstrumentSpec) -> dict[str, Value]:
    """The answers that bring every point."""
    return {question.code: best_answer(question.rule) for question in spec.questions()}


def worse(question: QuestionSpec) -> Value:
    """A complete answer that is not the best one."""
    rule, value = question.rule, best_answer(question.rule)
    if rule.kind == "choice":
        return {"option": 1 if value == {"option": 0} else 0}
    if rule.kind == "matrix":
        return {"rows": [len(row.options) - 1 for row in rule.rows]}
    if rule.kind == "count":
        return {"value": "0"}
    if rule.kind == "percentage":
        return {"numerator": "1", "denominator": "100"}
    return {"previous": "1", "current": "1000"}


def fill(evaluation: Evaluation, values: Mapping[str, Value], *, by: User, note: str = "") -> Evaluation:
    """Many answers in one stroke, with the kept totals; the evaluation as it stands then."""
    ids = loaded(evaluation.edition.instrument).question_ids
    now = clock.now()
    Answer.objects.bulk_create(
        Answer(
            evaluation=evaluation,
            question_id=ids[code],
            value=value,
            note=note,
            updated_at=now,
            updated_by=by,
        )
        for code, value in values.items()
    )
    progress.refresh(fresh(evaluation))
    return fresh(evaluation)


def hand_in(evaluation: Evaluation, *, by: User) -> StageResult:
    """As far as it is answered; where nothing is, with an answer to the question without points."""
    if not Answer.objects.filter(evaluation=evaluation).exists():
        save(evaluation, WEIGHTLESS, best(loaded(evaluation.edition.instrument).spec)[WEIGHTLESS], by=by)
    return submission.submit(evaluation=evaluation, by=by, incomplete_accepted=True)


def some_value(question: QuestionSpec, random: Random) -> Value:
    """A lawful value, now and then empty or half filled."""
    kind, rule = question.rule.kind, question.rule
    if random.random() < 0.15:
        return None
    if kind == "choice":
        return {"option": random.randrange(len(rule.options))}
    if kind == "matrix":
        return {
            "rows": [random.choice([None, *range(len(row.options))]) for row in rule.rows],
        }
    if kind == "count":
        return {"value": str(random.randrange(8))}
    whole = random.randrange(40)
    part = random.choice([None, str(random.randrange(whole + 1))])
    if kind == "percentage":
        return {"numerator": part, "denominator": str(whole)}
    return {"previous": str(whole), "current": part}


AFTER = {
    Stage.EM: State.SUBMITTED,
    Stage.VA: State.VA_CLOSED,
    Stage.VL: State.VL_CLOSED,
    Stage.VF: State.FINAL,
}


def move_on(evaluations: Iterable[Evaluation], stage: Stage, *, by: User) -> None:
    """As though the stage was closed: only then its result stands. One that is further stays there."""
    earlier = [State.FILLING, *list(AFTER.values())[: list(AFTER).index(stage)]]
    rows = Evaluation.objects.filter(pk__in=[one.pk for one in evaluations], state__in=earlier)
    rows.update(
        state=AFTER[stage],
        submitted_at=Coalesce("submitted_at", Now(), output_field=DateTimeField()),
        submitted_by=Coalesce("submitted_by", by.pk),
    )


def result(
    evaluation: Evaluation, total: str, *, by: User, stage: Stage = Stage.EM, sequence: int = 1
) -> StageResult:
    """A stored result with this total, all of it put into the clusters in order; its snapshot is empty.

    Its stage is closed with it, where the evaluation was not further already.
    """
    move_on([evaluation], stage, by=by)
    return StageResult.objects.create(**_columns(evaluation, total, by, stage, sequence))


def results(evaluations: Iterable[Evaluation], total: str, *, by: User) -> None:
    """The same result for many, in one insert."""
    evaluations = list(evaluations)
    move_on(evaluations, Stage.EM, by=by)
    StageResult.objects.bulk_create(
        StageResult(**_columns(evaluation, total, by, Stage.EM, 1)) for evaluation in evaluations
    )


def _columns(evaluation: Evaluation, total: str, by: User, stage: Stage, sequence: int) -> dict[str, Any]:
    spec = loaded(evaluation.edition.instrument).spec
    left, clusters = Decimal(total), {}
    for cluster in spec.clusters:
        part = min(left, cluster.weight)
        clusters[cluster.code], left = str(part), left - part
    return {
        "evaluation": evaluation,
        "stage": stage,
        "sequence": sequence,
        "total": Decimal(total),
        "predikat": predikat_for(spec.bands, Decimal(total)).code,
        "clusters": clusters,
        "snapshot": {},
        "instrument_digest": spec.digest,
        "digest": digest({}),
        "receipt_number": f"{stage}/{evaluation.pk}/{sequence}",
        "taken_at": clock.now(),
        "taken_by": by,
    }
