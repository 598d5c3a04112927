"""From bytes that someone sent to a file of a document: looked at, cleaned, written, and its row.

A file and its row come and go together: ``receive`` takes a written file away again when its row does not come
about. It is therefore outside every transaction.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.db import Error
from django.db.models import Q, QuerySet

from evaluations.domain.evidence import readings, store
from evaluations.files import capture, images, inspection
from evaluations.models import Evidence, EvidenceFile, Scan
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.prepared import insert, prepared

log = logging.getLogger(__name__)

FOLDER = "evidence"
LONGEST_SIDE = 2560
"""Pixels of a big photo that is scaled down on request: a page of A4 at 220 dpi."""


@dataclass
class Received:
    """A file that was looked at and may be kept: ``sha256``, ``size`` as kept, ``source_sha256`` as sent."""

    filename: str
    kind: inspection.FileType
    content: IO[bytes]
    size: int
    sha256: str
    source_sha256: str
    taken_on: date | None = None
    """A photo's own date; what noted it is not kept."""
    storage_name: str = ""
    """Empty until it is written."""
    used: bool = False
    """Whether a row names the written file."""

    def write(self) -> None:
        """Into the storage, once. Outside a transaction, so that no lock waits for a slow store."""
        if not self.storage_name:
            self.storage_name = store.keep(self.content, FOLDER, self.kind.extension)

    def was_in(self, district_code: str) -> bool:
        """Whether the district ever had a file with this content, as it was sent or as it would be kept."""
        return any(_holding(district_code, sha256, sha256) for sha256 in {self.sha256, self.source_sha256})

    def row(self, evidence: Evidence, *, by: User, number: int = 1, revision: int = 1) -> EvidenceFile:
        """The row of the file, written if it is not yet; it is read outside the request."""
        self.write()
        file = EvidenceFile(
            evidence=evidence,
            number=number,
            revision=revision,
            filename=self.filename,
            content_type=self.kind.content_type,
            size=self.size,
            sha256=self.sha256,
            source_sha256=self.source_sha256,
            storage_name=self.storage_name,
            scan=Scan.WAITING if settings.CLAMAV_SOCKET else Scan.OFF,
            added_at=clock.now(),
            added_by=by,
        )
        insert(file)
        self.used = True
        readings.schedule(file, self.taken_on)
        return file


@prepared
def _holding(district: str, sha256: str, source: str) -> QuerySet[EvidenceFile, UUID]:
    same = Q(sha256=sha256) | Q(source_sha256=source)
    kept = EvidenceFile.objects.filter(same, evidence__district=district, erased_at__isnull=True)
    return kept.values_list("pk", flat=True)[:1]


@contextmanager
def receive(content: IO[bytes], name: str, *, declared: str = "", shrink: bool = False) -> Iterator[Received]:
    """A file that may be kept. Raises ``FileRefused`` with the reason, ``StoreDown`` when it cannot be written.

    ``declared`` is the browser's word for its type. Pictures lose what the camera noted; ``shrink`` scales a big one
    down. What was written and is not named by a row in the end is taken away again.
    """
    filename = inspection.clean_name(name)
    kind = inspection.inspect(filename, content, declared)
    received = _cleaned(filename, kind, content, shrink=shrink)
    try:
        yield received
    except BaseException:
        if received.used:
            take_back(received.storage_name, EvidenceFile.objects.filter(storage_name=received.storage_name))
        else:
            store.drop(received.storage_name)
        raise
    if not received.used:
        store.drop(received.storage_name)


def _cleaned(filename: str, kind: inspection.FileType, content: IO[bytes], *, shrink: bool) -> Received:
    sent = inspection.sha256_of(content)
    taken_on = capture.taken_on(kind.extension, content)
    kept, sha256 = content, sent
    if kind.extension in images.FORMATS:
        clean = images.cleaned(kind.extension, content, LONGEST_SIDE if shrink else None)
        if clean is not None:
            kept = io.BytesIO(clean)
            sha256 = inspection.sha256_of(kept)
    return Received(filename, kind, kept, kept.seek(0, io.SEEK_END), sha256, sent, taken_on)


def take_back(name: str, rows: QuerySet[Any]) -> None:
    """Drop a written file after its transaction failed, unless one of ``rows`` names it all the same.

    A commit whose answer was lost may have come about, and so may one whose aftermath failed. Where the database
    cannot say, the file stays: one too many is found and removed later, one too few never comes back.
    """
    try:
        known = rows.exists()
    except Error:
        log.exception("evidence file %s stays: the database does not say whether a row names it", name)
        return
    if not known:
        store.drop(name)
