"""Two groups without a common member that together exceed all there are: a baby fed anything else is not
exclusively breastfed."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.base import Context, Finding, Severity
from evaluations.checks.denominators import normalised
from evaluations.checks.pairs import shares
from kla_portal.indonesian import angka

DISJOINT = (
    ("bayi di bawah 6 bulan yang mendapat ASI eksklusif", "bayi di bawah 6 bulan yang sudah diberi MP-ASI"),
)
"""By the numerators' labels."""


def check(context: Context) -> Iterator[Finding]:
    known = shares(context)
    for first, second in DISJOINT:
        if normalised(first) not in known or normalised(second) not in known:
            continue
        code, one, total = known[normalised(first)]
        other, two, other_total = known[normalised(second)]
        # Different denominators are same_denominator's finding.
        if total != other_total or one + two <= total:
            continue
        yield Finding(
            "disjoint_numbers",
            Severity.WARNING,
            code,
            f"{first[0].upper()}{first[1:]} ({angka(one)}) dan {second} ({angka(two)}, butir {other}) "
            f"berjumlah {angka(one + two)}, lebih dari seluruhnya ({angka(total)}). "
            "Satu anak hanya masuk satu kelompok; periksa kedua angka.",
            context.points[code].points,
        )
