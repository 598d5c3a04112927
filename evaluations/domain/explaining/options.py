"""The next better option of a choice, and the row of a matrix where most can be won."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from evaluations.scoring.answers import Answer, MatrixAnswer
from indicators.spec import MatrixRow, MatrixRule, Option


def better_option(options: Sequence[Option], chosen: int | None) -> Option | None:
    """The nearest option above ``chosen`` (``None``: below all) with more points; ``None`` at the best.

    Options stand best first.
    """
    points = options[chosen].points if chosen is not None else Decimal(0)
    above = options if chosen is None else options[:chosen]
    return next((option for option in reversed(above) if option.points > points), None)


def better_row(rule: MatrixRule, answer: Answer | None) -> tuple[MatrixRow, Option, Decimal] | None:
    """(Row, its best option, points to win there) of the row that wins most; ``None`` where all are at their best."""
    chosen = answer.rows if isinstance(answer, MatrixAnswer) else (None,) * len(rule.rows)
    gains = []
    for row, number in zip(rule.rows, chosen, strict=True):
        now = row.options[number].points if number is not None else Decimal(0)
        best = max(row.options, key=lambda option: option.points)
        if best.points > now:
            gains.append((row, best, best.points - now))
    return max(gains, key=lambda gain: gain[2], default=None)
