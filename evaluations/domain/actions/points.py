"""Points expected of actions, and points reached. Pure: exact decimals in, exact decimals out.

The rule. A question brings what lies between its start and its aim, once, however many actions serve it: the start is
the lowest of their starts, the aim the highest of their aims. Reached is what stands now above the start, never below
zero and never more than the aim: what others add beyond it is not this plan's doing. A question that fell below its
start counts zero and is named, so that it does not hide behind another's gain. Dropped actions count nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext

from evaluations.scoring.rules import EXACT

NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """One question as one action aims at it. ``now``: its points today; safe ones where documents are the aim."""

    code: str
    before: Decimal
    expected: Decimal
    now: Decimal

    @property
    def gain(self) -> Decimal:
        """Exact points expected; never negative."""
        with localcontext(EXACT):
            return max(NONE, self.expected - self.before)

    @property
    def reached(self) -> Decimal:
        """Of ``gain``; between 0 and ``gain``."""
        with localcontext(EXACT):
            return min(self.gain, max(NONE, self.now - self.before))


@dataclass(frozen=True, slots=True)
class Sums:
    expected: Decimal
    reached: Decimal
    fallen: tuple[str, ...]
    """Codes of the questions that stand below their start."""


def sums(parts: Iterable[Part]) -> Sums:
    """Of several actions together: every question once."""
    merged: dict[str, Part] = {}
    for part in parts:
        merged[part.code] = _together(merged[part.code], part) if part.code in merged else part
    with localcontext(EXACT):
        return Sums(
            sum((part.gain for part in merged.values()), NONE),
            sum((part.reached for part in merged.values()), NONE),
            tuple(part.code for part in merged.values() if part.now < part.before),
        )


def _together(one: Part, other: Part) -> Part:
    return Part(
        one.code,
        min(one.before, other.before),
        max(one.expected, other.expected),
        max(one.now, other.now),
    )
