"""Evidence files in their private storage. No file in it has an address, and no name says what it holds."""

from __future__ import annotations

import errno
import logging
import uuid
from typing import IO

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from evaluations.files.faults import EvidenceRefused

log = logging.getLogger(__name__)

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class StoreDown(EvidenceRefused):
    """The storage does not take or give files now. Nothing of the file was kept."""


def storage() -> Storage:
    return storages["evidence"]


def keep(content: IO[bytes], folder: str, extension: str = "") -> str:
    """Write what ``content`` holds, from its beginning, under an opaque name in ``folder``. Returns that name.

    Raises ``StoreDown``; then nothing of it stays.
    """
    token = uuid.uuid4()
    name = f"{folder}/{token.hex[:2]}/{token}" + (f".{extension}" if extension else "")
    content.seek(0)
    try:
        return storage().save(name, File(content))
    except Exception as fault:  # whatever a storage backend raises
        log.exception("evidence storage did not take a file")
        drop(name)
        if isinstance(fault, OSError) and fault.errno in FULL:
            reason = "Penyimpanan portal penuh. Beri tahu admin provinsi; berkas ini belum tersimpan."
        else:
            reason = "Penyimpanan portal sedang terganggu. Berkas ini belum tersimpan; coba lagi nanti."
        raise StoreDown(reason) from fault


def fetch(name: str) -> IO[bytes]:
    """What is kept under ``name``, open for reading from its beginning.

    Raises ``FileNotFoundError`` when nothing is, ``StoreDown`` when the storage does not answer.
    """
    try:
        return storage().open(name)
    except FileNotFoundError:
        raise
    except Exception as fault:  # whatever a storage backend raises
        log.exception("evidence storage did not give a file")
        raise StoreDown("Penyimpanan portal sedang terganggu. Coba lagi beberapa menit lagi.") from fault


def drop(*names: str) -> None:
    """Take files out of the storage. A failure is logged, not raised: the deed itself is done."""
    for name in filter(None, names):
        try:
            storage().delete(name)
        except Exception:  # whatever a storage backend raises
            log.exception("evidence file %s could not be removed", name)
