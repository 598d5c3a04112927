"""All rules. A new one is a file of its own and a line here."""

from __future__ import annotations

from evaluations.checks import (
    all_or_none,
    disjoint_numbers,
    document_concerns,
    dropped_points,
    empty_denominator,
    evidence_without_claim,
    incomplete,
    jump_up,
    level_denominator,
    missing_evidence,
    same_denominator,
    subset_numbers,
    unanswered,
    village_and_kecamatan,
)
from evaluations.checks.base import Context, Finding, Rule

RULES: tuple[Rule, ...] = (
    incomplete.check,
    unanswered.check,
    missing_evidence.check,
    document_concerns.check,
    same_denominator.check,
    level_denominator.check,
    empty_denominator.check,
    subset_numbers.check,
    disjoint_numbers.check,
    village_and_kecamatan.check,
    evidence_without_claim.check,
    dropped_points.check,
    jump_up.check,
    all_or_none.check,
)


def run(context: Context) -> list[Finding]:
    """Every finding: by severity, then by points at stake (most first), then in the instrument's order."""
    found = [finding for rule in RULES for finding in rule(context)]
    last = len(context.order)

    def place(finding: Finding) -> tuple[object, ...]:
        code = finding.code
        return (
            finding.severity.order,
            -finding.points,
            last if code is None else context.order[code],
            finding.rule,
        )

    return sorted(found, key=place)
