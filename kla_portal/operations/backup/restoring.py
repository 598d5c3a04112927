"""Bringing a backup back into an empty portal: files first, the database last, each proved.

Killed before the end it leaves a portal without rows, into which the same archive can be restored again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import storages
from django.db import connection

from evaluations.domain.evidence.custody import digest_of
from kla_portal.operations.backup import archive, content, copying, folders, postgres, sqlite, targets
from kla_portal.operations.backup.archive import Entry, Manifest
from kla_portal.operations.backup.faults import BackupRefused

UNFINISHED = ".memulihkan"
EVERY = 500
Say = Callable[[str], None]


def restore(source: Path, *, say: Say) -> Manifest:
    """Put the archive into this portal and return its manifest. Nothing changes before every hash was checked.

    Raises ``BackupRefused``.
    """
    source = source.absolute()
    with folders.alone():
        manifest = archive.read(source)
        targets.fits(manifest)
        targets.empty_database(manifest)
        targets.empty_storages(source)
        say("Memeriksa setiap berkas cadangan ...")
        archive.check(source)
        targets.space(source)
        with folders.in_words("Tempat pemulihan"):
            put_files(source, say)
            os.sync()  # the files are on the disk before a row names them
            say("Semua berkas dipulihkan dan dibaca ulang. Memulihkan basis data ...")
            (_sqlite if connection.vendor == "sqlite" else _postgres)(source, manifest)
    return manifest


def put_files(source: Path, say: Say) -> None:
    """Every file of a checked archive into its storage. Can be repeated. Raises ``BackupRefused``."""
    for number, entry in enumerate(archive.entries(source), 1):
        store, _, name = entry.path.partition("/")
        if name:
            with folders.answering(store):
                _put(source, entry, store, name)
        if number % EVERY == 0:
            say(f"{number} berkas ...")


def _put(source: Path, entry: Entry, store: str, name: str) -> None:
    """Into its storage under its own name, and read back from there. What is there and whole is left."""
    storage, wanted = storages[store], (entry.sha256, entry.size)
    if storage.exists(name):
        if digest_of(storage, name) == wanted:
            return
        storage.delete(name)  # broken off by a restore before this one
    with (source / entry.path).open("rb") as content_of:
        kept = storage.save(name, File(content_of))
    if kept != name or digest_of(storage, kept) != wanted:
        storage.delete(kept)
        raise BackupRefused(f"{name} tidak tersimpan dengan benar. Periksa penyimpanan, lalu ulangi.")


def _sqlite(source: Path, manifest: Manifest) -> None:
    """Beside the place, proved there, then renamed into it."""
    place = sqlite.database_file()
    fresh = place.with_name(place.name + UNFINISHED)
    fresh.unlink(missing_ok=True)
    try:
        folders.write(fresh, folders.pieces_of(source / archive.DATABASE_FILES["sqlite"]))
        with sqlite.looking_at(fresh):
            _prove(source, manifest)
        folders.settle(fresh)
        os.replace(fresh, place)  # noqa: PTH105
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    folders.settle(place.parent)


def _postgres(source: Path, manifest: Manifest) -> None:
    """pg_restore's one transaction; the proof comes after it, since only then anything can be seen."""
    postgres.load(source / archive.DATABASE_FILES["postgresql"])
    try:
        _prove(source, manifest)
    except BackupRefused as fault:
        raise BackupRefused(
            f"{fault} Basis data ini sudah terisi: hapus dan buat baru sebelum mengulang."
        ) from fault


def _prove(source: Path, manifest: Manifest) -> None:
    """Compare what the restored database says with the manifest, and its files with the archive."""
    faults = content.differences(manifest["facts"], content.facts())
    known = {one["path"] for one in manifest["absent"] if one["why"] != copying.CHANGED}
    for one in content.files():
        if len(faults) < archive.SHOWN and one.path not in known and not (source / one.path).is_file():
            faults.append(f"berkas tidak ada dalam cadangan: {one.path}")
    if faults:
        raise BackupRefused(
            f"Isi yang dipulihkan tidak sama dengan cadangan: {'; '.join(faults)}. Jangan dipakai."
        )
