"""What the evaluations keep for a time only: messages to people, and pictures of documents' pages."""

from __future__ import annotations

import logging
from datetime import datetime

from evaluations.domain.evidence import previews, store
from evaluations.models import Message

log = logging.getLogger(__name__)


def forget_messages(*, before: datetime, dry_run: bool = False) -> int:
    """Delete messages older than ``before``, read or not. How many there are, or were."""
    rows = Message.objects.filter(created_at__lt=before)
    return rows.count() if dry_run else rows.delete()[0]


def forget_previews(*, before: datetime, dry_run: bool = False) -> int:
    """Delete the pages' pictures of each document file whose oldest picture was made before ``before``.

    They are made again when asked for. Folder by folder, so that an S3 store is asked for one time per file, not
    for one per page. How many pictures there are, or were; a folder that cannot be read is left and logged.
    """
    storage, found = store.storage(), 0
    for part in _listed(previews.FOLDER)[0]:
        for owner in _listed(f"{previews.FOLDER}/{part}")[0]:
            folder = f"{previews.FOLDER}/{part}/{owner}"
            names = [f"{folder}/{name}" for name in sorted(_listed(folder)[1])]
            try:
                old = bool(names) and storage.get_modified_time(names[0]) < before
            except Exception:  # whatever a storage backend raises
                log.exception("previews in %s could not be read", folder)
                continue
            if old:
                found += len(names)
                store.drop(*(() if dry_run else names))
    return found


def _listed(folder: str) -> tuple[list[str], list[str]]:
    """(Folders, files) directly inside; nothing where there is no such folder."""
    try:
        return store.storage().listdir(folder)
    except FileNotFoundError:
        return [], []
