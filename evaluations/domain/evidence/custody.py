"""Whether the storage holds what the rows name, and nothing else; and the move into another storage.

Everything is read piece by piece and row by row: memory does not grow with the library.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from evaluations.domain.evidence import store
from evaluations.models import EvidenceFile, FileReading, ReportKind, StoredReport, UploadPiece

log = logging.getLogger(__name__)

CHUNK = 256 * 1024
PREVIEWS = "previews"
"""Pictures of pages, one folder per file: made again when they are missing, so they are neither missed nor moved."""
FOLDERS = ("evidence", "thumbnails", PREVIEWS, "incoming")
"""Whatever lies in these belongs to a row; the storage holds nothing else of ours."""


@dataclass(frozen=True, slots=True)
class Held:
    """One file that a row names. ``sha256`` and ``size`` in bytes where the row knows them."""

    name: str
    sha256: str = ""
    size: int | None = None
    district: str = ""

    @property
    def about(self) -> str:
        return f"{self.name} ({self.district})" if self.district else self.name


@dataclass(frozen=True, slots=True)
class Fault:
    """``kind``: hilang, berubah, tidak terbaca, yatim, gagal disalin."""

    kind: str
    about: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.about}"


@dataclass
class Tally:
    """How far it is; the commands print it."""

    seen: int = 0
    bytes: int = 0
    copied: int = 0
    there: int = 0
    deleted: int = 0


def held(*, district: str = "") -> Iterator[Held]:
    """Every file that a row names, of one district (code) or of all. What was erased is named by none."""
    files = EvidenceFile.objects.filter(erased_at__isnull=True).order_by("pk")
    if district:
        files = files.filter(evidence__district=district)
    columns = ("storage_name", "sha256", "size", "evidence__district")
    for name, sha256, size, code in files.values_list(*columns).iterator(chunk_size=1000):
        yield Held(name, sha256, size, code)
    readings = FileReading.objects.exclude(thumbnail="").order_by("pk")
    if district:
        readings = readings.filter(file__evidence__district=district)
    thumbnails = readings.values_list("thumbnail", "file__evidence__district")
    for name, code in thumbnails.iterator(chunk_size=1000):
        yield Held(name, district=code)
    pieces = UploadPiece.objects.order_by("pk")
    if district:
        pieces = pieces.filter(upload__evaluation__district=district)
    rows = pieces.values_list("storage_name", "size", "upload__evaluation__district")
    for name, size, code in rows.iterator(chunk_size=1000):
        yield Held(name, size=size, district=code)


def count(*, district: str = "") -> tuple[int, int]:
    """Files that rows name, and their bytes as far as the rows know them."""
    number = total = 0
    for one in held(district=district):
        number, total = number + 1, total + (one.size or 0)
    return number, total


# Verifying


def verify(tally: Tally, *, district: str = "") -> Iterator[Fault | None]:
    """Read every file that a row names; ``None`` for a whole one, else what is wrong with it."""
    for one in held(district=district):
        tally.seen += 1
        try:
            digest, size = digest_of(store.storage(), one.name)
        except FileNotFoundError:
            # Its row may have gone since it was read: pieces of an upload do all the time.
            yield Fault("hilang", one.about) if _known([one.name]) else None
            continue
        except Exception as fault:  # whatever a storage backend raises
            log.exception("evidence file %s could not be read", one.name)
            yield Fault("tidak terbaca", f"{one.about}: {type(fault).__name__}")
            continue
        tally.bytes += size
        whole = digest == (one.sha256 or digest) and size == (size if one.size is None else one.size)
        yield None if whole else Fault("berubah", one.about)


def digest_of(storage: Storage, name: str) -> tuple[str, int]:
    """sha256 and size in bytes of what is stored. Raises ``FileNotFoundError``."""
    digest, size = hashlib.sha256(), 0
    with storage.open(name) as content:
        while piece := content.read(CHUNK):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


def orphans(*, before: datetime) -> Iterator[str]:
    """Names in the storage that no row knows, last written before ``before``: a younger one may get its row yet."""
    storage = store.storage()
    for folder in FOLDERS:
        for names in _by_folder(storage, folder):
            for name in _unknown(folder, names):
                if _is_older(storage, name, before):
                    yield name


def _is_older(storage: Storage, name: str, before: datetime) -> bool:
    try:
        return storage.get_modified_time(name) < before
    except Exception:  # whatever a storage backend raises
        if storage.exists(name):
            raise
        # A piece of an upload that was settled since the folder was listed.
        return False


def delete_orphans(tally: Tally, *, before: datetime) -> Iterator[str]:
    """The same, each deleted."""
    for name in orphans(before=before):
        store.storage().delete(name)
        tally.deleted += 1
        yield name


def stray_papers(*, before: datetime) -> Iterator[str]:
    """The same in the storage of rendered reports: a process that ended between a paper and its row left it there."""
    storage = storages["reports"]
    for kind in ReportKind.values:
        for names in _by_folder(storage, kind):
            for name in _without_row(names, _printed):
                if _is_older(storage, name, before):
                    yield name


def delete_stray_papers(tally: Tally, *, before: datetime) -> Iterator[str]:
    """The same, each deleted."""
    for name in stray_papers(before=before):
        storages["reports"].delete(name)
        tally.deleted += 1
        yield name


def _by_folder(storage: Storage, folder: str) -> Iterator[list[str]]:
    """The names below ``folder``, one folder's files at a time."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    if files:
        yield [f"{folder}/{name}" for name in sorted(files)]
    for inner in sorted(folders):
        yield from _by_folder(storage, f"{folder}/{inner}")


def _unknown(folder: str, names: list[str]) -> Iterable[str]:
    if folder == PREVIEWS:
        owner = names[0].split("/")[-2]
        return () if _is_file(owner) else names
    return _without_row(names, _known)


def _without_row(names: list[str], known_of: Callable[[list[str]], set[str]]) -> list[str]:
    known: set[str] = set()
    for start in range(0, len(names), 500):
        known |= known_of(names[start : start + 500])
    return [name for name in names if name not in known]


def _known(names: list[str]) -> set[str]:
    """Those of them that a row names."""
    kept = EvidenceFile.objects.filter(storage_name__in=names, erased_at__isnull=True)
    files = kept.values_list("storage_name", flat=True)
    thumbnails = FileReading.objects.filter(thumbnail__in=names).values_list("thumbnail", flat=True)
    pieces = UploadPiece.objects.filter(storage_name__in=names).values_list("storage_name", flat=True)
    return {*files, *thumbnails, *pieces}


def _printed(names: list[str]) -> set[str]:
    """Those of them that a report's row names."""
    return set(StoredReport.objects.filter(storage_name__in=names).values_list("storage_name", flat=True))


def _is_file(text: str) -> bool:
    try:
        return EvidenceFile.objects.filter(pk=UUID(text), erased_at__isnull=True).exists()
    except ValueError:
        return False


# Moving


def copy_all(target: Storage, tally: Tally, *, dry_run: bool = False) -> Iterator[Fault | None]:
    """Copy every file that a row names into ``target`` under the same name, and read it back there.

    What is there already and right is not copied again. ``None`` for each that is right there, or with ``dry_run``
    would be copied. No row changes.
    """
    yield from _copy(held(), store.storage(), target, tally, dry_run)


def copy_reports(target: Storage, tally: Tally, *, dry_run: bool = False) -> Iterator[Fault | None]:
    """The same with the rendered reports, whose storage goes where the evidence goes."""
    rows = StoredReport.objects.order_by("pk").values_list("storage_name", "sha256", "size")
    reports = (Held(name, sha256, size) for name, sha256, size in rows.iterator(chunk_size=1000))
    yield from _copy(reports, storages["reports"], target, tally, dry_run)


def _copy(
    files: Iterable[Held], source: Storage, target: Storage, tally: Tally, dry_run: bool
) -> Iterator[Fault | None]:
    for one in files:
        tally.seen += 1
        try:
            yield _copied(one, source, target, tally, dry_run)
        except FileNotFoundError:
            # A report's row stays for good; pieces of an upload go all the time.
            lost = not one.district or _known([one.name])
            yield Fault("hilang", one.about) if lost else None
        except Exception as fault:  # whatever a storage backend raises
            log.exception("evidence file %s could not be copied", one.name)
            yield Fault("gagal disalin", f"{one.about}: {type(fault).__name__}")


def _copied(one: Held, source: Storage, target: Storage, tally: Tally, dry_run: bool) -> Fault | None:
    wanted = one.sha256 or digest_of(source, one.name)[0]
    if target.exists(one.name):
        if digest_of(target, one.name)[0] == wanted:
            tally.there += 1
            return None
        if not dry_run:
            # Broken off, or not the same: a second name beside it would help nobody.
            target.delete(one.name)
    if dry_run:
        tally.copied += 1
        tally.bytes += source.size(one.name)
        return None
    with source.open(one.name) as content:
        kept = target.save(one.name, File(content))
    digest, size = digest_of(target, kept)
    if kept != one.name or digest != wanted:
        target.delete(kept)
        return Fault("gagal disalin", f"{one.about}: isinya tidak sama dengan yang tercatat")
    tally.copied += 1
    tally.bytes += size
    return None
