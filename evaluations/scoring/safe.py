"""The safe score: the points of those answers that would stand with their evidence as it is now.

An answer is safe when each of its required slots holds a document and no document at the question has an open
warning. A question without required slots counts as claimed. See docs/adr/0014-safe-score.md.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from evaluations.scoring.bands import predikat_for
from evaluations.scoring.rules import EXACT, QuestionPoints
from evaluations.scoring.score import round_total, tree_of
from evaluations.scoring.tree import ScoreTree
from indicators.spec import Band, InstrumentSpec

SLOT = "slot."
"""A reason is ``slot.2``, a required slot without a document, or the name of the rule that warned."""

Unready = Mapping[str, Sequence[str]]
"""Question code -> why its answer is not safe; safe questions are missing."""


@dataclass(frozen=True, slots=True)
class Safe:
    total: Decimal
    """Two decimals, half up: the only rounding."""
    predikat: Band


def unready(
    instrument: InstrumentSpec,
    filled: Collection[tuple[str, int]],
    warned: Mapping[str, Sequence[str]],
) -> dict[str, list[str]]:
    """Every question that is not safe, in the instrument's order, whatever was answered.

    ``filled``: (question code, slot number) of the slots that hold a document; ``warned``: question code -> rules
    with an open warning about a document there.
    """
    found: dict[str, list[str]] = {}
    for question in instrument.questions():
        required = [slot.number for slot in question.slots if slot.required]
        if not required:
            continue
        empty = [f"{SLOT}{number}" for number in required if (question.code, number) not in filled]
        reasons = [*empty, *dict.fromkeys(warned.get(question.code, ()))]
        if reasons:
            found[question.code] = reasons
    return found


def warned_in(reasons: Unready) -> dict[str, list[str]]:
    """The rules among the reasons: what does not follow from the slots alone."""
    rules = {code: [key for key in keys if not key.startswith(SLOT)] for code, keys in reasons.items()}
    return {code: keys for code, keys in rules.items() if keys}


def empty_slots(reasons: Sequence[str]) -> list[int]:
    """The numbers of the required slots without a document."""
    return [int(key.removeprefix(SLOT)) for key in reasons if key.startswith(SLOT)]


def safe_points(points: Mapping[str, Decimal], reasons: Collection[str]) -> Decimal:
    """Exact points of the questions that are not among ``reasons``."""
    with localcontext(EXACT):
        return sum((worth for code, worth in points.items() if code not in reasons), Decimal(0))


def safe_score(instrument: InstrumentSpec, points: Mapping[str, Decimal], reasons: Unready) -> Safe:
    """The safe total and its predikat; never more than the claim made of the same points."""
    total = round_total(safe_points(points, reasons))
    return Safe(total, predikat_for(instrument.bands, total))


def safe_tree(
    instrument: InstrumentSpec, claimed: ScoreTree, words: Mapping[str, Sequence[str]]
) -> ScoreTree:
    """The claim's tree with 0 points at the questions in ``words`` (code -> reasons in words), and why."""
    points = {part.code: part for part in claimed.questions()}
    for code, reasons in words.items():
        if points[code].points:
            points[code] = _not_counted(points[code], reasons)
    return tree_of(instrument, points)


def _not_counted(points: QuestionPoints, reasons: Sequence[str]) -> QuestionPoints:
    return replace(
        points, points=Decimal(0), reason=f"Tidak dihitung aman: {'; '.join(reasons)}. {points.reason}"
    )
