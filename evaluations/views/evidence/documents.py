"""One document of the library: what it is, its files and their versions, where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Case, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from evaluations import access
from evaluations.domain import workflow
from evaluations.domain.assignments import codes_open_to
from evaluations.domain.evidence import describing, erasing, library, revisions
from evaluations.domain.evidence.handed_in import HANDED_IN, was_handed_in
from evaluations.domain.workflow import Action
from evaluations.files.faults import EvidenceRefused
from evaluations.files.inspection import ACCEPTED_WORDS
from evaluations.forms.documents import DescribeForm, FileForm, WithdrawForm
from evaluations.models import Evaluation, Evidence, EvidenceFile, EvidenceLink
from evaluations.views.evidence.rows import Row, slot_rows
from evaluations.views.frame import page
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec, Slot
from kla_portal.accounts.models import User


@dataclass(frozen=True)
class FileSet:
    """The versions of one file; ``current`` is ``None`` when it was taken out."""

    current: EvidenceFile | None
    earlier: Sequence[EvidenceFile]


@dataclass(frozen=True)
class Place:
    """A slot of this evaluation in which the document stands."""

    question: QuestionSpec
    slot: Slot
    row: Row


@never_cache
@require_GET
def document(request: HttpRequest, pk: int, document: UUID) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    return _shown(request, evaluation, document_of(request, evaluation, document))


@require_POST
def describe(request: HttpRequest, pk: int, document: UUID) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    evidence = document_of(request, evaluation, document)
    fixed = was_handed_in(evidence)
    form = _form(evaluation, evidence, request.POST, fixed=fixed)
    if form.is_valid():
        try:
            user = access.signed_in(request.user)
            describing.describe(evidence=evidence, by=user, **form.cleaned_data)
        except describing.DescriptionRefused as refused:
            form.refuse_part(refused)
    if form.errors:
        return _shown(request, evaluation, evidence, form=form, status=422)
    return _done(request, evaluation, evidence, "Keterangan dokumen tersimpan.")


@require_POST
def adopt(request: HttpRequest, pk: int, document: UUID) -> HttpResponse:
    """Fill the empty parts with what the text proposes."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    evidence = document_of(request, evaluation, document)
    try:
        describing.adopt(evidence=evidence, by=access.signed_in(request.user))
    except EvidenceRefused as refused:
        return _refused(request, evaluation, evidence, refused)
    return _done(request, evaluation, evidence, "Usulan dari isi dokumen dipakai.")


@require_POST
def add_file(request: HttpRequest, pk: int, document: UUID) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    evidence = document_of(request, evaluation, document)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _refused(request, evaluation, evidence, form.errors["file"][0])
    try:
        revisions.add_file_to(evidence=evidence, by=access.signed_in(request.user), **_sent(form))
    except EvidenceRefused as refused:
        return _refused(request, evaluation, evidence, refused)
    return _done(request, evaluation, evidence, "Berkas ditambahkan.")


@require_POST
def revise(request: HttpRequest, pk: int, document: UUID, file: UUID) -> HttpResponse:
    """A new version of one file."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    evidence = document_of(request, evaluation, document)
    found = get_object_or_404(EvidenceFile.objects.select_related("evidence"), pk=file, evidence=evidence)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _refused(request, evaluation, evidence, form.errors["file"][0])
    try:
        revisions.revise(file=found, by=access.signed_in(request.user), **_sent(form))
    except EvidenceRefused as refused:
        return _refused(request, evaluation, evidence, refused)
    return _done(request, evaluation, evidence, "Versi baru tersimpan; versi lama tetap dapat dibaca.")


@require_POST
def retire_file(request: HttpRequest, pk: int, document: UUID, file: UUID) -> HttpResponse:
    """One file less; it stays readable."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    evidence = document_of(request, evaluation, document)
    found = get_object_or_404(EvidenceFile.objects.select_related("evidence"), pk=file, evidence=evidence)
    try:
        revisions.retire_file(file=found, by=access.signed_in(request.user))
    except EvidenceRefused as refused:
        return _refused(request, evaluation, evidence, refused)
    return _done(request, evaluation, evidence, f"“{found.filename}” dilepas dari dokumen ini.")


@require_POST
def withdraw(request: HttpRequest, pk: int, document: UUID) -> HttpResponse:
    """Also after submission: it changes no claim, it tells that the document should not be relied on."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    evidence = document_of(request, evaluation, document)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _refused(request, evaluation, evidence, form.errors["reason"][0])
    try:
        user = access.signed_in(request.user)
        library.withdraw(evidence=evidence, reason=form.cleaned_data["reason"], by=user)
    except EvidenceRefused as refused:
        return _refused(request, evaluation, evidence, refused)
    return _done(request, evaluation, evidence, "Dokumen ditandai ditarik.")


@require_POST
def delete(request: HttpRequest, pk: int, document: UUID) -> HttpResponse:
    """Into the basket."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    evidence = document_of(request, evaluation, document)
    try:
        library.discard(evidence=evidence, by=access.signed_in(request.user))
    except EvidenceRefused as refused:
        return _refused(request, evaluation, evidence, refused)
    messages.success(request, f"“{evidence.title}” masuk keranjang; masih dapat dipulihkan dari sana.")
    return redirect("evaluations:library", evaluation.pk)


@require_POST
def restore(request: HttpRequest, pk: int, document: UUID) -> HttpResponse:
    """Out of the basket again."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    evidence = document_of(request, evaluation, document)
    library.restore(evidence=evidence, by=access.signed_in(request.user))
    return _done(request, evaluation, evidence, "Dokumen dipulihkan.")


# Inside


def document_of(request: HttpRequest, evaluation: Evaluation, pk: UUID) -> Evidence:
    """A document of the evaluation's district, as far as the person sees it; a governor's letter is none."""
    evidence = access.get_evidence_for(request.user, pk)
    if evidence.district_id != evaluation.district_id or evidence.letters.exists():
        raise Http404
    return evidence


def _form(evaluation: Evaluation, evidence: Evidence, data: Any = None, *, fixed: bool) -> DescribeForm:
    """``fixed``: the document was handed in."""
    spec = loaded(evaluation.edition.instrument).spec
    return DescribeForm(data, initial=DescribeForm.parts_of(evidence), spec=spec, fixed=fixed)


def _sent(form: FileForm) -> dict[str, Any]:
    upload = form.cleaned_data["file"]
    return {
        "content": upload,
        "name": upload.name or "",
        "declared": upload.content_type or "",
        "shrink": form.cleaned_data["shrink"],
    }


def _done(request: HttpRequest, evaluation: Evaluation, evidence: Evidence, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("evaluations:evidence_document", evaluation.pk, evidence.pk)


def _refused(
    request: HttpRequest, evaluation: Evaluation, evidence: Evidence, reason: object
) -> HttpResponse:
    messages.error(request, str(reason))
    return _shown(request, evaluation, evidence, status=422)


def _shown(
    request: HttpRequest,
    evaluation: Evaluation,
    evidence: Evidence,
    *,
    form: DescribeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = access.signed_in(request.user)
    files, links = _files(evidence), _links(evaluation, evidence)
    standing = [link for link in links if link.removed_at is None]
    attached = list(evidence.objections.select_related("evaluation__edition", "question"))
    handed_in = bool(attached) or any(link.handed_in for link in links)
    locked = workflow.refusal(evaluation, Action.ATTACH, by=user)
    manages = library.may_manage(user, evidence)
    changing = manages and locked is None
    elsewhere = {link.evaluation.edition for link in standing if link.evaluation != evaluation}
    context = {
        "document": evidence,
        "form": form or _form(evaluation, evidence, fixed=handed_in),
        "files": files,
        "places": _places(evaluation, standing, user),
        "elsewhere": [edition.name for edition in sorted(elsewhere, key=lambda edition: edition.code)],
        "attached": attached,
        "may_erase": erasing.may_erase(user, evidence),
        "handed_in": handed_in,
        "in_use": bool(standing),
        "manages": manages,
        "may_change": changing and not evidence.discarded_at,
        "locked": locked if manages else None,
        "closed": revisions.closed_place(
            evidence, by=user, links=standing, here=evaluation, attached=bool(attached)
        )
        if changing
        else None,
        "proposal": describing.proposal(evidence) if changing else None,
        "accepted": ACCEPTED_WORDS,
    }
    return page(request, "evaluations/evidence/document.html", evaluation, context, status=status)


def _files(evidence: Evidence) -> list[FileSet]:
    """Every version of every file; those in force stand with the document. One query."""
    rows = evidence.files.select_related("reading", "added_by", "retired_by").defer("reading__signature")
    by_number: dict[int, list[EvidenceFile]] = {}
    for file in rows.order_by("number", "-revision"):
        by_number.setdefault(file.number, []).append(file)
    sets = [
        FileSet(
            next((file for file in versions if file.retired_at is None), None),
            [file for file in versions if file.retired_at],
        )
        for versions in by_number.values()
    ]
    evidence.files_now = [one.current for one in sets if one.current]  # type: ignore[attr-defined]
    return sets


def _links(evaluation: Evaluation, evidence: Evidence) -> list[Any]:
    """Wherever it stands or stood, in every edition, oldest first, with ``handed_in``. One query."""
    rows = evidence.links.annotate(handed_in=Case(When(HANDED_IN, then=True), default=False))
    joined = rows.select_related(
        "evaluation__edition__instrument", "evaluation__district__province", "added_by"
    )
    links = list(joined.order_by("pk"))
    for link in links:
        link.evidence = evidence
        if link.evaluation_id == evaluation.pk:
            link.evaluation = evaluation
    return links


def _places(evaluation: Evaluation, standing: Sequence[EvidenceLink], by: User) -> list[Place]:
    """Where it stands in this evaluation, of what the person sees, in the instrument's order."""
    instrument = loaded(evaluation.edition.instrument)
    codes = codes_open_to(by, evaluation)
    here = [link for link in standing if link.evaluation_id == evaluation.pk]
    rows = slot_rows(evaluation, here, by=by, writable=False)
    places = []
    for link in here:
        code, number = instrument.slots_by_id[link.slot_id]
        question = instrument.spec.by_code[code]
        if codes is None or code in codes:
            slot = next(slot for slot in question.slots if slot.number == number)
            places.append(Place(question, slot, rows[link.pk]))
    order = {question.code: place for place, question in enumerate(instrument.spec.questions())}
    return sorted(places, key=lambda place: (order[place.question.code], place.slot.number))
