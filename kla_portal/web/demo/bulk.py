"""A past year written in one go.

The rows, revisions and events are those of ``answers.save_answer``, ``slots.add_file``, ``slots.attach`` and
``describing.describe_many``, each at its own moment; only the kept totals are computed once instead of after each of
some 700 deeds. tests/kla_portal/web/demo/test_bulk.py does the same deeds both ways and compares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from evaluations.domain import workflow
from evaluations.domain.assignments import codes_open_to
from evaluations.domain.evidence import intake, readiness, store
from evaluations.domain.evidence.describing import WORDS
from evaluations.domain.evidence.library import subject_of
from evaluations.domain.workflow import Action
from evaluations.files import inspection
from evaluations.models import (
    Answer,
    AnswerRevision,
    AnswerSource,
    Evaluation,
    Evidence,
    EvidenceFile,
    EvidenceForm,
    EvidenceLink,
    Stage,
)
from evaluations.scoring.rules import answer_to_value, read_answer
from indicators.domain.spec import Loaded, loaded
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import User
from kla_portal.events.log import seal
from kla_portal.events.models import Event, EventAction, EventChain
from kla_portal.web.demo.files import upload_of
from kla_portal.web.demo.papers import Paper


@dataclass(frozen=True)
class Given:
    """A first answer to ``code``; ``value`` as scoring reads it."""

    at: datetime
    by: User
    code: str
    value: Mapping[str, Any]
    note: str = ""


@dataclass(frozen=True)
class Put:
    """A paper put into a slot; the first time it is uploaded, later taken from the library."""

    at: datetime
    by: User
    code: str
    slot_number: int
    paper: Paper


@dataclass(frozen=True)
class Dated:
    """The years that papers prove which were put in before."""

    at: datetime
    by: User
    papers: Sequence[Paper]
    years: Sequence[int]


Deed = Given | Put | Dated


@dataclass
class _Rows:
    """What is written at the end, in the order of the deeds."""

    answers: list[Answer] = field(default_factory=list)
    revisions: list[AnswerRevision] = field(default_factory=list)
    evidence: dict[Paper, Evidence] = field(default_factory=dict)
    files: list[EvidenceFile] = field(default_factory=list)
    links: list[EvidenceLink] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def event(self, action: EventAction, deed: Deed, *, subject: str, **data: Any) -> None:
        self.events.append(Event(action=action, at=deed.at, by=deed.by, subject=subject, data=data))

    def store(self, district: str) -> None:
        Answer.objects.bulk_create(self.answers)
        AnswerRevision.objects.bulk_create(self.revisions)
        Evidence.objects.bulk_create(self.evidence.values())
        EvidenceFile.objects.bulk_create(self.files)
        EvidenceLink.objects.bulk_create(self.links)
        _append(self.events, district)


def write(*, evaluation: Evaluation, deeds: Sequence[Deed]) -> None:
    """Do all ``deeds`` (in the order of their times) on an evaluation in which nothing is filled yet.

    The person's right and the window are checked at the moment of each deed. All or nothing: neither a row
    nor a file stays after an error.
    """
    if not deeds:
        return
    instrument, rows = loaded(evaluation.edition.instrument), _Rows()
    try:
        with transaction.atomic():
            with clock.at(deeds[0].at):
                evaluation = workflow.lock(evaluation, Action.ANSWER, by=deeds[0].by)
            open_codes = {by: codes_open_to(by, evaluation) for by in {deed.by for deed in deeds}}
            for deed in deeds:
                with clock.at(deed.at):
                    _check(evaluation, deed, open_codes[deed.by])
                match deed:
                    case Given():
                        _answer(rows, evaluation, instrument, deed)
                    case Put():
                        _put(rows, evaluation, instrument, deed)
                    case Dated():
                        _date(rows, deed)
            rows.store(evaluation.district_id)
            with clock.at(deeds[-1].at):
                readiness.refresh(evaluation)
    except BaseException:
        store.drop(*(file.storage_name for file in rows.files))
        raise


def _check(evaluation: Evaluation, deed: Deed, open_codes: frozenset[str] | None) -> None:
    workflow.ensure(evaluation, Action.ANSWER if isinstance(deed, Given) else Action.ATTACH, by=deed.by)
    if open_codes is None:
        return
    if isinstance(deed, Dated):
        raise Refused("Dokumen ini hanya diubah oleh koordinator atau petugas yang menambahkannya.")
    if deed.code not in open_codes:
        raise Refused("Pertanyaan ini dibagikan kepada perangkat daerah lain.")


def _append(events: Sequence[Event], district: str) -> None:
    """Add the events to the district's chain, each sealing the one before it."""
    EventChain.objects.get_or_create(key=district)
    chain = EventChain.objects.select_for_update().get(key=district)
    for event in events:
        event.chain, event.district_id = chain, district
        event.number, event.previous = chain.length + 1, chain.head
        event.hash = seal(event)
        chain.length, chain.head = event.number, event.hash
    Event.objects.bulk_create(events, batch_size=500)
    chain.save(update_fields=["length", "head"])


def _answer(rows: _Rows, evaluation: Evaluation, instrument: Loaded, deed: Given) -> None:
    answer = read_answer(instrument.spec.by_code[deed.code].rule, deed.value)
    if answer is None:
        raise ValueError(f"{deed.code}: nothing answered")
    value = answer_to_value(answer)
    row = Answer(
        evaluation=evaluation,
        question_id=instrument.question_ids[deed.code],
        value=value,
        note=deed.note,
        version=1,
        updated_at=deed.at,
        updated_by=deed.by,
    )
    rows.answers.append(row)
    rows.revisions.append(
        AnswerRevision(
            answer=row,
            version=1,
            value=value,
            note=deed.note,
            stage=Stage.EM,
            source=AnswerSource.FORM,
            at=deed.at,
            by=deed.by,
        )
    )
    rows.event(EventAction.ANSWER_SAVED, deed, subject=f"evaluasi:{evaluation.pk}", code=deed.code, version=1)


def _put(rows: _Rows, evaluation: Evaluation, instrument: Loaded, deed: Put) -> None:
    evidence = rows.evidence.get(deed.paper) or _add(rows, evaluation, deed)
    rows.links.append(
        EvidenceLink(
            evaluation=evaluation,
            slot_id=instrument.slot_ids[deed.code, deed.slot_number],
            evidence=evidence,
            added_at=deed.at,
            added_by=deed.by,
        )
    )
    rows.event(
        EventAction.EVIDENCE_LINKED,
        deed,
        subject=subject_of(evidence.pk),
        evaluation=evaluation.pk,
        code=deed.code,
        slot=deed.slot_number,
    )


def _date(rows: _Rows, deed: Dated) -> None:
    for paper in deed.papers:
        evidence = rows.evidence[paper]
        evidence.years = sorted(deed.years)
        rows.event(
            EventAction.EVIDENCE_DESCRIBED,
            deed,
            subject=subject_of(evidence.pk),
            fields=[WORDS["years"]],
            years=evidence.years,
        )


def _add(rows: _Rows, evaluation: Evaluation, deed: Put) -> Evidence:
    upload = upload_of(deed.paper, evaluation.district.name)
    filename = inspection.clean_name(upload.name or "")
    kind = inspection.inspect(filename, upload)
    evidence = Evidence(
        district_id=evaluation.district_id,
        form=EvidenceForm.FILE,
        title=deed.paper.title,
        added_at=deed.at,
        added_by=deed.by,
    )
    digest = inspection.sha256_of(upload)
    file = EvidenceFile(
        evidence=evidence,
        filename=filename,
        content_type=kind.content_type,
        size=upload.size or 0,
        sha256=digest,
        source_sha256=digest,
        storage_name=store.keep(upload, intake.FOLDER, kind.extension),
        added_at=deed.at,
        added_by=deed.by,
    )
    rows.evidence[deed.paper] = evidence
    rows.files.append(file)
    rows.event(
        EventAction.EVIDENCE_ADDED,
        deed,
        subject=subject_of(evidence.pk),
        form=str(evidence.form),
        content_type=file.content_type,
        size=file.size,
        sha256=file.sha256,
    )
    return evidence
