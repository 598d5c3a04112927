"""Rencana Aksi Daerah KLA on paper: every action with who, until when, for how much and for which points."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from evaluations.reports.paper import Letterhead, Printed
from kla_portal.indonesian import angka, tanggal, tanggal_jam


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One action. ``codes``: its questions; ``budget`` in whole rupiah; points exact."""

    title: str
    output: str
    codes: tuple[str, ...]
    agency: str
    supporting: tuple[str, ...]
    budget: int | None
    budget_source: str
    starts_on: date | None
    due_on: date | None
    status: str
    expected: Decimal
    reached: Decimal
    proofs: int

    @property
    def budget_text(self) -> str:
        return "" if self.budget is None else f"Rp{angka(self.budget)}"

    @property
    def time_text(self) -> str:
        if self.due_on is None:
            return ""
        return (
            f"{tanggal(self.starts_on)} s.d. {tanggal(self.due_on)}"
            if self.starts_on
            else tanggal(self.due_on)
        )


@dataclass(frozen=True, slots=True)
class PlanPart:
    """The actions whose first question lies in one cluster; ``code`` is empty for those without a question."""

    code: str
    name: str
    lines: tuple[PlanLine, ...]


@dataclass(frozen=True, slots=True)
class ActionPlanReport(Printed):
    """``expected`` and ``reached`` count every question once and leave dropped actions out; so does ``budget``."""

    district_code: str
    district_name: str
    province_name: str
    edition_code: str
    edition_name: str
    target: str
    """What the district aims for, in words; empty when nothing was set."""
    parts: tuple[PlanPart, ...]
    count: int
    expected: Decimal
    reached: Decimal
    budget: int
    as_of: datetime
    """The last change of the plan or of the answers."""
    zone: ZoneInfo
    letterhead: Letterhead

    @property
    def budget_text(self) -> str:
        return f"Rp{angka(self.budget)}"

    @property
    def as_of_text(self) -> str:
        return tanggal_jam(self.as_of, self.zone)

    @property
    def moment(self) -> datetime:
        return self.as_of

    def content(self) -> dict[str, Any]:
        return {
            "district": [self.district_code, self.district_name, self.province_name],
            "edition": [self.edition_code, self.edition_name],
            "target": self.target,
            "parts": [
                [part.code, part.name, [_plain(asdict(line)) for line in part.lines]] for part in self.parts
            ],
            "sums": [self.count, str(self.expected), str(self.reached), self.budget],
            "as_of": self.as_of.isoformat(),
        }

    def payload(self) -> dict[str, Any]:
        """For ``report_key``."""
        return {"digest": self.digest, "zone": self.zone.key, "letterhead": asdict(self.letterhead)}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat()
        if isinstance(value, date)
        else str(value)
        if isinstance(value, Decimal)
        else value
        for name, value in row.items()
    }
