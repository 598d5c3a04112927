"""Reports people sign: the Laporan Hasil Evaluasi and the rapor, as a page and as a PDF."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from evaluations import access, tasks
from evaluations.domain.papers.card import draft_card, result_card
from evaluations.domain.papers.documents import card_document, evaluation_document, gaps_document
from evaluations.domain.papers.gaps import gaps_report
from evaluations.domain.papers.lhe import evaluation_report
from evaluations.domain.workflow import Action
from evaluations.reports.charts import NARROW, SCREEN
from evaluations.reports.data import DistrictReport
from evaluations.reports.pictures import compared_chart
from evaluations.views.frame import page
from evaluations.views.reports import deliver


@require_GET
def lhe(request: HttpRequest, pk: int) -> HttpResponse:
    """The Laporan Hasil Evaluasi as a page: the same values and words as on paper, without the annexes."""
    result = access.get_result_for(request.user, pk)
    report = evaluation_report(result)
    context = {"result": result, "report": report, **_pictures(report.district)}
    return page(request, "evaluations/papers/evaluation_report.html", result.evaluation, context)


@require_GET
def lhe_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    result = access.get_result_for(request.user, pk)
    document = evaluation_document(evaluation_report(result))
    name = f"LHE KLA {result.evaluation.edition.code} {result.stage.upper()} {result.evaluation.district}.pdf"
    return deliver(request, document, name, tasks.render_evaluation_report, result.pk, request.user.pk)


@require_GET
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """The rapor as a page."""
    result = access.get_result_for(request.user, pk)
    report = result_card(result)
    context = {"result": result, "report": report, **_pictures(report.district)}
    return page(request, "evaluations/papers/card.html", result.evaluation, context)


@require_GET
def card_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    result = access.get_result_for(request.user, pk)
    evaluation = result.evaluation
    document = card_document(result_card(result))
    name = f"Rapor KLA {evaluation.edition.code} {result.stage.upper()} {evaluation.district}.pdf"
    return deliver(request, document, name, tasks.render_card, result.pk, request.user.pk)


@require_GET
def card_draft_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    document = card_document(draft_card(evaluation))
    name = f"Konsep rapor KLA {evaluation.edition.code} {evaluation.district}.pdf"
    return deliver(request, document, name, tasks.render_draft_card, evaluation.pk, request.user.pk)


@require_GET
def gaps_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What is open before submission; a contributor gets their own agency's part."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    document = gaps_document(gaps_report(evaluation, by=access.signed_in(request.user)))
    name = f"Daftar kekurangan KLA {evaluation.edition.code} {evaluation.district}.pdf"
    return deliver(request, document, name, tasks.render_gaps, evaluation.pk, request.user.pk)


def _pictures(report: DistrictReport) -> dict[str, SafeString]:
    """What stands in place of the paper's pictures: the portal's own, which fit a phone and the dark."""
    own = {
        name: render_to_string(f"evaluations/papers/_{name}.html", {"report": report})
        for name in ("scale", "chart")
    }
    compared = compared_chart(report, palette=SCREEN, width=NARROW)
    if compared:
        beside = {"report": report, "compared": compared}
        own["chart"] = render_to_string("evaluations/papers/_compared.html", beside)
    return own
