"""Stored results as the analysis reads them: totals, clusters, and points per question in a small score tree."""

from __future__ import annotations

from decimal import Decimal

from evaluations.models import Evaluation, EvidenceLink, Stage, StageResult
from evaluations.scoring.score import predikat_for
from indicators.domain.spec import loaded
from kla_portal import clock
from tests.cast import KALSEL
from tests.evaluations.domain.claims import move_on

STORY = "Bidan desa mencatat tiap kelahiran dan mengantar aktanya."


def in_province(count: int, *, edition: str = "2026", province: str = KALSEL) -> list[Evaluation]:
    """The province's first evaluations by code."""
    rows = Evaluation.objects.with_place().filter(edition__code=edition, district__province=province)
    return list(rows.order_by("district_id")[:count])


def stored(
    evaluation: Evaluation,
    lost: dict[str, str],
    *,
    by,
    stage: Stage = Stage.EM,
    sequence: int = 1,
    spoil=None,
):
    """A result with every point except those ``lost`` by question code, and the tree that says so.

    ``spoil`` may change the tree's clusters before they are stored: results are append-only.
    """
    spec = loaded(evaluation.edition.instrument).spec
    points = {q.code: q.weight - Decimal(lost.get(q.code, "0")) for q in spec.questions()}
    clusters = [
        {
            "code": cluster.code,
            "name": cluster.name,
            "weight": f"{cluster.weight:f}",
            "points": f"{sum(points[q.code] for q in cluster.questions()):f}",
            "indicators": [
                {
                    "number": part.number,
                    "name": part.name,
                    "weight": f"{part.weight:f}",
                    "points": f"{sum(points[q.code] for q in part.questions):f}",
                    "questions": [{"code": q.code, "points": f"{points[q.code]:f}"} for q in part.questions],
                }
                for part in cluster.indicators
            ],
        }
        for cluster in spec.clusters
    ]
    if spoil:
        spoil(clusters)
    total = sum(points.values())
    snapshot = {"score": {"clusters": clusters}}
    move_on([evaluation], stage, by=by)
    return StageResult.objects.create(
        evaluation=evaluation,
        stage=stage,
        sequence=sequence,
        total=total,
        predikat=predikat_for(spec.bands, total).code,
        clusters={part["code"]: part["points"] for part in clusters},
        snapshot=snapshot,
        instrument_digest=spec.digest,
        # The cache is kept by digest: other losses are other content.
        digest=f"{abs(hash((evaluation.district_id, tuple(lost.items())))):064x}"[:64],
        receipt_number=f"{stage}/{evaluation.pk}/{sequence}",
        taken_at=clock.now(),
        taken_by=by,
    )


def link(evaluation, code, document, by, number=1):
    slot = loaded(evaluation.edition.instrument).slot_ids[code, number]
    return EvidenceLink.objects.create(
        evaluation=evaluation, slot_id=slot, evidence=document, added_at=clock.now(), added_by=by
    )


def sensitive_code(spec):
    return next(q.code for q in spec.questions() if q.sensitive and q.weight and q.slots)
