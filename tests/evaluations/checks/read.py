"""kla-2023 from its file, and contexts built from raw answers: the checks need no database."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from evaluations.checks import Context, Finding, run
from evaluations.scoring.rules import best_answer
from evaluations.scoring.score import read_answers, score_read
from indicators.domain.importing import parse_instrument
from indicators.spec import InstrumentSpec

FILE = Path(settings.BASE_DIR) / "fixtures" / "instruments" / "kla-2023.yaml"


@cache
def kla_2023() -> InstrumentSpec:
    return parse_instrument(FILE.read_text(encoding="utf-8"), name=FILE.name)


def context(
    raw: Mapping[str, Mapping[str, object] | None], *, spec: InstrumentSpec | None = None, **more: Any
) -> Context:
    spec = spec or kla_2023()
    answers = read_answers(spec, raw)
    return Context(instrument=spec, tree=score_read(spec, answers), answers=answers, **more)


def found(ctx: Context, rule: str) -> list[Finding]:
    """What one rule says, in the order of ``run``."""
    return [finding for finding in run(ctx) if finding.rule == rule]


def all_best() -> dict[str, Mapping[str, object]]:
    return {question.code: best_answer(question.rule) for question in kla_2023().questions()}


def all_slots() -> frozenset[tuple[str, int]]:
    return frozenset((q.code, slot.number) for q in kla_2023().questions() for slot in q.slots)


def share(numerator: int, denominator: int) -> dict[str, object]:
    return {"numerator": str(numerator), "denominator": str(denominator)}
