"""How alike verifiers decide: questions drawn for a second reading, agreement, and who is stricter.

The draw is open to everyone: whoever knows the seed on the page can repeat it.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from django.conf import settings

from evaluations.models import (
    VERIFYING,
    AnswerRevision,
    Decision,
    Edition,
    Evaluation,
    Stage,
    Verdict,
)
from evaluations.scoring.answers import read_answer
from evaluations.scoring.totals import points_of
from indicators.domain.spec import Loaded, loaded
from kla_portal.accounts.models import User
from kla_portal.indonesian import round_half_up
from kla_portal.regions.models import Province

ENOUGH = 10
"""Fewer pairs than this say nothing: the page shows "terlalu sedikit data" instead of a number."""

DECISIONS = {Decision.ACCEPT: 0, Decision.CHANGE: 1, Decision.REJECT: 2}


# The draw


def seed_of(evaluation: Evaluation, stage: Stage) -> str:
    """``kla-kalibrasi:2026/63.09/va``: the published seed of one evaluation and stage."""
    return f"{settings.CALIBRATION_SEED}:{evaluation.edition.code}/{evaluation.district_id}/{stage}"


def drawn(evaluation: Evaluation, stage: Stage) -> frozenset[str]:
    """Codes of the questions that two people verify: those with the smallest sha256 of ``seed:code``.

    CALIBRATION_SHARE percent of the questions with points, rounded up, at least one; none when it is 0.
    """
    if settings.CALIBRATION_SHARE <= 0:
        return frozenset()
    seed = seed_of(evaluation, stage)
    codes = [q.code for q in loaded(evaluation.edition.instrument).spec.questions() if q.weight]
    count = max(1, math.ceil(Fraction(len(codes) * min(settings.CALIBRATION_SHARE, 100), 100)))
    return _smallest(seed, tuple(codes), count)


@lru_cache(maxsize=256)
def _smallest(seed: str, codes: tuple[str, ...], count: int) -> frozenset[str]:
    """Asked for at every question of the same desk."""
    return frozenset(sorted(codes, key=lambda code: _digest(f"{seed}:{code}"))[:count])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# The pairs


@dataclass(frozen=True)
class Mark:
    """One reader's decision. ``share``: points given / the question's points, 0 to 1."""

    reader: User
    decision: Decision
    share: Fraction


@dataclass(frozen=True)
class Pair:
    """A question of one evaluation that two people decided."""

    code: str
    first: Mark
    second: Mark


@dataclass(frozen=True)
class Agreement:
    """Krippendorff's alpha, 1: always alike, 0: as by chance. ``None``: too few pairs, or nothing varies."""

    n: int
    same: int
    """Pairs with the same decision."""
    decision: Decimal | None
    points: Decimal | None

    @property
    def enough(self) -> bool:
        return self.n >= ENOUGH


@dataclass(frozen=True)
class QuestionAgreement:
    code: str
    title: str
    agreement: Agreement


@dataclass(frozen=True)
class ReaderAgreement:
    """``strictness``: mean of own minus other's share, in percent of the points; below 0 is stricter."""

    reader: User
    agreement: Agreement
    strictness: Decimal | None


@dataclass(frozen=True)
class Calibration:
    overall: Agreement
    questions: tuple[QuestionAgreement, ...]
    """In the instrument's order."""
    readers: tuple[ReaderAgreement, ...]
    """By name."""


def calibration(*, edition: Edition, stage: Stage, province: Province | None) -> Calibration:
    """Everything that was verified twice at the stage, in the province or (``None``) the nation. Three queries."""
    instrument = loaded(edition.instrument)
    pairs = _pairs(edition, stage, province, instrument)
    by_question: dict[str, list[Pair]] = defaultdict(list)
    by_reader: dict[int, list[Pair]] = defaultdict(list)
    people: dict[int, User] = {}
    for pair in pairs:
        by_question[pair.code].append(pair)
        for mark in (pair.first, pair.second):
            people[mark.reader.pk] = mark.reader
            by_reader[mark.reader.pk].append(pair)
    return Calibration(
        overall=agreement_of(pairs),
        questions=tuple(
            QuestionAgreement(question.code, question.title, agreement_of(by_question[question.code]))
            for question in instrument.spec.questions()
            if question.code in by_question
        ),
        readers=tuple(
            ReaderAgreement(person, agreement_of(by_reader[pk]), strictness_of(pk, by_reader[pk]))
            for pk, person in sorted(people.items(), key=lambda item: (item[1].name, item[0]))
        ),
    )


def second_readings(*, edition: Edition, stage: Stage, province: Province | None) -> list[Pair]:
    """Every question that was verified twice at the stage, in the province or the nation. Three queries."""
    return _pairs(edition, stage, province, loaded(edition.instrument))


def agreement_of(pairs: Sequence[Pair]) -> Agreement:
    """Nominal alpha on the decision, interval alpha on the share of the points."""
    same = sum(pair.first.decision == pair.second.decision for pair in pairs)
    if len(pairs) < ENOUGH:
        return Agreement(len(pairs), same, None, None)
    marks = [(pair.first, pair.second) for pair in pairs]
    return Agreement(
        len(pairs),
        same,
        _alpha(
            [[float(DECISIONS[mark.decision]) for mark in row] for row in zip(*marks, strict=True)], "nominal"
        ),
        _alpha([[float(mark.share) for mark in row] for row in zip(*marks, strict=True)], "interval"),
    )


def _alpha(rows: list[list[float]], level: Literal["nominal", "interval"]) -> Decimal | None:
    """Rows are readers, columns questions. ``None`` where all values are alike: alpha is not defined then."""
    if len({value for row in rows for value in row}) < 2:
        return None
    import krippendorff  # noqa: PLC0415  numpy takes a second to load

    value = krippendorff.alpha(reliability_data=rows, level_of_measurement=level)
    return Decimal(f"{value:.3f}")


def strictness_of(reader_pk: int, pairs: Sequence[Pair]) -> Decimal | None:
    """Percentage points by which the reader gives more (or, below 0, less) than the other on the same question."""
    if len(pairs) < ENOUGH:
        return None
    differences = [
        pair.first.share - pair.second.share
        if pair.first.reader.pk == reader_pk
        else pair.second.share - pair.first.share
        for pair in pairs
    ]
    mean = sum(differences, Fraction(0)) / len(differences) * 100
    return round_half_up(mean, 1)


def _pairs(edition: Edition, stage: Stage, province: Province | None, instrument: Loaded) -> list[Pair]:
    """Decided by two different people on the same claim, and worth points."""
    second = Verdict.objects.filter(evaluation__edition=edition, stage=stage, reading=2)
    if province:
        second = second.filter(evaluation__district__province=province)
    second = second.exclude(decision=Decision.DEFER).select_related("updated_by")
    twice = {(row.evaluation_id, row.question_id): row for row in second}
    earlier = _verdicts_on(twice, stage)
    claims = _claims(twice.values(), instrument)
    pairs = []
    for key, other in twice.items():
        own = earlier.get((*key, stage))
        code = instrument.question_codes[key[1]]
        if (
            own is None
            or own.decision == Decision.DEFER
            or own.answer_version != other.answer_version
            or own.updated_by_id == other.updated_by_id
            or not instrument.spec.by_code[code].weight
        ):
            continue
        before = claims.get((*key, own.answer_version), Fraction(0))
        for stage_before in VERIFYING[: VERIFYING.index(stage)]:
            before = _share(earlier.get((*key, stage_before)), before, code, instrument)
        pairs.append(
            Pair(
                code,
                _mark(own, before, code, instrument),
                _mark(other, before, code, instrument),
            )
        )
    return pairs


def _verdicts_on(keys: Mapping[tuple[int, int], object], stage: Stage) -> dict[tuple[int, int, str], Verdict]:
    """The first readings of these questions at the stage and those before it. One query."""
    rows = Verdict.objects.filter(
        evaluation__in={evaluation for evaluation, _ in keys},
        question__in={question for _, question in keys},
        stage__in=VERIFYING[: VERIFYING.index(stage) + 1],
        reading=1,
    ).select_related("updated_by")
    return {(row.evaluation_id, row.question_id, row.stage): row for row in rows}


def _claims(verdicts: Iterable[Verdict], instrument: Loaded) -> dict[tuple[int, int, int], Fraction]:
    """(evaluation, question, version) -> share of the points that this version of the claim brings. One query."""
    verdicts = list(verdicts)
    rows = AnswerRevision.objects.filter(
        answer__evaluation__in={row.evaluation_id for row in verdicts},
        answer__question__in={row.question_id for row in verdicts},
        version__in={row.answer_version for row in verdicts},
    ).values_list("answer__evaluation", "answer__question", "version", "value")
    return {
        (evaluation, question, version): _worth(instrument.question_codes[question], value, instrument)
        for evaluation, question, version, value in rows
    }


def _worth(code: str, value: Mapping[str, object] | None, instrument: Loaded) -> Fraction:
    question = instrument.spec.by_code[code]
    if not question.weight:
        return Fraction(0)
    points, _ = points_of(question, read_answer(question.rule, value))
    return Fraction(points) / Fraction(question.weight)


def _share(verdict: Verdict | None, before: Fraction, code: str, instrument: Loaded) -> Fraction:
    """What is left of ``before`` after the verdict."""
    if verdict is None or verdict.decision in {Decision.ACCEPT, Decision.DEFER}:
        return before
    if verdict.decision == Decision.REJECT:
        return Fraction(0)
    return _worth(code, verdict.value, instrument)


def _mark(verdict: Verdict, before: Fraction, code: str, instrument: Loaded) -> Mark:
    return Mark(verdict.updated_by, Decision(verdict.decision), _share(verdict, before, code, instrument))
