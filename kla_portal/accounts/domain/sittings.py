"""Sessions as a person knows them: one sign-in on one device, from the password to its end.

No event when one begins or runs out: the row says so, for SIGN_IN_RETENTION_DAYS. Ending them by hand is an event.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet

from kla_portal import clock
from kla_portal.accounts.domain.memberships import log_account
from kla_portal.accounts.domain.refusal import AccountRefused
from kla_portal.accounts.models import KnownDevice, SessionEnd, SignedInSession, User
from kla_portal.events.models import EventAction

SHOWN_ENDED = 10
ALREADY_OVER = "Sesi ini sudah berakhir."


def idle_limit() -> timedelta:
    return timedelta(minutes=settings.SESSION_IDLE_MINUTES)


def age_limit() -> timedelta:
    return timedelta(hours=settings.SESSION_HOURS)


def cause_of_end(*, signed_in_at: datetime, seen_at: datetime, now: datetime) -> SessionEnd | None:
    """Why a session with these times is over by now; None while it runs. A clock set back ends nothing."""
    if now - signed_in_at >= age_limit():
        return SessionEnd.TOO_OLD
    if now - seen_at >= idle_limit():
        return SessionEnd.IDLE
    return None


@transaction.atomic
def begin(
    *, user: User, session_key: str, agent: str, address: str | None, device: KnownDevice | None
) -> SignedInSession:
    """The row of a sign-in that has just succeeded. ``agent`` in words, ``address`` an IP address or None.

    Two requests of a session that came in by another door may begin it together: both get the one row.
    """
    now = clock.now()
    times = {"signed_in_at": now, "seen_at": now}
    row, _ = SignedInSession.objects.get_or_create(
        user=user,
        session_key=session_key,
        defaults=times | {"device": device, "address": address, "agent": agent},
    )
    return row


def seen(*, pk: int, session_key: str) -> bool:
    """The person is here. False when the session was ended meanwhile. ``session_key``: Django's, as it is now."""
    now = clock.now()
    rows = SignedInSession.objects.filter(pk=pk, ended_at__isnull=True, signed_in_at__lte=now)
    return bool(rows.update(seen_at=now, session_key=session_key))


def moved(*, pk: int, session_key: str) -> None:
    """Django gave the session another key, as it does when the password changes."""
    SignedInSession.objects.filter(pk=pk, ended_at__isnull=True).update(session_key=session_key)


def finish(*, pk: int, end: SessionEnd) -> None:
    """Note why a session is over that Django's side ends by itself. An end noted before stays."""
    SignedInSession.objects.filter(pk=pk, ended_at__isnull=True).update(ended_at=clock.now(), end=end)


@transaction.atomic
def end_sessions(user: User, *, end: SessionEnd, keep: int | None = None) -> int:
    """End the person's running sessions at once, all but ``keep`` (pk of a sitting). Returns how many.

    Part of the verb that is the reason (password, second factor, closing), which writes the event.
    """
    rows = SignedInSession.objects.select_for_update().filter(user=user, ended_at__isnull=True)
    return _end(rows.exclude(pk=keep) if keep else rows, end)


@transaction.atomic
def end_one(*, sitting: SignedInSession, by: User) -> None:
    """A person ends one of their own sessions. Raises AccountRefused when it is another's or over."""
    rows = SignedInSession.objects.select_for_update().filter(pk=sitting.pk, user=by, ended_at__isnull=True)
    if not _end(rows, SessionEnd.BY_OWNER):
        raise AccountRefused(ALREADY_OVER)
    log_account(EventAction.SESSION_ENDED, by, by=by, sessions=1)


@transaction.atomic
def end_others(*, by: User, keep: int | None) -> int:
    """A person ends all their sessions but this one. Returns how many there were."""
    ended = end_sessions(by, end=SessionEnd.BY_OWNER, keep=keep)
    if ended:
        log_account(EventAction.SESSION_ENDED, by, by=by, sessions=ended)
    return ended


def _end(rows: QuerySet[SignedInSession], end: SessionEnd) -> int:
    found = dict(rows.values_list("pk", "session_key"))
    Session.objects.filter(session_key__in=list(found.values())).delete()
    SignedInSession.objects.filter(pk__in=list(found)).update(ended_at=clock.now(), end=end)
    return len(found)


def running(user: User) -> list[SignedInSession]:
    """The person's sessions that still open something, last used first."""
    now = clock.now()
    return list(
        user.sittings.filter(
            ended_at__isnull=True, seen_at__gt=now - idle_limit(), signed_in_at__gt=now - age_limit()
        )
    )


def ended(user: User) -> list[SignedInSession]:
    """The last few that are over, newest first."""
    return list(user.sittings.filter(ended_at__isnull=False).order_by("-ended_at", "-pk")[:SHOWN_ENDED])


def end_of(session_key: str) -> SessionEnd | None:
    """Why the session with Django's key is over; None when it runs, or nobody knows of it."""
    row = SignedInSession.objects.filter(session_key=session_key, ended_at__isnull=False).first()
    return SessionEnd(row.end) if row else None


@transaction.atomic
def end_worn_out() -> int:
    """End what nobody came back to: Django's row goes, ours says why. Returns how many."""
    now = clock.now()
    left = SignedInSession.objects.select_for_update().filter(ended_at__isnull=True)
    too_old = Q(signed_in_at__lte=now - age_limit())
    done = _end(left.filter(too_old), SessionEnd.TOO_OLD)
    return done + _end(left.filter(seen_at__lte=now - idle_limit()), SessionEnd.IDLE)


def forget_ended(*, before: datetime) -> int:
    """Remove the rows of sessions that ended before that moment. Returns how many."""
    return SignedInSession.objects.filter(ended_at__lt=before).delete()[0]
