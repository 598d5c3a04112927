"""How often a password may be tried, and a link asked for. Counted in the database, which all hosts share.

A line is a name together with a network, or a name together with a known device, wherever that is. ADR 0019 says
why. The rows are those of django-axes: the name as a keyed hash, because people type their password there too; the
network in the clear, until ``forget_attempts``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessFailureLog
from django.conf import settings
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from kla_portal import clock

SIGN_IN, LINK = "masuk", "tautan"
"""What was tried: a password, or to have a link sent. Kept in the rows' ``path_info``."""

FREE_TRIES = 4
"""After so many wrong ones each further try waits: 2, 4, 8, 16 seconds."""
NAME_SPAN = LINK_SPAN = timedelta(hours=1)


@dataclass(frozen=True)
class Refusal:
    """No password is looked at before ``until``. ``slow``: seconds of patience, not a lock."""

    until: datetime
    slow: bool = False

    @property
    def seconds(self) -> int:
        """Whole seconds left, at least one."""
        return max(1, -(-(self.until - clock.now()) // timedelta(seconds=1)))

    @property
    def shown(self) -> datetime:
        """``until`` to the next whole minute, since the page names no seconds."""
        return self.until + timedelta(seconds=-self.until.timestamp() % 60)

    @property
    def minutes(self) -> int:
        return -(-self.seconds // 60)


@dataclass(frozen=True)
class Line:
    """Whose tries are counted together. ``device`` is empty for a browser that this name never signed in from."""

    name: str
    network: str | None
    device: str

    @property
    def key(self) -> str:
        return hashed(self.name)

    def rows(self) -> QuerySet[AccessFailureLog]:
        rows = AccessFailureLog.objects.filter(username=self.key, path_info=SIGN_IN, user_agent=self.device)
        return rows if self.device else rows.filter(ip_address=self.network)

    def refusal(self, *, besides: int = 0) -> Refusal | None:
        """Why no password may be tried now. ``besides``: the row of this very try."""
        now = clock.now()
        line = self._times(self.rows(), settings.AXES_FAILURE_LIMIT, settings.AXES_COOLOFF_TIME, besides)
        if len(line) >= settings.AXES_FAILURE_LIMIT:
            return Refusal(line[-1] + settings.AXES_COOLOFF_TIME)
        if not self.device:
            name = self._times(_strangers(self.key), settings.SIGN_IN_NAME_LIMIT, NAME_SPAN, besides)
            if len(name) >= settings.SIGN_IN_NAME_LIMIT:
                return Refusal(name[-1] + NAME_SPAN)
        if len(line) >= FREE_TRIES:
            next_at = line[0] + timedelta(seconds=2 ** (len(line) - FREE_TRIES + 1))
            return Refusal(next_at, slow=True) if next_at > now else None
        return None

    @staticmethod
    def _times(rows: QuerySet[AccessFailureLog], limit: int, span: timedelta, besides: int) -> list[datetime]:
        """When the last ``limit`` tries within ``span`` were, newest first."""
        recent = (
            rows.filter(attempt_time__gt=clock.now() - span).exclude(pk=besides).order_by("-attempt_time")
        )
        return list(recent.values_list("attempt_time", flat=True)[:limit])


def normal(name: object) -> str:
    """A user name as accounts have it. What is longer than any names nobody."""
    return str(name or "").strip().lower()[:254]


def hashed(text: str) -> str:
    return salted_hmac("kla_portal.accounts.lockout", text, algorithm="sha256").hexdigest()


def _strangers(key: str) -> QuerySet[AccessFailureLog]:
    """All tries at one name from browsers that it does not know."""
    return AccessFailureLog.objects.filter(username=key, path_info=SIGN_IN, user_agent="")


def lift(username: str) -> None:
    """A new password that only its owner can have: nobody needs to wait for the old one."""
    AccessFailureLog.objects.filter(username=hashed(normal(username)), path_info=SIGN_IN).delete()


def count_link(*, network: str | None, text: str) -> Refusal | None:
    """Write down that a link is asked for; refused, without regard to whether ``text`` names anyone, when this
    text or this network had its number within the hour."""
    asked = AccessFailureLog.objects.filter(path_info=LINK, attempt_time__gt=clock.now() - LINK_SPAN)
    for rows, limit in (
        (asked.filter(username=hashed(normal(text))), settings.LINK_NAME_LIMIT),
        (asked.filter(ip_address=network), settings.LINK_ADDRESS_LIMIT),
    ):
        times = list(rows.order_by("-attempt_time").values_list("attempt_time", flat=True)[:limit])
        if len(times) >= limit:
            return Refusal(times[-1] + LINK_SPAN)
    AccessFailureLog.objects.create(username=hashed(normal(text)), ip_address=network, path_info=LINK)
    return None


def forget_attempts(before: datetime) -> int:
    """Remove the tries older than ``before``, with the networks they came from. Returns how many."""
    tables = (AccessFailureLog, AccessAttempt)
    return sum(table.objects.filter(attempt_time__lt=before).delete()[0] for table in tables)
