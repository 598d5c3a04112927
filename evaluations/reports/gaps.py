"""Daftar kekurangan sebelum diajukan: per agency what is open, what it brings or endangers, with boxes to tick.

A working list for paper, not a result: points are exact ``Decimal``, times aware.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from evaluations.reports.paper import Letterhead, Printed, places_for
from evaluations.scoring.score import plain
from kla_portal.indonesian import tanggal_jam

INCOMPLETE, UNANSWERED, MISSING, DOCUMENTS, OTHER = (
    "incomplete",
    "unanswered",
    "evidence",
    "documents",
    "other",
)
KINDS = {
    INCOMPLETE: ("Jawaban belum lengkap", "Baru terisi sebagian; lengkapi atau kosongkan sebelum diajukan."),
    UNANSWERED: (
        "Belum dijawab",
        "Jawab pertanyaannya; poin di kanan adalah yang paling banyak dapat diperoleh.",
    ),
    MISSING: ("Data dukung wajib belum ada", "Pasang dokumennya; poin di kanan terancam dalam verifikasi."),
    DOCUMENTS: ("Peringatan dokumen", "Bereskan atau jawab peringatannya; sebelum itu poinnya belum aman."),
    OTHER: ("Isi yang perlu dicocokkan", "Periksa jawabannya dan perbaiki yang tidak cocok."),
}
"""Kind -> its heading and what to do, in the order of the list."""

NOBODY = "Belum ada perangkat daerah"


@dataclass(frozen=True, slots=True)
class GapItem:
    """``codes``: the question, or those at which a document stands. ``must``: it keeps the evaluation from going in."""

    kind: str
    codes: tuple[str, ...]
    title: str
    words: str
    points: Decimal
    """To be won or in danger; 0 where none are."""
    must: bool

    @property
    def codes_text(self) -> str:
        return ", ".join(self.codes)


@dataclass(frozen=True, slots=True)
class GapGroup:
    name: str
    lead: str
    items: tuple[GapItem, ...]


@dataclass(frozen=True, slots=True)
class AgencyGaps:
    """``gain``: points of what is unanswered or incomplete; ``risk``: claimed points that hang on documents.

    Both count each question once.
    """

    name: str
    items: tuple[GapItem, ...]
    gain: Decimal
    risk: Decimal

    @property
    def groups(self) -> tuple[GapGroup, ...]:
        """Kinds that have items, in the list's order."""
        found = (
            (words, tuple(item for item in self.items if item.kind == kind)) for kind, words in KINDS.items()
        )
        return tuple(GapGroup(*words, items) for words, items in found if items)

    @property
    def counts(self) -> tuple[int, ...]:
        """How many items of each kind, in the list's order."""
        return tuple(sum(item.kind == kind for item in self.items) for kind in KINDS)


@dataclass(frozen=True)
class GapsReport(Printed):
    district_code: str
    district_name: str
    province_name: str
    edition_name: str
    agencies: tuple[AgencyGaps, ...]
    """Only those with something open, most points first."""
    partial: bool
    """Of the reader's own agencies only."""
    claim: Decimal | None
    """Total of the claim, rounded once; ``None`` on a partial list."""
    closes_at: datetime | None
    printed_at: datetime
    zone: ZoneInfo
    letterhead: Letterhead

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(name for name, _ in KINDS.values())

    @property
    def counts(self) -> tuple[int, ...]:
        """Per kind, over all agencies."""
        return tuple(map(sum, zip(*(part.counts for part in self.agencies), strict=True)))

    @property
    def count(self) -> int:
        return sum(len(part.items) for part in self.agencies)

    @property
    def must(self) -> int:
        """Items that keep the evaluation from going in."""
        return sum(item.must for part in self.agencies for item in part.items)

    @property
    def gain(self) -> Decimal:
        return total(part.gain for part in self.agencies)

    @property
    def risk(self) -> Decimal:
        return total(part.risk for part in self.agencies)

    @property
    def places(self) -> int:
        """Digits after the comma in the columns of points."""
        return places_for(sums for part in self.agencies for sums in (part.gain, part.risk))

    @property
    def closes_text(self) -> str:
        return tanggal_jam(self.closes_at, self.zone) if self.closes_at else ""

    @property
    def printed_text(self) -> str:
        return tanggal_jam(self.printed_at, self.zone)

    @property
    def moment(self) -> datetime:
        return self.printed_at

    def content(self) -> dict[str, Any]:
        """The list as JSON-ready values, without the time of printing and the letterhead."""
        return {
            "district": [self.district_code, self.district_name, self.province_name],
            "edition": self.edition_name,
            "partial": self.partial,
            "claim": None if self.claim is None else plain(self.claim),
            "closes_at": self.closes_at.isoformat() if self.closes_at else None,
            "agencies": [
                [part.name, plain(part.gain), plain(part.risk)]
                + [
                    [item.kind, list(item.codes), item.title, item.words, plain(item.points), item.must]
                    for item in part.items
                ]
                for part in self.agencies
            ],
        }

    def payload(self) -> dict[str, Any]:
        """For ``report_key``: the same content on the same day is the same file."""
        return {
            "digest": self.digest,
            "date": self.printed_at.astimezone(self.zone).date().isoformat(),
            "letterhead": asdict(self.letterhead),
        }


def total(points: Iterable[Decimal]) -> Decimal:
    return sum(points, Decimal(0))
