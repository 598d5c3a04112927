"""What a plan consists of, and what is said when there is none."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Mode(StrEnum):
    """What "cheapest" counts, and which improvements may be taken."""

    LEAST_EFFORT = "least_effort"
    FEWEST_QUESTIONS = "fewest_questions"
    OWN_AGENCY = "own_agency"
    """Least effort, among the questions of one agency."""
    NO_REGULATION = "no_regulation"
    """Least effort, without anything that needs a regulation."""
    SAFE_FIRST = "safe_first"
    """From the safe score: as little new work as possible, documents of what is claimed before it."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to raise one question. ``before`` and ``after`` are exact points of the whole question."""

    code: str
    before: Decimal
    after: Decimal
    aim: dict[str, Any] | None
    """The raw answer aimed for, worth ``after``; ``None``: the answer stays, only its documents are completed."""
    effort: int
    need: str
    """A ``Need`` of the district's efforts, empty for none; never "impossible"."""
    words: str

    @property
    def gain(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Blocked:
    """Points that no step may take. ``why``: a ``Need``, ``agency`` or ``numbers`` (no number would do it)."""

    code: str
    points: Decimal
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The cheapest set. ``proven``: no other set that reaches the target costs less."""

    start: Decimal
    target: Decimal
    """Rounded, two decimals."""
    steps: tuple[Alternative, ...]
    """At most one per question, in the order the alternatives came in."""
    effort: int
    reached: Decimal
    """Rounded, two decimals."""
    exact: Decimal
    proven: bool

    @property
    def gain(self) -> Decimal:
        return self.exact - self.start


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """Every allowed improvement together is not enough."""

    start: Decimal
    target: Decimal
    best: Decimal
    """Rounded: the total with the best alternative of every question."""
    missing: Decimal
    """From ``best`` to the target."""
    blocked: tuple[Blocked, ...]
    """What keeps points out of reach, most points first."""


Outcome = Plan | OutOfReach
