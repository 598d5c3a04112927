"""Praktik baik: a coordinator shares and takes back; everyone who reads evaluations anywhere reads the library."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from evaluations import access
from evaluations.domain import practices as domain
from evaluations.domain.analysis.compare import editions_opened
from evaluations.domain.evidence import openings
from evaluations.domain.workflow import Action
from evaluations.forms.practices import LibraryForm, PracticeForm
from evaluations.models import Edition, Evaluation, EvidenceForm, SharedPractice
from evaluations.views.evidence import serving
from evaluations.views.evidence.ranges import is_continued
from evaluations.views.frame import page
from indicators.domain.spec import loaded
from kla_portal.accounts.roles import Permission
from kla_portal.regions.models import Province

AT_ONCE = 20
"""Practices per page of the library."""


@require_http_methods(["GET", "POST"])
def practices(request: HttpRequest, pk: int) -> HttpResponse:
    """What the district shares, and the form to share another; 422 with the reason beside its field."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.SHARE_PRACTICE)
    shared = list(
        SharedPractice.objects.filter(evaluation=evaluation, withdrawn_at__isnull=True).select_related(
            "question", "shared_by"
        )
    )
    proven = domain.proven(evaluation)
    taken = {row.question.code for row in shared}
    form = PracticeForm(request.POST or None, offered=[q for q in proven.questions if q.code not in taken])
    if request.method == "POST" and form.is_valid() and _shared(request, evaluation, form):
        return redirect("evaluations:practices", evaluation.pk)
    documents = domain.documents_of(shared)
    full = {question.code for question in proven.questions}
    rows = [(row, documents.get(row.pk, []), row.question.code in full) for row in shared]
    context = {"form": form, "shared": rows, "proven": proven}
    status = 422 if request.method == "POST" else 200
    return page(request, "evaluations/practices/own.html", evaluation, context, status=status)


def _shared(request: HttpRequest, evaluation: Evaluation, form: PracticeForm) -> bool:
    data = form.cleaned_data
    try:
        domain.share(
            evaluation=evaluation,
            code=data["question"],
            story=data["story"],
            with_evidence=data["with_evidence"],
            by=access.signed_in(request.user),
        )
    except domain.PracticeRefused as refused:
        form.add_error(refused.field, str(refused))
        return False
    messages.success(request, f"Praktik {data['question']} dibagikan kepada semua daerah.")
    return True


@require_POST
def withdraw(request: HttpRequest, pk: int, practice: int) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.SHARE_PRACTICE)
    row = get_object_or_404(
        SharedPractice.objects.select_related("evaluation", "question"), pk=practice, evaluation=evaluation
    )
    domain.withdraw(practice=row, by=access.signed_in(request.user))
    messages.success(request, f"Praktik {row.question.code} ditarik; daerah lain tidak melihatnya lagi.")
    return redirect("evaluations:practices", evaluation.pk)


@require_GET
def library(request: HttpRequest, code: str) -> HttpResponse:
    """What all districts share in an edition, twenty to a page."""
    edition = access.get_edition_for(request.user, code, Permission.READ)
    spec = loaded(edition.instrument).spec
    places = Province.objects.order_by("name").values_list("code", "name")
    form = LibraryForm(request.GET, themes=spec.theme_names, provinces=places)
    found = Paginator(domain.library(edition, form.wanted), AT_ONCE).get_page(request.GET.get("page"))
    rows = list(found)
    documents = domain.documents_of(rows)
    context = {
        "edition": edition,
        "editions": editions_opened(),
        "form": form,
        "page_obj": found,
        "own": _own(request, edition),
        "rows": [(row, documents.get(row.pk, [])) for row in rows],
    }
    return render(request, "evaluations/practices/library.html", context)


def _own(request: HttpRequest, edition: Edition) -> Evaluation | None:
    """The evaluation whose practices the reader may share."""
    area = access.area_of(request.user, Permission.COORDINATE)
    return Evaluation.objects.filter(area.filter("district__"), edition=edition).first() if area else None


@require_safe
def shared_document(request: HttpRequest, practice: int, document: UUID, number: int) -> HttpResponseBase:
    """The ``number``-th file in force of a shared document, or on to its web address. Noted like every opening."""
    evidence = access.get_shared_evidence_for(request.user, practice, document)
    if evidence.form == EvidenceForm.LINK:
        response: HttpResponseBase = HttpResponseRedirect(evidence.url)
    else:
        files = evidence.current_files
        if not 1 <= number <= len(files):
            raise Http404
        serving.ensure_openable(files[number - 1])
        response = serving.sent(files[number - 1], request)
    if response.status_code < 400 and request.method == "GET":
        continued = is_continued(request)
        openings.note(evidence=evidence, continued=continued, by=access.signed_in(request.user))
    return response
