"""Data dukung of one question: its slots, and what goes into them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_form
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from evaluations import access
from evaluations.domain import workflow
from evaluations.domain.evidence import catalogue, quotas, reuse, slots, standing
from evaluations.domain.evidence.library import offered_to
from evaluations.domain.workflow import Action
from evaluations.files.faults import AlreadyThere, EvidenceRefused
from evaluations.files.inspection import ACCEPTED_WORDS, clean_name
from evaluations.forms.evidence import LinkForm, PickForm, UploadForm
from evaluations.models import Evaluation, Evidence, EvidenceFile, EvidenceLink
from evaluations.views.evidence.rows import Row, slot_rows
from evaluations.views.frame import page
from evaluations.views.question_page import back_of
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec, Slot
from kla_portal.accounts.forms import PortalForm
from kla_portal.accounts.models import User

PICKED = 20
"""Documents the picker shows at once; a search narrows them down."""


@dataclass(frozen=True)
class Result:
    """What became of one file or form, shown beside its slot."""

    ok: bool
    text: str
    name: str = ""


@dataclass
class Panel:
    """One slot on the page, with its forms as they were left."""

    fill: slots.SlotFill
    kind: str
    upload: UploadForm | None = None
    link: LinkForm | None = None
    results: list[Result] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    proposals: list[reuse.Proposal] = field(default_factory=list)
    pick: PickForm | None = None
    documents: Iterable[Evidence] = ()
    search: str = ""

    @property
    def upload_fields(self) -> str:
        ids = _ids(self.fill.slot, "unggah")
        return as_crispy_form(self.upload) if self.upload else _empty(UploadForm, ids)

    @property
    def link_fields(self) -> str:
        ids = _ids(self.fill.slot, "tautan")
        return as_crispy_form(self.link) if self.link else _empty(LinkForm, ids)


@lru_cache
def _empty(form: type[PortalForm], ids: str) -> str:
    """The fields of a form that nobody has filled in: the same on every page, and slow to draw."""
    return as_crispy_form(form(auto_id=ids))


@never_cache
@require_GET
def evidence_slots(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The question's slots; ``?pilih=SLOT&q=`` opens the library beside a slot."""
    evaluation, question = access.get_question_for(request.user, pk, code, Action.READ)
    picking = next((slot for slot in question.slots if str(slot.number) == request.GET.get("pilih")), None)
    return show(request, evaluation, question, picking=picking)


@require_POST
def evidence_upload(request: HttpRequest, pk: int, code: str, slot: int) -> HttpResponse:
    """Several files, each with its own outcome."""
    evaluation, question = access.get_question_for(request.user, pk, code, Action.ATTACH)
    place = slot_of(question, slot)
    form = UploadForm(request.POST, {"files": request.FILES.getlist("files")}, auto_id=_ids(place, "unggah"))
    if not form.is_valid():
        return show(request, evaluation, question, place=place, form=form, status=422)
    results = [
        _uploaded(
            clean_name(upload.name or ""),
            evaluation=evaluation,
            code=code,
            slot_number=slot,
            upload=upload,
            title=form.cleaned_data["title"] if len(form.cleaned_data["files"]) == 1 else "",
            shrink="shrink" in request.POST,
            by=access.signed_in(request.user),
        )
        for upload in form.cleaned_data["files"]
    ]
    return answer(request, evaluation, question, place, results)


def _uploaded(name: str, **arguments: Any) -> Result:
    try:
        link = slots.add_file(**arguments)
    except AlreadyThere:
        return Result(True, "sudah ada di slot ini; tidak disimpan dua kali.", name)
    except EvidenceRefused as refused:
        return Result(False, str(refused), name)
    if slots.is_shared(link):
        title = link.evidence.title
        return Result(True, f"isinya sudah ada di pustaka sebagai “{title}”; dokumen itu dipakai lagi.", name)
    return Result(True, "tersimpan.", name)


@require_POST
def evidence_link(request: HttpRequest, pk: int, code: str, slot: int) -> HttpResponse:
    """A web address."""
    evaluation, question = access.get_question_for(request.user, pk, code, Action.ATTACH)
    user = access.signed_in(request.user)
    place = slot_of(question, slot)
    form = LinkForm(request.POST, auto_id=_ids(place, "tautan"))
    if form.is_valid():
        try:
            slots.add_web_link(
                evaluation=evaluation,
                code=code,
                slot_number=slot,
                by=user,
                **form.cleaned_data,
            )
        except EvidenceRefused as refused:
            form.add_error("url", str(refused))
    if form.errors:
        return show(request, evaluation, question, place=place, form=form, status=422)
    return answer(request, evaluation, question, place, [Result(True, "Tautan tersimpan.")])


@require_POST
def evidence_pick(request: HttpRequest, pk: int, code: str, slot: int) -> HttpResponse:
    """A document of the library."""
    evaluation, question = access.get_question_for(request.user, pk, code, Action.ATTACH)
    user = access.signed_in(request.user)
    place = slot_of(question, slot)
    documents = offered_to(user, evaluation.district_id)
    form = PickForm(request.POST, documents=documents, auto_id=_ids(place, "pilih"))
    if form.is_valid():
        try:
            slots.attach(
                evaluation=evaluation,
                code=code,
                slot_number=slot,
                by=user,
                **form.cleaned_data,
            )
        except EvidenceRefused as refused:
            form.add_error("evidence", str(refused))
    if form.errors:
        return show(request, evaluation, question, place=place, form=form, status=422, picking=place)
    return answer(request, evaluation, question, place, [Result(True, "Dokumen dipasang.")])


@require_POST
def evidence_detach(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    """Out of its slot; the document stays in the library."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    placed = get_object_or_404(
        EvidenceLink.objects.select_related("evidence"), pk=link, evaluation=evaluation
    )
    code, number = loaded(evaluation.edition.instrument).slots_by_id[placed.slot_id]
    evaluation, question = access.get_question_for(request.user, pk, code, Action.ATTACH)
    slots.detach(link=placed, by=access.signed_in(request.user))
    result = Result(True, f"“{placed.evidence.title}” dilepas. Dokumennya tetap ada di pustaka.")
    return answer(request, evaluation, question, slot_of(question, number), [result])


def slot_of(question: QuestionSpec, number: int) -> Slot:
    slot = next((slot for slot in question.slots if slot.number == number), None)
    if slot is None:
        raise Http404
    return slot


def _ids(slot: Slot, form: str) -> str:
    """Ids of the fields of one of a slot's forms; several slots and forms stand on one page."""
    return f"slot-{slot.number}-{form}-%s"


def answer(
    request: HttpRequest, evaluation: Evaluation, question: QuestionSpec, place: Slot, results: list[Result]
) -> HttpResponse:
    """After a deed: the fragment for htmx, the page where something was refused, else back to the page."""
    refused = any(not result.ok for result in results)
    if refused or request.htmx:  # type: ignore[attr-defined]
        status = 422 if refused else 200
        return show(request, evaluation, question, place=place, results=results, status=status)
    for result in results:
        messages.success(request, f"{result.name}: {result.text}" if result.name else result.text)
    page_of_slots = reverse("evaluations:evidence_slots", args=[evaluation.pk, question.code])
    return redirect(f"{page_of_slots}#slot-{place.number}")


def show(
    request: HttpRequest,
    evaluation: Evaluation,
    question: QuestionSpec,
    *,
    place: Slot | None = None,
    form: PortalForm | None = None,
    results: list[Result] | None = None,
    picking: Slot | None = None,
    status: int = 200,
) -> HttpResponse:
    """The slots as they stand now; ``form`` and ``results`` belong to the slot ``place``."""
    instrument, user = loaded(evaluation.edition.instrument), access.signed_in(request.user)
    asked = instrument.question_ids[question.code]
    locked = workflow.refusal(evaluation, Action.ATTACH, by=user, question_id=asked)
    panels = _panels(evaluation, question, by=user, writable=locked is None)
    for panel in panels:
        if panel.fill.slot == place:
            _leave(panel, form, results or [])
        if panel.fill.slot == picking and locked is None:
            _offer_library(request, evaluation, panel, form if isinstance(form, PickForm) else None)
    context = {
        "question": question,
        "anchor": "q-" + question.code.replace(".", "-"),
        "indicator": instrument.spec.indicator_of[question.code],
        "panels": panels,
        "back": back_of(evaluation, question),
        "locked": locked,
        "may_attach": locked is None,
        "accepted": ACCEPTED_WORDS,
        "max_bytes": settings.EVIDENCE_MAX_BYTES,
        "years": evaluation.edition.evidence_years,
        "zone": workflow.zone_of(evaluation),
        "evaluation": evaluation,
        "piece_bytes": settings.EVIDENCE_PIECE_BYTES,
    }
    if request.htmx and not request.htmx.boosted:  # type: ignore[attr-defined]
        return render(request, "evaluations/evidence/_slots.html", context, status=status)
    context["room"] = quotas.room(evaluation, question.code, standing=_files_in(panels))
    return page(request, "evaluations/evidence/slots.html", evaluation, context, status=status)


def _files_in(panels: Iterable[Panel]) -> list[EvidenceFile]:
    return [file for panel in panels for row in panel.rows for file in row.document.current_files]


def _leave(panel: Panel, form: PortalForm | None, results: list[Result]) -> None:
    """The slot's forms as they were left, and what became of them."""
    panel.upload = form if isinstance(form, UploadForm) else None
    panel.link = form if isinstance(form, LinkForm) else None
    panel.results = results


def _panels(evaluation: Evaluation, question: QuestionSpec, *, by: User, writable: bool) -> list[Panel]:
    """The question's slots with what stands in them, and what last edition proposes for them."""
    fills = slots.fills_of(evaluation, question)
    links = [link for fill in fills for link in fill.links]
    held = standing.of(evaluation)
    rows = slot_rows(evaluation, links, by=by, writable=writable, held=held)
    proposed = reuse.proposals(evaluation, by=by, codes=[question.code], held=held) if writable else []
    names = loaded(evaluation.edition.instrument).spec.evidence_kind_names
    return [
        Panel(
            fill,
            names[fill.slot.kind],
            rows=[rows[link.pk] for link in fill.links],
            proposals=[one for one in proposed if one.slot == fill.slot],
        )
        for fill in fills
    ]


def _offer_library(
    request: HttpRequest, evaluation: Evaluation, panel: Panel, refused: PickForm | None
) -> None:
    """The documents that may go into this slot and do not stand there yet, newest first."""
    panel.search = request.GET.get("q", "").replace("\0", "")[:100]
    wanted = catalogue.Wanted(search=panel.search)
    found = catalogue.find(evaluation, wanted, by=access.signed_in(request.user)).filter(
        withdrawn_at__isnull=True
    )
    panel.documents = found.exclude(pk__in=[link.evidence_id for link in panel.fill.links])[:PICKED]
    panel.pick = refused or PickForm(documents=found, auto_id=_ids(panel.fill.slot, "pilih"))
