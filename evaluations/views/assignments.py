"""Pembagian tugas: which agency answers which question, in bulk per indicator."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from evaluations import access
from evaluations.domain import assignments as domain
from evaluations.domain import workflow
from evaluations.domain.workflow import Action
from evaluations.views.frame import page
from indicators.domain.spec import loaded
from kla_portal.accounts.models import Agency


@require_GET
def assignments(request: HttpRequest, pk: int) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    assigned = domain.agencies_by_question(evaluation)
    spec = loaded(evaluation.edition.instrument).spec
    rows = [
        {
            "indicator": indicator,
            "cluster": spec.cluster_of[indicator.number],
            "questions": [(question, assigned.get(question.code)) for question in indicator.questions],
            "agencies": sorted({a.name for q in indicator.questions if (a := assigned.get(q.code))}),
        }
        for indicator in spec.indicators()
    ]
    context = {
        "rows": rows,
        "agencies": Agency.objects.filter(district=evaluation.district_id).order_by("name"),
        "open": request.GET.get("indikator", ""),
        "may_assign": workflow.refusal(evaluation, Action.ASSIGN, by=request.user) is None,
    }
    return page(request, "evaluations/assignments.html", evaluation, context)


@require_POST
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the ticked questions of an indicator, or all of them, to an agency."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ASSIGN)
    spec = loaded(evaluation.edition.instrument).spec
    indicator = spec.indicator_by_number.get(request.POST.get("indicator", ""))
    back = redirect("evaluations:assignments", evaluation.pk)
    chosen = request.POST.get("agency", "")
    if indicator is None or not (chosen.isdecimal() and len(chosen) < 19):
        messages.error(request, "Pilih perangkat daerah, lalu simpan lagi.")
        return back
    agency = get_object_or_404(Agency, pk=chosen, district=evaluation.district_id)
    known = [question.code for question in indicator.questions]
    codes = known if "all" in request.POST else [c for c in request.POST.getlist("code") if c in known]
    if not codes:
        messages.error(request, "Centang pertanyaan yang dibagikan, lalu simpan lagi.")
    else:
        changed = domain.assign(evaluation=evaluation, codes=codes, agency=agency, by=request.user)
        messages.success(request, f"{changed} pertanyaan indikator {indicator.number} kini milik {agency}.")
    back["Location"] += f"?indikator={indicator.number}#i-{indicator.number}"
    return back
