"""The pieces of an upload: bytes in the evidence storage under ``incoming/``, each named by a row.

Any host may take any piece. An object is written before its row and removed after it, so that a crash leaves at most
an object without a row; ``sweep`` removes those.
"""

from __future__ import annotations

import hashlib
import io
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import IO, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from evaluations.domain.evidence import store
from evaluations.domain.evidence.intake import take_back
from evaluations.domain.evidence.store import StoreDown
from evaluations.files.faults import EvidenceRefused, FileRefused
from evaluations.models import Upload, UploadPiece, UploadState
from kla_portal import clock

log = logging.getLogger(__name__)

FOLDER = "incoming"
GONE = "Dokumen dengan isi yang sama tidak lagi ada di pustaka. Unggah lagi berkasnya."
ALGORITHMS = ("sha1", "sha256")
"""sha1 because the protocol asks for it; it guards against accidents of the line, not against people."""


class WrongOffset(EvidenceRefused):
    """Bytes that do not begin where the last ones ended. ``received`` says where that is."""

    def __init__(self, received: int) -> None:
        super().__init__(
            "Bagian ini tidak menyambung dengan yang sudah diterima. Lanjutkan dari posisi terakhir."
        )
        self.received = received


class ChecksumWrong(EvidenceRefused):
    """The bytes changed on their way."""


class TooMuch(EvidenceRefused):
    """More bytes than were announced."""


class Expired(EvidenceRefused):
    """Too long since the last piece."""


class Checksum(NamedTuple):
    """``algorithm`` is one of ``ALGORITHMS``; ``digest`` as raw bytes."""

    algorithm: str
    digest: bytes

    def fits(self, data: bytes) -> bool:
        return hashlib.new(self.algorithm, data, usedforsecurity=False).digest() == self.digest


class Swept(NamedTuple):
    """How many uploads, and how many objects that no row named, were removed."""

    uploads: int
    orphans: int


def take(upload: Upload, offset: int, data: bytes, checksum: Checksum | None) -> Upload:
    """Keep the bytes from ``offset`` on; the last ones complete the upload. Errors as ``uploads.append``."""
    _must_fit(upload, offset, data)
    if checksum and not checksum.fits(data):
        raise ChecksumWrong("Bagian ini berubah di perjalanan. Kirim lagi bagian ini.")
    if not data:
        return upload
    name = store.keep(io.BytesIO(data), FOLDER)
    try:
        with transaction.atomic():
            locked = Upload.objects.select_for_update().filter(pk=upload.pk).first()
            if locked is None:
                raise Expired("Unggahan ini sudah dibatalkan. Unggah lagi berkasnya dari awal.")
            _must_fit(locked, offset, data)
            UploadPiece.objects.create(upload=locked, offset=offset, size=len(data), storage_name=name)
            locked.received = offset + len(data)
            locked.touched_at = clock.now()
            if locked.received == locked.size:
                locked.state = UploadState.RECEIVED
            locked.save(update_fields=["received", "touched_at", "state"])
    except BaseException:
        take_back(name, UploadPiece.objects.filter(storage_name=name))
        raise
    locked.evaluation = upload.evaluation
    return locked


def _must_fit(upload: Upload, offset: int, data: bytes) -> None:
    if upload.touched_at <= clock.now() - timedelta(days=settings.UPLOAD_DAYS):
        raise Expired(
            "Unggahan ini terlalu lama terhenti dan sudah dibersihkan. Unggah lagi berkasnya dari awal."
        )
    if upload.state != UploadState.RECEIVING or offset != upload.received:
        raise WrongOffset(upload.received)
    if offset + len(data) > upload.size:
        raise TooMuch(
            "Yang dikirim lebih besar daripada ukuran berkas yang diumumkan. Unggah lagi berkasnya."
        )


@contextmanager
def assembled(upload: Upload) -> Iterator[IO[bytes]]:
    """The whole file, in a temporary file that goes afterwards; memory stays constant.

    Raises ``FileRefused`` when it is not the file that was announced, ``StoreDown`` when it cannot be put together now.
    """
    with _temporary() as whole:
        digest = hashlib.sha256()
        names = list(upload.pieces.order_by("offset").values_list("storage_name", flat=True))
        if not names:
            # Announced as known, no byte travelled; the library has it no more.
            raise FileRefused(GONE)
        for name in names:
            _copy(name, whole, digest)
        if whole.tell() != upload.size:
            raise StoreDown("Sebagian berkas ini belum dapat dibaca. Coba lagi nanti.")
        if upload.sha256 and digest.hexdigest() != upload.sha256:
            raise FileRefused(
                "Yang diterima berbeda dari berkas yang dikirim. Unggah lagi berkasnya dari awal."
            )
        whole.seek(0)
        yield whole


@contextmanager
def _temporary() -> Iterator[IO[bytes]]:
    try:
        with tempfile.TemporaryFile(prefix="unggah-", dir=settings.FILE_UPLOAD_TEMP_DIR) as whole:
            yield whole
    except OSError as fault:  # also from closing, which writes what is left
        raise _down(fault) from fault


def _copy(name: str, whole: IO[bytes], digest: hashlib._Hash) -> None:
    try:
        with store.storage().open(name) as piece:
            while part := piece.read(1 << 16):
                digest.update(part)
                whole.write(part)
        whole.flush()
    except FileNotFoundError as fault:
        log.exception("a piece of an upload is not in the storage")
        raise StoreDown(
            "Sebagian berkas ini tidak ditemukan di penyimpanan portal. Coba lagi nanti; "
            "bila tetap begitu, batalkan lalu unggah lagi."
        ) from fault
    except Exception as fault:  # whatever a storage backend raises
        raise _down(fault) from fault


def _down(fault: Exception) -> StoreDown:
    log.exception("an upload could not be put together")
    if isinstance(fault, OSError) and fault.errno in store.FULL:
        return StoreDown("Penyimpanan portal penuh. Beri tahu admin provinsi; unggahan ini menunggu.")
    return StoreDown("Penyimpanan portal sedang terganggu. Unggahan ini menunggu; coba lagi nanti.")


def drop_of(upload: Upload) -> None:
    """The pieces' rows now, their objects once that is committed. Inside the caller's transaction."""
    names = list(upload.pieces.values_list("storage_name", flat=True))
    upload.pieces.all().delete()
    transaction.on_commit(lambda: store.drop(*names))


def forget(uploads: QuerySet[Upload]) -> int:
    """Delete uploads with their pieces, each by itself. Returns how many there were."""
    count = 0
    for pk in uploads.values_list("pk", flat=True):
        with transaction.atomic():
            # The condition again, under the lock: someone may have gone on with it just now.
            locked = uploads.select_for_update().filter(pk=pk).first()
            if locked is None:
                continue
            drop_of(locked)
            locked.delete()
            count += 1
    return count


def sweep() -> Swept:
    """Forget uploads that nobody touched for ``UPLOAD_DAYS``, finished ones too, and objects without a row."""
    limit = clock.now() - timedelta(days=settings.UPLOAD_DAYS)
    return Swept(forget(Upload.objects.filter(touched_at__lte=limit)), _sweep_orphans())


def _sweep_orphans() -> int:
    limit = clock.now() - timedelta(days=settings.UPLOAD_DAYS)
    count = 0
    for folder in _listed(FOLDER)[0]:
        names = [f"{FOLDER}/{folder}/{name}" for name in _listed(f"{FOLDER}/{folder}")[1]]
        known = set(UploadPiece.objects.filter(storage_name__in=names).values_list("storage_name", flat=True))
        for name in sorted(set(names) - known):
            if _is_older(name, limit):
                store.drop(name)
                count += 1
    return count


def _is_older(name: str, limit: datetime) -> bool:
    try:
        return store.storage().get_modified_time(name) <= limit
    except Exception:  # whatever a storage backend raises for what is gone meanwhile
        log.exception("the age of evidence file %s is not known", name)
        return False


def _listed(folder: str) -> tuple[list[str], list[str]]:
    """(Folders, files) in a folder of the storage; nothing where it cannot tell."""
    try:
        folders, files = store.storage().listdir(folder)
    except (NotImplementedError, FileNotFoundError):
        return [], []
    return list(folders), list(files)
