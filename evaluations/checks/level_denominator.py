"""All kecamatan and all desa/kelurahan are known from the region data (Kepmendagri 300.2.2-2138/2025)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from evaluations.checks.base import Context, Finding, Severity, listed
from evaluations.checks.denominators import by_number, groups, known_count, label_of
from kla_portal.indonesian import angka


def check(context: Context) -> Iterator[Finding]:
    for label, group in groups(context).items():
        known = known_count(context, label)
        if known is None:
            continue
        for number, codes in by_number(group).items():
            if number == known:
                continue
            yield Finding(
                "level_denominator",
                Severity.WARNING,
                codes[0],
                f"Penyebut “{label_of(context, codes[0])}” di {listed(codes)} tertulis {angka(number)}, "
                f"sedangkan data wilayah mencatat {angka(known)}. "
                "Perbaiki, atau jelaskan perubahan wilayahnya di catatan.",
                sum((context.points[code].points for code in codes), Decimal(0)),
            )
