"""The answers that bring one question more points than it has, each with how far it climbs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from evaluations.scoring.answers import (
    Answer,
    ChangeAnswer,
    ChoiceAnswer,
    CountAnswer,
    MatrixAnswer,
    PercentageAnswer,
    answer_to_value,
    parts,
)
from evaluations.scoring.hints import moved, number_needed, step_text
from evaluations.scoring.measures import TieredAnswer, TieredRule
from evaluations.scoring.planner.effort import rung
from evaluations.scoring.rules import EXACT
from evaluations.scoring.totals import points_of
from indicators.rule_text import show_bound
from indicators.spec import (
    ChangeRule,
    ChoiceRule,
    CountRule,
    MatrixRule,
    Option,
    PercentageRule,
    QuestionSpec,
)
from kla_portal.indonesian import angka

NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Aim:
    """``value``: the raw answer, worth ``points``. ``climbed`` of the question's ``rungs`` levels of points."""

    value: dict[str, Any]
    points: Decimal
    climbed: int
    rungs: int
    words: str


def aims(question: QuestionSpec, answer: Answer | None) -> tuple[Aim, ...]:
    """Every better answer once, fewest rungs first; of two with the same climb the one with more points.

    Percentages keep their denominator and changes last year's number. Where these are not known yet, the answer
    is one out of a hundred (or thousand), which shows the share to reach. None for a question without points.
    """
    if not question.weight:
        return ()
    match question.rule:
        case ChoiceRule() as rule:
            found = _choices(rule, question, answer)
        case MatrixRule() as matrix:
            found = _combinations(matrix, answer)
        case tiers:
            found = _tiers(tiers, question, answer)
    best: dict[int, Aim] = {}
    for aim in found:
        if aim.climbed not in best or aim.points > best[aim.climbed].points:
            best[aim.climbed] = aim
    return tuple(best[climbed] for climbed in sorted(best))


def _levels(points: Iterator[Decimal]) -> list[Decimal]:
    return sorted({NONE, *points})


def _choices(rule: ChoiceRule, question: QuestionSpec, answer: Answer | None) -> Iterator[Aim]:
    levels = _levels(option.points for option in rule.options)
    now, _ = points_of(question, answer)
    for number, option in enumerate(rule.options):
        climbed = rung(levels, option.points) - rung(levels, now)
        if option.points > now:
            value = answer_to_value(ChoiceAnswer(number))
            yield Aim(value, option.points, climbed, len(levels) - 1, option.label)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Part of a matrix: the options taken so far (``None``: not filled), and the labels of the raised ones."""

    chosen: tuple[int | None, ...]
    points: Decimal
    raised: tuple[str, ...]


def _combinations(rule: MatrixRule, answer: Answer | None) -> Iterator[Aim]:
    """For each number of rungs the rows that bring the most; rows do not depend on each other."""
    now = answer.rows if isinstance(answer, MatrixAnswer) else (None,) * len(rule.rows)
    front: dict[int, _Rows] = {0: _Rows((), NONE, ())}
    rungs = 0
    for row, number in zip(rule.rows, now, strict=True):
        levels = _levels(option.points for option in row.options)
        rungs += len(levels) - 1
        grown: dict[int, _Rows] = {}
        for climbed, before in front.items():
            for more, option, raised in _row_steps(row.options, number, levels):
                points = NONE if option is None else row.options[option].points
                labels = (
                    (f"{row.label}: {row.options[option].label}",) if raised and option is not None else ()
                )
                with localcontext(EXACT):
                    after = _Rows((*before.chosen, option), before.points + points, before.raised + labels)
                best = grown.get(climbed + more)
                if best is None or after.points > best.points:
                    grown[climbed + more] = after
        front = grown
    for climbed, rows in front.items():
        if climbed:
            value = answer_to_value(MatrixAnswer(rows.chosen))
            yield Aim(value, rows.points, climbed, rungs, "; ".join(rows.raised))


def _row_steps(
    options: tuple[Option, ...], number: int | None, levels: list[Decimal]
) -> Iterator[tuple[int, int | None, bool]]:
    """(Rungs climbed, option, whether it is another than now): as it is, and every better option."""
    now = NONE if number is None else options[number].points
    yield 0, number, False
    for better, option in enumerate(options):
        if option.points > now:
            yield rung(levels, option.points) - rung(levels, now), better, True


def _tiers(rule: TieredRule, question: QuestionSpec, answer: Answer | None) -> Iterator[Aim]:
    levels = _levels(tier.points for tier in rule.tiers)
    now, _ = points_of(question, answer)
    for tier in rule.tiers:
        if tier.points <= now or (tier.bound is None and not isinstance(rule, ChangeRule)):
            continue
        reached = _reaching(rule, answer, tier.bound)
        if reached is None:
            continue
        # Where little is counted, one more may pass over a tier: the points are those of the number itself.
        points, _ = points_of(question, reached)
        climbed = rung(levels, points) - rung(levels, now)
        if points > now:
            yield Aim(
                answer_to_value(reached),
                points,
                climbed,
                len(levels) - 1,
                _words(rule, answer, reached, tier.bound),
            )


def _reaching(rule: TieredRule, answer: Answer | None, bound: Decimal | None) -> TieredAnswer | None:
    """The answer that just reaches ``bound``; ``None`` where no number can."""
    base = _known(rule, answer, bound)
    if isinstance(base, ChangeAnswer) and not base.previous:
        # From 0 there are only two answers: none, or any at all.
        return ChangeAnswer(0, 1 if rule.direction == "higher" else 0)
    if bound is None or (isinstance(base, PercentageAnswer) and not base.denominator):
        return None
    needed = number_needed(rule, base, bound)
    return None if needed is None else moved(base, needed)[1]


def _known(rule: TieredRule, answer: Answer | None, bound: Decimal | None) -> TieredAnswer:
    """What stays as it is, with 0 for what can still change; out of a round number while nothing is known."""
    places = max(0, -int(bound.as_tuple().exponent)) if bound is not None else 0
    match rule, answer:
        case PercentageRule(), PercentageAnswer(_, int(denominator)):
            return PercentageAnswer(0, denominator)
        case PercentageRule(), _:
            return PercentageAnswer(0, 100 * 10**places)
        case ChangeRule(), ChangeAnswer(int(previous), _):
            return ChangeAnswer(previous, 0)
        case ChangeRule(), _:
            return ChangeAnswer(100 * 10**places, 0)
    return CountAnswer(0)


def _words(rule: TieredRule, answer: Answer | None, reached: TieredAnswer, bound: Decimal | None) -> str:
    if isinstance(answer, PercentageAnswer | CountAnswer | ChangeAnswer) and None not in parts(answer):
        number = parts(reached)[0 if isinstance(reached, PercentageAnswer | CountAnswer) else 1]
        return step_text(rule, answer, int(number or 0))
    mark = "≥" if rule.direction == "higher" else "≤"
    shown = angka(bound or NONE) if isinstance(rule, CountRule) else show_bound(rule, bound or NONE)
    what = rule.numerator if isinstance(rule, PercentageRule) else rule.unit
    if isinstance(rule, ChangeRule):
        return f"capai perubahan {mark} {shown} dari tahun lalu ({what})"
    return f"capai {mark} {shown} {what}"
