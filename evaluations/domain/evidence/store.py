"""Evidence files in their private storage. No file in it has an address, and no name says what it holds."""

from __future__ import annotations

import logging
import uuid

from django.core.files.storage import Storage, storages
from django.core.files.uploadedfile import UploadedFile

from evaluations.files.inspection import FileType

log = logging.getLogger(__name__)


def storage() -> Storage:
    return storages["evidence"]


def keep(upload: UploadedFile, kind: FileType) -> str:
    """Write the file under an opaque name. Returns that name."""
    name = uuid.uuid4()
    upload.seek(0)
    return storage().save(f"evidence/{name.hex[:2]}/{name}.{kind.extension}", upload)


def drop(name: str) -> None:
    """Take a file out of the storage. A failure is logged, not raised: the deed itself is done."""
    if not name:
        return
    try:
        storage().delete(name)
    except Exception:  # whatever a storage backend raises
        log.exception("evidence file %s could not be removed", name)
