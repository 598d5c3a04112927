"""Target: the cheapest way there, and how hard each question is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from evaluations import access
from evaluations.domain import workflow
from evaluations.domain.assignments import agencies_by_question
from evaluations.domain.planning import efforts as effort_rows
from evaluations.domain.planning import targets
from evaluations.domain.planning.plans import plan_for
from evaluations.domain.workflow import Action
from evaluations.forms.planning import EffortsForm, TargetForm
from evaluations.models import Evaluation
from evaluations.scoring.planner import Mode
from evaluations.views.frame import page
from evaluations.views.planning_page import (
    BLOCKED_SHOWN,
    FEW,
    MODES,
    Choice,
    blocked_rows,
    by_cluster,
    chosen,
    shown,
)
from indicators.domain.spec import loaded
from indicators.spec import ClusterSpec


@require_GET
def target(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan to the district's target, or to the next predikat while there is none (``?cara=``, ``?perangkat=``)."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    return _target_page(request, evaluation, None)


def _target_page(
    request: HttpRequest, evaluation: Evaluation, form: TargetForm | None, *, status: int = 200
) -> HttpResponse:
    kept = targets.target_of(evaluation)
    wanted = kept.total if kept else targets.next_target(evaluation)
    agencies = agencies_by_question(evaluation)
    choice = chosen(request.GET, agencies)
    outcome = None
    if choice.mode != Mode.OWN_AGENCY or choice.agency:
        outcome = plan_for(evaluation, target=wanted, mode=choice.mode, agency=choice.agency)
    refused = workflow.refusal(evaluation, Action.PLAN, by=access.signed_in(request.user))
    context = {
        "target": kept,
        "wanted": wanted,
        "band": targets.band_of(evaluation, wanted),
        "choice": choice,
        "modes": MODES,
        "outcome": outcome,
        **_details(evaluation, choice, agencies, outcome),
        "may_plan": refused is None,
        "form": form or _target_form(evaluation, kept=kept),
    }
    return page(request, "evaluations/planning/target.html", evaluation, context, status=status)


def _details(evaluation: Evaluation, choice: Choice, agencies: Any, outcome: Any) -> dict[str, Any]:
    spec = loaded(evaluation.edition.instrument).spec
    blocked = blocked_rows(spec, outcome, agencies)
    known = {agency.pk: agency for agency in agencies.values()}
    rows = shown(spec, outcome, agencies)
    return {
        "rows": rows,
        "groups": by_cluster(spec, rows),
        "few": len(rows) <= FEW,
        "blocked": blocked[:BLOCKED_SHOWN],
        "blocked_more": max(len(blocked) - BLOCKED_SHOWN, 0),
        "agencies": sorted(known.values(), key=lambda agency: agency.name),
    }


def _target_form(evaluation: Evaluation, data: Any = None, kept: Any = None) -> TargetForm:
    initial = {"predikat": targets.band_of(evaluation, targets.next_target(evaluation)).code}
    if kept:
        initial = {
            "predikat": kept.predikat,
            "total": "" if kept.predikat else f"{kept.total:f}".replace(".", ","),
        }
    most = loaded(evaluation.edition.instrument).spec.total
    return TargetForm(data, bands=targets.aimable(evaluation), most=most, initial=initial)


@require_POST
def target_set(request: HttpRequest, pk: int) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.PLAN)
    form = _target_form(evaluation, request.POST)
    if not form.is_valid():
        return _target_page(request, evaluation, form, status=422)
    data = form.cleaned_data
    kept = targets.set_target(
        evaluation=evaluation,
        predikat=data["predikat"],
        total=data["total"],
        by=access.signed_in(request.user),
    )
    band = targets.band_of(evaluation, kept.total)
    messages.success(request, f"Target ditetapkan: {band.name}. Pilih susunan yang akan dikerjakan.")
    return redirect("evaluations:target", evaluation.pk)


@require_POST
def target_clear(request: HttpRequest, pk: int) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.PLAN)
    if targets.clear_target(evaluation=evaluation, by=access.signed_in(request.user)):
        messages.success(request, "Target dilepas. Jalan ke predikat berikutnya tetap dapat dilihat.")
    return redirect("evaluations:target", evaluation.pk)


@require_GET
def efforts(request: HttpRequest, pk: int) -> HttpResponse:
    """Usaha dan keperluan of one cluster's questions (``?klaster=K1``)."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    cluster = _cluster(evaluation, request.GET.get("klaster", ""))
    return _efforts_page(request, evaluation, cluster, None)


def _efforts_page(
    request: HttpRequest,
    evaluation: Evaluation,
    cluster: ClusterSpec,
    form: EffortsForm | None,
    *,
    status: int = 200,
) -> HttpResponse:
    form = form or EffortsForm(lines=effort_rows.lines(evaluation, cluster))
    context = {
        "groups": form.groups(cluster),
        "cluster": cluster,
        "clusters": loaded(evaluation.edition.instrument).spec.clusters,
        "form": form,
        "own": sum(line.own for line in form.lines),
        "may_plan": workflow.refusal(evaluation, Action.PLAN, by=access.signed_in(request.user)) is None,
    }
    return page(request, "evaluations/planning/efforts.html", evaluation, context, status=status)


@require_POST
def efforts_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the chosen efforts of one cluster, or go back to the defaults there."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.PLAN)
    cluster, by = _cluster(evaluation, request.POST.get("klaster", "")), access.signed_in(request.user)
    lines = effort_rows.lines(evaluation, cluster)
    form = EffortsForm(request.POST, lines=lines)
    if "semula" in request.POST:
        codes = [line.question.code for line in lines]
        count = effort_rows.reset_efforts(evaluation=evaluation, codes=codes, by=by)
        messages.success(request, f"{count} pertanyaan kembali ke ukuran semula.")
    elif not form.is_valid():
        return _efforts_page(request, evaluation, cluster, form, status=422)
    else:
        count = effort_rows.set_efforts(evaluation=evaluation, efforts=form.efforts, by=by)
        messages.success(request, f"Tersimpan: {count} pertanyaan berubah. Susunan dihitung ulang.")
    response = redirect("evaluations:efforts", evaluation.pk)
    response["Location"] += f"?klaster={cluster.code}"
    return response


def _cluster(evaluation: Evaluation, code: str) -> ClusterSpec:
    """The one asked for, the first without a word; 404 for one that does not exist."""
    clusters = loaded(evaluation.edition.instrument).spec.clusters
    found = next((cluster for cluster in clusters if cluster.code == code), None if code else clusters[0])
    if found is None:
        raise Http404
    return found
