"""What a check reads and what it says. Pure: the standard library, the instrument's types, scoring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from evaluations.checks.severity import Severity
from evaluations.scoring.answers import Answer
from evaluations.scoring.rules import QuestionPoints
from evaluations.scoring.score import ScoreTree
from indicators.spec import InstrumentSpec, QuestionSpec

if TYPE_CHECKING:
    from evaluations.checks.documents.base import Concern


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. ``code`` is the question it leads to; ``points`` what is at stake there."""

    rule: str
    severity: Severity
    code: str | None
    message: str
    """Indonesian, ending with the next step."""
    points: Decimal = Decimal(0)


@dataclass(frozen=True)
class Context:
    """An evaluation as the checks see it, read once."""

    instrument: InstrumentSpec
    tree: ScoreTree
    answers: Mapping[str, Answer | None]
    """Question code -> the answer as scoring read it; codes without an answer may be missing."""
    notes: Mapping[str, str] = field(default_factory=dict)
    filled: frozenset[tuple[str, int]] = frozenset()
    """(question code, slot number) of the slots in which a document stands."""
    evidence_years: tuple[int, ...] = ()
    kecamatan_count: int | None = None
    village_count: int | None = None
    """Desa and kelurahan together. ``None`` where the region data does not know."""
    previous: Mapping[str, Decimal] = field(default_factory=dict)
    """Question code -> points in the last edition, where the question weighed the same."""
    responsible: Mapping[str, str] = field(default_factory=dict)
    """Question code -> name of the agency that answers it."""
    concerns: Sequence[Concern] = ()
    """What ``checks.documents`` found in the documents."""

    @cached_property
    def points(self) -> dict[str, QuestionPoints]:
        return {question.code: question for question in self.tree.questions()}

    @cached_property
    def order(self) -> dict[str, int]:
        """Question code -> its place in the instrument."""
        return {code: place for place, code in enumerate(self.instrument.by_code)}

    def answered(self) -> Iterable[tuple[QuestionSpec, QuestionPoints]]:
        """Completely answered questions in the instrument's order."""
        for question in self.instrument.questions():
            points = self.points[question.code]
            if points.state == "answered":
                yield question, points

    def who(self, code: str) -> str:
        """The agency to ask, in words that fit after "minta"."""
        return self.responsible.get(code) or "perangkat daerah penjawab"

    def years(self) -> str:
        """``2024 atau 2025``: one of them is enough; empty when the edition names none."""
        return " atau ".join(str(year) for year in self.evidence_years)


Rule = Callable[[Context], Iterable[Finding]]


def listed(codes: Iterable[str], most: int = 3) -> str:
    """``25.2, 25.3, dan 12 butir lain``."""
    every = list(codes)
    if len(every) <= most:
        return " dan ".join([", ".join(every[:-1]), every[-1]] if len(every) > 1 else every)
    return f"{', '.join(every[: most - 1])}, dan {len(every) - most + 1} butir lain"
