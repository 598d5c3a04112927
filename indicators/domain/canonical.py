"""The one way to write an instrument's content: what the digest seals, the export prints, the rows keep."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

from indicators.spec import (
    Band,
    ChangeRule,
    ChoiceRule,
    CountRule,
    InstrumentSpec,
    MatrixRow,
    MatrixRule,
    Option,
    PercentageRule,
    QuestionSpec,
    Rule,
    ScaleOption,
    Term,
    Tier,
)

Plain = dict[str, Any]
"""Mappings, lists, texts, true/false and null in the file's shape; numbers as texts."""


def plain_number(value: Decimal) -> str:
    """``Decimal("1.50")`` -> ``"1.5"``, ``Decimal("-0")`` -> ``"0"``: one text per number, no exponent."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def number(text: str | Decimal) -> Decimal:
    """The number in its one representation, so that equal instruments are also printed alike."""
    return Decimal(plain_number(Decimal(text)))


def canonical(spec: InstrumentSpec) -> Plain:
    """The whole content in the shape of the instrument file. The digest is not part of it."""
    return {
        "instrument": {
            "code": spec.code,
            "title": spec.title,
            "legal_basis": list(spec.legal_basis),
            "total": plain_number(spec.total),
            "predikat": [_band(band) for band in spec.bands],
        },
        "scales": {code: plain_scale(steps) for code, steps in spec.scales.items()},
        "agencies": [_term(term) for term in spec.agencies],
        "themes": [_term(term) for term in spec.themes],
        "evidence_kinds": [_term(term) for term in spec.evidence_kinds],
        "clusters": [
            {
                "code": cluster.code,
                "name": cluster.name,
                "weight": plain_number(cluster.weight),
                "indicators": [
                    {
                        "number": indicator.number,
                        "name": indicator.name,
                        "weight": plain_number(indicator.weight),
                        "purpose": indicator.purpose,
                        "questions": [_question(question) for question in indicator.questions],
                    }
                    for indicator in cluster.indicators
                ],
            }
            for cluster in spec.clusters
        ],
    }


def digest(spec: InstrumentSpec) -> str:
    """sha256 (hex) of the canonical content as sorted, compact JSON in UTF-8."""
    text = json.dumps(canonical(spec), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def plain_scale(steps: tuple[ScaleOption, ...]) -> list[Plain]:
    return [{"label": step.label, "fraction": plain_number(step.fraction)} for step in steps]


def scale_from_plain(steps: list[Plain]) -> tuple[ScaleOption, ...]:
    return tuple(ScaleOption(step["label"], number(step["fraction"])) for step in steps)


def plain_rule(rule: Rule) -> Plain:
    """The answer as the file writes it; a choice by scale names its scale only."""
    match rule:
        case ChoiceRule(options, scale):
            if scale is not None:
                return {"kind": "choice", "scale": scale}
            return {"kind": "choice", "options": _options(options)}
        case MatrixRule(rows):
            return {
                "kind": "matrix",
                "rows": [{"label": row.label, "options": _options(row.options)} for row in rows],
            }
        case PercentageRule():
            plain: Plain = {
                "kind": "percentage",
                "numerator": rule.numerator,
                "denominator": rule.denominator,
            }
            if rule.empty is not None:
                plain["empty"] = plain_number(rule.empty)
        case CountRule() | ChangeRule():
            plain = {"kind": rule.kind, "unit": rule.unit}
    key = "min" if rule.direction == "higher" else "max"
    plain["direction"] = rule.direction
    plain["tiers"] = [
        {
            key: None if tier.bound is None else plain_number(tier.bound),
            "points": plain_number(tier.points),
        }
        for tier in rule.tiers
    ]
    return plain


def rule_from_plain(plain: Plain, *, weight: Decimal, scales: dict[str, tuple[ScaleOption, ...]]) -> Rule:
    """Inverse of ``plain_rule``, for content that was checked when it was imported."""
    kind = plain["kind"]
    if kind == "choice":
        scale = plain.get("scale")
        if scale is not None:
            return ChoiceRule(options_of_scale(scales[scale], weight), scale)
        return ChoiceRule(_options_from(plain["options"]))
    if kind == "matrix":
        return MatrixRule(
            tuple(MatrixRow(row["label"], _options_from(row["options"])) for row in plain["rows"])
        )
    key = "min" if plain["direction"] == "higher" else "max"
    tiers = tuple(
        Tier(None if tier[key] is None else number(tier[key]), number(tier["points"]))
        for tier in plain["tiers"]
    )
    if kind == "percentage":
        empty = plain.get("empty")
        return PercentageRule(
            plain["numerator"],
            plain["denominator"],
            plain["direction"],
            tiers,
            None if empty is None else number(empty),
        )
    return (CountRule if kind == "count" else ChangeRule)(plain["unit"], plain["direction"], tiers)


def options_of_scale(steps: tuple[ScaleOption, ...], weight: Decimal) -> tuple[Option, ...]:
    """points = weight x fraction. Both have at most ten digits, so the product is exact."""
    return tuple(Option(step.label, number(weight * step.fraction)) for step in steps)


def _options(options: tuple[Option, ...]) -> list[Plain]:
    return [{"label": option.label, "points": plain_number(option.points)} for option in options]


def _options_from(options: list[Plain]) -> tuple[Option, ...]:
    return tuple(Option(option["label"], number(option["points"])) for option in options)


def _band(band: Band) -> Plain:
    plain: Plain = {
        "code": band.code,
        "name": band.name,
        "from" if band.inclusive else "above": plain_number(band.threshold),
        "award": band.award,
    }
    if band.published is not None:
        plain["published"] = band.published
    return plain


def _term(term: Term) -> Plain:
    return {"code": term.code, "name": term.name}


def _question(question: QuestionSpec) -> Plain:
    return {
        "code": question.code,
        "title": question.title,
        "text": question.text,
        "guidance": question.guidance,
        "weight": plain_number(question.weight),
        "theme": question.theme,
        "level": question.level,
        "answer": plain_rule(question.rule),
        "evidence": [
            {"kind": slot.kind, "label": slot.label, "required": slot.required} for slot in question.slots
        ],
        "agencies": list(question.agencies),
        "sensitive": question.sensitive,
        "official": {"points": question.official},
    }
