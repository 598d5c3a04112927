"""Ranks that cannot be told apart: totals closer than two verifiers of the same claims usually are.

How far two readings of a whole evaluation usually lie apart: the mean square of the differences that second readings
showed, question by question, times the number of questions with points, and the root of that. It takes the questions'
differences as independent; what one verifier gives more or less everywhere is on the page of calibration.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evaluations.domain.analysis.totals import DistrictTotal
from evaluations.domain.calibration import second_readings
from evaluations.models import VERIFYING, Edition, Stage
from evaluations.scoring.ranking import rank
from indicators.domain.spec import loaded
from kla_portal.indonesian import round_half_up
from kla_portal.regions.models import Province

ENOUGH = 30
"""Second readings below which no width is taken."""


@dataclass(frozen=True)
class Disagreement:
    """``points``: how far two readings usually lie apart, two decimals; ``None`` while there is too little data."""

    readings: int
    points: Decimal | None


@dataclass(frozen=True)
class TieRow:
    district: DistrictTotal
    rank: int
    first: int
    last: int
    """The ranks it could have: from ``first`` to ``last``."""

    @property
    def tied(self) -> bool:
        return self.first != self.last


def usual_disagreement(edition: Edition, basis: str, province: Province | None) -> Disagreement | None:
    """``None`` where nobody verifies: claims and EM. Three queries at most beside the cached instrument."""
    if basis not in VERIFYING:
        return None
    spec = loaded(edition.instrument).spec
    pairs = second_readings(edition=edition, stage=Stage(basis), province=province)
    if len(pairs) < ENOUGH:
        return Disagreement(len(pairs), None)
    squares = [
        ((pair.first.share - pair.second.share) * Fraction(spec.by_code[pair.code].weight)) ** 2
        for pair in pairs
    ]
    questions = sum(1 for question in spec.questions() if question.weight)
    square = sum(squares, Fraction(0)) / len(squares) * questions
    root = (Decimal(square.numerator) / Decimal(square.denominator)).sqrt()
    return Disagreement(len(pairs), round_half_up(root, 2))


def tie_rows(rows: Sequence[DistrictTotal], width: Decimal) -> list[TieRow]:
    """Each district with the ranks of all whose totals lie at most ``width`` points from its own, best first.

    Every district has its own range: "close" does not pass on from neighbour to neighbour down a whole list.
    """
    totals = sorted(row.total for row in rows)
    count = len(totals)
    return [
        TieRow(
            row,
            place,
            first=1 + count - bisect_right(totals, row.total + width),
            last=count - bisect_left(totals, row.total - width),
        )
        for place, row, _ in rank((row, row.total) for row in rows)
        if place is not None
    ]
