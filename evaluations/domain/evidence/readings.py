"""Reading a file outside the request: the scanner, its pages and text, its small picture, what it resembles.

A reading is nobody's deed: it writes no event and moves no evaluation's last activity. What the scanner refuses does.
"""

from __future__ import annotations

import io
import logging
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django_tasks import task

from evaluations.domain import notices, workflow
from evaluations.domain.evidence import library, previews, readiness, store
from evaluations.files import clamav, clues, likeness, personal, phrases, reading
from evaluations.models import Evaluation, EvidenceFile, FileBand, FileReading, PageText, Scan
from kla_portal import clock
from kla_portal.events.log import record
from kla_portal.events.models import EventAction

log = logging.getLogger(__name__)

FOLDER = "thumbnails"
FAULT_LIMIT = 200
YEARS_BACK, YEARS_AHEAD = 20, 6
"""Years that a text is searched for: older ones prove nothing any more, plans reach ahead."""

PAGE_BREAK = "\n\f\n"
"""Between pages where the whole text is read: neither a number nor a sentence runs on across it."""


_gathered: ContextVar[dict[str, date | None] | None] = ContextVar("gathered", default=None)


def schedule(file: EvidenceFile, taken_on: date | None = None) -> None:
    """Have the file read once the present transaction is committed. What goes wrong there is logged: the file is in.

    ``taken_on``: a photo's date that the kept file does not tell any more.
    """
    gathered = _gathered.get()
    if gathered is not None:
        gathered[str(file.pk)] = taken_on
        return
    name, day = str(file.pk), taken_on.isoformat() if taken_on else ""
    transaction.on_commit(lambda: read_file.enqueue(name, day), robust=True)


@contextmanager
def together() -> Iterator[None]:
    """Files that come in inside are read after it, here and one after the other, once that is committed; what depends
    on them is recomputed once. For one's own files only: nobody waits for them.
    """
    gathered: dict[str, date | None] = {}
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)
    transaction.on_commit(lambda: _take_each(gathered), robust=True)


@task(queue_name="evidence")
def read_file(file_pk: str, taken_on: str = "") -> None:
    """Scan and read one file, and keep what was found. Gone meanwhile: nothing happens. ``taken_on`` as ISO text.

    Whatever fails leaves the file unread or waiting; ``manage.py read_evidence`` tries those again.
    """
    try:
        take(file_pk, date.fromisoformat(taken_on) if taken_on else None)
    except Exception:  # whatever a storage, a database or a scanner raises
        log.exception("evidence file %s was not read", file_pk)


def pending() -> QuerySet[EvidenceFile]:
    """Files that wait for the scanner or were never read, oldest first."""
    unread = Q(scan__in=[Scan.OFF, Scan.CLEAN], reading__isnull=True)
    kept = EvidenceFile.objects.filter(Q(scan=Scan.WAITING) | unread, erased_at__isnull=True)
    return kept.order_by("added_at", "pk")


@dataclass(frozen=True)
class Worked:
    """What became of a run over ``pending``: numbers of files."""

    read: int = 0
    refused: int = 0
    waiting: int = 0
    failed: int = 0


def take_all(files: QuerySet[EvidenceFile]) -> Worked:
    """Scan and read each; with the scanner down those that wait for it are left as they are."""
    down = not _scanner_answers()
    left = {str(pk): down and scan == Scan.WAITING for pk, scan in files.values_list("pk", "scan")}
    done = _take_each(dict.fromkeys(pk for pk, waits in left.items() if not waits))
    return replace(done, waiting=done.waiting + sum(left.values()))


def _take_each(files: Mapping[str, date | None]) -> Worked:
    """``take`` for several, each with its photo's date; what depends on them is recomputed once, at the end."""
    outcomes: Counter[str] = Counter()
    with _refreshing() as changed:
        for pk, taken_on in files.items():
            try:
                outcomes[_take(pk, taken_on, changed)] += 1
            except Exception:  # one bad file must not keep the others waiting
                log.exception("evidence file %s was not read", pk)
                outcomes["failed"] += 1
    return Worked(**{name: count for name, count in outcomes.items() if name})


def _scanner_answers() -> bool:
    """Asked once, lest every file waits for a scanner that is away."""
    if not settings.CLAMAV_SOCKET:
        return True
    try:
        clamav.ping(settings.CLAMAV_SOCKET)
    except clamav.ScannerDown as fault:
        log.warning("the virus scanner does not answer: %s", fault)
        return False
    return True


def take(file_pk: str, taken_on: date | None = None) -> str:
    """Scan and read one file: ``read``, ``refused`` or ``waiting``; nothing when it is gone.

    Reading again replaces what was kept, but for a photo's date, which only ``taken_on`` may have told. Raises what
    storage and machine raise; then nothing changed.
    """
    with _refreshing() as changed:
        return _take(file_pk, taken_on, changed)


def _take(file_pk: str, taken_on: date | None, changed: set[UUID]) -> str:
    """``take``; the document goes into ``changed`` when what is kept of it is another."""
    kept = EvidenceFile.objects.filter(erased_at__isnull=True)
    file = kept.select_related("evidence").filter(pk=file_pk).first()
    if file is None:
        return ""
    if file.scan == Scan.WAITING:
        _scan(file, changed)
    if not file.openable:
        return "refused" if file.scan == Scan.INFECTED else "waiting"
    if not _read(file, taken_on):
        return ""
    changed.add(file.evidence_id)
    return "read"


# The scanner


def _scan(file: EvidenceFile, changed: set[UUID]) -> None:
    """What the scanner says is kept; a scanner that gives no clear answer leaves the file waiting."""
    found = ""
    if settings.CLAMAV_SOCKET:
        try:
            with store.fetch(file.storage_name) as content:
                found = clamav.scan(content, settings.CLAMAV_SOCKET)
        except clamav.ScannerDown as fault:
            log.warning("evidence file %s waits for the scanner: %s", file.pk, fault)
            return
    clean = Scan.CLEAN if settings.CLAMAV_SOCKET else Scan.OFF
    with transaction.atomic():
        waiting = EvidenceFile.objects.filter(pk=file.pk, scan=Scan.WAITING)
        file.scan = Scan.INFECTED if found else clean
        if waiting.update(scan=file.scan) and found:
            log.warning("the scanner refused evidence file %s: %s", file.pk, found)
            record(
                EventAction.EVIDENCE_REFUSED,
                by=None,
                district=file.evidence.district_id,
                subject=library.subject_of(file.evidence_id),
                virus=found,
            )
            notices.file_refused(file)
    changed.add(file.evidence_id)


# The content


def _read(file: EvidenceFile, taken_on: date | None) -> bool:
    """Read the file and keep what was found; ``False`` when it is gone."""
    facts, texts, thumbnail = _facts(file)
    facts["taken_on"] = facts.get("taken_on") or taken_on
    facts["thumbnail"] = store.keep(io.BytesIO(thumbnail), FOLDER, "webp") if thumbnail else ""
    try:
        kept = _keep(file, facts, texts)
    except BaseException:
        store.drop(facts["thumbnail"])
        raise
    if not kept:
        store.drop(facts["thumbnail"])
    return kept


def _facts(file: EvidenceFile) -> tuple[dict[str, Any], tuple[str, ...], bytes | None]:
    """The reading's columns, the pages' texts and the small picture. A file that cannot be read has a ``fault``."""
    try:
        with store.fetch(file.storage_name) as content:
            found = reading.read_file(content, previews.kind_of(file))
    except reading.Unreadable as fault:
        log.warning("evidence file %s is unreadable: %s", file.pk, fault)
        return {"fault": str(fault)[:FAULT_LIMIT] or "unreadable"}, (), None
    text = PAGE_BREAK.join(found.texts)
    this_year = clock.now().year
    facts = {
        "pages": found.pages,
        "text_pages": sum(1 for one in found.texts if one),
        "lowest_dpi": found.lowest_dpi,
        "width": found.width,
        "height": found.height,
        "taken_on": found.taken_on,
        "identity_numbers": personal.identity_numbers(text),
        "children_list": any(personal.children_list(one) for one in found.texts),
        "signature": likeness.signature(text),
        "number_clue": clues.number_in(text),
        "date_clue": clues.date_in(text),
        "year_clues": clues.years_in(text, range(this_year - YEARS_BACK, this_year + YEARS_AHEAD)),
    }
    return facts, found.texts, found.thumbnail


def _keep(file: EvidenceFile, facts: dict[str, Any], texts: Collection[str]) -> bool:
    """Replace what was kept of the file by this; ``False`` when it was deleted or erased while it was read."""
    with transaction.atomic():
        held = EvidenceFile.objects.select_for_update().filter(pk=file.pk).first()
        if held is None or held.erased_at:
            return False
        before = FileReading.objects.filter(file=held).first()
        if before is not None:
            facts["taken_on"] = facts["taken_on"] or before.taken_on
            before.delete()
            transaction.on_commit(lambda: store.drop(before.thumbnail))
        held.page_texts.all().delete()
        held.bands.all().delete()
        kept = FileReading.objects.create(file=held, read_at=clock.now(), **facts)
        PageText.objects.bulk_create(
            PageText(file=held, page=page, text=text) for page, text in enumerate(texts, 1) if text
        )
        keys = likeness.bands(kept.signature) if kept.signature else ()
        FileBand.objects.bulk_create(FileBand(file=held, key=key) for key in keys)
    return True


@contextmanager
def _refreshing() -> Iterator[set[UUID]]:
    """What depends on the documents that are put in is recomputed at the end, whatever happens before."""
    changed: set[UUID] = set()
    try:
        yield changed
    finally:
        refresh_around(changed)


def refresh_around(documents: Collection[UUID]) -> None:
    """Which answers stand, anew, in the evaluations that are still filled in and hold one of these documents."""
    if not documents:
        return
    states = workflow.TABLE[workflow.Action.ATTACH].states
    holding = Evaluation.objects.filter(
        state__in=states, evidence_links__evidence__in=documents, evidence_links__removed_at__isnull=True
    )
    for pk in holding.order_by("pk").values_list("pk", flat=True).distinct():
        with transaction.atomic():
            rows = Evaluation.objects.select_for_update(of=("self",)).with_place()
            # The condition again, under the lock: it may have been handed in just now.
            held = rows.filter(pk=pk, state__in=states).first()
            if held is not None:
                readiness.refresh(held, deed=False)


# The text that was read


def texts_of(file: EvidenceFile, pages: int) -> list[str]:
    """The text of each page of the file, ``""`` where it has none. One query."""
    found = dict(PageText.objects.filter(file=file).values_list("page", "text"))
    return [found.get(page, "") for page in range(1, max([pages, *found]) + 1)]


def find_quote(file: EvidenceFile, pages: int, quote: str, named: str) -> phrases.PhraseFound:
    """Whether ``quote`` stands on the ``named`` pages ("4-6") of a file of ``pages`` pages. One query.

    A Word file has no pages of its own, so that none counts.
    """
    wanted = () if previews.kind_of(file) == "docx" else phrases.page_numbers(named)
    texts = texts_of(file, pages)
    return phrases.look_for(quote, texts, [page for page in wanted if page <= len(texts)])
