"""The programs of PostgreSQL and the copy of SQLite: found, fitting, telling what is wrong."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

import pytest
from django.db import connection

from kla_portal.operations.backup import postgres, sqlite
from kla_portal.operations.backup.faults import BackupRefused
from kla_portal.operations.backup.taking import backup


@pytest.fixture
def database(tmp_path, monkeypatch):
    """A file of its own as the portal's: WAL, and rows of two tables."""
    file = tmp_path / "portal.sqlite3"
    with closing(sqlite3.connect(file)) as made:
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("CREATE TABLE baris (nilai TEXT)")
        made.execute("CREATE TABLE django_session (session_key TEXT)")
        made.executemany("INSERT INTO baris VALUES (?)", [(f"baris {n}",) for n in range(2000)])
        made.execute("INSERT INTO django_session VALUES ('kunci-rahasia')")
        made.commit()
    monkeypatch.setattr(sqlite, "database_file", lambda: file)
    return file


def read(file):
    with closing(sqlite3.connect(file)) as opened:
        return opened.execute("SELECT COUNT(*) FROM baris").fetchone()[0], [
            *opened.execute("SELECT * FROM django_session")
        ]


def test_sqlite_is_copied_while_somebody_writes(database, tmp_path):
    with closing(sqlite3.connect(database)) as writer:
        writer.execute("INSERT INTO baris VALUES ('belum disimpan')")
        sqlite.copy(tmp_path / "salinan", without=["django_session", "tidak_ada"])
        writer.commit()
    assert read(tmp_path / "salinan") == (2000, [])
    assert read(database)[0] == 2001
    assert (tmp_path / "salinan").stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob("salinan-*"))


def test_wiped_rows_are_not_in_the_bytes(database, tmp_path):
    sqlite.copy(tmp_path / "dengan", without=[])
    sqlite.copy(tmp_path / "tanpa", without=["django_session"])
    assert b"kunci-rahasia" in (tmp_path / "dengan").read_bytes()
    assert b"kunci-rahasia" not in (tmp_path / "tanpa").read_bytes()


def test_a_damaged_database_is_refused(database, tmp_path):
    with closing(sqlite3.connect(database)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(database.read_bytes())
    data[4096 * 3 : 4096 * 5] = os.urandom(8192)
    database.write_bytes(data)
    with pytest.raises((BackupRefused, sqlite3.DatabaseError), match=r"rusak|malformed"):
        sqlite.copy(tmp_path / "salinan", without=[])


def program(folder, version):
    folder.mkdir(parents=True)
    file = folder / "pg_dump"
    file.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n")
    file.chmod(0o755)
    return file


@pytest.mark.parametrize(
    ("installed", "server", "chosen"),
    [(["13", "15", "17"], 15, "15"), (["13", "17", "16"], 15, "16"), (["13"], 15, None), ([], 15, None)],
)
def test_the_program_of_the_server_or_the_next_newer(tmp_path, monkeypatch, installed, server, chosen):
    for version in installed:
        program(tmp_path / version / "bin", f"{version}.3 (Debian)")
    monkeypatch.setattr(postgres, "PLACES", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgres, "server_version", lambda: server)
    if chosen:
        assert postgres.program("pg_dump") == (tmp_path / chosen / "bin" / "pg_dump", int(chosen))
        return
    with pytest.raises(BackupRefused, match=f"sudo apt install postgresql-client-{server}"):
        postgres.program("pg_dump")


def test_one_on_the_path_counts_too(tmp_path, monkeypatch):
    file = program(tmp_path / "alat", "18devel".replace("devel", ".1"))
    monkeypatch.setattr(postgres, "PLACES", tmp_path / "kosong")
    monkeypatch.setenv("PATH", str(file.parent))
    monkeypatch.setattr(postgres, "server_version", lambda: 15)
    assert postgres.program("pg_dump") == (file, 18)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'error: No space left on device' >&2; exit 1", "Ruang penyimpanan habis"),
        ("echo 'server closed' >&2; exit 1", "pg_dump gagal: server closed"),
        ("exit 3", "kode keluar 3"),
    ],
)
def test_what_a_program_says_is_passed_on(tmp_path, monkeypatch, script, said):
    file = program(tmp_path / "bin", "15")
    file.write_text(f"#!/bin/sh\n{script}\n")
    monkeypatch.setattr(postgres, "_environment", lambda: {"PATH": os.environ["PATH"]})
    with pytest.raises(BackupRefused, match=said):
        postgres._run([str(file)])


def test_the_password_stands_in_the_environment_and_not_on_the_command_line(tmp_path, monkeypatch):
    told = {
        "host": "/soket",
        "port": 5433,
        "user": "kla",
        "password": "rahasia-sekali",
        "dbname": "kla",
        "sslmode": "require",
    }
    monkeypatch.setattr(connection, "get_connection_params", lambda: told)
    file = program(tmp_path / "15" / "bin", "15.1")
    file.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo "pg_dump (PostgreSQL) 15.1" && exit\n'
        f'echo "$@" > {tmp_path}/kata\nenv > {tmp_path}/lingkungan\n'
    )
    monkeypatch.setattr(postgres, "PLACES", tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(postgres, "server_version", lambda: 15)
    assert postgres.dump(tmp_path / "d", snapshot_name="0001-1", without=["django_session"]) == 15
    words, around = (tmp_path / "kata").read_text(), (tmp_path / "lingkungan").read_text()
    assert "--snapshot=0001-1" in words
    assert "--exclude-table-data=django_session" in words
    assert "rahasia-sekali" not in words
    assert {"PGPASSWORD=rahasia-sekali", "PGHOST=/soket", "PGPORT=5433", "PGSSLMODE=require"} <= set(
        around.splitlines()
    )


@pytest.mark.parametrize("place", ["full", "file", "inside", "mount", "link"])
def test_a_backup_goes_only_into_a_new_or_empty_folder(tmp_path, settings, place):
    settings.DATA_DIR = tmp_path / "data"
    (tmp_path / "isi").mkdir()
    (tmp_path / "isi" / "a").write_text("a")
    (tmp_path / "tautan").symlink_to(tmp_path / "data")
    targets = {
        "full": (tmp_path / "isi", "tidak kosong"),
        "file": (tmp_path / "isi" / "a", "bukan folder"),
        "inside": (tmp_path / "data" / "cadangan", "KLA_DATA_DIR"),
        "mount": (type(tmp_path)("/proc"), "pangkal penyimpanan"),
        "link": (tmp_path / "tautan", "bukan folder"),
    }
    target, said = targets[place]
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(BackupRefused, match=said):
        backup(target, base=None, allow_missing=False, say=print)
    assert sorted(tmp_path.rglob("*")) == before


def test_the_earlier_backup_must_be_one(tmp_path, settings):
    settings.DATA_DIR = tmp_path / "data"
    with pytest.raises(BackupRefused, match="bukan cadangan yang selesai"):
        backup(tmp_path / "baru", base=tmp_path, allow_missing=False, say=print)
    assert not (tmp_path / "baru").exists()
