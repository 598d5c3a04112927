"""The time at which a deed happens. One place, so that the demo can be built in its own past."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_set: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The present in UTC, or the moment set by ``at``."""
    return _set.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let everything inside happen at ``moment`` (aware). For building the demo; no request does this."""
    token = _set.set(moment)
    try:
        yield
    finally:
        _set.reset(token)
