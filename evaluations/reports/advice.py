"""What a paper recommends: the steps of a plan in words. Points are exact ``Decimal``. No queries, no rendering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from evaluations.scoring.tree import plain

EFFORTS = {1: "sangat ringan", 2: "ringan", 3: "sedang", 4: "berat", 5: "sangat berat"}
"""Effort 1 to 5 in words; 5 takes more than a year."""


@dataclass(frozen=True, slots=True)
class Step:
    """One improvement. ``agency`` is empty where nobody has the question; ``need`` is in words or empty."""

    code: str
    title: str
    agency: str
    words: str
    gain: Decimal
    effort: int
    need: str

    @property
    def effort_words(self) -> str:
        return EFFORTS[min(max(self.effort, 1), 5)]

    def payload(self) -> dict[str, Any]:
        return asdict(self) | {"gain": plain(self.gain)}


@dataclass(frozen=True, slots=True)
class Advice:
    """The way to a goal from ``start`` (two decimals). ``reached`` is the total after all steps; below ``target``
    when nothing brings it that far."""

    goal: str
    """``predikat Nindya`` or ``nilai 720,00``."""
    own: bool
    """The district's own target; else the next predikat."""
    start: Decimal
    target: Decimal
    reached: Decimal
    steps: tuple[Step, ...]
    others: tuple[Step, ...] = ()
    """Improvements beside the steps, those worth most for their effort."""

    @property
    def reachable(self) -> bool:
        return self.reached >= self.target

    @property
    def effort(self) -> int:
        return sum(step.effort for step in self.steps)

    @property
    def gain(self) -> Decimal:
        """Points all the steps bring together, exact."""
        return sum((step.gain for step in self.steps), Decimal(0))

    @property
    def missing(self) -> Decimal:
        """Points between what can be reached and the goal; 0 when it is reached."""
        return max(self.target - self.reached, Decimal(0))

    def payload(self) -> dict[str, Any]:
        return {
            "goal": self.goal,
            "own": self.own,
            "numbers": [plain(self.start), plain(self.target), plain(self.reached)],
            "steps": [step.payload() for step in self.steps],
            "others": [step.payload() for step in self.others],
        }


def worth_most(steps: Sequence[Step], count: int) -> tuple[Step, ...]:
    """The steps with most points for their effort; of equals the one with more points, then in their order."""
    ordered = sorted(steps, key=lambda step: (-Fraction(step.gain) / max(step.effort, 1), -step.gain))
    return tuple(ordered[:count])
