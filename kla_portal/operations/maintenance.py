"""Read-only for a while: the switch, and what every process knows of it.

Unsafe requests are refused (middleware.py); reading goes on, with the traces that reading leaves: who opened sensitive
evidence is recorded, a message counts as read, a paper that was not yet printed is printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from django.conf import settings
from django.db import transaction

from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction
from kla_portal.operations.models import Maintenance

SUBJECT = "pemeliharaan"
RETRY_SECONDS = (30, 3600)
"""The shortest and longest time after which a browser is told to come back."""


class MaintenanceRefused(Exception):
    """Why the switch did not move, in Indonesian."""


@dataclass(frozen=True)
class Notice:
    """What people are told: why, and until when if somebody dared to say."""

    reason: str
    until: datetime | None

    def retry_after(self, now: datetime) -> int:
        """Seconds; without an expected end, or past it, the shortest time."""
        least, most = RETRY_SECONDS
        left = int((self.until - now).total_seconds()) if self.until else least
        return min(max(left, least), most)


@dataclass
class _Known:
    """What this process last read, and when (``monotonic``; None: never)."""

    notice: Notice | None = None
    at: float | None = None


_known = _Known()


def running() -> Maintenance | None:
    """The row in force, from the database."""
    return Maintenance.objects.filter(ended_at=None).first()


def begin(*, reason: str, until: datetime | None = None, by: User | None) -> Maintenance:
    """``by`` is None for the command line. ``MaintenanceRefused`` while one runs, or for a bad reason or time."""
    now = clock.now()
    reason = reason.strip()
    if not 0 < len(reason) <= 300:
        raise MaintenanceRefused("Tulis alasannya, paling banyak 300 huruf; semua orang akan membacanya.")
    if until is not None and until <= now:
        raise MaintenanceRefused(
            "Waktu selesai sudah lewat. Tulis waktu yang akan datang, atau tanpa --until."
        )
    with transaction.atomic():
        if running():
            raise MaintenanceRefused("Pemeliharaan sudah berjalan. Akhiri dahulu: manage.py maintenance off")
        begun = Maintenance.objects.create(reason=reason, begun_at=now, begun_by=by, until=until)
        record(
            EventAction.MAINTENANCE_BEGUN,
            by=by,
            subject=SUBJECT,
            reason=reason,
            until=until.isoformat() if until else None,
        )
    forget()
    return begun


def end(*, by: User | None) -> Maintenance:
    """``MaintenanceRefused`` when none runs."""
    with transaction.atomic():
        row = Maintenance.objects.select_for_update().filter(ended_at=None).first()
        if row is None:
            raise MaintenanceRefused("Tidak ada pemeliharaan yang berjalan.")
        row.ended_at, row.ended_by = max(clock.now(), row.begun_at), by
        row.save(update_fields=["ended_at", "ended_by"])
        record(EventAction.MAINTENANCE_ENDED, by=by, subject=SUBJECT, reason=row.reason)
    forget()
    return row


def known() -> Notice | None:
    """What people are told now: read at most every ``MAINTENANCE_SECONDS``, so every host follows in that time."""
    if _known.at is None or monotonic() - _known.at >= settings.MAINTENANCE_SECONDS:
        row = running()
        remember(Notice(row.reason, row.until) if row else None)
    return _known.notice


def remember(notice: Notice | None) -> None:
    """Take this as read just now."""
    _known.notice, _known.at = notice, monotonic()


def forget() -> None:
    """Let the next question go to the database."""
    _known.at = None
