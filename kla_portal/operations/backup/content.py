"""What must come back unchanged: read from the database that Django's connection looks at just now.

The one place that says what a portal consists of; ``taking.py`` writes it down, ``restoring.py`` compares with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Model

from evaluations.domain.evidence import custody
from evaluations.models import EvidenceFile, FileReading, StageResult, StoredReport, Upload, UploadPiece
from evaluations.scoring.score import digest
from kla_portal.accounts.models import SignedInSession
from kla_portal.events import log
from kla_portal.events.models import EventChain

Facts = dict[str, Any]
"""JSON: migrations {app: [names]}, tables {name: rows}, chains {key: [length, head]}, results {receipt: digest},
triggers [names], faults [lines]."""

EVIDENCE, REPORTS = "evidence", "reports"
INCOMING = "incoming/"
"""Pieces of unfinished uploads lie here."""

LABELS = {
    "migrations": "migrasi",
    "tables": "jumlah baris",
    "chains": "rantai catatan kejadian",
    "results": "hasil tahap",
    "triggers": "pelindung (trigger)",
    "faults": "pemeriksaan isi",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that a row names: ``store`` is the storage's alias; ``sha256`` is empty where the row has none."""

    store: str
    name: str
    sha256: str = ""
    size: int | None = None

    @property
    def path(self) -> str:
        """Its place in the archive."""
        return f"{self.store}/{self.name}"


def left_out() -> list[str]:
    """Tables whose rows are in no backup: sessions, sign-in attempts, uploads under way. People sign in and send again.

    A session's key in a stolen backup would open the running portal; the pieces of an upload go while it is copied.
    """
    models: list[type[Model]] = [Session, SignedInSession, UploadPiece, Upload]
    models += apps.get_app_config("axes").get_models()
    return sorted(model._meta.db_table for model in models)


def facts() -> Facts:
    return {
        "migrations": migrations(),
        "tables": tables(),
        "chains": {key: [length, head] for key, length, head in _chains()},
        "results": dict(StageResult.objects.values_list("receipt_number", "digest")),
        "triggers": triggers(),
        "faults": faults(),
    }


def _chains() -> Iterator[tuple[str, int, str]]:
    yield from EventChain.objects.order_by("key").values_list("key", "length", "head")


def migrations() -> dict[str, list[str]]:
    """What is applied, by app."""
    found: dict[str, list[str]] = {}
    for app, name in sorted(MigrationLoader(connection).applied_migrations):
        found.setdefault(app, []).append(name)
    return found


def tables() -> dict[str, int]:
    """Rows of each table; 0 for what no backup holds."""
    without = set(left_out())
    return {name: 0 if name in without else rows_of(name) for name in sorted(_names())}


def _names() -> list[str]:
    with connection.cursor() as cursor:
        return connection.introspection.table_names(cursor)


def rows_of(table: str) -> int:
    """Rows of a table; 0 when there is no such table."""
    if table not in _names():
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
        return int(cursor.fetchone()[0])


def triggers() -> list[str]:
    """Names of the guards that are installed and enabled (kla_portal/guards.py)."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return sorted(name for (name,) in cursor.fetchall())


def faults() -> list[str]:
    """What is wrong in the event log and in the stored results; nothing in a whole portal."""
    found = list(log.verify())
    rows = StageResult.objects.order_by("pk").values_list("receipt_number", "digest", "snapshot")
    for number, kept, snapshot in rows.iterator(chunk_size=50):
        if digest(snapshot) != kept:
            found.append(f"hasil {number}: isi tidak cocok dengan sidiknya")
    return found


def files() -> Iterator[Wanted]:
    """Every file that belongs in a backup. Page previews do not: they are made again."""
    for one in custody.held():
        if not one.name.startswith(INCOMING):
            yield Wanted(EVIDENCE, one.name, one.sha256, one.size)
    reports = StoredReport.objects.order_by("pk").values_list("storage_name", "sha256", "size")
    for name, sha256, size in reports.iterator(chunk_size=1000):
        yield Wanted(REPORTS, name, sha256, size)


def is_named(store: str, name: str) -> bool:
    """Whether a row names the file now."""
    if store == REPORTS:
        return StoredReport.objects.filter(storage_name=name).exists()
    return (
        EvidenceFile.objects.filter(storage_name=name).exists()
        or FileReading.objects.filter(thumbnail=name).exists()
    )


def differences(wanted: Facts, found: Facts) -> list[str]:
    """One line per part that did not come back as it was."""
    lines = []
    for part, label in LABELS.items():
        before, after = wanted[part], found[part]
        if before == after:
            continue
        if isinstance(before, dict):
            keys = sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
        else:
            keys = sorted({*before} ^ {*after})
        lines.append(f"{label} tidak sama: {', '.join(keys[:5])}{' ...' if len(keys) > 5 else ''}")
    return lines
