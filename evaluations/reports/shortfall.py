"""Daftar kekurangan: what was sent back, what is needed on each question, and until when. For paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from evaluations.models import Stage
from evaluations.reports.paper import Letterhead, Printed, printable
from kla_portal.indonesian import tanggal_jam

UNANSWERED = "belum dijawab"


@dataclass(frozen=True, slots=True)
class ShortfallItem:
    """``answer`` is the claim as it was sent back, in words; ``reason`` why it has its points."""

    code: str
    title: str
    agency: str
    answer: str
    reason: str
    needed: str

    @property
    def told(self) -> str:
        """``Peraturan Daerah (1 dari 1 poin)``: what the reason begins with is not said twice."""
        said = self.answer or UNANSWERED
        begins = self.reason.lower().startswith(f"{said}: ".lower())
        return f"{said} ({self.reason[len(said) + 2 :] if begins else self.reason})"


@dataclass(frozen=True, slots=True)
class ShortfallReport(Printed):
    district_code: str
    district_name: str
    province_name: str
    edition_name: str
    stage: str
    sequence: int
    sender: str
    message: str
    items: tuple[ShortfallItem, ...]
    count: int
    """Questions of the whole return; more than ``items`` on an agency's own list."""
    sent_at: datetime
    due_at: datetime
    locks_at: datetime
    extended: bool
    zone: ZoneInfo
    letterhead: Letterhead
    edition_code: str = ""

    @property
    def stage_name(self) -> str:
        return str(Stage(self.stage).label)

    @property
    def sent_text(self) -> str:
        return tanggal_jam(self.sent_at, self.zone)

    @property
    def due_text(self) -> str:
        return tanggal_jam(self.due_at, self.zone)

    @property
    def locks_text(self) -> str:
        return tanggal_jam(self.locks_at, self.zone)

    @property
    def partial(self) -> bool:
        return len(self.items) < self.count

    @property
    def moment(self) -> datetime:
        return self.sent_at

    def content(self) -> dict[str, Any]:
        return {
            "district": [self.district_code, self.district_name, self.province_name],
            "edition": self.edition_name,
            "stage": self.stage,
            "sequence": self.sequence,
            "sender": self.sender,
            "message": self.message,
            "items": [asdict(item) for item in self.items],
            "count": self.count,
            "times": [moment.isoformat() for moment in (self.sent_at, self.due_at, self.locks_at)],
            "extended": self.extended,
        }

    def payload(self) -> dict[str, Any]:
        """For ``report_key``."""
        return {"digest": self.digest, "zone": self.zone.key, "letterhead": asdict(self.letterhead)}


def clean_items(items: Iterable[ShortfallItem]) -> tuple[ShortfallItem, ...]:
    """Typed text without characters that hide or reorder what is read."""
    return tuple(
        ShortfallItem(**{name: printable(text) for name, text in asdict(item).items()}) for item in items
    )
