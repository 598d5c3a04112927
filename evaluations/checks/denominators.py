"""Percentage questions that divide by the same thing, read from the instrument's own labels."""

from __future__ import annotations

from collections import Counter, defaultdict

from evaluations.checks.base import Context
from evaluations.scoring.answers import PercentageAnswer
from indicators.spec import PercentageRule

KECAMATAN, VILLAGES = "seluruh kecamatan", "seluruh desa/kelurahan"


def normalised(label: str) -> str:
    """Two labels mean the same thing only when they read the same, whatever the capitals and spaces."""
    return " ".join(label.casefold().split())


def known_count(context: Context, label: str) -> int | None:
    """How many kecamatan or villages the region data counts, for the labels that mean all of them."""
    return {KECAMATAN: context.kecamatan_count, VILLAGES: context.village_count}.get(normalised(label))


def groups(context: Context) -> dict[str, list[tuple[str, int]]]:
    """Normalised denominator label -> (question code, typed denominator), in the instrument's order."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for question in context.instrument.questions():
        answer = context.answers.get(question.code)
        if not isinstance(question.rule, PercentageRule) or not isinstance(answer, PercentageAnswer):
            continue
        if answer.denominator is not None:
            found[normalised(question.rule.denominator)].append((question.code, answer.denominator))
    return found


def label_of(context: Context, code: str) -> str:
    rule = context.instrument.by_code[code].rule
    return rule.denominator if isinstance(rule, PercentageRule) else ""


def by_number(group: list[tuple[str, int]]) -> dict[int, list[str]]:
    """Typed denominator -> codes; the number most questions agree on first, the earliest where they tie."""
    count = Counter(number for _, number in group)
    numbers: dict[int, list[str]] = {number: [] for number, _ in count.most_common()}
    for code, number in group:
        numbers[number].append(code)
    return numbers
