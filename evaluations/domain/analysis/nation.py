"""The provinces of the nation, and how many districts held which predikat, by the portal and by published sources."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from evaluations.domain.analysis.totals import DistrictTotal, Totals, districts_by_province
from evaluations.domain.rulings import standing_results
from evaluations.models import Edition, PublishedResult, Stage, StageResult
from indicators.domain.spec import loaded
from indicators.spec import Band
from kla_portal.regions.models import Province


@dataclass(frozen=True)
class ProvinceLine:
    province: Province
    districts: int
    counts: tuple[int, ...]
    """By band, best first."""
    awarded: int

    @property
    def known(self) -> int:
        """Districts with a total."""
        return sum(self.counts)

    @property
    def absent(self) -> int:
        """Districts without one."""
        return self.districts - self.known

    @property
    def provila(self) -> bool:
        return bool(self.districts) and self.awarded == self.districts


def provinces(edition: Edition, found: Totals) -> list[ProvinceLine]:
    """By name. Two queries beside the cached instrument."""
    bands = loaded(edition.instrument).spec.bands
    taking_part = districts_by_province(edition)
    by_province: dict[str, list[DistrictTotal]] = defaultdict(list)
    for row in found.rows:
        by_province[row.province].append(row)
    return [
        _line(province, taking_part.get(province.code, 0), by_province[province.code], bands)
        for province in Province.objects.order_by("name")
    ]


def _line(
    province: Province, districts: int, rows: Iterable[DistrictTotal], bands: Sequence[Band]
) -> ProvinceLine:
    held = Counter(row.band.code for row in rows)
    return ProvinceLine(
        province,
        districts,
        tuple(held[band.code] for band in bands),
        sum(held[band.code] for band in bands if band.award),
    )


@dataclass(frozen=True)
class YearCount:
    """One year (or edition) from one origin; ``counts``: predikat code -> districts."""

    label: str
    stage: Stage
    counts: Mapping[str, int]
    published: bool

    @property
    def districts(self) -> int:
        return sum(self.counts.values())


def counts_by_year() -> list[YearCount]:
    """The portal's own results by edition and stage, then the published ones by year and stage. Two queries.

    A district counts once per line: by its newest result, or by the first of the sources that name a predikat.
    """
    return [*_own(), *_published()]


def _own() -> list[YearCount]:
    newest = (
        StageResult.objects.filter(evaluation=OuterRef("evaluation"), stage=OuterRef("stage"))
        .order_by("-sequence")
        .values("pk")[:1]
    )
    rows = standing_results().filter(pk=Subquery(newest)).order_by()
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for code, stage, predikat in rows.values_list("evaluation__edition__code", "stage", "predikat"):
        counts[code, stage][predikat] += 1
    return _in_order(counts, published=False)


def _published() -> list[YearCount]:
    seen: set[tuple[str, int, str]] = set()
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    rows = PublishedResult.objects.exclude(predikat="").order_by("district", "year", "stage", "source")
    for district, year, stage, predikat in rows.values_list("district", "year", "stage", "predikat"):
        if (district, year, stage) not in seen:
            seen.add((district, year, stage))
            counts[str(year), stage][predikat] += 1
    return _in_order(counts, published=True)


def _in_order(counts: Mapping[tuple[str, str], Counter[str]], *, published: bool) -> list[YearCount]:
    """The newest year first, its stages in their order."""
    order = list(Stage.values)
    keys = sorted(counts, key=lambda key: order.index(key[1]))
    keys.sort(key=lambda key: key[0], reverse=True)
    return [YearCount(label, Stage(stage), counts[label, stage], published) for label, stage in keys]
