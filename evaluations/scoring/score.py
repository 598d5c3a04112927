"""Answers of one evaluation -> its score: the plain sum of question points, explained down to each question.

Permen PPPA 12/2022 art. 30-32: at most 1000 points, the predikat follows from the total alone. Points are
summed unrounded and the total is rounded once, half up, to two decimals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from evaluations.scoring.bands import CENT, gap_note, next_band, points_to, predikat_for
from evaluations.scoring.rules import EXACT, Answer, AnswerError, QuestionPoints, read_answer, score_answer
from evaluations.scoring.tree import (
    ClusterPoints,
    IndicatorPoints,
    ScoreTree,
    canonical_json,
    digest,
    plain,
    tree_from_dict,
    tree_to_dict,
    tree_to_summary,
)
from indicators.spec import ClusterSpec, IndicatorSpec, InstrumentSpec

__all__ = [
    "AnswersError",
    "ClusterPoints",
    "IndicatorPoints",
    "RawAnswers",
    "ScoreTree",
    "UnknownQuestion",
    "canonical_json",
    "digest",
    "gap_note",
    "percent_of",
    "plain",
    "predikat_for",
    "read_answers",
    "round_total",
    "score",
    "score_read",
    "tree_from_dict",
    "tree_of",
    "tree_to_dict",
    "tree_to_summary",
    "unknown_codes",
]

RawAnswers = Mapping[str, Mapping[str, object] | None]
"""Question code -> raw value, or ``None`` for unanswered."""


class UnknownQuestion(LookupError):
    """Answers to questions that the instrument does not have; ``codes`` in the order given."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        super().__init__(f"Butir tidak ada dalam instrumen: {', '.join(codes)}.")
        self.codes = codes


class AnswersError(ValueError):
    """Everything wrong with a set of answers: question code -> field -> Indonesian message."""

    def __init__(self, errors: dict[str, dict[str, str]]) -> None:
        super().__init__("; ".join(f"{code}: {' '.join(parts.values())}" for code, parts in errors.items()))
        self.errors = errors


def score(instrument: InstrumentSpec, answers: RawAnswers) -> ScoreTree:
    """The explained score. Questions without an answer count 0; the order of ``answers`` plays no part.

    Raises ``UnknownQuestion`` and ``AnswersError``.
    """
    return score_read(instrument, read_answers(instrument, answers))


def score_read(instrument: InstrumentSpec, answers: Mapping[str, Answer | None]) -> ScoreTree:
    """The same for answers that are read already."""
    return tree_of(
        instrument,
        {
            question.code: score_answer(question, answers.get(question.code))
            for question in instrument.questions()
        },
    )


def tree_of(instrument: InstrumentSpec, points: Mapping[str, QuestionPoints]) -> ScoreTree:
    """The tree over the points of every question (``KeyError`` when one is missing): the sums, one rounding."""
    clusters = tuple(_cluster(cluster, points) for cluster in instrument.clusters)
    exact = _sum(cluster.points for cluster in clusters)
    total = round_total(exact)
    predikat = predikat_for(instrument.bands, total)
    following = next_band(instrument.bands, predikat)
    return ScoreTree(
        total_exact=exact,
        total=total,
        predikat=predikat,
        note=gap_note(instrument.bands, total),
        next_band=following,
        to_next=points_to(following, total),
        answered=sum(cluster.answered for cluster in clusters),
        questions_count=sum(cluster.count for cluster in clusters),
        clusters=clusters,
    )


def read_answers(
    instrument: InstrumentSpec, answers: RawAnswers, *, strict: bool = False
) -> dict[str, Answer | None]:
    """Every raw value read against its question; all faults are raised together."""
    unknown = unknown_codes(instrument, answers)
    if unknown:
        raise UnknownQuestion(unknown)
    read: dict[str, Answer | None] = {}
    errors: dict[str, dict[str, str]] = {}
    for code, raw in answers.items():
        try:
            read[code] = read_answer(instrument.by_code[code].rule, raw, strict=strict)
        except AnswerError as error:
            errors[code] = error.errors
    if errors:
        raise AnswersError(errors)
    return read


def unknown_codes(instrument: InstrumentSpec, answers: Iterable[str]) -> tuple[str, ...]:
    """Codes among ``answers`` that are no question of the instrument."""
    return tuple(code for code in answers if code not in instrument.by_code)


def round_total(exact: Decimal) -> Decimal:
    """Two decimals, half up."""
    return exact.quantize(CENT, rounding=ROUND_HALF_UP)


def percent_of(points: Decimal, weight: Decimal) -> Fraction:
    """Points in percent of the maximum, exact; 0 where nothing could be won."""
    return 100 * Fraction(points) / Fraction(weight) if weight else Fraction(0)


def _cluster(cluster: ClusterSpec, points: Mapping[str, QuestionPoints]) -> ClusterPoints:
    indicators = tuple(_indicator(indicator, points) for indicator in cluster.indicators)
    return ClusterPoints(
        code=cluster.code,
        name=cluster.name,
        weight=cluster.weight,
        points=_sum(indicator.points for indicator in indicators),
        answered=sum(indicator.answered for indicator in indicators),
        count=sum(indicator.count for indicator in indicators),
        indicators=indicators,
    )


def _indicator(indicator: IndicatorSpec, points: Mapping[str, QuestionPoints]) -> IndicatorPoints:
    questions = tuple(points[question.code] for question in indicator.questions)
    return IndicatorPoints(
        number=indicator.number,
        name=indicator.name,
        weight=indicator.weight,
        points=_sum(question.points for question in questions),
        answered=sum(question.state == "answered" for question in questions),
        count=len(questions),
        questions=questions,
    )


def _sum(points: Iterable[Decimal]) -> Decimal:
    with localcontext(EXACT):
        return sum(points, Decimal(0))
