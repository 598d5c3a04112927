"""Hasil yang diumumkan: the final results of an edition as everyone may read them, from the set time on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from evaluations.domain.ranking import latest_results
from evaluations.models import Edition, Stage, State
from evaluations.scoring.ranking import rank
from indicators.domain.spec import loaded
from indicators.spec import Band
from kla_portal import clock
from kla_portal.regions.models import Province


@dataclass(frozen=True)
class PublicRow:
    rank: int
    district: str
    predikat: Band
    total: Decimal


@dataclass(frozen=True)
class PublicProvince:
    province: Province
    rows: Sequence[PublicRow]


def is_public(edition: Edition) -> bool:
    """Whether the set time has come."""
    return edition.results_public_at is not None and edition.results_public_at <= clock.now()


def public_results(edition: Edition) -> list[PublicProvince]:
    """Provinces by name, each with its ranked districts. One query beside the cached instrument.

    Only results that stand: of evaluations whose final stage is closed, the newest result of that stage.
    """
    bands = loaded(edition.instrument).spec.band_by_code
    results = (
        latest_results(edition, Stage.VF)
        .filter(evaluation__state=State.FINAL)
        .select_related("evaluation__district__province")
        .order_by("evaluation__district__province__name", "evaluation__district__name")
    )
    by_province: dict[str, list[tuple[str, str, Decimal]]] = {}
    provinces: dict[str, Province] = {}
    for result in results:
        district = result.evaluation.district
        provinces[district.province_id] = district.province
        by_province.setdefault(district.province_id, []).append(
            (district.name, result.predikat, result.total)
        )
    return [
        PublicProvince(
            provinces[code],
            [
                PublicRow(place, name, bands[predikat], total)
                for place, (name, predikat, _), total in rank((row, row[2]) for row in rows)
                if place is not None and total is not None
            ],
        )
        for code, rows in by_province.items()
    ]
