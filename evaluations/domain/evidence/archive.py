"""The data dukung of an evaluation as one ZIP: what it holds, its size before it is made, and its bytes.

The same rows give the same bytes, so that a broken download goes on where it stopped. Files are stored as they are,
each content once: at further questions a short text says where it lies.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.files.storage import FileSystemStorage
from django.db.models import Count
from zipstream import ZipStream, ZipStreamInfo

from evaluations.domain import workflow
from evaluations.domain.evidence import store
from evaluations.domain.evidence.archive_paths import extension_of, file_name, folder_of
from evaluations.models import Evaluation, Evidence, EvidenceFile, EvidenceLink, Scan, current_files
from evaluations.reports.evidence_index import INDEX_STYLE, Index, IndexRow, index_csv, index_html
from indicators.domain.spec import loaded

log = logging.getLogger(__name__)

CHUNK = 256 * 1024
OLDEST = (1980, 1, 1, 0, 0, 0)
"""ZIP knows no earlier date."""

LEFT_OUT = {
    Scan.WAITING: "tidak disertakan: sedang diperiksa pemindai virus",
    Scan.INFECTED: "tidak disertakan: ditolak pemindai virus",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the ZIP: ``text``, or what is stored under ``storage_name``. ``size`` in bytes."""

    path: str
    size: int
    date: tuple[int, int, int, int, int, int]
    sha256: str = ""
    storage_name: str = ""
    text: bytes = b""


@dataclass(frozen=True)
class Archive:
    """``digest`` changes with anything in the ZIP; ``documents`` are those whose content is in it."""

    entries: tuple[Entry, ...]
    documents: frozenset[UUID]
    files: int
    links: int
    left_out: int
    size: int
    digest: str


@dataclass
class _Packing:
    """What is collected on the way through the questions."""

    zone: ZoneInfo
    entries: list[Entry] = field(default_factory=list)
    rows: list[IndexRow] = field(default_factory=list)
    paths: dict[str, str] = field(default_factory=dict)
    """sha256 -> where the content lies."""
    documents: set[UUID] = field(default_factory=set)
    files: int = 0
    links: int = 0
    left_out: int = 0


def archive_of(evaluation: Evaluation, *, codes: Collection[str] | None = None) -> Archive:
    """What stands at the questions ``codes`` (``None``: all), in the instrument's order. Two queries."""
    spec = loaded(evaluation.edition.instrument).spec
    packing = _Packing(workflow.zone_of(evaluation))
    links = _links(evaluation)
    for cluster in spec.clusters:
        for indicator in cluster.indicators:
            for question in indicator.questions:
                if codes is not None and question.code not in codes:
                    continue
                for slot in question.slots:
                    head = IndexRow(question.code, question.title, f"{slot.number} {slot.label}")
                    folder = folder_of(cluster, indicator, question, slot)
                    _pack_slot(packing, head, folder, links.get((question.code, slot.number), ()))
    return _finished(evaluation, packing)


def counts_of(evaluation: Evaluation) -> dict[str, int]:
    """Question code -> documents that stand there; questions without any are not in it. One query."""
    links = EvidenceLink.objects.filter(evaluation=evaluation, removed_at__isnull=True)
    rows = links.values_list("slot__question__code").annotate(number=Count("pk")).order_by()
    return dict(rows)


def returned_codes(evaluation: Evaluation) -> frozenset[str]:
    """Codes of the questions in the evaluation's newest return, open or ended. Two queries."""
    newest = evaluation.returns.order_by("-sequence").first()
    if newest is None:
        return frozenset()
    return frozenset(newest.items.values_list("question__code", flat=True))


def stream(archive: Archive) -> Iterator[bytes]:
    """The ZIP from its beginning. Raises ``OSError`` or ``RuntimeError`` when a file is not what its row says."""
    made = _DatedZip({entry.path: entry.date for entry in archive.entries})
    for entry in archive.entries:
        made.add(_content(entry), entry.path, size=entry.size)
    yield from made


class _DatedZip(ZipStream):
    """zipstream-ng dates what is no file of the local disk by the clock; the same bytes need the rows' dates."""

    def __init__(self, dates: dict[str, tuple[int, ...]]) -> None:
        super().__init__(sized=True)
        self._dates = dates

    def _gen_file_entry(self, *, iterable: Iterator[bytes], size: int, arcname: str) -> Iterator[bytes]:
        info = ZipStreamInfo(arcname, self._dates[arcname])
        info.external_attr = 0o644 << 16
        info.file_size = size
        info.header_offset = self._pos
        for piece in info._file_data(iterable):
            yield self._track(piece)
        if info.file_size != size:
            raise RuntimeError(f"{arcname}: {info.file_size} bytes instead of {size}")
        self._filelist.append(info)


def _content(entry: Entry) -> Iterator[bytes]:
    if not entry.storage_name:
        yield entry.text
        return
    try:
        with store.fetch(entry.storage_name) as content:
            while piece := content.read(CHUNK):
                yield piece
    except (OSError, store.StoreDown):
        log.error("ZIP broken off: %s could not be read", entry.storage_name)
        raise


def _links(evaluation: Evaluation) -> dict[tuple[str, int], list[EvidenceLink]]:
    slots_by_id = loaded(evaluation.edition.instrument).slots_by_id
    rows = (
        EvidenceLink.objects.filter(evaluation=evaluation, removed_at__isnull=True)
        .select_related("evidence")
        .prefetch_related(current_files("evidence"))
        .order_by("added_at", "pk")
    )
    found: dict[tuple[str, int], list[EvidenceLink]] = {}
    for link in rows:
        found.setdefault(slots_by_id[link.slot_id], []).append(link)
    return found


def _pack_slot(packing: _Packing, head: IndexRow, folder: str, links: Collection[EvidenceLink]) -> None:
    number = 0
    for link in links:
        document = link.evidence
        row = head.of(document, pages=link.pages, quote=link.quote)
        if document.url:
            packing.links += 1
            packing.rows.append(row)
        for file in document.current_files:
            number += 1
            reason = _left_out(document, file)
            if reason:
                packing.left_out += 1
                packing.rows.append(row.file(file.size, file.sha256, note=reason))
            else:
                name = file_name(number, document.title, extension_of(file.filename))
                path = _pack_file(packing, file, f"{folder}/{name}")
                packing.rows.append(row.file(file.size, file.sha256, path=path))


def _pack_file(packing: _Packing, file: EvidenceFile, path: str) -> str:
    """Put the content there, or a word on where it lies already. Returns where it lies."""
    packing.documents.add(file.evidence_id)
    date = _date(file.added_at, packing.zone)
    known = packing.paths.setdefault(file.sha256, path)
    if known == path:
        packing.files += 1
        packing.entries.append(Entry(path, file.size, date, file.sha256, file.storage_name))
    else:
        text = f"Dokumen ini sudah ada di dalam ZIP ini:\r\n{known}\r\nsha256 {file.sha256}\r\n".encode()
        stem = path.rpartition(".")[0] if "." in path.rpartition("/")[2] else path
        packing.entries.append(Entry(f"{stem} (lihat).txt", len(text), date, text=text))
    return known


def _left_out(document: Evidence, file: EvidenceFile) -> str:
    """Why the file is listed only; empty when it goes in."""
    if document.discarded_at:
        return "tidak disertakan: ada di keranjang"
    if file.erased_at:
        return f"tidak disertakan: berkas dihapus ({file.erased_reason})"
    if not file.openable:
        return LEFT_OUT[Scan(file.scan)]
    storage = store.storage()
    # Only where asking is cheap; from elsewhere a missing file breaks the ZIP off, and verify_evidence names it.
    if isinstance(storage, FileSystemStorage):
        try:
            if storage.size(file.storage_name) == file.size:
                return ""
        except OSError:
            pass
        return "tidak disertakan: berkasnya hilang atau rusak di penyimpanan; beri tahu admin"
    return ""


def _finished(evaluation: Evaluation, packing: _Packing) -> Archive:
    index = Index(str(evaluation.district), evaluation.edition.name, tuple(packing.rows))
    date = max((entry.date for entry in packing.entries), default=OLDEST)
    texts = {
        "indeks.html": index_html(index).encode(),
        "indeks.csv": index_csv(index).encode(),
        "indeks.css": INDEX_STYLE.encode(),
    }
    front = [Entry(path, len(text), date, text=text) for path, text in texts.items()]
    entries = (*front, *packing.entries)
    sizing = _DatedZip({})
    for entry in entries:
        sizing.add(iter(()), entry.path, size=entry.size)
    listed = [
        (entry.path, entry.size, entry.date, entry.sha256 or hashlib.sha256(entry.text).hexdigest())
        for entry in entries
    ]
    return Archive(
        entries=entries,
        documents=frozenset(packing.documents),
        files=packing.files,
        links=packing.links,
        left_out=packing.left_out,
        size=len(sizing),
        digest=hashlib.sha256(json.dumps(listed).encode()).hexdigest(),
    )


def _date(moment: datetime, zone: ZoneInfo) -> tuple[int, int, int, int, int, int]:
    there = moment.astimezone(zone)
    return max(OLDEST, (there.year, there.month, there.day, there.hour, there.minute, there.second))
