"""Reading a file outside the request: the scanner, its pages and text, its small picture, what it resembles.

A reading is nobody's deed: it writes no event and moves no evaluation's last activity. What the scanner refuses does.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

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


def schedule(file: EvidenceFile, taken_on: date | None = None) -> None:
    """Have the file read once the present transaction is committed. What goes wrong there is logged: the file is in.

    ``taken_on``: a photo's date that the kept file does not tell any more.
    """
    name, day = str(file.pk), taken_on.isoformat() if taken_on else ""
    transaction.on_commit(lambda: read_file.enqueue(name, day), robust=True)


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
    return EvidenceFile.objects.filter(Q(scan=Scan.WAITING) | unread).order_by("added_at", "pk")


@dataclass(frozen=True)
class Worked:
    """What became of a run over ``pending``: numbers of files."""

    read: int = 0
    refused: int = 0
    waiting: int = 0
    failed: int = 0


def take_all(files: QuerySet[EvidenceFile]) -> Worked:
    """Scan and read each; with the scanner down those that wait for it are left as they are."""
    count = {"read": 0, "refused": 0, "waiting": 0, "failed": 0}
    down = not _scanner_answers()
    for pk, scan in files.values_list("pk", "scan"):
        if down and scan == Scan.WAITING:
            count["waiting"] += 1
            continue
        try:
            outcome = take(str(pk))
        except Exception:  # one bad file must not keep the others waiting
            log.exception("evidence file %s was not read", pk)
            outcome = "failed"
        if outcome:
            count[outcome] += 1
    return Worked(**count)


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
    file = EvidenceFile.objects.select_related("evidence").filter(pk=file_pk).first()
    if file is None:
        return ""
    if file.scan == Scan.WAITING:
        _scan(file)
    if not file.openable:
        return "refused" if file.scan == Scan.INFECTED else "waiting"
    return "read" if _read(file, taken_on) else ""


# The scanner


def _scan(file: EvidenceFile) -> None:
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
    refresh_around(file)


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
        return False
    refresh_around(file)
    return True


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
    """Replace what was kept of the file by this; ``False`` when it was deleted while it was read."""
    with transaction.atomic():
        held = EvidenceFile.objects.select_for_update().filter(pk=file.pk).first()
        if held is None:
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


def refresh_around(file: EvidenceFile) -> None:
    """Which answers stand, anew, in the evaluations that are still filled in and hold the document."""
    states = workflow.TABLE[workflow.Action.ATTACH].states
    holding = Evaluation.objects.filter(
        state__in=states, evidence_links__evidence=file.evidence_id, evidence_links__removed_at__isnull=True
    )
    for pk in holding.order_by("pk").values_list("pk", flat=True).distinct():
        with transaction.atomic():
            evaluation = (
                Evaluation.objects.select_for_update(of=("self",))
                .with_place()
                .prefetch_related("edition__windows")
                .get(pk=pk)
            )
            last_activity_at = evaluation.last_activity_at
            readiness.refresh(evaluation)
            Evaluation.objects.filter(pk=pk).update(last_activity_at=last_activity_at)


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
