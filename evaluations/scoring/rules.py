"""One answer -> points, with the reason in words.

Rules as the instrument file states them (FORMAT.md; Kepmen PPPA 21/2023 for the district instrument): the
first option, tier or row option that holds decides, percentages are not rounded before the comparison, and
an unanswered question has 0 points.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, localcontext
from typing import Literal

from evaluations.scoring.answers import (
    FIELD_NAMES,
    FIELDS,
    Answer,
    AnswerError,
    ChangeAnswer,
    ChoiceAnswer,
    CountAnswer,
    MatrixAnswer,
    PercentageAnswer,
    answer_to_value,
    is_blank,
    parts,
    read_answer,
)
from evaluations.scoring.hints import best_answer, next_step
from evaluations.scoring.measures import (
    TieredAnswer,
    TieredRule,
    better_tier,
    measure,
    reached_tier,
    show_measure,
    show_percent,
    tiered,
)
from indicators.rule_text import RuleLine, describe_rule, show_bound
from indicators.spec import ChoiceRule, CountRule, MatrixRule, PercentageRule, QuestionSpec
from kla_portal.indonesian import angka

__all__ = [
    "EXACT",
    "Answer",
    "AnswerError",
    "ChangeAnswer",
    "ChoiceAnswer",
    "CountAnswer",
    "MatrixAnswer",
    "PercentageAnswer",
    "QuestionPoints",
    "RuleLine",
    "State",
    "answer_to_value",
    "best_answer",
    "describe_rule",
    "is_blank",
    "next_step",
    "read_answer",
    "score_answer",
    "show_percent",
]

State = Literal["unanswered", "incomplete", "answered"]

EXACT = Context(prec=200, traps=[Inexact])
"""Sums of points are exact: a digit that would be lost raises instead of being rounded away."""

_EMPTY = "belum diisi"


@dataclass(frozen=True, slots=True)
class QuestionPoints:
    code: str
    points: Decimal
    weight: Decimal
    state: State
    reason: str
    """Why these points, in one line: ``91,39% ≥ 85%: 2 dari 3 poin``."""
    answer_text: str
    """What was answered, in words; empty when unanswered."""
    choice: int | None
    """Index of the option or tier that won; ``None`` for a matrix and where none did."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """Points of a filled-in answer and what led to them, before the points are put into words."""

    points: Decimal
    why: str
    text: str
    choice: int | None = None
    missing: tuple[str, ...] = ()


def score_answer(question: QuestionSpec, answer: Answer | None) -> QuestionPoints:
    """Points of one answer, 0 to the question's weight.

    ``answer`` comes from ``read_answer`` with this question's rule; one of another kind is a ``TypeError``.
    An answer with parts missing has 0 points, except a matrix: its filled rows count.
    """
    if answer is None or is_blank(answer):
        return _points(question, _Outcome(Decimal(0), "Belum dijawab", ""), "unanswered")
    outcome = _outcome(question, answer)
    return _points(question, outcome, "incomplete" if outcome.missing else "answered")


def _points(question: QuestionSpec, outcome: _Outcome, state: State) -> QuestionPoints:
    if question.weight:
        worth = f"{angka(outcome.points)} dari {angka(question.weight)} poin"
    else:
        worth = "butir informasi, tidak dinilai"
    reason = f"{outcome.why}: {worth}"
    if outcome.missing:
        reason += f"; {_EMPTY}: {', '.join(outcome.missing)}"
    return QuestionPoints(
        code=question.code,
        points=outcome.points if question.weight else Decimal(0),
        weight=question.weight,
        state=state,
        reason=reason,
        answer_text=outcome.text,
        choice=outcome.choice,
    )


def _outcome(question: QuestionSpec, answer: Answer) -> _Outcome:
    rule = question.rule
    pair = tiered(rule, answer)
    if pair is not None:
        return _tiered_outcome(*pair)
    match rule, answer:
        case ChoiceRule(), ChoiceAnswer(int(number)):
            option = rule.options[number]
            return _Outcome(option.points, option.label, option.label, number)
        case MatrixRule(), MatrixAnswer(rows):
            return _matrix_outcome(rule, rows)
    raise TypeError(f"{question.code}: a {rule.kind} question cannot be scored with {type(answer).__name__}")


def _matrix_outcome(rule: MatrixRule, rows: tuple[int | None, ...]) -> _Outcome:
    filled = [
        (row, row.options[number]) for row, number in zip(rule.rows, rows, strict=True) if number is not None
    ]
    with localcontext(EXACT):
        points = sum((option.points for _, option in filled), Decimal(0))
    return _Outcome(
        points,
        " + ".join(f"{row.label} {angka(option.points)}" for row, option in filled),
        "; ".join(f"{row.label}: {option.label}" for row, option in filled),
        missing=tuple(row.label for row, number in zip(rule.rows, rows, strict=True) if number is None),
    )


def _tiered_outcome(rule: TieredRule, answer: TieredAnswer) -> _Outcome:
    missing = _missing(rule, answer)
    if missing:
        return _Outcome(Decimal(0), "Belum lengkap", _text(rule, answer, None), missing=missing)
    value = measure(answer)
    shown = None if value is None else show_measure(rule, value)
    index = reached_tier(rule, answer)
    points = Decimal(0) if index is None else rule.tiers[index].points
    if shown is not None:
        why = _comparison(rule, shown, index)
    elif isinstance(rule, PercentageRule):
        points = rule.empty or Decimal(0)
        why = "Penyebut 0, persentase tidak dapat dihitung" if rule.empty is None else "Penyebut 0"
    else:
        why = _change_from_zero(rule, answer)
    return _Outcome(points, why, _text(rule, answer, shown), index)


def _missing(rule: TieredRule, answer: TieredAnswer) -> tuple[str, ...]:
    names = [FIELD_NAMES[field].lower() for field in FIELDS[rule.kind]]
    if isinstance(rule, PercentageRule):
        names = [f"{names[0]} ({rule.numerator})", f"{names[1]} ({rule.denominator})"]
    return tuple(name for name, part in zip(names, parts(answer), strict=True) if part is None)


def _comparison(rule: TieredRule, shown: str, index: int | None) -> str:
    """The comparison that decided: with the bound reached, or with the missed one where that says more."""
    reached, missed = ("≥", "<") if rule.direction == "higher" else ("≤", ">")
    if index is None:
        last = rule.tiers[-1].bound
        return f"{shown} {missed} {show_bound(rule, last)}, batas terakhir" if last is not None else shown
    tier = rule.tiers[index]
    better = better_tier(rule, index)
    if better is not None and (tier.bound is None or not tier.points):
        bound = rule.tiers[better].bound
        return f"{shown} {missed} {show_bound(rule, bound)}" if bound is not None else shown
    return shown if tier.bound is None else f"{shown} {reached} {show_bound(rule, tier.bound)}"


def _change_from_zero(rule: TieredRule, answer: TieredAnswer) -> str:
    if not parts(answer)[1]:
        return "Tetap 0 dari tahun lalu ke tahun ini"
    place = "terbaik" if rule.direction == "higher" else "terakhir"
    return f"Naik dari 0, persentase tidak dapat dihitung, berlaku tingkat {place}"


def _text(rule: TieredRule, answer: TieredAnswer, shown: str | None) -> str:
    first, *rest = (_EMPTY if part is None else angka(part) for part in parts(answer))
    if isinstance(rule, PercentageRule):
        text = f"{first} {rule.numerator} dari {rest[0]} ({rule.denominator})"
        return text if shown is None else f"{text} = {shown}"
    if isinstance(rule, CountRule):
        return f"{first} {rule.unit}"
    text = f"dari {first} menjadi {rest[0]} {rule.unit}"
    if shown is None:
        return text
    if shown == "0%":
        return f"{text} (tetap)"
    return f"{text} ({'turun' if shown.startswith('−') else 'naik'} {shown.lstrip('−')})"
