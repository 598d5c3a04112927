"""Pictures of a file's pages, for reading on a phone or a weak network.

Made when first asked for, then kept under ``previews/`` by a name that follows from what they show: the folder may be
emptied at any time.
"""

from __future__ import annotations

import io
import logging
import uuid

from django.core.files.base import File

from evaluations.domain.evidence import store
from evaluations.files import inspection, reading
from evaluations.models import EvidenceFile

log = logging.getLogger(__name__)

FOLDER = "previews"
WIDTHS = (360, 720, 1080)
"""Pixels."""

LIMITS = reading.Limits(seconds=10, cpu=10)
"""A person waits for it."""

SHOWN = frozenset({"pdf", "jpg", "png", "webp"})
"""Kinds of files whose pages have pictures."""

_KINDS = {kind.content_type: kind.extension for kind in inspection.TYPES.values()}


class NoPicture(Exception):
    """The page cannot be drawn; the file itself may still be opened."""


def kind_of(file: EvidenceFile) -> str:
    """As ``inspection.FileType.extension``; empty for a type that is no longer accepted."""
    return _KINDS.get(file.content_type, "")


def has_pictures(file: EvidenceFile) -> bool:
    return kind_of(file) in SHOWN


def picture(file: EvidenceFile, page: int, width: int) -> bytes:
    """WebP of one page (from 1), ``width`` pixels wide, one of ``WIDTHS``.

    Raises ``reading.NoSuchPage`` where there is none, ``NoPicture`` when it cannot be made now.
    """
    name = f"{folder_of(file.pk)}/{page}-{width}.webp"
    try:
        with store.fetch(name) as kept:
            return kept.read()
    except (FileNotFoundError, store.StoreDown):
        pass
    made = _drawn(file, page, width)
    _keep(name, made)
    return made


def folder_of(file_pk: uuid.UUID) -> str:
    return f"{FOLDER}/{file_pk.hex[:2]}/{file_pk}"


def forget(file_pk: uuid.UUID) -> None:
    """Take the pictures of a file away, when the file itself goes."""
    folder = folder_of(file_pk)
    try:
        _, names = store.storage().listdir(folder)
    except FileNotFoundError:
        return
    except Exception:  # whatever a storage backend raises
        log.exception("previews in %s could not be listed", folder)
        return
    store.drop(*(f"{folder}/{name}" for name in names))


def _drawn(file: EvidenceFile, page: int, width: int) -> bytes:
    try:
        with store.fetch(file.storage_name) as content:
            return reading.picture_file(content, kind_of(file), page, width, limits=LIMITS)
    except reading.NoSuchPage:
        raise
    except Exception as fault:  # an unreadable page, a storage or a machine that fails
        log.warning("page %s of evidence file %s was not drawn: %s", page, file.pk, fault)
        raise NoPicture(str(fault)) from fault


def _keep(name: str, data: bytes) -> None:
    """For the next time. A picture that is not kept is only made again."""
    try:
        kept = store.storage().save(name, File(io.BytesIO(data)))
    except Exception:  # whatever a storage backend raises
        log.exception("preview %s was not kept", name)
        return
    if kept != name:
        # Someone else made it at the same moment.
        store.drop(kept)
