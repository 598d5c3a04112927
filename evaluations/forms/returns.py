"""Sending questions back: which, what is needed on each, and until when. And handing them in again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict

from evaluations.domain.returns import USUAL_TIME
from evaluations.domain.shortfall import Candidate
from evaluations.forms.submission import SubmitForm
from kla_portal.indonesian import angka, zone_name

NEEDED_LIMIT = 2000
"""Characters of "yang diperlukan" on one question, and of the covering message."""

SHOWN = {"perhatian": "Ditolak, diubah, ditunda", "semua": "Semua yang diklaim"}


@dataclass
class Line:
    """One question that may go back, as the verifier left it."""

    candidate: Candidate
    chosen: bool
    needed: str
    error: str = ""

    @property
    def code(self) -> str:
        return self.candidate.question.code


@dataclass
class SendBackForm:
    """Plain fields beside a list that can be long: names are ``pilih``, ``perlu-<code>`` and the four of the deadline.

    Times are wall-clock times of the district. Everything that was typed stays when something is refused.
    """

    groups: list[tuple[Any, list[Candidate]]]
    zone: ZoneInfo
    now: datetime
    data: QueryDict | None = None
    errors: dict[str, str] = field(default_factory=dict)
    due_at: datetime | None = None
    locks_at: datetime | None = None

    def __post_init__(self) -> None:
        chosen = set(self.data.getlist("pilih")) if self.data is not None else None
        self.lines = [
            (cluster, [self._line(candidate, chosen) for candidate in rows]) for cluster, rows in self.groups
        ]
        self.shown = self._shown()

    def _line(self, candidate: Candidate, chosen: set[str] | None) -> Line:
        if self.data is None or chosen is None:
            return Line(candidate, candidate.proposed, candidate.reason)
        code = candidate.question.code
        return Line(candidate, code in chosen, self.data.get(f"perlu-{code}", candidate.reason))

    def _shown(self) -> str:
        asked = ""
        if self.data is not None:
            asked = self.data.get("saring") or self.data.get("tampil", "")
        if asked in SHOWN:
            return asked
        return "perhatian" if any(line.chosen for line in self._all()) else "semua"

    def _all(self) -> Iterable[Line]:
        return (line for _, lines in self.lines for line in lines)

    @property
    def visible(self) -> list[tuple[Any, list[Line]]]:
        """What the filter shows. What is chosen always stays in view."""
        found = [
            (cluster, [line for line in lines if self._is_visible(line)]) for cluster, lines in self.lines
        ]
        return [(cluster, lines) for cluster, lines in found if lines]

    def _is_visible(self, line: Line) -> bool:
        return self.shown == "semua" or line.chosen or line.candidate.proposed

    @property
    def filters(self) -> list[tuple[str, str, int]]:
        lines = list(self._all())
        counts = {"perhatian": sum(line.candidate.proposed for line in lines), "semua": len(lines)}
        return [(key, label, counts[key]) for key, label in SHOWN.items()]

    @property
    def chosen(self) -> list[Line]:
        return [line for line in self._all() if line.chosen]

    @property
    def needed(self) -> dict[str, str]:
        return {line.code: line.needed.strip() for line in self.chosen}

    @property
    def message(self) -> str:
        return self.data.get("message", "") if self.data is not None else ""

    @property
    def typed(self) -> Mapping[str, str]:
        """The four deadline fields as they stand: the usual time to begin with."""
        if self.data is not None:
            return {
                name: self.data.get(name, "") for name in ("due_on", "due_time", "locks_on", "locks_time")
            }
        # Whole minutes, rounded up: the district never gets less than the usual time.
        usual = (self.now + USUAL_TIME + timedelta(seconds=59)).astimezone(self.zone)
        return {"due_on": f"{usual:%Y-%m-%d}", "due_time": f"{usual:%H:%M}", "locks_on": "", "locks_time": ""}

    @property
    def zone_name(self) -> str:
        return zone_name(self.zone)

    def is_valid(self) -> bool:
        self._check_lines()
        self.due_at = self._moment("due")
        if self.due_at is None and "due" not in self.errors:
            self.errors["due"] = "Isi tanggal dan jam batas waktu."
        elif self.due_at and self.due_at <= self.now:
            self.errors["due"] = "Batas waktu harus di depan."
        self.locks_at = self._moment("locks") or self.due_at
        if self.due_at and self.locks_at and self.locks_at < self.due_at:
            self.errors["locks"] = "Penguncian tidak boleh sebelum batas tepat waktu."
        if len(self.message) > NEEDED_LIMIT:
            self.errors["message"] = f"Pengantar paling panjang {angka(NEEDED_LIMIT)} huruf."
        return not self.errors

    def _check_lines(self) -> None:
        if not self.chosen:
            self.errors["pilih"] = "Pilih sedikitnya satu pertanyaan yang dikembalikan."
        for line in self.chosen:
            if not line.needed.strip():
                line.error = "Tulis apa yang diperlukan; kabupaten/kota membacanya."
            elif len(line.needed) > NEEDED_LIMIT:
                line.error = (
                    f"Paling panjang {angka(NEEDED_LIMIT)} huruf (sekarang {angka(len(line.needed))})."
                )
        faulty = [line.code for line in self.chosen if line.error]
        if faulty:
            self.errors["perlu"] = f"Periksa “yang diperlukan” pada {', '.join(faulty)}."

    def _moment(self, name: str) -> datetime | None:
        """The typed wall-clock time of the district; an error when it cannot be read or is only half there."""
        day, hour = self.typed[f"{name}_on"].strip(), self.typed[f"{name}_time"].strip()
        if not day and not hour:
            return None
        try:
            local = datetime.combine(date.fromisoformat(day), time.fromisoformat(hour).replace(tzinfo=None))
            # Outside these years a zone's shift may leave what a database can hold.
            if not 2000 <= local.year <= 2100:
                raise ValueError(local.year)
        except ValueError:
            self.errors[name] = "Isi tanggal dan jam, misalnya 30-06-2026 dan 16.00."
            return None
        return local.replace(tzinfo=self.zone).astimezone(UTC)


class ResubmitForm(SubmitForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "password"
        ].help_text = "Diminta sekali lagi, karena sesudah diajukan kembali jawaban terkunci."
