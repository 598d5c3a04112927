"""What one says of a document at its slot: pages, a quoted phrase, its years, what the text proposes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from evaluations import access
from evaluations.domain.evidence import describing, slots
from evaluations.domain.workflow import Action
from evaluations.files.faults import EvidenceRefused
from evaluations.models import Evaluation, EvidenceLink
from evaluations.views.evidence.slots import Result, answer, slot_of
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec, Slot
from kla_portal.accounts.models import User


@require_POST
def annotate(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    """On which pages to look, and for which phrase."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    placed, question, place = _placed(request, evaluation, link)
    try:
        slots.annotate(
            link=placed,
            pages=request.POST.get("pages", ""),
            quote=request.POST.get("quote", ""),
            by=access.signed_in(request.user),
        )
        result = Result(True, "Halaman dan kutipan tersimpan.")
    except EvidenceRefused as refused:
        result = Result(False, str(refused), placed.evidence.title)
    return answer(request, evaluation, question, place, [result])


@require_POST
def fill(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    """One click: ``tahun=2025:1`` puts a year, ``2025:0`` takes it; ``pakai`` takes the text's proposals."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    placed, question, place = _placed(request, evaluation, link)
    try:
        result = Result(True, _filled(request, evaluation, placed, access.signed_in(request.user)))
    except EvidenceRefused as refused:
        result = Result(False, str(refused), placed.evidence.title)
    return answer(request, evaluation, question, place, [result])


def _filled(request: HttpRequest, evaluation: Evaluation, link: EvidenceLink, by: User) -> str:
    if "pakai" in request.POST:
        describing.adopt(evidence=link.evidence, by=by)
        return "Usulan dari isi dokumen dipakai."
    year, _, on = request.POST.get("tahun", "").partition(":")
    if year not in map(str, evaluation.edition.evidence_years):
        raise EvidenceRefused("Pilih salah satu tahun data dukung.")
    change = {"add": [int(year)]} if on == "1" else {"drop": [int(year)]}
    row = describing.mark_years(evidence=link.evidence, by=by, **change)
    if not row.years:
        return "Tahun dokumen dikosongkan."
    return f"Dokumen membuktikan tahun {', '.join(map(str, row.years))}."


def _placed(
    request: HttpRequest, evaluation: Evaluation, link: int
) -> tuple[EvidenceLink, QuestionSpec, Slot]:
    """The link, if its question is there for the person."""
    rows = EvidenceLink.objects.select_related("evidence__district", "evaluation__edition__instrument")
    placed = get_object_or_404(rows, pk=link, evaluation=evaluation)
    code, number = loaded(evaluation.edition.instrument).slots_by_id[placed.slot_id]
    _, question = access.get_question_for(request.user, evaluation.pk, code, Action.ATTACH)
    return placed, question, slot_of(question, number)
