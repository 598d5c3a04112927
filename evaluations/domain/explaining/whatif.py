"""Andaikan: the claim with some answers changed. Computed in memory; there is no verb here and nothing is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from evaluations.domain.explaining.rivals import Place, place_of
from evaluations.domain.progress import answer_values
from evaluations.models import Evaluation
from evaluations.scoring.rules import QuestionPoints, answer_to_value, is_blank, read_answer
from evaluations.scoring.score import ScoreTree, score
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec
from kla_portal.accounts.models import User

Value = Mapping[str, Any] | None


@dataclass(frozen=True)
class Move:
    """One question before and after."""

    question: QuestionSpec
    before: QuestionPoints
    after: QuestionPoints

    @property
    def gain(self) -> Decimal:
        return self.after.points - self.before.points


@dataclass(frozen=True)
class WhatIf:
    """``before``: the claim as it stands; ``after``: with the changes. Places are ``None`` where nobody may tell."""

    before: ScoreTree
    after: ScoreTree
    values: Mapping[str, Value]
    """As they stand, by question code."""
    changes: Mapping[str, Value]
    """Only answers that differ from those that stand."""
    moves: Mapping[str, Move]
    """Every question, by code."""
    place_before: Place | None
    place_after: Place | None

    @property
    def gain(self) -> Decimal:
        return self.after.total - self.before.total

    @property
    def changed(self) -> list[Move]:
        return [self.moves[code] for code in self.changes]


def what_if(evaluation: Evaluation, tried: Mapping[str, Value], user: User) -> WhatIf:
    """``tried``: question code -> raw value that scoring can read. Two queries beside the cached instrument.

    The rank is told as far as ``user`` may see the others (see ``rivals``).
    """
    instrument = loaded(evaluation.edition.instrument)
    values = answer_values(evaluation, instrument)
    changes = {
        question.code: tried[question.code]
        for question in instrument.spec.questions()
        if question.code in tried and not same(question, tried[question.code], values.get(question.code))
    }
    before, after = score(instrument.spec, values), score(instrument.spec, {**values, **changes})
    places = place_of(evaluation, {"before": before.total, "after": after.total}, user)
    pairs = zip(before.questions(), after.questions(), strict=True)
    return WhatIf(
        before=before,
        after=after,
        values=values,
        changes=changes,
        moves={old.code: Move(instrument.spec.by_code[old.code], old, new) for old, new in pairs},
        place_before=places.get("before"),
        place_after=places.get("after"),
    )


def same(question: QuestionSpec, one: Value, other: Value) -> bool:
    """Whether two raw values are the same answer, however they are written; nothing filled in is one answer."""
    return _plain(question, one) == _plain(question, other)


def _plain(question: QuestionSpec, value: Value) -> dict[str, object] | None:
    answer = read_answer(question.rule, value)
    return None if answer is None or is_blank(answer) else answer_to_value(answer)
