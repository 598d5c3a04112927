"""What waits when everybody comes at once: papers first, then uploads, so that saves always find a thread.

Counted per process. A process serves ``settings.WEB_THREADS`` requests at the same time; what comes beyond that
stands in line before it. When every thread has been taken for ``AFTER`` seconds on end the process is crowded.

- Papers and rankings (``Kind.PAPER``): a quarter of the threads. More are asked to come again at once, and all of them
  while the process is crowded.
- Uploads (``Kind.UPLOAD``): a quarter of the threads, two at least, so that the three pieces that a browser sends at
  once find room; as many again wait for their turn, ``WAIT`` seconds at most. They never take the last thread.
- Everything else is never turned away here.

Before the processes of a host stand those for whom no thread is free, in one line. gunicorn tells how many for each
process (``count_line``): the longer the line, the more of them are told at once to come again (``turned_back``), so
that nobody waits for a reply that comes too late: papers first, saves last.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from threading import Condition

from django.urls import Resolver404, resolve

AFTER = 1.0
"""Seconds without a free thread until the process counts as crowded."""
GAP = 0.05
"""Seconds a thread stays free only when nobody stands in line for it."""
WAIT = 8.0
"""Seconds an upload waits for its turn."""
RETRY_AFTER = 15
"""Seconds after which someone who was turned away is asked to come again."""


class Kind(Enum):
    PAPER = "paper"
    UPLOAD = "upload"


PAPERS = frozenset(
    {
        "ranking", "ranking_download", "draft_pdf", "district_pdf", "receipt_pdf", "actions_pdf", "actions_xlsx",
        "meeting_pdf", "analysis_questions_download", "evidence_zip", "stages_download", "events_csv", "lhe_pdf",
        "card_pdf", "card_draft_pdf", "gaps_pdf", "shortfall_pdf", "calculation", "calculation_of_result",
        "tree_xlsx", "units_book_file", "workbook_download",
    }
)  # fmt: skip
UPLOADS = frozenset({"evidence_upload", "upload", "upload_settle", "evidence_add_file", "evidence_revise"})
KINDS = {f"evaluations:{name}": Kind.PAPER for name in PAPERS} | {
    f"evaluations:{name}": Kind.UPLOAD for name in UPLOADS
}
"""View name -> kind."""


def kind_of(view_name: str, method: str | None) -> Kind | None:
    """Uploads only where something is sent: asking how far one has come is cheap."""
    kind = KINDS.get(view_name)
    return None if kind is Kind.UPLOAD and method in {"GET", "HEAD", "OPTIONS"} else kind


SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PATIENCE = {Kind.PAPER: 16, Kind.UPLOAD: 64}
PAGES, SAVES = 128, 256
"""How many may stand in line before a request of that kind is turned back. A process serves some eighty in a second,
however many its threads are: one of them computes at a time."""

_line: Callable[[], int] | None = None


def count_line(count: Callable[[], int]) -> None:
    """Where the server counts this process's share of the requests that wait for a thread (deploy/gunicorn.conf.py)."""
    global _line  # noqa: PLW0603 - one process, one line
    _line = count


def turned_back(method: str | None, path: str) -> tuple[bool, Kind | None]:
    """Whether a request has to come again, as long as the line is now, and its kind. An unknown address is a page."""
    waiting = _line() if _line else 0
    if waiting < min(PATIENCE.values()):
        return False, None
    try:
        kind = kind_of(resolve(path).view_name, method)
    except Resolver404:
        kind = None
    usual = PAGES if method in SAFE else SAVES
    return waiting >= (PATIENCE[kind] if kind else usual), kind


class Floor:
    """The requests under way in one process."""

    def __init__(
        self, threads: int, *, now: Callable[[], float] = time.monotonic, wait: float = WAIT
    ) -> None:
        self.threads = threads
        quarter = max(1, threads // 4)
        uploads = max(quarter, min(2, threads - 1))
        self.places = {Kind.PAPER: quarter, Kind.UPLOAD: uploads}
        self.room = max(0, min(uploads, threads - 1 - uploads))
        """How many uploads wait inside: each of them holds a thread, and one is left for others."""
        self._now, self._wait = now, wait
        self._all = 0
        self._waiting = 0
        self._full_since: float | None = None
        self._left_at = now()
        self._of: Counter[Kind] = Counter()
        self._changed = Condition()

    def enter(self) -> None:
        """A request begins. Ended by ``leave``."""
        with self._changed:
            self._all += 1
            now = self._now()
            if self._all < self.threads:
                self._full_since = None
            elif self._full_since is None or now - self._left_at > GAP:
                self._full_since = now

    def leave(self) -> None:
        with self._changed:
            self._all -= 1
            self._left_at = self._now()

    @property
    def crowded(self) -> bool:
        """No thread was free for a while: others stand in line before the process."""
        since = self._full_since
        return since is not None and self._now() - since >= AFTER

    def take(self, kind: Kind) -> bool:
        """A place for a request of this kind; false when it has to come again. Ended by ``give_back``."""
        with self._changed:
            if kind is Kind.PAPER:
                return self._place(kind) if not self.crowded else False
            if self._place(kind):
                return True
            if self._waiting >= self.room:
                return False
            self._waiting += 1
            try:
                return self._changed.wait_for(lambda: self._place(kind), self._wait)
            finally:
                self._waiting -= 1

    def give_back(self, kind: Kind) -> None:
        with self._changed:
            self._of[kind] -= 1
            self._changed.notify()

    def _place(self, kind: Kind) -> bool:
        if self._of[kind] >= self.places[kind]:
            return False
        self._of[kind] += 1
        return True

    @contextmanager
    def standing(self) -> Iterator[None]:
        self.enter()
        try:
            yield
        finally:
            self.leave()
