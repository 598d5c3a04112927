"""Folders and files that survive a power cut, one backup or restore at a time, and a full disk in words."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from kla_portal.operations.backup.faults import BackupRefused

log = logging.getLogger(__name__)

CHUNK = 256 * 1024
LOCK = "backup.lock"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
NO_SPACE = "Ruang penyimpanan habis: {where}. Kosongkan ruang atau pilih folder lain, lalu ulangi."


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock of this portal's data folder. The system lets go of it even when the process is killed.

    Raises ``BackupRefused`` when another backup or restore holds it.
    """
    handle = os.open(Path(settings.DATA_DIR) / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupRefused(
                "Pencadangan atau pemulihan lain sedang berjalan. Tunggu sampai selesai, lalu ulangi."
            ) from None
        yield
    finally:
        os.close(handle)


def make(folder: Path) -> None:
    """The folder and those above it, 0700 where they are new."""
    for one in [*reversed(folder.parents), folder]:
        if not one.is_dir():
            one.mkdir(mode=0o700, exist_ok=True)


def write(file: Path, pieces: Iterable[bytes]) -> tuple[str, int]:
    """Write a new file (0600), not forced to the disk yet. Returns its sha256 (hex) and size in bytes."""
    make(file.parent)
    digest, size = sha256(), 0
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as target:
        for piece in pieces:
            target.write(piece)
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


def pieces_of(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while piece := source.read(CHUNK):
            yield piece


def digest_of(file: Path) -> tuple[str, int]:
    """sha256 (hex) and size in bytes."""
    digest, size = sha256(), 0
    for piece in pieces_of(file):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def settle(path: Path) -> None:
    """Force a file, or a folder's names, to the disk. Thousands of files: ``os.sync`` once, which waits for all."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def answering(store: str) -> Iterator[None]:
    """Turn what a storage backend raises into a ``BackupRefused``; the host's own faults pass (``in_words``)."""
    try:
        yield
    except (BackupRefused, OSError):
        raise
    except Exception as fault:  # whatever a storage backend raises
        log.exception("storage %s", store)
        raise BackupRefused(
            f"Penyimpanan {store} tidak menjawab dengan benar ({type(fault).__name__}). Periksa pengaturannya, "
            "lalu ulangi."
        ) from fault


@contextmanager
def in_words(where: Path | str) -> Iterator[None]:
    """Turn a full disk, or one that fails, into a ``BackupRefused``."""
    try:
        yield
    except OSError as fault:
        if fault.errno in FULL:
            raise BackupRefused(NO_SPACE.format(where=where)) from fault
        raise BackupRefused(f"{where}: {fault.strerror or fault}. Perbaiki, lalu ulangi.") from fault
    except sqlite3.Error as fault:
        # SQLite calls a file that may not grow an "I/O error".
        if "full" in str(fault) or "disk I/O" in str(fault):
            raise BackupRefused(NO_SPACE.format(where=where)) from fault
        raise BackupRefused(f"{where}: {fault}. Periksa basis data ini, lalu ulangi.") from fault
