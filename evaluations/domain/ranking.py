"""Who stands where in a province or the nation, from the stored results of one stage."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from hashlib import sha256

from django.db.models import OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from evaluations.domain.letterheads import letterhead
from evaluations.domain.rulings import standing_results
from evaluations.models import Edition, Evaluation, Stage, StageResult, State
from evaluations.reports.ranking import AbsentDistrict, RankingEntry, RankingReport, build_ranking_report
from evaluations.scoring.bands import gap_note
from evaluations.scoring.score import percent_of
from indicators.domain.spec import loaded
from indicators.spec import InstrumentSpec
from kla_portal import clock
from kla_portal.indonesian import NATIONAL_ZONE
from kla_portal.regions.models import Province

NATIONAL = "nasional"
"""The place in an address that means the whole country."""


ResultRow = tuple[int, str, Decimal, str, str]
"""Evaluation, district code, total, predikat code, and the clusters' points as JSON."""
EvaluationRow = tuple[int, str, str, str, bool]
"""Evaluation, district code and name, state, and whether anybody has begun to fill it in."""


@dataclass(frozen=True)
class Ranking:
    """The report, and the evaluation behind each of its rows (district code -> pk)."""

    report: RankingReport
    evaluations: Mapping[str, int]


@dataclass(frozen=True)
class StoredRanking:
    """All that a ranking is made of, as the database gives it: one row for each evaluation that has a result, one for
    every evaluation, and one for each result of the last edition, in an order that does not change."""

    edition: Edition
    stage: Stage
    province: Province | None
    spec: InstrumentSpec
    results: tuple[ResultRow, ...]
    evaluations: tuple[EvaluationRow, ...]
    before: tuple[ResultRow, ...]

    @cached_property
    def key(self) -> str:
        """The same for two of them only where their rankings are the same, but for the time of printing."""
        edition, previous = self.edition, self.edition.previous
        shown = (
            (edition.code, edition.name, self.spec.digest, self.stage),
            previous and (previous.name, previous.instrument.total),
            self.province and (self.province.code, self.province.name),
            *(self.results, self.evaluations, self.before),
        )
        return sha256(repr(shown).encode()).hexdigest()


def latest_results(edition: Edition, stage: Stage) -> QuerySet[StageResult]:
    """The newest result of each evaluation whose stage is closed now, without the large snapshots."""
    newest = (
        StageResult.objects.filter(evaluation=OuterRef("evaluation"), stage=stage)
        .order_by("-sequence")
        .values("pk")[:1]
    )
    return standing_results(stage).filter(evaluation__edition=edition, pk=Subquery(newest)).defer("snapshot")


def stored_ranking(*, edition: Edition, stage: Stage, province: Province | None) -> StoredRanking:
    """Three queries for thirteen districts or 514, two where there was no edition before."""
    rows = Evaluation.objects.filter(edition=edition).annotate(touched=Q(last_activity_at__isnull=False))
    if province:
        rows = rows.filter(district__province=province)
    return StoredRanking(
        edition,
        stage,
        province,
        loaded(edition.instrument).spec,
        _newest(edition, stage, province),
        tuple(
            rows.order_by("district_id").values_list("pk", "district", "district__name", "state", "touched")
        ),
        _newest(edition.previous, stage, province) if edition.previous else (),
    )


def _newest(edition: Edition, stage: Stage, province: Province | None) -> tuple[ResultRow, ...]:
    """Of each evaluation whose stage is closed now the newest result. Few have two: all are read, the later one stays.

    One that was reopened has none: what was ruled there is being looked at again.
    """
    rows = standing_results(stage).filter(evaluation__edition=edition)
    if province:
        rows = rows.filter(evaluation__district__province=province)
    columns = rows.order_by("evaluation__district_id", "sequence").values_list(
        "evaluation", "evaluation__district", "total", "predikat", Cast("clusters", TextField())
    )
    return tuple({row[0]: row for row in columns}.values())


def ranking(*, edition: Edition, stage: Stage, province: Province | None) -> Ranking:
    """Who stands where now, with the queries of ``stored_ranking``."""
    return ranking_of(stored_ranking(edition=edition, stage=stage, province=province))


def ranking_of(found: StoredRanking) -> Ranking:
    """The ranking of what was read. No queries."""
    edition, province, spec = found.edition, found.province, found.spec
    before = _shares(found)
    by_evaluation = {row[0]: row for row in found.results}
    entries, absent, pks = [], [], {}
    for pk, code, name, state, begun in found.evaluations:
        pks[code] = pk
        if pk in by_evaluation:
            entries.append(_entry(name, by_evaluation[pk], spec, before.get(code)))
        else:
            absent.append(AbsentDistrict(code, name, _word(state, begun)))
    report = build_ranking_report(
        edition_name=edition.name,
        stage=found.stage,
        place_name=f"Provinsi {province}" if province else "Nasional",
        is_province=province is not None,
        instrument=spec,
        entries=entries,
        absent=absent,
        printed_at=clock.now(),
        zone=province.zone if province else NATIONAL_ZONE,
        letterhead=letterhead(province),
        previous_name=edition.previous.name if edition.previous else None,
        edition_code=edition.code,
        place_code=province.code if province else "",
    )
    return Ranking(report, pks)


def _entry(name: str, row: ResultRow, spec: InstrumentSpec, before: Fraction | None) -> RankingEntry:
    _, code, total, predikat, clusters = row
    return RankingEntry(
        code=code,
        district=name,
        total=total,
        predikat=predikat,
        points={cluster: Decimal(points) for cluster, points in json.loads(clusters).items()},
        change=None if before is None else percent_of(total, spec.total) - before,
        note=gap_note(spec.bands, total) or "",
    )


def _shares(found: StoredRanking) -> dict[str, Fraction]:
    """District code -> last edition's total in percent of that edition's maximum."""
    if found.edition.previous is None:
        return {}
    maximum = found.edition.previous.instrument.total
    return {code: percent_of(total, maximum) for _, code, total, _, _ in found.before}


def status_word(evaluation: Evaluation) -> str:
    """Belum mulai, Pengisian, Diajukan: what a list says of an evaluation."""
    return _word(evaluation.state, evaluation.begun)


def _word(state: str, begun: bool) -> str:
    return "Belum mulai" if state == State.FILLING and not begun else str(State(state).label)
