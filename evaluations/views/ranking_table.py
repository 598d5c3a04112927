"""The ranking's table as HTML: drawn once for all who read the same rows, its rows from one drawn row with holes.

What is kept holds nothing of a person or a request, and its key is the hash of everything the table shows; who may
read which rows was decided before they were read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from threading import Lock

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from evaluations.domain.ranking import NATIONAL, Ranking, StoredRanking, ranking_of
from evaluations.models import Stage
from evaluations.reports.ranking import RankingCluster, RankingRow
from evaluations.views.holes import ANY_PK, fill, hole, split
from indicators.spec import Band
from kla_portal.indonesian import angka

KEPT = 4_000_000
"""Characters of drawn tables kept per process: six nations, or all provinces several times."""

_FIELDS = ("rank", "district", "note", "predikat", "total", "bars", "change")

_kept: OrderedDict[str, SafeString] = OrderedDict()
_lock = Lock()


def draw(found: StoredRanking) -> SafeString:
    """Everything under the page's tabs: claim, Provila, table, and who has no result."""
    with _lock:
        if found.key in _kept:
            _kept.move_to_end(found.key)
            return _kept[found.key]
    drawn = _drawn(found, ranking_of(found))
    with _lock:
        _kept[found.key] = drawn
        while len(_kept) > 1 and sum(map(len, _kept.values())) > KEPT:
            _kept.popitem(last=False)
    return drawn


def _drawn(found: StoredRanking, ranking: Ranking) -> SafeString:
    context = {
        "report": ranking.report,
        "rows": mark_safe("".join(_rows(ranking, found.stage))),
        "stage": found.stage,
        "edition_code": found.edition.code,
        "place_code": found.province.code if found.province else NATIONAL,
    }
    return render_to_string("evaluations/_ranking_table.html", context)


def _rows(ranking: Ranking, stage: Stage) -> Iterator[str]:
    holes = {name: hole(name) for name in _FIELDS}
    drawn = render_to_string("evaluations/_ranking_row.html", {**holes, "pk": ANY_PK, "stage": stage})
    parts = split(drawn)
    badges = {band: _badge(band) for band in {row.predikat for row in ranking.report.rows}}
    for row in ranking.report.rows:
        yield fill(parts, _texts(row, ranking, badges))


def _texts(row: RankingRow, ranking: Ranking, badges: Mapping[Band, SafeString]) -> dict[str, str]:
    return {
        "pk": str(ranking.evaluations[row.code]),
        "rank": str(row.rank),
        "district": row.district,
        "note": format_html("<br><small>{}</small>", row.note) if row.note else "",
        "predikat": badges[row.predikat],
        "total": angka(row.total, 2),
        "bars": _bars(ranking.report.clusters, row.points),
        "change": row.change_text,
    }


def _badge(band: Band) -> SafeString:
    return render_to_string("evaluations/_ranking_predikat.html", {"band": band})


@lru_cache(maxsize=2000)
def _bars(clusters: tuple[RankingCluster, ...], points: tuple[Decimal, ...]) -> SafeString:
    """Seven thin bars: each cluster's points against its maximum. After one change only one row is drawn anew."""
    bars = [
        {"code": cluster.code, "points": part, "weight": cluster.weight}
        for cluster, part in zip(clusters, points, strict=True)
    ]
    return render_to_string("evaluations/_ranking_bars.html", {"bars": bars})
