"""Taking a backup: the database as of one moment, then every file it names, then the manifest.

Files come after the database because they never change and go only with their row: whatever the snapshot names is
still there, unless its row was swept meanwhile; a file that came later is simply not asked for. All is written
beside the target, and gets the target's name when it is whole.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from kla_portal import clock
from kla_portal.operations.backup import archive, content, copying, folders, postgres, sqlite
from kla_portal.operations.backup.archive import Entry, Manifest
from kla_portal.operations.backup.content import Facts, Wanted
from kla_portal.operations.backup.faults import BackupRefused

UNFINISHED = ".belum-selesai"
"""What the folder's name ends with until it is whole. A later backup to the same place clears it away."""
WANTED = "wanted.tsv"
EVERY = 500
Say = Callable[[str], None]


@dataclass
class Tally:
    """``size`` in bytes, database included; ``absent``: {"path", "why"} of what the archive does not have."""

    count: int = 0
    size: int = 0
    absent: list[dict[str, str]] = field(default_factory=list)

    def add(self, entry: Entry) -> bytes:
        self.count, self.size = self.count + 1, self.size + entry.size
        return entry.line.encode()


def backup(target: Path, *, base: Path | None, allow_missing: bool, say: Say) -> Manifest:
    """Write a new archive into ``target`` (a new or empty folder) and return its manifest.

    ``allow_missing``: go on without files that the storage has lost; the manifest names them. Raises ``BackupRefused``;
    then ``target`` is as it was.
    """
    target = target.absolute()
    _fits(target)
    if base:
        base = base.absolute()
        archive.read(base)
    with folders.alone(), folders.in_words(target):
        work = target.with_name(target.name + UNFINISHED)
        shutil.rmtree(work, ignore_errors=True)
        folders.make(target.parent)
        work.mkdir(mode=0o700)
        try:
            manifest = _fill(work, base=base, allow_missing=allow_missing, say=say)
            work.rename(target)  # over an empty folder too
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
        folders.settle(target.parent)
    return manifest


def _fits(target: Path) -> None:
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise BackupRefused(f"{target} bukan folder. Sebutkan folder baru atau folder kosong.")
    if target.is_mount():
        raise BackupRefused(f"{target} adalah pangkal penyimpanan. Sebutkan folder baru di dalamnya.")
    if target.is_dir() and any(target.iterdir()):
        raise BackupRefused(f"{target} tidak kosong. Sebutkan folder baru; cadangan lama tidak ditimpa.")
    if target.is_relative_to(Path(settings.DATA_DIR).absolute()):
        raise BackupRefused(
            f"{target} berada di dalam KLA_DATA_DIR. Pilih tempat lain, sebaiknya di disk lain."
        )


def _fill(work: Path, *, base: Path | None, allow_missing: bool, say: Say) -> Manifest:
    begun, tally = clock.now(), Tally()
    database, facts = _database(work)
    say("Basis data disalin.")
    lines = _lines(work, database["file"], base, tally, say)
    digest, _ = folders.write(work / archive.LIST, lines)
    (work / WANTED).unlink()
    for one in tally.absent:
        say(f"{one['why']}: {one['path']}")
    lost = [one for one in tally.absent if one["why"] != copying.DELETED]
    if lost and not allow_missing:
        raise BackupRefused(
            f"{len(lost)} berkas yang tercatat tidak dapat dicadangkan (disebut di atas). Periksa dengan "
            "verify_evidence; bila memang sudah tidak ada, ulangi dengan --allow-missing."
        )
    whole = {
        "format": archive.FORMAT,
        "product": product(),
        "begun_at": _utc(begun),
        "ended_at": _utc(clock.now()),
        "database": {key: value for key, value in database.items() if key != "file"},
        "facts": facts,
        "files": {"count": tally.count, "bytes": tally.size, "sha256": digest},
        "absent": tally.absent,
    }
    os.sync()  # everything is on the disk before anything says so
    folders.write(work / archive.MANIFEST, [archive.sealed(whole)])
    folders.settle(work / archive.MANIFEST)
    folders.settle(work)
    return archive.read(work)


def _database(work: Path) -> tuple[dict[str, Any], Facts]:
    """The snapshot, in ``work``; what it holds, and the list of its files in ``WANTED``."""
    kind = connection.vendor
    file = work / archive.DATABASE_FILES[kind]
    if kind == "sqlite":
        sqlite.copy(file, without=content.left_out())
        with sqlite.looking_at(file):
            facts = _read(work)
        about: dict[str, Any] = {"version": sqlite3.sqlite_version, "tool": "sqlite3"}
    else:
        with postgres.snapshot() as name:
            major = postgres.dump(file, snapshot_name=name, without=content.left_out())
            facts = _read(work)
        about = {"version": str(postgres.server_version()), "tool": f"pg_dump {major}"}
    folders.settle(file)
    return {"kind": kind, "file": file, **about}, facts


def _read(work: Path) -> Facts:
    found = content.facts()
    names = (f"{one.store}\t{one.name}\t{one.sha256}\t{one.size or ''}\n" for one in content.files())
    folders.write(work / WANTED, (name.encode() for name in names))
    return found


def _lines(work: Path, database: Path, base: Path | None, tally: Tally, say: Say) -> Iterator[bytes]:
    """The lines of ``files.tsv``, each when its file is written."""
    yield tally.add(Entry(database.name, *folders.digest_of(database)))
    for number, one in enumerate(_wanted(work), 1):
        try:
            entry, fault = copying.copy(one, work, base)
        except copying.Absent as absent:
            why = str(absent) if content.is_named(one.store, one.name) else copying.DELETED
            tally.absent.append({"path": one.path, "why": why})
            continue
        if fault:
            tally.absent.append({"path": one.path, "why": fault})
        yield tally.add(entry)
        if number % EVERY == 0:
            say(f"{number} berkas ...")


def _wanted(work: Path) -> Iterator[Wanted]:
    with (work / WANTED).open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            store, name, sha256, size = line.rstrip("\n").split("\t")
            yield Wanted(store, name, sha256, int(size) if size else None)


def product() -> str:
    """The portal's version, as pyproject.toml says it."""
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
