"""An evaluation's documents as ``checks.documents`` reads them, and what is raised about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Prefetch

from evaluations.checks.documents import Concern, FileFacts, Library, Paper, Placement, Reply, run
from evaluations.checks.documents.register import Answers
from evaluations.domain import deadlines
from evaluations.domain.evidence import pairs, quotes
from evaluations.models import (
    ConcernAnswer,
    Evaluation,
    Evidence,
    EvidenceFile,
    EvidenceForm,
    EvidenceLink,
    FileReading,
    Stage,
)
from indicators.domain.spec import loaded


def of_evaluation(evaluation: Evaluation) -> list[Concern]:
    """Every concern about the documents that stand in the evaluation, answered ones with their answer.

    Warnings first. Eight queries at most, however many documents; nothing depends on today's date.
    """
    return _concerns(evaluation, _links(evaluation))


def of_links(evaluation: Evaluation) -> dict[int, list[Concern]]:
    """Link id -> the concerns about its document at its question; an entry for every link in force."""
    links = _links(evaluation)
    slots = loaded(evaluation.edition.instrument).slots_by_id
    by_document: dict[object, list[Concern]] = {}
    for concern in _concerns(evaluation, links):
        by_document.setdefault(concern.evidence_id, []).append(concern)
    return {
        link.pk: [
            concern
            for concern in by_document.get(link.evidence_id, ())
            if slots[link.slot_id][0] in concern.codes
        ]
        for link in links
    }


def _concerns(evaluation: Evaluation, links: list[EvidenceLink]) -> list[Concern]:
    return run(_library(evaluation, links), _answers(evaluation)) if links else []


def _links(evaluation: Evaluation) -> list[EvidenceLink]:
    """Those in force with document, files and readings, in the instrument's order. Two queries."""
    files = (
        EvidenceFile.objects.filter(retired_at__isnull=True)
        .select_related("reading")
        .defer("reading__signature")
        .order_by("number")
    )
    rows = (
        EvidenceLink.objects.filter(evaluation=evaluation, removed_at__isnull=True)
        .select_related("evidence")
        .prefetch_related(Prefetch("evidence__files", files, "files_now"))
    )
    instrument = loaded(evaluation.edition.instrument)
    places = {pk: place for place, pk in enumerate(instrument.slot_ids.values())}
    return sorted(rows, key=lambda link: (places[link.slot_id], link.added_at, link.pk))


def _library(evaluation: Evaluation, links: list[EvidenceLink]) -> Library:
    slots = loaded(evaluation.edition.instrument).slots_by_id
    phrases = quotes.presences(links)
    window = deadlines.window_of(evaluation, Stage.EM)
    papers = {link.evidence_id: link.evidence for link in links}
    placements = tuple(
        Placement(
            link.pk,
            link.evidence_id,
            *slots[link.slot_id],
            pages=link.pages,
            quote=link.quote,
            phrase=phrases.get(link.pk),
        )
        for link in links
    )
    return Library(
        papers={pk: _paper(evidence) for pk, evidence in papers.items()},
        placements=placements,
        evidence_years=tuple(evaluation.edition.evidence_years),
        closes_on=window.closes_on if window else None,
        alike=pairs.alike_within(list(papers)),
    )


def _paper(evidence: Evidence) -> Paper:
    return Paper(
        evidence_id=evidence.pk,
        title=evidence.title,
        form="link" if evidence.form == EvidenceForm.LINK else "file",
        kind=evidence.kind,
        description=evidence.description,
        document_date=evidence.document_date,
        valid_from=evidence.valid_from,
        valid_until=evidence.valid_until,
        years=tuple(evidence.years),
        files=tuple(_facts(file) for file in evidence.current_files),
        withdrawn=evidence.withdrawn_at is not None,
    )


def _facts(file: EvidenceFile) -> FileFacts:
    picture = file.content_type.startswith("image/")
    reading: FileReading | None = getattr(file, "reading", None)
    if reading is None:
        return FileFacts(file.sha256, picture, file.scan)  # type: ignore[arg-type]
    return FileFacts(
        sha256=file.sha256,
        is_picture=picture,
        scan=file.scan,  # type: ignore[arg-type]
        read=True,
        fault=reading.fault,
        pages=reading.pages,
        text_pages=reading.text_pages,
        lowest_dpi=reading.lowest_dpi,
        width=reading.width,
        height=reading.height,
        taken_on=reading.taken_on,
        identity_numbers=reading.identity_numbers,
        children_list=reading.children_list,
    )


def _answers(evaluation: Evaluation) -> Answers:
    rows = ConcernAnswer.objects.filter(evaluation=evaluation, removed_at__isnull=True).select_related("by")
    return {
        (str(row.evidence_id), row.rule, row.basis): Reply(row.pk, row.reason, row.at, row.by.name)
        for row in rows
    }


def warned(concerns: Iterable[Concern]) -> Mapping[str, list[str]]:
    """Question code -> the rules with an open warning about a document there."""
    found: dict[str, list[str]] = {}
    for concern in concerns:
        if concern.blocks:
            for code in concern.codes:
                found.setdefault(code, []).append(concern.rule)
    return found
