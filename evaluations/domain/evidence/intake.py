"""From bytes that someone sent to a file of a document: looked at, cleaned, written, and its row.

A file and its row come and go together: ``receive`` takes a written file away again when its row does not come
about. It is therefore the outermost transaction of a request.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from django.conf import settings

from evaluations.domain.evidence import readings, store
from evaluations.files import inspection
from evaluations.models import Evidence, EvidenceFile, Scan
from kla_portal import clock
from kla_portal.accounts.models import User

FOLDER = "evidence"


@dataclass
class Received:
    """A file that was looked at and may be kept: ``sha256``, ``size`` as kept, ``source_sha256`` as sent."""

    filename: str
    kind: inspection.FileType
    content: IO[bytes]
    size: int
    sha256: str
    source_sha256: str
    storage_name: str = ""
    """Empty until it is written."""
    used: bool = False
    """Whether a row names the written file."""

    def write(self) -> None:
        """Into the storage, once. Outside a transaction, so that no lock waits for a slow store."""
        if not self.storage_name:
            self.storage_name = store.keep(self.content, FOLDER, self.kind.extension)

    def row(self, evidence: Evidence, *, by: User, number: int = 1, revision: int = 1) -> EvidenceFile:
        """The row of the file, written if it is not yet; it is read outside the request."""
        self.write()
        file = EvidenceFile.objects.create(
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
        self.used = True
        readings.schedule(file)
        return file


@contextmanager
def receive(content: IO[bytes], name: str, *, declared: str = "", shrink: bool = False) -> Iterator[Received]:
    """A file that may be kept. Raises ``FileRefused`` with the reason, ``StoreDown`` when it cannot be written.

    ``declared`` is the browser's word for its type. ``shrink`` scales a big photo down. What was written and is not
    named by a row in the end is taken away again.
    """
    filename = inspection.clean_name(name)
    kind = inspection.inspect(filename, content)
    source_sha256 = inspection.sha256_of(content)
    received = Received(filename, kind, content, content.seek(0, 2), source_sha256, source_sha256)
    try:
        yield received
    except BaseException:
        store.drop(received.storage_name)
        raise
    if not received.used:
        store.drop(received.storage_name)
