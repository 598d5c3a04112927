"""What a verifier would ask of the documents (``checks.documents``), with the points that hang on them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from evaluations.checks.base import Context, Finding


def check(context: Context) -> Iterator[Finding]:
    for concern in context.concerns:
        if not concern.open:
            continue
        at = sorted(concern.codes, key=context.order.__getitem__)
        points = sum((context.points[code].points for code in at), Decimal(0))
        yield Finding(concern.rule, concern.severity, at[0], f"“{concern.title}”: {concern.message}", points)
