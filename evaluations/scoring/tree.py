"""The explanation tree of a score: total, clusters, indicators, questions; and the same as canonical JSON.

Pages, PDF, the command and the stored result all show this one tree.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from evaluations.scoring.rules import QuestionPoints
from indicators.spec import Band


@dataclass(frozen=True, slots=True)
class IndicatorPoints:
    number: str
    name: str
    weight: Decimal
    points: Decimal
    answered: int
    count: int
    questions: tuple[QuestionPoints, ...]


@dataclass(frozen=True, slots=True)
class ClusterPoints:
    code: str
    name: str
    weight: Decimal
    points: Decimal
    answered: int
    count: int
    indicators: tuple[IndicatorPoints, ...]


@dataclass(frozen=True, slots=True)
class ScoreTree:
    total_exact: Decimal
    total: Decimal
    """Two decimals, half up: the only rounding of a score."""
    predikat: Band
    note: str | None
    """Said when the total lies between two published bands."""
    next_band: Band | None
    to_next: Decimal | None
    """Points missing to the next predikat, two decimals."""
    answered: int
    questions_count: int
    clusters: tuple[ClusterPoints, ...]

    def indicators(self) -> Iterator[IndicatorPoints]:
        for cluster in self.clusters:
            yield from cluster.indicators

    def questions(self) -> Iterator[QuestionPoints]:
        for indicator in self.indicators():
            yield from indicator.questions


def plain(number: Decimal) -> str:
    """Exact, without exponent or trailing zeros: ``121.16``, ``12``, ``0``."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text


def tree_to_dict(tree: ScoreTree) -> dict[str, Any]:
    """JSON-ready: decimals as plain text, ``total`` and ``to_next`` with two places; fixed key order."""
    content: dict[str, Any] = _jsonable(asdict(tree))
    content["total"] = f"{tree.total:.2f}"
    if tree.to_next is not None:
        content["to_next"] = f"{tree.to_next:.2f}"
    return content


def tree_from_dict(content: Mapping[str, Any]) -> ScoreTree:
    """Inverse of ``tree_to_dict``. ``KeyError`` or ``TypeError`` when the content is not a score tree."""
    after = content["next_band"]
    return ScoreTree(
        total_exact=Decimal(content["total_exact"]),
        total=Decimal(content["total"]),
        predikat=_band(content["predikat"]),
        note=content["note"],
        next_band=None if after is None else _band(after),
        to_next=None if content["to_next"] is None else Decimal(content["to_next"]),
        answered=content["answered"],
        questions_count=content["questions_count"],
        clusters=tuple(_cluster(cluster) for cluster in content["clusters"]),
    )


def tree_to_summary(tree: ScoreTree) -> dict[str, Any]:
    """The short form that ``manage.py score`` prints: points by code, and the reason of every question."""
    summary: dict[str, Any] = {"total": f"{tree.total:.2f}", "predikat": tree.predikat.code}
    if tree.note:
        summary["note"] = tree.note
    return summary | {
        "clusters": {cluster.code: plain(cluster.points) for cluster in tree.clusters},
        "indicators": {indicator.number: plain(indicator.points) for indicator in tree.indicators()},
        "questions": {q.code: {"points": plain(q.points), "reason": q.reason} for q in tree.questions()},
    }


def canonical_json(content: object) -> bytes:
    """One byte string for one content: sorted keys, no spaces, UTF-8. NaN is a ``ValueError``."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def digest(content: object) -> str:
    """sha256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(content)).hexdigest()


def _jsonable(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, dict):
        return {key: _jsonable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(part) for part in value]
    return value


def _with_decimals(content: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {**content, **{name: Decimal(content[name]) for name in names}}


def _band(content: Mapping[str, Any]) -> Band:
    return Band(**_with_decimals(content, "threshold"))


def _cluster(content: Mapping[str, Any]) -> ClusterPoints:
    indicators = tuple(_indicator(indicator) for indicator in content["indicators"])
    return ClusterPoints(**{**_with_decimals(content, "weight", "points"), "indicators": indicators})


def _indicator(content: Mapping[str, Any]) -> IndicatorPoints:
    questions = tuple(QuestionPoints(**_with_decimals(q, "weight", "points")) for q in content["questions"])
    return IndicatorPoints(**{**_with_decimals(content, "weight", "points"), "questions": questions})
