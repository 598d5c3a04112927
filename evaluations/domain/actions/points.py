"""Points expected of actions, and points reached. Pure: exact decimals in, exact decimals out.

The rule. A question brings what lies between its start and its aim, once, however many actions serve it: the start is
the lowest of their starts, the aim the highest of their aims. Reached is what stands now above the start, never below
zero and never more than the aim: what others add beyond it is not this plan's doing. A question that fell below its
start counts zero and is named, so that it does not hide behind another's gain. Dropped actions count nowhere.

Documents are measured by the safe points and better answers by the claimed ones, each for itself, and the stretches
that both cover count once: a claim that stood already is not reached by planning its documents.
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
    documents: bool = False
    """Completing documents is the aim, not a better answer."""

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
    merged: dict[tuple[str, bool], Part] = {}
    for part in parts:
        key = part.code, part.documents
        merged[key] = _together(merged[key], part) if key in merged else part
    by_code: dict[str, list[Part]] = {}
    for part in merged.values():
        by_code.setdefault(part.code, []).append(part)
    with localcontext(EXACT):
        return Sums(
            sum((_covered((p.before, p.before + p.gain) for p in both) for both in by_code.values()), NONE),
            sum(
                (_covered((p.before, p.before + p.reached) for p in both) for both in by_code.values()), NONE
            ),
            tuple(code for code, both in by_code.items() if any(p.now < p.before for p in both)),
        )


def _together(one: Part, other: Part) -> Part:
    return Part(
        one.code,
        min(one.before, other.before),
        max(one.expected, other.expected),
        max(one.now, other.now),
        one.documents,
    )


def _covered(spans: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """Points that lie in any of the spans (first, last)."""
    covered, end = NONE, NONE
    for first, last in sorted(spans):
        covered += max(NONE, last - max(first, end))
        end = max(end, last)
    return covered
