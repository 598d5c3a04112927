"""The district's library of data dukung."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from evaluations import access
from evaluations.checks.documents import Concern
from evaluations.domain import workflow
from evaluations.domain.assignments import agencies_by_question, codes_open_to
from evaluations.domain.evidence import catalogue, describing, reuse
from evaluations.domain.evidence import concerns as raised
from evaluations.domain.evidence import library as verbs
from evaluations.domain.workflow import Action
from evaluations.files.faults import EvidenceRefused
from evaluations.forms.documents import LibraryFilter, ManyForm
from evaluations.models import Evaluation, Evidence, EvidenceLink
from evaluations.views.evidence.rows import Row, chips_of, concerns_by_document
from evaluations.views.frame import page
from indicators.domain.spec import loaded
from kla_portal.accounts.models import Agency, User

PER_PAGE = 50
YEARS_BACK = 4


@require_GET
def library(request: HttpRequest, pk: int) -> HttpResponse:
    """Search, filters and a page of documents; counts of the whole above them."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    user = access.signed_in(request.user)
    form = _filter(request, evaluation)
    wanted = form.wanted()
    concerns = _concerns(evaluation)
    among = list(concerns) if wanted.status == catalogue.CONCERN else None
    found = Paginator(catalogue.find(evaluation, wanted, by=user, among=among), PER_PAGE)
    shown = found.get_page(request.GET.get("page"))
    writable = workflow.refusal(evaluation, Action.ATTACH, by=user) is None
    today, soon = catalogue.horizon(evaluation)
    context = {
        "form": form,
        "today": today,
        "soon": soon,
        "retention": settings.EVIDENCE_RETENTION_DAYS,
        "max_bytes": settings.EVIDENCE_MAX_BYTES,
        "piece_bytes": settings.EVIDENCE_PIECE_BYTES,
        "rows": _rows(evaluation, shown, concerns, by=user, writable=writable),
        "page_obj": shown,
        "filtered": wanted != catalogue.Wanted(),
        "basket": wanted.status == catalogue.BASKET,
        "counts": catalogue.counts(evaluation, by=user),
        "kinds": loaded(evaluation.edition.instrument).spec.evidence_kinds,
        "years": evaluation.edition.evidence_years,
        "writable": writable,
        "reusable": sum(one.valid for one in reuse.proposals(evaluation, by=user)) if writable else 0,
    }
    return page(request, "evaluations/evidence/library.html", evaluation, context)


@require_POST
def mark_year(request: HttpRequest, pk: int) -> HttpResponse:
    """One evidence year of one document, put or taken: ``tahun=<document>:2025:1``."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    user = access.signed_in(request.user)
    name, _, rest = request.POST.get("tahun", "").partition(":")
    year, _, on = rest.partition(":")
    document = _document_of(evaluation, name, user)
    if document is None or year not in map(str, evaluation.edition.evidence_years):
        messages.error(request, "Dokumen ini tidak ada lagi di pustaka. Muat ulang halaman, lalu pilih lagi.")
    else:
        change = {"add": [int(year)]} if on == "1" else {"drop": [int(year)]}
        describing.mark_years(evidence=document, by=user, **change)
    return _back(request, evaluation, f"#d-{name}" if document else "")


@require_POST
def describe_many(request: HttpRequest, pk: int) -> HttpResponse:
    """Years, kind and issuer of several documents at once."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    user = access.signed_in(request.user)
    form = ManyForm(
        request.POST,
        spec=loaded(evaluation.edition.instrument).spec,
        years=evaluation.edition.evidence_years,
        documents=verbs.visible_to(user, evaluation.district_id),
    )
    if not form.is_valid():
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
        return _back(request, evaluation)
    parts = {name: form.cleaned_data[name] for name in ("years", "kind", "issuer")}
    try:
        changed = describing.describe_many(documents=list(form.cleaned_data["document"]), by=user, **parts)
        messages.success(request, f"{changed} dokumen diperbarui.")
    except EvidenceRefused as refused:
        messages.error(request, str(refused))
    return _back(request, evaluation)


# Inside


def _filter(request: HttpRequest, evaluation: Evaluation) -> LibraryFilter:
    agencies: dict[int, Agency] = {row.pk: row for row in agencies_by_question(evaluation).values()}
    last = evaluation.edition.last_evidence_year
    return LibraryFilter(
        request.GET,
        spec=loaded(evaluation.edition.instrument).spec,
        years=range(last + 1, evaluation.edition.first_evidence_year - YEARS_BACK, -1),
        agencies=sorted(agencies.values(), key=lambda row: row.name),
    )


def _concerns(evaluation: Evaluation) -> dict[object, list[Concern]]:
    """Document -> what is open about it. Documents without any are left out."""
    links = EvidenceLink.objects.filter(evaluation=evaluation, removed_at__isnull=True)
    open_ones = {
        link: [concern for concern in concerns if not concern.answered]
        for link, concerns in raised.of_links(evaluation).items()
    }
    by_document = concerns_by_document(open_ones, dict(links.values_list("pk", "evidence")))
    return {document: concerns for document, concerns in by_document.items() if concerns}


def _rows(
    evaluation: Evaluation,
    found: Page[Any],
    concerns: dict[object, list[Concern]],
    *,
    by: User,
    writable: bool,
) -> list[Row]:
    slots_by_id = loaded(evaluation.edition.instrument).slots_by_id
    open_codes = codes_open_to(by, evaluation)
    rows = []
    for document in found:
        codes = dict.fromkeys(slots_by_id[link.slot_id][0] for link in document.links_here)
        rows.append(
            Row(
                document,
                writable and verbs.may_manage(by, document),
                chips_of(document, evaluation),
                concerns=concerns.get(document.pk, ()),
                codes=[code for code in codes if open_codes is None or code in open_codes],
            )
        )
    return rows


def _document_of(evaluation: Evaluation, name: str, by: User) -> Evidence | None:
    try:
        return verbs.visible_to(by, evaluation.district_id).filter(pk=UUID(name)).first()
    except ValueError:
        return None


def _back(request: HttpRequest, evaluation: Evaluation, anchor: str = "") -> HttpResponse:
    """To the page of the library one came from: ``next`` is its query, and leads nowhere else."""
    query = QueryDict(request.POST.get("next", "")).urlencode()
    address = reverse("evaluations:library", args=[evaluation.pk])
    return redirect(f"{address}?{query}{anchor}" if query else f"{address}{anchor}")
