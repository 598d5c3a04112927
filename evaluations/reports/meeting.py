"""The sheets of a cluster's coordination meeting: per agency what is open, and what it brings; who was there."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from evaluations.reports.paper import Letterhead, Printed
from kla_portal.indonesian import tanggal, tanggal_jam

BLANK_LINES = 5


@dataclass(frozen=True, slots=True)
class MeetingItem:
    """One question or one action of an agency: how it stands, and what to bring. ``code`` is empty for an action."""

    code: str
    title: str
    state: str
    bring: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgencySheet:
    """``counts``: open questions, missing documents, returned questions, actions, in words that are not empty."""

    name: str
    questions: int
    """Of the cluster that this agency answers."""
    counts: tuple[str, ...]
    items: tuple[MeetingItem, ...]


@dataclass(frozen=True, slots=True)
class MeetingReport(Printed):
    district_code: str
    district_name: str
    province_name: str
    edition_name: str
    cluster_code: str
    cluster_name: str
    held_on: date
    held_at: str
    place: str
    agenda: tuple[str, ...]
    sheets: tuple[AgencySheet, ...]
    """Agencies with something open, the busiest first."""
    invited: tuple[str, ...]
    """Every agency with a question or an action in the cluster, by name."""
    as_of: datetime
    zone: ZoneInfo
    letterhead: Letterhead

    @property
    def blank(self) -> range:
        """Numbers of the empty lines in the list of attendance: for those who come uninvited."""
        return range(len(self.invited) + 1, len(self.invited) + 1 + BLANK_LINES)

    @property
    def held_text(self) -> str:
        day = tanggal(self.held_on, weekday=True)
        return f"{day}, pukul {self.held_at}" if self.held_at else day

    @property
    def as_of_text(self) -> str:
        return tanggal_jam(self.as_of, self.zone)

    @property
    def moment(self) -> datetime:
        return self.as_of

    def content(self) -> dict[str, Any]:
        return {
            "district": [self.district_code, self.district_name, self.province_name],
            "edition": self.edition_name,
            "cluster": [self.cluster_code, self.cluster_name],
            "meeting": [self.held_on.isoformat(), self.held_at, self.place, list(self.agenda)],
            "sheets": [asdict(sheet) for sheet in self.sheets],
            "invited": list(self.invited),
            "as_of": self.as_of.isoformat(),
        }

    def payload(self) -> dict[str, Any]:
        """For ``report_key``."""
        return {"digest": self.digest, "zone": self.zone.key, "letterhead": asdict(self.letterhead)}
