"""Fewer points than in the last edition: true, or the new officer does not know what the old one had."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.base import Context, Finding, Severity
from kla_portal.indonesian import angka


def check(context: Context) -> Iterator[Finding]:
    for question, points in context.answered():
        before = context.previous.get(question.code)
        if before is None or points.points >= before:
            continue
        yield Finding(
            "dropped_points",
            Severity.NOTE,
            question.code,
            f"Turun dari {angka(before)} menjadi {angka(points.points)} poin sejak periode sebelumnya. "
            f"Bandingkan dengan jawaban lama, atau tanyakan kepada {context.who(question.code)}.",
            before - points.points,
        )
