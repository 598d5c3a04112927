"""SQLite: a consistent copy while the portal writes, and Django looking at another file for a while."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from kla_portal.operations.backup.faults import BackupRefused


def database_file() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def copy(target: Path, *, without: Sequence[str]) -> None:
    """The database as of one moment in ``target`` (a new file), the rows of the tables ``without`` wiped from it.

    Writers go on meanwhile. Raises ``sqlite3.Error``, and ``BackupRefused`` when the database itself is damaged.
    """
    target.touch(mode=0o600)
    source = f"{database_file().absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(source, uri=True)) as live, closing(sqlite3.connect(target)) as kept:
        live.execute("PRAGMA busy_timeout = 20000")
        live.backup(kept)
        # One file, with nothing beside it; and what is deleted is overwritten, not just forgotten.
        kept.execute("PRAGMA journal_mode = DELETE")
        kept.execute("PRAGMA secure_delete = ON")
        present = {name for (name,) in kept.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table in sorted(present & set(without)):
            kept.execute(f'DELETE FROM "{table}"')  # noqa: S608
        kept.commit()
        said = [line for (line,) in kept.execute("PRAGMA quick_check(5)")]
    if said != ["ok"]:
        raise BackupRefused(
            f"Basis data rusak: {'; '.join(said)}. Pulihkan dari cadangan sebelumnya, atau minta bantuan teknis."
        )


@contextmanager
def looking_at(file: Path) -> Iterator[None]:
    """Let every query inside read ``file`` instead of the portal's database; nothing can be written."""
    connection.close()
    own = connection.settings_dict
    reading = {"init_command": "PRAGMA query_only = ON", "timeout": 20}
    connection.settings_dict = {**own, "NAME": str(file), "OPTIONS": reading}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = own
