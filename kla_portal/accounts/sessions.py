"""Django's sessions in the database, read by a prepared query: every request begins with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from kla_portal.prepared import prepared

if TYPE_CHECKING:
    from django.contrib.sessions.models import Session
    from django.db.models import QuerySet


class SessionStore(DatabaseStore):
    """``settings.SESSION_ENGINE`` names the module, Django the class."""

    def _get_session_from_db(self) -> Session | None:
        """The session's row while it is valid; without one the browser gets a new key."""
        for row in _with_key(self.session_key or ""):
            if row.expire_date > timezone.now():
                return row
        self._session_key = None
        return None


@prepared
def _with_key(session_key: str) -> QuerySet[Session]:
    from django.contrib.sessions.models import Session  # noqa: PLC0415 - the class is loaded before the models are

    return Session.objects.filter(session_key=session_key)
