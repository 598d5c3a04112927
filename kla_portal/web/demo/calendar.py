"""When things happened in the demo: working days, office hours, one question after another."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

SATURDAY = 5


def working_days(first: date, last: date) -> list[date]:
    days = ((first + timedelta(days=n)) for n in range((last - first).days + 1))
    return [day for day in days if day.weekday() < SATURDAY]


def sittings(count: int, first: date, last: date, *, zone: ZoneInfo, rng: Random) -> list[datetime]:
    """``count`` mornings or afternoons between two dates, in order, at most one per half day where they fit.

    Raises ``ValueError`` when there is no working day between them.
    """
    days = working_days(first, last)
    if not days:
        raise ValueError("no working day between the dates")
    halves = [(day, hour) for day in days for hour in (8, 13)]
    chosen = rng.sample(halves, count) if count <= len(halves) else rng.choices(halves, k=count)
    return [
        datetime.combine(day, time(hour, rng.randint(0, 50), rng.randint(0, 59)), tzinfo=zone)
        for day, hour in sorted(chosen)
    ]


class Clock:
    """Moments that follow each other within one sitting."""

    def __init__(self, start: datetime, rng: Random, *, latest: datetime | None = None) -> None:
        self._moment, self._rng, self._latest = start, rng, latest

    def tick(self, low: int, high: int) -> datetime:
        """The next moment, ``low`` to ``high`` seconds later, never past ``latest``."""
        step = timedelta(seconds=self._rng.randint(low, high), microseconds=self._rng.randint(0, 999_999))
        following = self._moment + step
        self._moment = following if self._latest is None else min(following, self._latest)
        return self._moment
