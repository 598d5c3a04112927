"""The safe score on paper: what of the claim stands with its evidence, and what does not, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from evaluations.checks.documents.words import explained
from evaluations.reports.paper import printable
from evaluations.scoring.safe import safe_tree
from evaluations.scoring.tree import ScoreTree, plain
from indicators.spec import Band, InstrumentSpec


@dataclass(frozen=True, slots=True)
class Lost:
    """A claimed answer that does not count as safe; ``points`` is its claim."""

    code: str
    title: str
    points: Decimal
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SafePart:
    total: Decimal
    """Two decimals."""
    predikat: Band
    lost: tuple[Lost, ...]
    """In the instrument's order."""

    def payload(self) -> dict[str, Any]:
        """All of it in words, for the key: words may change while reasons stay."""
        lost = [asdict(row) | {"points": plain(row.points)} for row in self.lost]
        return {"total": f"{self.total:.2f}", "predikat": self.predikat.code, "lost": lost}


def build_safe_part(
    claimed: ScoreTree, instrument: InstrumentSpec, unready: Mapping[str, Sequence[str]] | None
) -> SafePart | None:
    """``unready``: what was kept beside the result; ``None`` where nothing was kept: then nothing is printed."""
    if unready is None:
        return None
    words = explained(instrument, unready)
    tree = safe_tree(instrument, claimed, words)
    return SafePart(
        total=tree.total,
        predikat=tree.predikat,
        lost=tuple(
            Lost(
                code=question.code,
                title=instrument.by_code[question.code].title,
                points=question.points,
                reasons=tuple(printable(reason) for reason in words[question.code]),
            )
            for question in claimed.questions()
            if question.points and question.code in words
        ),
    )
