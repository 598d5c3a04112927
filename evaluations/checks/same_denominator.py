"""The same thing counted twice with different results: "seluruh rumah tangga" is one number in one year."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from evaluations.checks.base import Context, Finding, Severity, listed
from evaluations.checks.denominators import by_number, groups, known_count, label_of
from kla_portal.indonesian import angka


def check(context: Context) -> Iterator[Finding]:
    for label, group in groups(context).items():
        if known_count(context, label) is not None:
            # level_denominator compares these with the region data and names the right number.
            continue
        numbers = by_number(group)
        (usual, agreeing), *deviating = numbers.items()
        for number, codes in deviating:
            yield Finding(
                "same_denominator",
                Severity.WARNING,
                codes[0],
                f"Penyebut “{label_of(context, codes[0])}” di {listed(codes)} tertulis {angka(number)}, "
                f"tetapi di {listed(agreeing)} {angka(usual)}. Samakan, atau jelaskan bedanya di catatan.",
                sum((context.points[code].points for code in codes), Decimal(0)),
            )
