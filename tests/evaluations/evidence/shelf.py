"""A library written straight into the tables: documents at their slots, read or not."""

from __future__ import annotations

from evaluations.models import Evaluation, Evidence, EvidenceFile, EvidenceLink, FileReading, PageText, State
from indicators.domain.spec import loaded
from kla_portal import clock
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.papers import documents


def shelved(evaluation: Evaluation, title: str, *, by, **parts) -> Evidence:
    """A document in the library that stands nowhere."""
    (document,) = documents(evaluation.district, [title], by=by)
    Evidence.objects.filter(pk=document.pk).update(**parts)
    document.refresh_from_db()
    return document


def stand(evaluation: Evaluation, document: Evidence, code: str = HEALTH, slot: int = 1, *, by, **more):
    """The document in a slot."""
    slot_id = loaded(evaluation.edition.instrument).slot_ids[code, slot]
    return EvidenceLink.objects.create(
        evaluation=evaluation, slot_id=slot_id, evidence=document, added_at=clock.now(), added_by=by, **more
    )


def placed(evaluation: Evaluation, title: str, code: str = HEALTH, slot: int = 1, *, by, **parts):
    """A new document in a slot."""
    return stand(evaluation, shelved(evaluation, title, by=by, **parts), code, slot, by=by)


def as_read(file: EvidenceFile, *texts: str, **facts) -> FileReading:
    """The file with one text per page (empty: a page without text)."""
    known = {"pages": len(texts), "text_pages": sum(map(bool, texts))} | facts
    reading = FileReading.objects.create(file=file, read_at=clock.now(), **known)
    PageText.objects.bulk_create(
        PageText(file=file, page=page, text=text) for page, text in enumerate(texts, 1) if text
    )
    return reading


def submit(evaluation: Evaluation, by, state: State = State.SUBMITTED) -> None:
    """Handed in, whatever it holds."""
    Evaluation.objects.filter(pk=evaluation.pk).update(state=state, submitted_at=clock.now(), submitted_by=by)
