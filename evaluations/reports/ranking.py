"""The ranking of a province or the nation as frozen values. No queries, no rendering.

Points are exact ``Decimal``; a change is an exact ``Fraction`` in points of a hundred of the maximum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from evaluations.models.edition import Stage
from evaluations.reports.paper import Letterhead, Printed, places_for, printable
from evaluations.scoring.ranking import rank
from evaluations.scoring.score import plain
from indicators.spec import Band, InstrumentSpec
from kla_portal.indonesian import angka, tanggal, tanggal_jam

FIGURE_SPACE = "\u2007"
LONG = 60
"""Rows from which a ranking is printed as lines; a province has 38 at most."""


@dataclass(frozen=True, slots=True)
class RankingEntry:
    """What one district brings to a ranking. ``predikat``: band code; ``points``: cluster code -> points.

    ``change``: against the last edition, in points of a hundred of the maximum (weights differ).
    """

    code: str
    district: str
    total: Decimal
    predikat: str
    points: Mapping[str, Decimal]
    change: Fraction | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class AbsentDistrict:
    """A district without a result at this stage; ``status`` is the word for where it stands."""

    code: str
    district: str
    status: str


@dataclass(frozen=True, slots=True)
class RankingRow:
    rank: int
    code: str
    district: str
    predikat: Band
    total: Decimal
    points: tuple[Decimal, ...]
    """In the order of the report's clusters."""
    change: Fraction | None
    note: str

    @property
    def change_text(self) -> str:
        """``+3,20``, ``−1,05``, ``0,00``; a dash without an earlier result."""
        if self.change is None:
            return "–"
        return f"{'+' if self.change > 0 else ''}{angka(self.change, 2)}"


@dataclass(frozen=True, slots=True)
class RankingLine:
    """A row of a long ranking as text: figures of one width, so that the decimal commas stand under each other."""

    rank: str
    row: RankingRow
    figures: str


@dataclass(frozen=True, slots=True)
class RankingCluster:
    code: str
    name: str
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Provila:
    """A province is a Provinsi Layak Anak when all of its districts hold a predikat."""

    reached: bool
    awarded: int
    districts: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class RankingReport(Printed):
    edition_name: str
    previous_name: str | None
    stage: str
    place_name: str
    legal_basis: tuple[str, ...]
    total: Decimal
    clusters: tuple[RankingCluster, ...]
    rows: tuple[RankingRow, ...]
    absent: tuple[AbsentDistrict, ...]
    predikats: tuple[tuple[Band, int], ...]
    """How many districts hold each, best first."""
    provila: Provila | None
    """None on the national ranking."""
    printed_at: datetime
    zone: ZoneInfo
    letterhead: Letterhead
    edition_code: str = ""
    place_code: str = ""
    """The province's; empty on the national ranking."""

    @property
    def stage_name(self) -> str:
        return str(Stage(self.stage).label)

    @property
    def printed_text(self) -> str:
        return tanggal_jam(self.printed_at, self.zone)

    @property
    def moment(self) -> datetime:
        return self.printed_at

    @property
    def printed_date(self) -> str:
        return tanggal(self.printed_at.astimezone(self.zone))

    @cached_property
    def places(self) -> int:
        """Digits after the comma in the cluster columns."""
        return places_for(points for row in self.rows for points in row.points)

    @property
    def long(self) -> bool:
        """Whether rows are printed as lines of text: a table cell costs WeasyPrint about a millisecond."""
        return len(self.rows) > LONG

    @property
    def lines(self) -> list[RankingLine]:
        return [
            RankingLine(
                _padded(angka(row.rank), 3),
                row,
                self._figures(
                    [angka(row.total, 2), *(angka(points, self.places) for points in row.points)]
                    + ([row.change_text] if self.previous_name else [])
                ),
            )
            for row in self.rows
        ]

    @property
    def line_heads(self) -> list[tuple[str, str]]:
        """Over the figures: what each is, and its maximum."""
        heads = [("Nilai", angka(self.total)), *((part.code, angka(part.weight)) for part in self.clusters)]
        return heads + ([("Perubahan", "poin persen")] if self.previous_name else [])

    def _figures(self, parts: Iterable[str]) -> str:
        return (FIGURE_SPACE * 2).join(_padded(part, self.places + 5) for part in parts)

    def content(self) -> dict[str, Any]:
        """The ranking itself as JSON-ready values, without the time of printing and the letterhead."""
        return {
            "edition": self.edition_name,
            "previous": self.previous_name,
            "stage": self.stage,
            "place": self.place_name,
            "legal_basis": list(self.legal_basis),
            "clusters": [[part.code, part.name, plain(part.weight)] for part in self.clusters],
            "bands": [[band.code, band.name, band.award] for band, _ in self.predikats],
            "province": self.provila is not None,
            "rows": [
                [row.rank, row.code, row.district, row.predikat.code, plain(row.total), row.note]
                + [plain(points) for points in row.points]
                + [None if row.change is None else str(row.change)]
                for row in self.rows
            ],
            "absent": [[part.code, part.district, part.status] for part in self.absent],
        }

    def payload(self) -> dict[str, Any]:
        """For ``report_key``: content, letterhead and the day of printing, which stands by the signature."""
        return {
            "digest": self.digest,
            "date": self.printed_date,
            "zone": self.zone.key,
            "letterhead": asdict(self.letterhead),
        }


def _padded(text: str, width: int) -> str:
    """Right-aligned in figure spaces, which are as wide as a digit."""
    return text.rjust(width, FIGURE_SPACE)


def build_ranking_report(
    *,
    edition_name: str,
    stage: str,
    place_name: str,
    is_province: bool,
    instrument: InstrumentSpec,
    entries: Iterable[RankingEntry],
    absent: Iterable[AbsentDistrict],
    printed_at: datetime,
    zone: ZoneInfo,
    letterhead: Letterhead,
    previous_name: str | None = None,
    edition_code: str = "",
    place_code: str = "",
) -> RankingReport:
    """Ranks the entries (ties share a rank, equal totals stand by name) and draws the sums from them.

    ``KeyError`` for a predikat or cluster that the instrument does not have.
    """
    rows, without = _ranked(entries, instrument), _without(absent)
    return RankingReport(
        edition_name=printable(edition_name),
        previous_name=None if previous_name is None else printable(previous_name),
        stage=stage,
        place_name=printable(place_name),
        legal_basis=instrument.legal_basis,
        total=instrument.total,
        clusters=tuple(RankingCluster(part.code, part.name, part.weight) for part in instrument.clusters),
        rows=rows,
        absent=without,
        predikats=tuple((band, sum(row.predikat == band for row in rows)) for band in instrument.bands),
        provila=_provila(rows, without) if is_province else None,
        printed_at=printed_at,
        zone=zone,
        letterhead=letterhead,
        edition_code=edition_code,
        place_code=place_code,
    )


def _ranked(entries: Iterable[RankingEntry], instrument: InstrumentSpec) -> tuple[RankingRow, ...]:
    given = {entry.code: entry for entry in sorted(entries, key=lambda entry: (entry.district, entry.code))}
    return tuple(
        _row(place, given[code], instrument)
        for place, code, _ in rank((code, entry.total) for code, entry in given.items())
        if place is not None
    )


def _without(absent: Iterable[AbsentDistrict]) -> tuple[AbsentDistrict, ...]:
    return tuple(
        AbsentDistrict(part.code, printable(part.district), printable(part.status))
        for part in sorted(absent, key=lambda part: (part.district, part.code))
    )


def _row(place: int, entry: RankingEntry, instrument: InstrumentSpec) -> RankingRow:
    return RankingRow(
        rank=place,
        code=entry.code,
        district=printable(entry.district),
        predikat=instrument.band_by_code[entry.predikat],
        total=entry.total,
        points=tuple(entry.points[cluster.code] for cluster in instrument.clusters),
        change=entry.change,
        note=printable(entry.note),
    )


def _provila(rows: Sequence[RankingRow], absent: Sequence[AbsentDistrict]) -> Provila:
    missing = [row.district for row in rows if not row.predikat.award] + [part.district for part in absent]
    districts = len(rows) + len(absent)
    return Provila(
        reached=bool(districts) and not missing,
        awarded=districts - len(missing),
        districts=districts,
        missing=tuple(sorted(missing)),
    )
