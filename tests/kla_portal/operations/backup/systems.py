"""Whole portals in a data folder and a database of their own, driven from outside as an administrator does."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import psycopg2
from django.conf import settings
from django.db import connection

from evaluations.models import EvidenceFile
from kla_portal.operations.backup import content

PASSWORD = "rahasia9cadangan"
"""In the address of a PostgreSQL that asks for none."""


class System:
    """``database``: the name of its PostgreSQL database; empty with SQLite, whose file lies in ``folder``."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.folder, self.database = folder, database
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "KLA_MODE": "test",
            "KLA_DATA_DIR": str(self.folder),
            "EVIDENCE_STORAGE": "",
            "DATABASE_URL": self.url,
        }
        # An empty variable hides what a developer's .env says.
        return {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "kla_portal.settings", "TASKS_IN_WORKER": ""}

    @property
    def url(self) -> str:
        if not self.database:
            return ""
        told = {**connection.get_connection_params(), "dbname": self.database}
        host, password = (
            quote(told.get("host", ""), safe=""),
            quote(told.get("password") or PASSWORD, safe=""),
        )
        port = f":{told['port']}" if told.get("port") else ""
        return f"postgres://{told.get('user', '')}:{password}@{host}{port}/{self.database}"

    @property
    def file(self) -> Path:
        return self.folder / "kla.sqlite3"

    def start(self, *command: str | Path, before: Callable[[], None] | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *map(str, command)],
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=before,
        )

    def manage(self, *command: str | Path, before: Callable[[], None] | None = None) -> Done:
        process = self.start("manage.py", *command, before=before)
        out, errors = process.communicate(timeout=120)
        return Done(process.returncode, out, errors)

    def stored(self) -> dict[str, bytes]:
        """What lies in its two storages, by path."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for store in (content.EVIDENCE, content.REPORTS)
            for path in (self.folder / store).rglob("*")
            if path.is_file()
        }

    def rows(self) -> dict[str, list[str]]:
        """Every row of every table, as text."""
        with self.cursor() as (cursor, names):
            found = {}
            for name in names:
                cursor.execute(f'SELECT * FROM "{name}"')
                found[name] = sorted(map(repr, cursor.fetchall()))
            return found

    @contextmanager
    def cursor(self) -> Iterator[tuple[sqlite3.Cursor, list[str]]]:
        """A cursor, committed at the end, and the names of the tables."""
        if self.database:
            told = {**connection.get_connection_params(), "dbname": self.database}
            told.pop("cursor_factory", None)
            told.pop("context", None)
            opened = psycopg2.connect(**told)
            names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        else:
            opened = sqlite3.connect(self.file)
            names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        with closing(opened):
            cursor = opened.cursor()
            cursor.execute(names)
            yield cursor, sorted(name for (name,) in cursor.fetchall())
            opened.commit()


class Done:
    def __init__(self, code: int, out: str, errors: str) -> None:
        self.code, self.out, self.errors = code, out, errors

    def __repr__(self) -> str:
        return f"{self.code}\n{self.out}\n{self.errors}"


class Systems:
    """Makes portals below one folder, and drops their databases at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.databases = folder, []

    def empty(self) -> System:
        return self._new("CREATE DATABASE {}")

    def with_reference_data(self) -> System:
        """A copy of the suite's own database before any test: regions, instrument, editions."""
        if connection.vendor == "postgresql":
            template = connection.settings_dict["NAME"]
            connection.close()
            return self._new(f"CREATE DATABASE {{}} TEMPLATE {template}")
        system = self._new("")
        connection.ensure_connection()
        with closing(sqlite3.connect(system.file)) as copy:
            connection.connection.backup(copy)
        return system

    def _new(self, statement: str) -> System:
        name = f"kla_uji_{uuid4().hex[:12]}"
        if connection.vendor != "postgresql":
            return System(self.folder / name)
        self._say(statement.format(name))
        self.databases.append(name)
        return System(self.folder / name, name)

    def close(self) -> None:
        for name in self.databases:
            self._say(f"DROP DATABASE {name} WITH (FORCE)")

    def _say(self, statement: str) -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement)


def a_file(system: System, like: str = "rekap.pdf") -> Path:
    """Where a document's file of the portal lies."""
    with system.cursor() as (cursor, _):
        cursor.execute(f"SELECT storage_name FROM {EvidenceFile._meta.db_table} WHERE filename = '{like}'")
        return system.folder / content.EVIDENCE / cursor.fetchone()[0]
