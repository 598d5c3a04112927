"""Can this process serve people? Each question on its own, with a reason in words that tell a stranger nothing.

Faults make a load balancer look elsewhere. What is down for every host alike and leaves filling possible (the evidence
store, the worker) is a warning: taking all hosts out for it would close the portal.
"""

from __future__ import annotations

import copy
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import load_backend

from kla_portal import clock

log = logging.getLogger(__name__)

SECONDS = 2
"""Within which the database and the evidence store answer; and for which one look serves all who ask."""

WORKER_MINUTES = 10
"""A task that waits longer has no worker."""


@dataclass(frozen=True)
class Look:
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def look() -> Look:
    """Ask everything now. Never raises."""
    faults = _reasons(database_fault, folder_fault)
    # Without a database the queue cannot be asked either.
    return Look(faults, _reasons(store_fault, *([] if faults else [worker_fault])))


class _Recent:
    """One look at a time, kept for a moment: many probes cost one look."""

    def __init__(self) -> None:
        self.lock, self.at, self.look = Lock(), float("-inf"), Look()

    def __call__(self) -> Look:
        with self.lock:
            if monotonic() - self.at >= SECONDS:
                self.look, self.at = look(), monotonic()
            return self.look

    def forget(self) -> None:
        self.at = float("-inf")


recent_look = _Recent()


def _reasons(*questions: Callable[[], str]) -> list[str]:
    """Non-empty answers; whatever a question raises is a reason of its own, its cause stands in the log."""
    found = []
    for question in questions:
        try:
            found.append(question())
        except Exception as error:  # a probe answers, whatever a driver or a storage raises
            log.warning("Health question %s failed: %s", question.__name__, type(error).__qualname__)
            found.append(FAILED[question.__name__])
    return [reason for reason in found if reason]


FAILED = {
    "database_fault": "Basis data tidak menjawab.",
    "folder_fault": "Folder data tidak dapat ditulis.",
    "store_fault": "Penyimpanan data dukung tidak menjawab.",
    "worker_fault": "Antrean pekerjaan tidak dapat dibaca.",
}


@contextmanager
def _own_connection() -> Iterator[BaseDatabaseWrapper]:
    """A new connection that gives up soon, beside the request's own: that one may hang, or be half dead."""
    values: dict[str, Any] = copy.deepcopy(connections["default"].settings_dict)
    options: dict[str, Any] = dict(values.get("OPTIONS") or {})
    if connections["default"].vendor == "postgresql":
        options |= {
            "connect_timeout": SECONDS,
            "tcp_user_timeout": SECONDS * 1000,
            "options": f"-c statement_timeout={SECONDS * 1000}",
        }
    else:
        options = {"timeout": SECONDS}
    values |= {"OPTIONS": options, "CONN_MAX_AGE": 0}
    wrapper = load_backend(values["ENGINE"]).DatabaseWrapper(values, "default")
    try:
        yield wrapper
    finally:
        wrapper.close()


_migrated = False


def database_fault() -> str:
    """Raises what the driver raises when it does not answer."""
    global _migrated  # noqa: PLW0603 - migrations are not taken back under a running process
    with _own_connection() as connection:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        _migrated = _migrated or not pending_migrations(connection)
    return "" if _migrated else "Migrasi basis data belum diterapkan."


def pending_migrations(connection: BaseDatabaseWrapper) -> int:
    """How many migrations of this code the database lacks."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def folder_fault() -> str:
    """Writes an unnamed file, since permissions do not tell of a full or read-only disk."""
    data = Path(settings.DATA_DIR)
    with tempfile.TemporaryFile(dir=data) as file:
        file.write(b"uji")
        file.flush()
    disk = os.statvfs(data)
    free = disk.f_bavail * disk.f_frsize
    if free < settings.READY_FREE_BYTES:
        return f"Ruang kosong folder data kurang dari {settings.READY_FREE_BYTES // 1_000_000} MB."
    return ""


_asking = ThreadPoolExecutor(1, thread_name_prefix="evidence-store")
_asked: list[Future[bool]] = []


def store_fault() -> str:
    """An S3 store is asked beside the request, once at a time: it may take half a minute to say nothing."""
    storage = storages["evidence"]
    if isinstance(storage, FileSystemStorage):
        folder = Path(storage.location)
        there = folder if folder.exists() else folder.parent
        return "" if os.access(there, os.W_OK | os.X_OK) else FAILED["store_fault"]
    if not _asked or _asked[0].done():
        _asked[:] = [_asking.submit(storage.exists, "periksa/siap")]
    _asked[0].result(timeout=SECONDS)
    return ""


def worker_fault() -> str:
    """Seen by what it leaves undone: an idle queue asks for no worker."""
    if not settings.TASKS_IN_WORKER:
        return ""
    waiting = queues()
    oldest = max((queue.oldest for queue in waiting), default=0.0)
    if oldest < timedelta(minutes=WORKER_MINUTES).total_seconds():
        return ""
    return f"Pekerjaan menunggu lebih dari {WORKER_MINUTES} menit; jalankan db_worker."


@dataclass(frozen=True)
class Queue:
    name: str
    length: int
    oldest: float
    """Seconds for which its first task has waited."""


def queues() -> list[Queue]:
    """Tasks that could run now, per queue; empty without a worker's database queue. ``DatabaseError`` passes."""
    if not settings.TASKS_IN_WORKER:
        return []
    from django.db.models import Count, Min, Q  # noqa: PLC0415
    from django_tasks_db.models import DBTaskResult, get_date_max  # noqa: PLC0415 - only installed with a worker

    now = clock.now()
    due = Q(run_after=get_date_max()) | Q(run_after__lte=now)
    rows = (
        DBTaskResult.objects.filter(due, status="READY")
        .order_by()
        .values_list("queue_name")
        .annotate(length=Count("id"), first=Min("enqueued_at"))
    )
    return [Queue(name, length, (now - first).total_seconds()) for name, length, first in rows]
