from __future__ import annotations

import ast
import inspect
from decimal import Decimal
from pathlib import Path

from evaluations import checks
from evaluations.checks import RULES, Severity, run
from tests.evaluations.checks.read import all_best, all_slots, context, found, share

SHARED = {"severity", "__init__", "base", "register", "denominators", "pairs"}


def test_every_rule_file_stands_in_the_register_once():
    folder = Path(inspect.getfile(checks)).parent
    files = {path.stem for path in folder.glob("*.py")} - SHARED
    registered = [rule.__module__.rsplit(".", 1)[-1] for rule in RULES]
    assert sorted(registered) == sorted(files)


def test_the_checks_are_pure():
    """No Django, no rows: the standard library, the instrument's types, scoring, Indonesian numbers."""
    folder = Path(inspect.getfile(checks)).parent
    allowed = ("evaluations.checks", "evaluations.scoring", "indicators.spec", "kla_portal.indonesian")
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert not any(name.name.startswith(("django", "yaml")) for name in node.names), path
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                ("django", "evaluations", "indicators", "kla_portal")
            ):
                assert (node.module or "").startswith(allowed), (path, node.module)


def test_a_perfect_evaluation_has_no_findings_above_notes():
    # Percentages of 100 cases do not fit the region's counts, which are unknown here.
    ctx = context(all_best() | {"14.3": share(0, 100)}, filled=all_slots())
    assert [f for f in run(ctx) if f.severity is not Severity.NOTE] == []


def test_severities_are_ordered_gravest_first():
    assert sorted([Severity.NOTE, Severity.ERROR, Severity.WARNING]) == [
        Severity.ERROR,
        Severity.WARNING,
        Severity.NOTE,
    ]


def test_findings_come_by_severity_then_points_then_instrument_order():
    ctx = context({"1.2a": {"option": 4}, "12.1": {"numerator": "5", "denominator": None}})
    findings = run(ctx)
    assert [f.severity.order for f in findings] == sorted(f.severity.order for f in findings)
    assert findings[0].rule == "incomplete"
    warnings = [f for f in findings if f.severity is Severity.WARNING]
    assert [f.points for f in warnings] == sorted((f.points for f in warnings), reverse=True)
    # 7.2 (22 points) and 6.3 (21) weigh most; of the questions of 12 points 1.1 comes before 6.2.
    assert [f.code for f in warnings[:2]] == ["7.2", "6.3"]
    twelve = [f.code for f in warnings if f.points == 12]
    assert twelve.index("1.1") < twelve.index("6.2")


def test_the_order_of_the_answers_plays_no_part():
    best = all_best()
    assert run(context(best)) == run(context(dict(reversed(best.items()))))


def test_every_finding_leads_to_a_question_and_ends_with_a_sentence():
    some = {"4.1": share(10, 100), "4.2": share(20, 90), "25.7d": share(0, 12), "26.8d": share(7, 131)}
    ctx = context(some, kecamatan_count=11, village_count=131, previous={"4.1": Decimal(1)})
    for finding in run(ctx):
        assert finding.code in ctx.instrument.by_code
        assert finding.message.endswith("."), finding.message
        assert "<" not in finding.message


def test_nothing_answered_is_274_unanswered_questions_and_nothing_else():
    ctx = context({})
    assert len(run(ctx)) == len(found(ctx, "unanswered")) == 274
