"""EM, VA, VL and VF side by side as frozen values. No queries, no rendering.

Points are exact ``Decimal``. Permen PPPA 12/2022 art. 30-32: each stage has a score of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from evaluations.models.edition import Stage
from evaluations.reports.paper import Letterhead, Printed, places_for, printable
from evaluations.scoring.score import ScoreTree, plain
from indicators.spec import Band, InstrumentSpec
from kla_portal.indonesian import angka, tanggal_jam

DECISIONS = {"accept": "Diterima", "change": "Diubah", "reject": "Ditolak", "defer": "Ditunda"}
AGAINST = {"change", "reject"}


@dataclass(frozen=True)
class StageInput:
    """One stage as it is read: ``verdicts`` is code -> the snapshot's row (decision, reason ...)."""

    stage: str
    tree: ScoreTree
    verdicts: Mapping[str, Mapping[str, Any]]
    running: bool = False
    taken_at: datetime | None = None
    receipt_number: str = ""


@dataclass(frozen=True, slots=True)
class StageColumn:
    code: str
    """``EM``, ``VA`` ..."""
    name: str
    running: bool
    """Not closed yet: the numbers still move."""
    total: Decimal
    predikat: Band
    step: Decimal | None
    """Against the stage before; ``None`` for the first."""
    taken_text: str
    receipt_number: str

    @property
    def step_text(self) -> str:
        """Against the stage before, with its sign; empty at the first."""
        return "" if self.step is None else signed(self.step, 2)


@dataclass(frozen=True, slots=True)
class Cell:
    """One question at one stage. ``decision`` is empty where nothing was decided: the stage before counts."""

    stage: str
    points: Decimal
    answer_text: str
    decision: str
    reason: str
    """The verifier's own words."""
    why: str
    """How the points came about."""
    against: bool

    @property
    def verdict(self) -> str:
        """``Ditolak: Perda belum diundangkan.``; empty without a decision."""
        return f"{self.decision}: {self.reason}" if self.decision and self.reason else self.decision


@dataclass(frozen=True, slots=True)
class QuestionLine:
    code: str
    title: str
    weight: Decimal
    cells: tuple[Cell, ...]
    changed: bool
    """Points, answer or verdict differ between two of the stages shown."""

    @property
    def step(self) -> Decimal:
        """Last stage shown minus the first: negative where points were lost."""
        return self.cells[-1].points - self.cells[0].points

    @property
    def step_text(self) -> str:
        """For a column of points: at least two decimals."""
        return signed(self.step, places_for([self.step]))

    @property
    def step_exact(self) -> str:
        """Beside points as they are: no digit more."""
        return signed(self.step)

    @property
    def verdicts(self) -> tuple[Cell, ...]:
        """Those that say something: against the claim, or with a reason. To accept needs no words."""
        return tuple(cell for cell in self.cells if cell.against or cell.reason)


@dataclass(frozen=True, slots=True)
class SumLine:
    """A cluster or an indicator: its points at each stage."""

    code: str
    name: str
    weight: Decimal
    stages: tuple[str, ...]
    """``EM``, ``VA`` ... in the order of ``points``."""
    points: tuple[Decimal, ...]

    @property
    def labelled(self) -> list[tuple[str, Decimal]]:
        return list(zip(self.stages, self.points, strict=True))

    @property
    def step(self) -> Decimal:
        return self.points[-1] - self.points[0]

    @property
    def step_text(self) -> str:
        """For a column of points: at least two decimals."""
        return signed(self.step, places_for([self.step]))


@dataclass(frozen=True, slots=True)
class IndicatorPart:
    line: SumLine
    questions: tuple[QuestionLine, ...]


@dataclass(frozen=True, slots=True)
class ClusterPart:
    line: SumLine
    indicators: tuple[IndicatorPart, ...]


@dataclass(frozen=True)
class StagesReport(Printed):
    edition_name: str
    district_code: str
    district_name: str
    province_name: str
    instrument_title: str
    legal_basis: tuple[str, ...]
    maximum: Decimal
    stages: tuple[StageColumn, ...]
    clusters: tuple[ClusterPart, ...]
    printed_at: datetime
    zone: ZoneInfo
    letterhead: Letterhead
    edition_code: str = ""

    @property
    def changed(self) -> tuple[QuestionLine, ...]:
        """The questions that changed, most points lost first."""
        lines = [line for line in self.questions() if line.changed]
        return tuple(sorted(lines, key=lambda line: line.step))

    def questions(self) -> Iterable[QuestionLine]:
        for cluster in self.clusters:
            for part in cluster.indicators:
                yield from part.questions

    @property
    def step(self) -> Decimal:
        return self.stages[-1].total - self.stages[0].total

    @property
    def step_text(self) -> str:
        return signed(self.step, 2)

    @property
    def places(self) -> int:
        """Digits after the comma in the columns of points."""
        return places_for(cell.points for line in self.questions() for cell in line.cells)

    @property
    def printed_text(self) -> str:
        return tanggal_jam(self.printed_at, self.zone)

    @property
    def moment(self) -> datetime:
        return self.printed_at

    def content(self) -> dict[str, Any]:
        """The comparison as JSON-ready values, without the time of printing and the letterhead."""
        return {
            "edition": self.edition_name,
            "district": [self.district_code, self.district_name, self.province_name],
            "instrument": self.instrument_title,
            "stages": [
                [part.code, part.running, plain(part.total), part.predikat.code, part.receipt_number]
                for part in self.stages
            ],
            "questions": [
                [line.code, line.title, plain(line.weight)]
                + [[plain(cell.points), cell.answer_text, cell.decision, cell.reason] for cell in line.cells]
                for line in self.questions()
            ],
        }

    def payload(self) -> dict[str, Any]:
        """For ``report_key``: the same content on the same day is the same file."""
        return {
            "digest": self.digest,
            "date": self.printed_at.astimezone(self.zone).date().isoformat(),
            "letterhead": asdict(self.letterhead),
        }


def signed(value: Decimal, places: int | None = None) -> str:
    """``+1,5``, ``−3``, ``0``."""
    return f"{'+' if value > 0 else ''}{angka(value, places)}"


def build_stages_report(
    *,
    instrument: InstrumentSpec,
    stages: Sequence[StageInput],
    edition_name: str,
    district: tuple[str, str],
    province_name: str,
    printed_at: datetime,
    zone: ZoneInfo,
    letterhead: Letterhead,
    edition_code: str = "",
) -> StagesReport:
    """``stages`` in their order, at least one; ``district`` is code and name."""
    return StagesReport(
        edition_name=printable(edition_name),
        district_code=district[0],
        district_name=printable(district[1]),
        province_name=printable(province_name),
        instrument_title=instrument.title,
        legal_basis=instrument.legal_basis,
        maximum=instrument.total,
        stages=_columns(stages, zone),
        clusters=_clusters(instrument, stages),
        printed_at=printed_at,
        zone=zone,
        letterhead=letterhead,
        edition_code=edition_code,
    )


def _clusters(instrument: InstrumentSpec, stages: Sequence[StageInput]) -> tuple[ClusterPart, ...]:
    by_code = [{part.code: part for part in given.tree.questions()} for given in stages]
    names = tuple(given.stage.upper() for given in stages)
    found = []
    for at, cluster in enumerate(instrument.clusters):
        sums = [given.tree.clusters[at] for given in stages]
        parts = []
        for place, indicator in enumerate(cluster.indicators):
            points = tuple(part.indicators[place].points for part in sums)
            lines = tuple(
                _question(q.code, q.title, q.weight, stages, [by[q.code] for by in by_code])
                for q in indicator.questions
            )
            line = SumLine(indicator.number, indicator.name, indicator.weight, names, points)
            parts.append(IndicatorPart(line, lines))
        points = tuple(part.points for part in sums)
        line = SumLine(cluster.code, cluster.name, cluster.weight, names, points)
        found.append(ClusterPart(line, tuple(parts)))
    return tuple(found)


def _columns(stages: Sequence[StageInput], zone: ZoneInfo) -> tuple[StageColumn, ...]:
    return tuple(
        StageColumn(
            code=given.stage.upper(),
            name=str(Stage(given.stage).label),
            running=given.running,
            total=given.tree.total,
            predikat=given.tree.predikat,
            step=None if before is None else given.tree.total - before.tree.total,
            taken_text=tanggal_jam(given.taken_at, zone) if given.taken_at else "",
            receipt_number=given.receipt_number,
        )
        for before, given in zip([None, *stages[:-1]], stages, strict=True)
    )


def _question(
    code: str, title: str, weight: Decimal, stages: Sequence[StageInput], points: Sequence[Any]
) -> QuestionLine:
    cells = []
    for given, part in zip(stages, points, strict=True):
        verdict = given.verdicts.get(code, {})
        decision = verdict.get("decision", "")
        cells.append(
            Cell(
                stage=given.stage.upper(),
                points=part.points,
                answer_text=printable(part.answer_text),
                decision=DECISIONS.get(decision, ""),
                reason=printable(verdict.get("reason", "")),
                why=printable(part.reason),
                against=decision in AGAINST,
            )
        )
    first = cells[0]
    changed = any(
        cell.against or cell.points != first.points or cell.answer_text != first.answer_text for cell in cells
    )
    return QuestionLine(code, title, weight, tuple(cells), changed)
