"""The ways a district can answer each part of an instrument, and numbers that look like real ones.

A part is a question, a row of a matrix, or two questions whose numbers depend on each other: then only the
pairs that do not contradict each other are offered. Every outcome carries its points and draws its values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any

from evaluations.scoring.measures import TieredRule
from indicators.spec import (
    ChangeRule,
    ChoiceRule,
    CountRule,
    InstrumentSpec,
    MatrixRule,
    PercentageRule,
    Tier,
)
from kla_portal.web.demo.sizes import OPEN_UNITS, Sizes

Values = dict[str, dict[str, Any]]
"""Question code -> raw value, as scoring reads it."""
Span = tuple[int, int]

ALL_KECAMATAN, ALL_VILLAGES = "seluruh kecamatan", "seluruh desa/kelurahan"

# A kecamatan has a case exactly when one of its villages has one.
SAME_CASES = (
    ("25.6", "26.7"),
    ("25.7a", "26.8a"),
    ("25.7b", "26.8b"),
    ("25.7c", "26.8c"),
    ("25.7d", "26.8d"),
    ("25.8", "26.9"),
)
PART_OF = ("4.2", "4.1")
"""Whoever holds a birth certificate is registered."""
NO_OVERLAP = ("14.1", "14.3")
"""A baby that is fed anything else is not exclusively breastfed."""


@dataclass(frozen=True)
class Outcome:
    points: Decimal
    draw: Callable[[], Values]
    """Makes the values; a row of a matrix comes as ``{"row": 2, "option": 0}``."""


@dataclass(frozen=True)
class Part:
    codes: tuple[str, ...]
    outcomes: tuple[Outcome, ...]


def assemble(drawn: Iterator[Values], spec: InstrumentSpec) -> Values:
    """The drawn values of all parts as whole answers: matrix rows put together."""
    answers: Values = {}
    for values in drawn:
        for code, value in values.items():
            rule = spec.by_code[code].rule
            if isinstance(rule, MatrixRule):
                answers.setdefault(code, {"rows": [None] * len(rule.rows)})["rows"][value["row"]] = value[
                    "option"
                ]
            else:
                answers[code] = value
    return answers


class Figures:
    """What one district can answer. ``rng`` decides the numbers inside a tier."""

    def __init__(
        self, spec: InstrumentSpec, sizes: Sizes, *, kecamatan: int, villages: int, largest: int, rng: Random
    ) -> None:
        """``largest``: the villages of the kecamatan that has most of them."""
        self.spec, self.sizes, self.rng = spec, sizes, rng
        self.levels = {ALL_KECAMATAN: kecamatan, ALL_VILLAGES: villages}
        self.largest = largest

    def parts(self) -> list[Part]:
        """Every part of the instrument, in its order; a pair stands where its first question does."""
        pairs = self._pairs()
        partners = {code for codes in pairs for code in codes[1:]}
        found: list[Part] = []
        for question in self.spec.questions():
            if question.code in partners:
                continue
            codes = next((codes for codes in pairs if codes[0] == question.code), (question.code,))
            if isinstance(question.rule, MatrixRule):
                found += self._rows(question.code)
            else:
                outcomes = pairs[codes]() if codes in pairs else self._single(question.code)
                found.append(Part(codes, tuple(outcomes)))
        return found

    def _pairs(self) -> Mapping[tuple[str, ...], Callable[[], Iterator[Outcome]]]:
        """Only those that this instrument has as percentages."""
        known = {q.code for q in self.spec.questions() if isinstance(q.rule, PercentageRule)}
        pairs: dict[tuple[str, ...], Callable[[], Iterator[Outcome]]] = {
            codes: partial(self._same_cases, *codes) for codes in SAME_CASES
        }
        pairs[PART_OF[::-1]] = partial(self._part_of, *PART_OF)
        pairs[NO_OVERLAP] = partial(self._no_overlap, *NO_OVERLAP)
        return {codes: outcomes for codes, outcomes in pairs.items() if known.issuperset(codes)}

    # One question

    def _rows(self, code: str) -> Iterator[Part]:
        rule = self.spec.by_code[code].rule
        assert isinstance(rule, MatrixRule)  # noqa: S101
        for row, of_row in enumerate(rule.rows):
            yield Part(
                (code,),
                tuple(
                    Outcome(option.points, _always({code: {"row": row, "option": number}}))
                    for number, option in enumerate(of_row.options)
                ),
            )

    def _single(self, code: str) -> Iterator[Outcome]:
        rule = self.spec.by_code[code].rule
        match rule:
            case ChoiceRule():
                for number, option in enumerate(rule.options):
                    yield Outcome(option.points, _always({code: {"option": number}}))
            case PercentageRule() | CountRule() | ChangeRule():
                for index, tier in enumerate(rule.tiers):
                    span = self._span(code, index)
                    if span:
                        yield Outcome(self._worth(code, tier), self._tiered(code, index, span))

    def _tiered(self, code: str, index: int, span: Span) -> Callable[[], Values]:
        return lambda: {code: self._value(code, self._within(code, index, span))}

    def _value(self, code: str, number: int) -> dict[str, str]:
        match self.spec.by_code[code].rule:
            case PercentageRule():
                return {"numerator": str(number), "denominator": str(self._denominator(code))}
            case ChangeRule():
                return {"previous": str(self.sizes.last_year(code)), "current": str(number)}
        return {"value": str(number)}

    def _within(self, code: str, index: int, span: Span) -> int:
        """A number of the span: near the tier's own bound rather than at the far end, seldom all or none."""
        low, high = span
        rule = self._rule(code)
        near, far = (low, high) if rule.direction == "higher" else (high, low)
        if index == len(rule.tiers) - 1:
            # The open end is the bad one here: most are not hopeless, only below the last cut-off.
            near, far = far, near
        return near + round((far - near) * self.rng.triangular(0.02, 0.8, 0.3))

    def _span(self, code: str, index: int) -> Span | None:
        """The whole numbers that reach this tier and no better one; ``None`` where there are none."""
        rule = self._rule(code)
        own, better = rule.tiers[index].bound, rule.tiers[index - 1].bound if index else None
        if rule.direction == "higher":
            low = 0 if own is None else max(0, math.ceil(self._edge(code, own)))
            high = self._most(code) if better is None else math.ceil(self._edge(code, better)) - 1
        else:
            low = 0 if better is None else math.floor(self._edge(code, better)) + 1
            high = self._most(code) if own is None else math.floor(self._edge(code, own))
        low, high = max(low, self._least(code)), min(high, self._most(code))
        return (low, high) if low <= high else None

    def _edge(self, code: str, bound: Decimal) -> Fraction:
        """The number at which the measured value is ``bound``."""
        match self._rule(code):
            case PercentageRule():
                return Fraction(bound) * self._denominator(code) / 100
            case ChangeRule():
                return (1 + Fraction(bound) / 100) * self.sizes.last_year(code)
        return Fraction(bound)

    def _least(self, code: str) -> int:
        """Nothing that is counted every year halves in one."""
        return self.sizes.last_year(code) * 2 // 3 if isinstance(self._rule(code), ChangeRule) else 0

    def _most(self, code: str) -> int:
        rule = self._rule(code)
        if isinstance(rule, PercentageRule):
            return self._denominator(code)
        if isinstance(rule, ChangeRule):
            return self.sizes.last_year(code) * 4 // 3 + 1
        best = math.ceil(rule.tiers[0].bound or 0)
        return best + best // 2 if rule.unit in OPEN_UNITS else best

    def _denominator(self, code: str) -> int:
        rule = self._rule(code)
        assert isinstance(rule, PercentageRule)  # noqa: S101
        return self.levels.get(rule.denominator) or self.sizes.denominator(code, rule.denominator)

    def _rule(self, code: str) -> TieredRule:
        rule = self.spec.by_code[code].rule
        assert isinstance(rule, PercentageRule | CountRule | ChangeRule)  # noqa: S101
        return rule

    def _worth(self, code: str, tier: Tier) -> Decimal:
        """A question without weight brings nothing, whatever its tiers say."""
        return tier.points if self.spec.by_code[code].weight else Decimal(0)

    # Two questions

    def _spans(self, code: str) -> dict[int, Span]:
        spans = {index: self._span(code, index) for index in range(len(self._rule(code).tiers))}
        return {index: span for index, span in spans.items() if span}

    def _pair_points(self, first: str, i: int, second: str, j: int) -> Decimal:
        return self._worth(first, self._rule(first).tiers[i]) + self._worth(
            second, self._rule(second).tiers[j]
        )

    def _same_cases(self, kecamatan: str, village: str) -> Iterator[Outcome]:
        """All pairs of numbers by their tiers; one is drawn among those of the tiers chosen."""
        upper, lower = self._by_number(kecamatan), self._by_number(village)
        most_k, most_v = len(upper) - 1, len(lower) - 1
        counts_cases = self._rule(kecamatan).direction == "lower"
        pairs: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for k, i in upper.items():
            cases_k = k if counts_cases else most_k - k
            for v, j in lower.items():
                cases_v = v if counts_cases else most_v - v
                usual = max(cases_k, cases_k * most_v * 4 // (5 * most_k))
                if cases_k <= cases_v <= min(cases_k * self.largest, usual):
                    pairs.setdefault((i, j), []).append((k, v))
        for (i, j), fitting in pairs.items():
            yield Outcome(
                self._pair_points(kecamatan, i, village, j), self._one_of(kecamatan, village, fitting)
            )

    def _one_of(self, first: str, second: str, fitting: list[tuple[int, int]]) -> Callable[[], Values]:
        def draw() -> Values:
            one, two = self.rng.choice(fitting)
            return {first: self._value(first, one), second: self._value(second, two)}

        return draw

    def _by_number(self, code: str) -> dict[int, int]:
        """Numerator -> tier."""
        return {n: i for i, (low, high) in self._spans(code).items() for n in range(low, high + 1)}

    def _part_of(self, part: str, whole: str) -> Iterator[Outcome]:
        for i, (low, high) in self._spans(whole).items():
            for j, of_part in self._spans(part).items():
                if of_part[0] <= high:
                    of_whole = (max(low, of_part[0]), high)
                    yield Outcome(
                        self._pair_points(whole, i, part, j),
                        self._draw_part(whole, (i, of_whole), part, (j, of_part)),
                    )

    def _draw_part(
        self, whole: str, of_whole: tuple[int, Span], part: str, of_part: tuple[int, Span]
    ) -> Callable[[], Values]:
        def draw() -> Values:
            many = self._within(whole, *of_whole)
            tier, (low, high) = of_part
            few = self._within(part, tier, (low, min(high, many)))
            return {whole: self._value(whole, many), part: self._value(part, few)}

        return draw

    def _no_overlap(self, first: str, second: str) -> Iterator[Outcome]:
        total = self._denominator(first)
        for i, (low, high) in self._spans(first).items():
            for j, (other_low, other_high) in self._spans(second).items():
                if low + other_low <= total:
                    spans = (i, (low, min(high, total - other_low))), (j, (other_low, other_high))
                    yield Outcome(
                        self._pair_points(first, i, second, j), self._draw_apart(first, second, *spans)
                    )

    def _draw_apart(
        self, first: str, second: str, of_first: tuple[int, Span], of_second: tuple[int, Span]
    ) -> Callable[[], Values]:
        def draw() -> Values:
            one = self._within(first, *of_first)
            tier, (low, high) = of_second
            two = self._within(second, tier, (low, min(high, self._denominator(first) - one)))
            return {first: self._value(first, one), second: self._value(second, two)}

        return draw


def _always(values: Values) -> Callable[[], Values]:
    return lambda: values
