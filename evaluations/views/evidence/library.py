"""The district's library of data dukung."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from evaluations import access
from evaluations.checks.documents import Concern
from evaluations.domain import workflow
from evaluations.domain.evidence import catalogue, describing, raised, reuse, standing
from evaluations.domain.evidence import library as verbs
from evaluations.domain.evidence.library import Sight
from evaluations.domain.evidence.standing import Standing
from evaluations.domain.workflow import Action
from evaluations.files.faults import EvidenceRefused
from evaluations.forms.documents import LibraryFilter, ManyForm
from evaluations.models import Evaluation, Evidence
from evaluations.views.evidence.rows import Row, chips_of
from evaluations.views.frame import page
from indicators.domain.spec import loaded
from kla_portal.accounts.models import Agency, User

PER_PAGE = 50
YEARS_BACK = 4


@never_cache
@require_GET
def library(request: HttpRequest, pk: int) -> HttpResponse:
    """Search, filters and a page of documents; counts of the whole above them."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    user = access.signed_in(request.user)
    sight = verbs.Sight(user, evaluation)
    form = _filter(request, evaluation, sight)
    wanted = form.wanted()
    held = standing.of(evaluation)
    concerns = _open_concerns(evaluation, held)
    among = concerns if wanted.status == catalogue.CONCERN else None
    counts = catalogue.counts(evaluation, by=user, sight=sight, concerned=concerns)
    found = Paginator(catalogue.find(evaluation, wanted, by=user, sight=sight, among=among), PER_PAGE)
    filtered = wanted != catalogue.Wanted()
    if not filtered:
        found.count = counts.documents
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
        "rows": _rows(shown, sight, held, concerns, writable=writable),
        "page_obj": shown,
        "filtered": filtered,
        "basket": wanted.status == catalogue.BASKET,
        "counts": counts,
        "concerned": counts.concerned,
        "kinds": loaded(evaluation.edition.instrument).spec.evidence_kinds,
        "years": evaluation.edition.evidence_years,
        "writable": writable,
        "reusable": _reusable(sight, held) if writable else 0,
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


def _filter(request: HttpRequest, evaluation: Evaluation, sight: Sight) -> LibraryFilter:
    agencies: dict[int, Agency] = {row.pk: row for row in sight.agencies.values()}
    last = evaluation.edition.last_evidence_year
    return LibraryFilter(
        request.GET,
        spec=loaded(evaluation.edition.instrument).spec,
        years=range(last + 1, evaluation.edition.first_evidence_year - YEARS_BACK, -1),
        agencies=sorted(agencies.values(), key=lambda row: row.name),
    )


def _open_concerns(evaluation: Evaluation, held: Standing) -> dict[UUID, list[Concern]]:
    """Document -> what is open about it. Documents without any are left out."""
    concerns = raised.about(evaluation, held.papers, held)
    still = {key: [concern for concern in found if concern.open] for key, found in concerns.items()}
    return {key: found for key, found in still.items() if found}


def _rows(
    found: Page[Any],
    sight: Sight,
    held: Standing,
    concerns: Mapping[UUID, Sequence[Concern]],
    *,
    writable: bool,
) -> list[Row]:
    evaluation, open_codes = sight.evaluation, sight.codes
    rows = []
    for document in found:
        codes = dict.fromkeys(place.code for place in held.at.get(document.pk, ()))
        rows.append(
            Row(
                document,
                writable and verbs.may_manage(sight.user, document),
                chips_of(document, evaluation),
                concerns=concerns.get(document.pk, ()),
                codes=[code for code in codes if open_codes is None or code in open_codes],
            )
        )
    return rows


def _reusable(sight: Sight, held: Standing) -> int:
    """How many documents of the last edition could be attached again."""
    proposed = reuse.proposals(sight.evaluation, by=sight.user, codes=sight.codes, held=held)
    return sum(one.valid for one in proposed)


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
