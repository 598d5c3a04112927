"""What the command refuses, it refuses with exit code 1, one line, and a portal as it was."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from django.db import connection

from kla_portal.operations.backup import archive

pytestmark = pytest.mark.django_db


def untouched(system):
    assert system.stored() == {}
    if system.database:
        assert system.rows() == {}
    else:
        assert {path.name for path in system.folder.iterdir()} <= {"backup.lock"}


def refused(system, source, *words):
    done = system.manage("restore", source)
    assert done.code == 1, done
    assert all(word in done.errors for word in words), done
    assert "Traceback" not in done.errors
    return done


def test_a_flipped_bit_in_the_database(copy, empty):
    file = copy / archive.DATABASE_FILES[connection.vendor]
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size // 2)
        byte = opened.read(1)[0]
        opened.seek(-1, 1)
        opened.write(bytes([byte ^ 1]))
    refused(empty, copy, f"berubah: {file.name}")
    untouched(empty)
    checked = empty.manage("backup", "--check", copy)
    assert (checked.code, f"berubah: {file.name}" in checked.errors) == (1, True), checked


def test_what_came_back_is_held_against_the_manifest(copy, empty):
    """A manifest that was sealed anew with another number: the rows say that it lies."""
    manifest = archive.read(copy)
    manifest.pop("digest")
    manifest["facts"]["tables"]["accounts_user"] += 1
    (copy / archive.MANIFEST).write_bytes(archive.sealed(manifest))
    refused(empty, copy, "jumlah baris tidak sama: accounts_user", "Jangan dipakai")
    if not empty.database:
        assert not empty.file.exists()
        assert not list(empty.folder.glob("kla.sqlite3*"))


def test_a_database_of_something_else_or_in_use(taken, empty):
    """Its rows would be lost, or its log would be played into the restored file."""
    with empty.cursor() as (cursor, _):
        cursor.execute("CREATE TABLE buku_tamu (nama TEXT)")
    refused(empty, taken, "buku_tamu", "basis data baru yang kosong")
    with empty.cursor() as (cursor, names):
        assert names == ["buku_tamu"]
        cursor.execute("ALTER TABLE buku_tamu RENAME TO django_migrations")
    if empty.database:
        return
    with closing(sqlite3.connect(empty.file)) as portal:
        portal.execute("PRAGMA journal_mode = WAL")
        portal.execute("INSERT INTO django_migrations VALUES ('a')")
        portal.commit()
        refused(empty, taken, "sedang dipakai")
    assert empty.manage("restore", taken).code == 0
