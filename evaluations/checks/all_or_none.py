"""Exactly all of many, or none of many where less is better: rare, so a verifier wants the list."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.base import Context, Finding, Severity
from evaluations.scoring.answers import PercentageAnswer
from indicators.spec import PercentageRule
from kla_portal.indonesian import angka

MANY = 100
"""Fewer than this can well be all: every officer trained, every puskesmas."""


def check(context: Context) -> Iterator[Finding]:
    for question, points in context.answered():
        rule, answer = question.rule, context.answers.get(question.code)
        if question.level != "kabupaten" or not isinstance(rule, PercentageRule) or not points.points:
            continue
        match answer:
            case PercentageAnswer(int(numerator), int(denominator)) if denominator >= MANY:
                if numerator != (denominator if rule.direction == "higher" else 0):
                    continue
            case _:
                continue
        share = "Persis 100%" if numerator else "Persis 0%"
        yield Finding(
            "all_or_none",
            Severity.NOTE,
            question.code,
            f"{share} ({angka(numerator)} dari {angka(denominator)}). Verifikator biasanya meminta "
            "rinciannya; pastikan data dukung memuat daftar lengkap.",
            points.points,
        )
