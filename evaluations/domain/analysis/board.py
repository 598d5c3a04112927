"""Progress and risk: who is late, silent, behind, or claims more than the evidence carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from evaluations.domain.queue import Waiting, waiting
from evaluations.domain.ranking import status_word
from evaluations.models import Edition, State
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.indonesian import angka, persen
from kla_portal.regions.models import Province

SILENT = timedelta(days=7)
"""Without any activity for so long, a district that should fill in is asked about."""
SOON = timedelta(days=7)
"""Within this time before the deadline, unanswered questions are a risk."""
ANSWERED = 80
"""Percent of the questions that should be answered by then."""
WIDE = Decimal(50)
"""Points between claim and safe score from which the evidence lags behind."""

WITH_DISTRICT = frozenset({State.FILLING, State.RETURNED})


@dataclass(frozen=True)
class Line:
    """One district. ``risks``: what to ask about, in words; ``days``: whole days to the deadline, below 0 when past."""

    row: Waiting
    status: str
    count: int
    """Questions of the instrument."""
    days: int | None
    risks: tuple[str, ...]

    @property
    def with_district(self) -> bool:
        """Whether the district itself has to act: claim and evidence can still change."""
        return State(self.row.evaluation.state) in WITH_DISTRICT

    @property
    def gap(self) -> Decimal:
        """Points claimed that the evidence does not carry yet."""
        return self.row.evaluation.claimed_total - self.row.evaluation.safe_total


def board(*, edition: Edition, province: Province | None, by: User) -> list[Line]:
    """Every district of the area that ``by`` supervises, most risks first, then by name.

    One query, when the edition comes with its windows (as from ``access.get_area_for``).
    """
    count = len(loaded(edition.instrument).spec.by_code)
    now = clock.now()
    rows = waiting(edition=edition, province=province, by=by, dated=True)
    lines = [_line(row, count, now) for row in rows]
    return sorted(lines, key=lambda line: (-len(line.risks), line.row.evaluation.district.name))


def _line(row: Waiting, count: int, now: datetime) -> Line:
    days = None if row.due_at is None else (row.due_at - now).days
    return Line(row, status_word(row.evaluation), count, days, tuple(_risks(row, count, now)))


def _risks(row: Waiting, count: int, now: datetime) -> list[str]:
    """Only while the district itself has to act, except that a verification can be late too."""
    evaluation, late = row.evaluation, row.due_at is not None and now >= row.due_at
    if evaluation.state not in WITH_DISTRICT:
        return ["verifikasi lewat waktu"] if late and evaluation.state != State.FINAL else []
    found = ["lewat waktu"] if late else []
    if not evaluation.begun:
        return [*found, "belum mulai"]
    if row.latest and now - row.latest >= SILENT:
        found.append(f"tanpa kegiatan {(now - row.latest).days} hari")
    if row.due_at and row.due_at - now <= SOON and evaluation.answered_count * 100 < ANSWERED * count:
        found.append(f"baru {persen(Decimal(evaluation.answered_count * 100) / count, 0)} terjawab")
    gap = evaluation.claimed_total - evaluation.safe_total
    if gap >= WIDE:
        found.append(f"{angka(gap, 2)} poin belum aman")
    return found
