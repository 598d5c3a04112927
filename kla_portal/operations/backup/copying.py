"""One file out of a storage into the archive, piece by piece."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

from django.core.files.storage import storages

from kla_portal.operations.backup import folders
from kla_portal.operations.backup.archive import Entry
from kla_portal.operations.backup.content import Wanted

log = logging.getLogger(__name__)

MISSING, CHANGED, UNREADABLE, DELETED = "hilang", "berubah", "tidak terbaca", "dihapus"
"""Why a file is not in the archive as its row says. Deleted: its row went too since the snapshot, which is no fault."""


class Absent(Exception):
    """The storage does not give the file; the message is one of the words above."""


def pieces(store: str, name: str) -> Iterator[bytes]:
    """The file's bytes. Raises ``Absent`` for whatever goes wrong on the storage's side."""
    try:
        with storages[store].open(name) as source:
            while piece := source.read(folders.CHUNK):
                yield piece
    except FileNotFoundError:
        raise Absent(MISSING) from None
    except GeneratorExit:
        raise
    except Exception as fault:  # whatever a storage backend raises
        log.exception("file %s could not be read", name)
        raise Absent(UNREADABLE) from fault


def copy(one: Wanted, folder: Path, base: Path | None) -> tuple[Entry, str]:
    """The file's line, and what is wrong with it: nothing, or that it is not what its row says.

    From ``base``, an earlier backup, an equal file is linked: two names, kept once. Raises ``Absent``; then
    nothing of it stays in ``folder``.
    """
    target = folder / one.path
    if base and _linked(one, base / one.path, target):
        return Entry(one.path, one.sha256, one.size or 0), ""
    try:
        digest, size = folders.write(target, pieces(one.store, one.name))
    except Absent:
        target.unlink(missing_ok=True)
        raise
    same = digest == (one.sha256 or digest) and size == (size if one.size is None else one.size)
    return Entry(one.path, digest, size), "" if same else CHANGED


def _linked(one: Wanted, old: Path, target: Path) -> bool:
    """Whether the earlier backup's file is the same one, proved by its bytes, and could be linked."""
    if not one.sha256 or old.is_symlink() or not old.is_file():
        return False
    if not _stands(one) or folders.digest_of(old) != (one.sha256, one.size):
        return False
    folders.make(target.parent)
    try:
        os.link(old, target)
    except OSError:  # another file system, or one without links: a copy does as well
        return False
    return True


def _stands(one: Wanted) -> bool:
    """Whether the storage has it in the right size: what it lost must not look whole in the next backup."""
    storage = storages[one.store]
    try:
        return storage.exists(one.name) and storage.size(one.name) == one.size
    except Exception:  # whatever a storage backend raises; reading it will say what
        return False
