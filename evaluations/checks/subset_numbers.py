"""A part larger than its whole, across two questions: a child with a birth certificate is registered."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.base import Context, Finding, Severity
from evaluations.checks.denominators import normalised
from evaluations.checks.pairs import shares
from kla_portal.indonesian import angka

SUBSETS = (("anak yang memegang Kutipan Akta Kelahiran", "anak yang kelahirannya sudah diregistrasi"),)
"""(part, whole) by the numerators' labels."""


def check(context: Context) -> Iterator[Finding]:
    known = shares(context)
    for part, whole in SUBSETS:
        if normalised(part) not in known or normalised(whole) not in known:
            continue
        code, few, _ = known[normalised(part)]
        other, many, _ = known[normalised(whole)]
        if few <= many:
            continue
        yield Finding(
            "subset_numbers",
            Severity.WARNING,
            code,
            f"{part[0].upper()}{part[1:]} ({angka(few)}) melebihi {whole} ({angka(many)}, butir {other}). "
            "Periksa kedua angka; yang pertama termasuk dalam yang kedua.",
            context.points[code].points,
        )
