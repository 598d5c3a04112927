"""Planning: a new action, another wording, off the list; from a plan and from the previous edition."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from evaluations import access
from evaluations.domain.actions import editing, filling
from evaluations.domain.actions.content import ActionRefused, content_of
from evaluations.domain.actions.editing import StaleAction
from evaluations.domain.planning.plans import plan_for
from evaluations.domain.workflow import Action
from evaluations.forms.actions import ActionForm, FromPlanForm
from evaluations.models import Evaluation, PlannedAction
from evaluations.scoring.planner import Plan
from evaluations.views.actions.tracking import one_action
from evaluations.views.frame import page
from indicators.domain.spec import loaded
from kla_portal.accounts.models import Agency


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest, pk: int) -> HttpResponse:
    """``?pertanyaan=12.1`` begins with a question."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.PLAN)
    if request.method == "GET":
        form = _form(evaluation, initial={"codes": request.GET.get("pertanyaan", "")[:40]})
        return _page(request, evaluation, form)
    form = _form(evaluation, request.POST)
    if form.is_valid():
        try:
            action = editing.add(
                evaluation=evaluation, content=form.content, by=access.signed_in(request.user)
            )
        except ActionRefused as refused:
            form.refuse_part(refused)
        else:
            messages.success(request, "Aksi ditambahkan ke rencana.")
            return redirect("evaluations:action", evaluation.pk, action.pk)
    return _page(request, evaluation, form, status=422)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int, action: int) -> HttpResponse:
    """409 when someone was faster: what was typed stays, beside what stands."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.PLAN)
    row = one_action(evaluation, access.signed_in(request.user), action)
    if request.method == "GET":
        return _page(request, evaluation, _form(evaluation, initial=_initial(row)), row)
    form = _form(evaluation, request.POST)
    if not form.is_valid():
        return _page(request, evaluation, form, row, status=422)
    try:
        editing.change(
            action=row,
            content=form.content,
            version=form.cleaned_data["version"],
            by=access.signed_in(request.user),
        )
    except ActionRefused as refused:
        form.refuse_part(refused)
        return _page(request, evaluation, form, row, status=422)
    except StaleAction as stale:
        return _conflict(request, evaluation, stale.current)
    messages.success(request, "Aksi tersimpan.")
    return redirect("evaluations:action", evaluation.pk, row.pk)


def _conflict(request: HttpRequest, evaluation: Evaluation, current: PlannedAction) -> HttpResponse:
    """The next save is against what the page shows now, so that nothing is overwritten unseen."""
    typed = request.POST.copy()
    typed["version"] = str(current.version)
    stored = content_of(current, loaded(evaluation.edition.instrument).question_codes)
    return _page(request, evaluation, _form(evaluation, typed), current, status=409, stored=stored)


@require_POST
def remove(request: HttpRequest, pk: int, action: int) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.PLAN)
    user = access.signed_in(request.user)
    editing.remove(action=one_action(evaluation, user, action), by=user)
    messages.success(request, "Aksi dihapus dari rencana. Catatannya tetap tersimpan.")
    return redirect("evaluations:actions", evaluation.pk)


@require_POST
def from_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The steps of the cheapest way become actions. The way is computed here: nobody sends steps of their own."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.PLAN)
    agencies = Agency.objects.filter(district=evaluation.district_id)
    form = FromPlanForm(request.POST, agencies=agencies)
    if not form.is_valid():
        messages.error(request, "Jalan ke target ini tidak terbaca. Buka halaman target, lalu pilih lagi.")
        return redirect("evaluations:target", evaluation.pk)
    data = form.cleaned_data
    found = plan_for(evaluation, target=data["target"], mode=data["mode"], agency=data["agency"])
    if not isinstance(found, Plan):
        messages.error(request, "Target ini belum terjangkau dengan cara itu. Pilih cara atau target lain.")
        return redirect("evaluations:target", evaluation.pk)
    made = filling.from_plan(evaluation=evaluation, steps=found.steps, by=access.signed_in(request.user))
    left = len(found.steps) - len(made)
    skipped = f" {left} pertanyaan sudah punya aksi terbuka." if left else ""
    messages.success(request, f"{len(made)} aksi ditambahkan.{skipped} Lengkapi anggaran dan tenggatnya.")
    return redirect("evaluations:actions", evaluation.pk)


@require_POST
def carry(request: HttpRequest, pk: int) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.PLAN)
    made = filling.carry_over(evaluation=evaluation, by=access.signed_in(request.user))
    messages.success(
        request, f"{len(made)} aksi dibawa dari {evaluation.edition.previous}. Periksa tenggatnya."
    )
    return redirect("evaluations:actions", evaluation.pk)


def _form(evaluation: Evaluation, data: object = None, **more: object) -> ActionForm:
    agencies = Agency.objects.filter(district=evaluation.district_id).order_by("name")
    return ActionForm(data, agencies=agencies, **more)


def _initial(action: PlannedAction) -> dict[str, object]:
    codes = loaded(action.evaluation.edition.instrument).question_codes
    return ActionForm.initial_of(content_of(action, codes), action.version)


def _page(
    request: HttpRequest,
    evaluation: Evaluation,
    form: ActionForm,
    action: PlannedAction | None = None,
    *,
    status: int = 200,
    stored: object = None,
) -> HttpResponse:
    context = {"form": form, "action": action, "stored": stored}
    return page(request, "evaluations/actions/edit.html", evaluation, context, status=status)
