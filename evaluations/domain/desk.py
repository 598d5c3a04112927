"""What the verifier's desk shows of one evaluation at one stage: every question's standing, and the sums.

Three queries for one question or 274, and of a question that does not lie open no more than its standing needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, localcontext
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import TextField
from django.db.models.functions import Cast

from evaluations.domain.calibration import drawn
from evaluations.domain.progress import read_value
from evaluations.domain.records import stages_up_to
from evaluations.domain.rulings import Standing, as_ruling, evidence_touched, standing_of
from evaluations.models import (
    Answer,
    Decision,
    Evaluation,
    ReasonPhrase,
    Stage,
    Verdict,
    VerifierAssignment,
)
from evaluations.scoring.rules import EXACT, QuestionPoints, read_answer, score_answer
from evaluations.scoring.score import round_total
from evaluations.scoring.stages import rule_on
from evaluations.scoring.totals import points_of, totals
from indicators.domain.spec import Loaded, loaded
from kla_portal.accounts.models import User
from kla_portal.prepared import prepared

if TYPE_CHECKING:
    from django.db.models import QuerySet

NONE = Decimal(0)


class Claimed(NamedTuple):
    """What an answer says, without who wrote it: ``answer_of`` reads that of one."""

    value: Mapping[str, Any] | None
    version: int


@dataclass(frozen=True)
class Sums:
    """All rounded to two decimals; ``verified + open_points`` differ from ``claim`` by what was taken or given."""

    claim: Decimal
    """The value of the stage before: at VA the claim itself."""
    verified: Decimal
    """Of the questions that are decided, or need no decision."""
    open_count: int
    open_points: Decimal
    ruled_count: int
    """Verdicts of this stage that stand."""
    kept_count: int
    """Questions that keep what the stage before left: none at VA."""


@dataclass(frozen=True)
class Step:
    """A question's points after one stage."""

    stage: Stage
    verdict: Verdict | None
    points: QuestionPoints


@dataclass(frozen=True)
class Desk:
    """``verdicts``: (stage, reading) -> question code -> verdict."""

    evaluation: Evaluation
    stage: Stage
    reading: int
    instrument: Loaded
    answers: Mapping[str, Claimed]
    verdicts: Mapping[tuple[str, int], Mapping[str, Verdict]]
    touched: Mapping[str, datetime]
    """Question code -> when its evidence last changed."""
    standings: Mapping[str, Standing]
    before: Mapping[str, Decimal]
    """Question code -> exact points of the stage before."""
    after: Mapping[str, Decimal]
    """The same with this stage's verdicts of the first reading."""
    twice: frozenset[str]
    """Codes of the questions that two people verify."""

    def verdict(self, code: str, *, reading: int | None = None) -> Verdict | None:
        return self.verdicts.get((self.stage, reading or self.reading), {}).get(code)

    def other(self, code: str) -> Verdict | None:
        """The other reader's verdict: hidden until one's own is in."""
        return self.verdict(code, reading=3 - self.reading) if self.verdict(code) else None

    def has_content(self, code: str) -> bool:
        """There is something to look at: an answer, or a verdict."""
        answer = self.answers.get(code)
        return (answer is not None and answer.value is not None) or self.verdict(code) is not None

    @cached_property
    def codes(self) -> list[str]:
        """The questions worth opening, in the instrument's order."""
        return [q.code for q in self.instrument.spec.questions() if self.has_content(q.code)]

    @cached_property
    def open_codes(self) -> list[str]:
        return [code for code, standing in self.standings.items() if standing.open]

    def mark(self, code: str) -> str:
        """For the strip: accept, change, reject, defer, stale, open, kept (from the stage before), blank, or
        once (in a second reading: not drawn).
        """
        standing = self.standings[code]
        if self.reading == 2 and code not in self.twice:
            return "once"
        if standing.verdict is not None:
            return "stale" if standing.stale else str(standing.verdict.decision)
        if standing.open:
            return "open"
        return "kept" if self.has_content(code) else "blank"

    def sums(self) -> Sums:
        open_codes = set(self.open_codes)
        return Sums(
            claim=_rounded(self.before.values()),
            verified=_rounded(points for code, points in self.after.items() if code not in open_codes),
            open_count=len(open_codes),
            open_points=_rounded(self.before.get(code, NONE) for code in open_codes),
            ruled_count=sum(
                standing.verdict is not None and not standing.open for standing in self.standings.values()
            ),
            kept_count=sum(self.mark(code) == "kept" for code in self.standings),
        )

    def steps(self, code: str) -> list[Step]:
        """The question's points stage by stage up to the one before this, each with its words."""
        question = self.instrument.spec.by_code[code]
        answer = self.answers.get(code)
        points = score_answer(question, read_answer(question.rule, answer.value if answer else None))
        found = [Step(Stage.EM, None, points)]
        for stage in stages_up_to(self.stage)[1:-1]:
            verdict = self.verdicts.get((stage, 1), {}).get(code)
            if verdict is not None and verdict.decision != Decision.DEFER:
                points = ruled(self.instrument, code, points, verdict, stage)
                found.append(Step(stage, verdict, points))
        return found


def ruled(
    instrument: Loaded, code: str, before: QuestionPoints, verdict: Verdict, stage: Stage
) -> QuestionPoints:
    """The points a verdict leaves, with the reason; one that is put off leaves those of the stage before."""
    ruling = as_ruling(instrument, code, verdict.decision, verdict.value, verdict.reason)
    return rule_on(instrument.spec.by_code[code], before, ruling, stage.upper()) if ruling else before


def desk_of(evaluation: Evaluation, stage: Stage, *, reading: int = 1) -> Desk:
    """Everything at once. Three queries beside the cached instrument."""
    instrument = loaded(evaluation.edition.instrument)
    answers = {
        instrument.question_codes[question]: Claimed(read_value(text), version)
        for question, text, version in _claims(evaluation.pk)
    }
    verdicts: dict[tuple[str, int], dict[str, Verdict]] = {}
    for verdict in _verdicts(evaluation.pk):
        kept = verdicts.setdefault((verdict.stage, verdict.reading), {})
        kept[instrument.question_codes[verdict.question_id]] = verdict
    touched = {instrument.question_codes[pk]: at for pk, at in evidence_touched(evaluation).items()}
    before = dict(totals(instrument.spec, {code: answer.value for code, answer in answers.items()}).points)
    for earlier in stages_up_to(stage)[1:-1]:
        before = _after(instrument, before, verdicts.get((earlier, 1), {}))
    desk = Desk(
        evaluation=evaluation,
        stage=stage,
        reading=1,
        instrument=instrument,
        answers=answers,
        verdicts=verdicts,
        touched=touched,
        standings=_standings(instrument, stage, 1, answers, verdicts, touched),
        before=before,
        after=_after(instrument, before, verdicts.get((stage, 1), {})),
        twice=drawn(evaluation, stage),
    )
    return desk if reading == 1 else second_reading(desk)


@prepared
def _claims(evaluation: int) -> QuerySet[Answer, tuple[int, str | None, int]]:
    text = Cast("value", TextField())
    return Answer.objects.filter(evaluation=evaluation).values_list("question_id", text, "version")


@prepared
def _verdicts(evaluation: int) -> QuerySet[Verdict]:
    """Of whoever decided only the name: hundreds of rows name the same few people."""
    own = [field.name for field in Verdict._meta.concrete_fields]
    rows = Verdict.objects.filter(evaluation=evaluation).select_related("updated_by")
    return rows.only(*own, "updated_by__name")


def answer_of(desk: Desk, code: str) -> Answer | None:
    """The answer to one question with who wrote it. One query where there is an answer."""
    if code not in desk.answers:
        return None
    return next(iter(_answer(desk.evaluation.pk, desk.instrument.question_ids[code])), None)


@prepared
def _answer(evaluation: int, question: int) -> QuerySet[Answer]:
    return Answer.objects.filter(evaluation=evaluation, question=question).select_related("updated_by")


def second_reading(desk: Desk) -> Desk:
    """The same desk as the second reader stands at it: only the drawn questions wait. No query."""
    standings = _standings(desk.instrument, desk.stage, 2, desk.answers, desk.verdicts, desk.touched)
    once = {
        code: replace(standing, due=False) for code, standing in standings.items() if code not in desk.twice
    }
    return replace(desk, reading=2, standings=standings | once)


def _standings(
    instrument: Loaded,
    stage: Stage,
    reading: int,
    answers: Mapping[str, Claimed],
    verdicts: Mapping[tuple[str, int], Mapping[str, Verdict]],
    touched: Mapping[str, datetime],
) -> dict[str, Standing]:
    """``rulings.standings`` of rows that are read already."""
    given = [(name, rows) for (name, number), rows in verdicts.items() if number == reading]
    found = {}
    for question in instrument.spec.questions():
        code = question.code
        answer = answers.get(code)
        found[code] = standing_of(
            code,
            stage,
            answered=answer is not None and answer.value is not None,
            version=answer.version if answer else 0,
            touched=touched.get(code),
            verdicts={name: rows[code] for name, rows in given if code in rows},
            reading=reading,
        )
    return found


def _after(
    instrument: Loaded, before: Mapping[str, Decimal], verdicts: Mapping[str, Verdict]
) -> dict[str, Decimal]:
    """The points with the verdicts of one stage: the arithmetic of ``scoring.stages`` without its words."""
    found = dict(before)
    for code, verdict in verdicts.items():
        question = instrument.spec.by_code[code]
        if verdict.decision == Decision.REJECT:
            found[code] = NONE
        elif verdict.decision == Decision.CHANGE:
            found[code] = points_of(question, read_answer(question.rule, verdict.value))[0]
    return found


def _rounded(points: Iterable[Decimal]) -> Decimal:
    with localcontext(EXACT):
        exact = sum(points, NONE)
    return round_total(exact)


# Who reads what

Assignments = Mapping[tuple[str, int], VerifierAssignment]
"""(Cluster code or "" for the whole district, reading) -> who is named."""


def named_for(assigned: Assignments, cluster: str, reading: int) -> VerifierAssignment | None:
    return assigned.get((cluster, reading)) or assigned.get(("", reading))


def reads_second(desk: Desk, assigned: Assignments, code: str, user: User) -> bool:
    """The person is the second reader of a drawn question: they never see the first's mark before their own."""
    second = named_for(assigned, cluster_of(desk, code), 2)
    return code in desk.twice and second is not None and second.verifier_id == user.pk


def cluster_of(desk: Desk, code: str) -> str:
    spec = desk.instrument.spec
    return spec.cluster_of[spec.indicator_of[code].number].code


def unseen_by(desk: Desk, assigned: Assignments, user: User) -> frozenset[str]:
    """Questions whose first mark this second reader must not see yet, wherever on the desk they stand."""
    own = desk.verdicts.get((desk.stage, 2), {})
    return frozenset(
        code for code in desk.twice if code not in own and reads_second(desk, assigned, code, user)
    )


def not_assigned(assigned: Assignments, cluster: str, reading: int, user: User) -> str | None:
    """Why the person does not decide in this cluster, in words; ``None`` when they may."""
    named = named_for(assigned, cluster, reading)
    if named is None:
        return "Pembacaan kedua belum ditugaskan kepada siapa pun." if reading == 2 else None
    if named.verifier_id != user.pk:
        return f"Klaster {cluster} ditugaskan kepada {named.verifier}."
    return None


# Reasons used often


def add_phrase(*, text: str, by: User) -> ReasonPhrase:
    """Keep a reason for picking; the same one twice is one."""
    phrase, _ = ReasonPhrase.objects.get_or_create(owner=by, text=text)
    return phrase


def drop_phrase(*, pk: int, by: User) -> bool:
    """Take one's own reason off the list; verdicts that used it keep their words."""
    deleted, _ = ReasonPhrase.objects.filter(owner=by, pk=pk).delete()
    return bool(deleted)
