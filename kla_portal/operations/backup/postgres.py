"""PostgreSQL: one exported snapshot for pg_dump and for our own reading, and pg_restore in one transaction.

The password travels in the environment of the programs, never on their command line.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction

from kla_portal.operations.backup import folders
from kla_portal.operations.backup.faults import BackupRefused

PLACES = Path("/usr/lib/postgresql")
NO_SPACE = ("No space left", "Disk quota", "File too large")
VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


@contextmanager
def snapshot() -> Iterator[str]:
    """A transaction in which the database stands still; yields the name by which pg_dump sees the same."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (name,) = cursor.fetchone()
        yield str(name)


def server_version() -> int:
    """The server's major version: 15."""
    connection.ensure_connection()
    return int(connection.pg_version) // 10000  # type: ignore[attr-defined]


def program(name: str) -> tuple[Path, int]:
    """pg_dump or pg_restore, of the server's version or the next newer one, and its major version.

    Raises ``BackupRefused`` with the package to install.
    """
    server = server_version()
    places = [*PLACES.glob(f"*/bin/{name}")]
    on_path = shutil.which(name)
    places += [Path(on_path)] if on_path else []
    fit = sorted((major, place) for place in places if (major := _version(place)) >= server)
    if not fit:
        raise BackupRefused(
            f"{name} versi {server} atau lebih baru tidak ditemukan. Pasang: "
            f"sudo apt install postgresql-client-{server}"
        )
    major, place = fit[0]
    return place, major


def _version(place: Path) -> int:
    said = subprocess.run([place, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    return int(found[1]) if found else 0


def dump(file: Path, *, snapshot_name: str, without: Sequence[str]) -> int:
    """The database as of the snapshot in ``file`` (pg_dump's custom format). Returns pg_dump's major version."""
    place, major = program("pg_dump")
    _run(
        [
            str(place),
            "--format=custom",
            "--no-password",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={snapshot_name}",
            f"--file={file}",
            *(f"--exclude-table-data={table}" for table in without),
        ]
    )
    return major


def load(file: Path) -> None:
    """Put the dump in place of an empty portal's tables: everything or, when anything fails, nothing."""
    place, _ = program("pg_restore")
    name = connection.get_connection_params()["dbname"]
    connection.close()
    _run(
        [
            str(place),
            "--single-transaction",
            "--exit-on-error",
            "--clean",
            "--if-exists",
            "--no-owner",
            "--no-privileges",
            "--no-password",
            f"--dbname={name}",
            str(file),
        ]
    )


def _run(command: list[str]) -> None:
    done = subprocess.run(  # noqa: S603
        command, env=_environment(), capture_output=True, text=True, check=False, umask=0o077
    )
    if done.returncode == 0:
        return
    name = Path(command[0]).name
    full = any(word in done.stderr for word in NO_SPACE)
    if full or done.returncode == -signal.SIGXFSZ:
        raise BackupRefused(folders.NO_SPACE.format(where=name))
    reason = done.stderr.strip()[-1500:] or f"kode keluar {done.returncode}"
    raise BackupRefused(f"{name} gagal: {reason}. Perbaiki yang disebut, lalu ulangi.")


def _environment() -> dict[str, str]:
    parameters = connection.get_connection_params()
    own = {VARIABLES[key]: str(value) for key, value in parameters.items() if value and key in VARIABLES}
    return {**os.environ, **own, "LC_ALL": "C"}
