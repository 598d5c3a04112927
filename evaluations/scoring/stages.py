"""A stage's score: the verdict where there is one, else the value of the stage before.

Permen PPPA 12/2022 art. 30-32: EM, VA, VL, VF. The verdict's points come from the same rules as the claim's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from evaluations.scoring.rules import Answer, QuestionPoints, score_answer
from evaluations.scoring.score import tree_of
from evaluations.scoring.tree import ScoreTree
from indicators.spec import InstrumentSpec, QuestionSpec
from kla_portal.indonesian import angka


@dataclass(frozen=True, slots=True)
class Ruling:
    """``answer`` is the verifier's own, for ``change`` only."""

    decision: Literal["accept", "change", "reject"]
    answer: Answer | None = None
    reason: str = ""


def rule_on(question: QuestionSpec, before: QuestionPoints, ruling: Ruling, stage: str) -> QuestionPoints:
    """The points after the ruling; ``stage`` ("VA") stands in the reason, with the verifier's own words."""
    words = f" ({ruling.reason})" if ruling.reason else ""
    match ruling.decision:
        case "accept":
            return replace(before, reason=f"Diterima di {stage}. {before.reason}")
        case "change":
            changed = score_answer(question, ruling.answer)
            return replace(changed, reason=f"Diubah di {stage}{words}. {changed.reason}")
        case "reject":
            worth = (
                f"0 dari {angka(question.weight)} poin"
                if question.weight
                else "butir informasi, tidak dinilai"
            )
            return replace(
                before, points=Decimal(0), choice=None, reason=f"Ditolak di {stage}{words}: {worth}"
            )


def stage_tree(
    instrument: InstrumentSpec, before: ScoreTree, rulings: Mapping[str, Ruling], stage: str
) -> ScoreTree:
    """The score of a stage from the tree of the stage before. ``KeyError`` for a code that is no question."""
    points = {part.code: part for part in before.questions()}
    for code, ruling in rulings.items():
        points[code] = rule_on(instrument.by_code[code], points[code], ruling, stage)
    return tree_of(instrument, points)
