"""A rise of half the question's points or more in one edition: a verifier will ask how."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.base import Context, Finding, Severity
from kla_portal.indonesian import angka


def check(context: Context) -> Iterator[Finding]:
    for question, points in context.answered():
        before = context.previous.get(question.code)
        if before is None or not question.weight:
            continue
        rise = points.points - before
        if 2 * rise < question.weight:
            continue
        explained = bool(context.notes.get(question.code, "").strip())
        step = (
            "Pastikan data dukungnya menunjukkan perubahan itu."
            if explained
            else "Verifikator akan menanyakannya; tulis penjelasannya di catatan."
        )
        yield Finding(
            "jump_up",
            Severity.NOTE,
            question.code,
            f"Naik dari {angka(before)} menjadi {angka(points.points)} poin sejak periode sebelumnya. {step}",
            rise,
        )
