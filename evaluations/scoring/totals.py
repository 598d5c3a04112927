"""The arithmetic of a score without its words: for every save, and for recounting whole countries.

``score.score`` says the same with reasons; a property test holds the two together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from evaluations.scoring.answers import (
    Answer,
    ChoiceAnswer,
    MatrixAnswer,
    is_blank,
    parts,
    read_answer,
)
from evaluations.scoring.bands import predikat_for
from evaluations.scoring.measures import reached_tier, tiered
from evaluations.scoring.rules import EXACT
from evaluations.scoring.score import RawAnswers, UnknownQuestion, round_total, unknown_codes
from indicators.spec import Band, ChoiceRule, InstrumentSpec, MatrixRule, PercentageRule, QuestionSpec

NONE = Decimal(0)

Known = dict[tuple[str, str | None], tuple[Decimal, bool]]
"""(Question code, what stands for a value) -> its points, and whether the answer is complete."""


@dataclass(frozen=True, slots=True)
class Totals:
    points: Mapping[str, Decimal]
    """Question code -> exact points, for every question with an answer."""
    answered: frozenset[str]
    """Codes of the questions that are answered completely."""
    total: Decimal
    """Two decimals, half up: the only rounding."""
    predikat: Band

    def of(self, codes: list[str]) -> Decimal:
        """The exact points of some questions together."""
        with localcontext(EXACT):
            return sum((self.points.get(code, NONE) for code in codes), NONE)


def totals(instrument: InstrumentSpec, answers: RawAnswers) -> Totals:
    """Raises ``UnknownQuestion``, and ``AnswerError`` for the first value that cannot be read."""
    return _summed(instrument, {code: repr(raw) for code, raw in answers.items()}, answers.__getitem__)


def totals_of_texts(instrument: InstrumentSpec, texts: Mapping[str, str | None]) -> Totals:
    """``totals`` of values as they are stored: JSON, read where its points are not remembered. ``None``: no value."""

    def read(code: str) -> Any:
        text = texts[code]
        return None if text is None else json.loads(text)

    return _summed(instrument, texts, read)


def _summed(
    instrument: InstrumentSpec, answers: Mapping[str, str | None], read: Callable[[str], Any]
) -> Totals:
    """``answers``: question code -> what stands for its value, which ``read`` gives where its points are not known."""
    unknown = unknown_codes(instrument, answers)
    if unknown:
        raise UnknownQuestion(unknown)
    known, points, answered = _known_of(instrument), {}, set()
    for answer in answers.items():
        found = known.get(answer)
        code, _ = answer
        if found is None:
            question = instrument.by_code[code]
            found = known[answer] = points_of(question, read_answer(question.rule, read(code)))
        points[code], complete = found
        if complete:
            answered.add(code)
    with localcontext(EXACT):
        exact = sum(points.values(), NONE)
    total = round_total(exact)
    return Totals(points, frozenset(answered), total, predikat_for(instrument.bands, total))


KEPT = 60_000
"""Values whose points are remembered, some 20 MB at most: a nation answers the same question in few ways."""
_known: dict[str, Known] = {}


def _known_of(instrument: InstrumentSpec) -> Known:
    """The points that are remembered for an instrument, whose digest stands for its content; without one, none are."""
    if sum(map(len, _known.values())) >= KEPT:
        _known.clear()
    return _known.setdefault(instrument.digest, {}) if instrument.digest else {}


def points_of(question: QuestionSpec, answer: Answer | None) -> tuple[Decimal, bool]:
    """The points, and whether the answer is complete."""
    if answer is None or is_blank(answer):
        return NONE, False
    complete = None not in parts(answer)
    if not question.weight:
        return NONE, complete
    rule = question.rule
    if isinstance(rule, ChoiceRule) and isinstance(answer, ChoiceAnswer) and answer.option is not None:
        return rule.options[answer.option].points, True
    if isinstance(rule, MatrixRule) and isinstance(answer, MatrixAnswer):
        chosen = [
            row.options[number].points
            for row, number in zip(rule.rows, answer.rows, strict=True)
            if number is not None
        ]
        with localcontext(EXACT):
            return sum(chosen, NONE), complete
    return (_tiered_points(question, answer), True) if complete else (NONE, False)


def _tiered_points(question: QuestionSpec, answer: Answer) -> Decimal:
    pair = tiered(question.rule, answer)
    if pair is None:
        raise TypeError(f"{question.code}: not an answer to a {question.rule.kind} question")
    rule, numbers = pair
    if isinstance(rule, PercentageRule) and parts(numbers)[1] == 0:
        return rule.empty or NONE
    index = reached_tier(rule, numbers)
    return NONE if index is None else rule.tiers[index].points
