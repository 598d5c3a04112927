"""Points per question and district, out of the stored results. A result never changes, so what is read once is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.cache import cache

from evaluations.domain.ranking import latest_results
from evaluations.models import Edition, Stage, StageResult
from indicators.domain.spec import loaded
from kla_portal.regions.models import Province

KEPT = 24 * 3600
"""Seconds."""
AT_ONCE = 20
"""Snapshots in memory at a time, some 70 kB each."""


@dataclass(frozen=True)
class PointsTable:
    """``rows``: evaluation -> points in the order of ``codes``."""

    codes: tuple[str, ...]
    rows: Mapping[int, Sequence[Decimal]]

    def of(self, code: str) -> dict[int, Decimal]:
        """Evaluation -> points at one question."""
        place = self.codes.index(code)
        return {pk: points[place] for pk, points in self.rows.items()}


def points_table(edition: Edition, stage: Stage, province: Province | None) -> PointsTable:
    """Of the stage's newest results. One query when they were read before, else one more, however many they are.

    Of the snapshots only the score's tree is read. Results without one (their snapshot is empty) are left out.
    """
    codes = tuple(loaded(edition.instrument).spec.by_code)
    results = latest_results(edition, stage)
    if province:
        results = results.filter(evaluation__district__province=province)
    known = dict(results.order_by("pk").values_list("pk", "digest"))
    key = _key(codes, known)
    kept: dict[int, str] | None = cache.get(key) if known else {}
    if kept is None:
        kept = dict(_read(list(known), codes))
        cache.set(key, kept, KEPT)
    # As text in the cache: a third of the room, and exact.
    return PointsTable(codes, {pk: [Decimal(points) for points in text.split()] for pk, text in kept.items()})


def _key(codes: Sequence[str], known: Mapping[int, str]) -> str:
    text = repr((codes, sorted(known.items())))
    return f"analysis-points:{hashlib.sha256(text.encode()).hexdigest()}"


def _read(results: Sequence[int], codes: Sequence[str]) -> Iterator[tuple[int, str]]:
    rows = StageResult.objects.filter(pk__in=results).order_by("pk")
    for evaluation, clusters in rows.values_list("evaluation", "snapshot__score__clusters").iterator(
        chunk_size=AT_ONCE
    ):
        if clusters:
            points = question_points(clusters)
            yield evaluation, " ".join(points.get(code, "0") for code in codes)


def question_points(clusters: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Question code -> points as plain text, from the clusters of a stored score tree."""
    return {
        question["code"]: question["points"]
        for cluster in clusters
        for indicator in cluster["indicators"]
        for question in indicator["questions"]
    }
