"""The data dukung of an evaluation, or a choice of it, as one ZIP that can be fetched in parts."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_safe

from evaluations import access
from evaluations.domain.assignments import codes_open_to
from evaluations.domain.evidence import archive as zipped
from evaluations.domain.evidence import openings
from evaluations.domain.workflow import Action
from evaluations.forms.archive import Selection
from evaluations.models import Evaluation
from evaluations.views.evidence.ranges import is_continued, part_of, whole_or_part
from evaluations.views.evidence.serving import headers
from evaluations.views.frame import page
from indicators.domain.spec import loaded
from kla_portal.accounts.views import confirming

RESUMED_MINUTES = 240
"""A large ZIP comes in parts over hours; asking for one of them again must not need a person at the keyboard."""


@require_GET
def evidence_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """What the ZIP will hold, how large it is, and the choice of questions."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    form = _selection(request, evaluation)
    context = {
        "form": form,
        "archive": zipped.archive_of(evaluation, codes=form.codes),
        "query": request.GET.urlencode(),
    }
    status = 422 if form.errors else 200
    return page(request, "evaluations/evidence/archive.html", evaluation, context, status=status)


@require_safe
def evidence_zip(request: HttpRequest, pk: int) -> HttpResponseBase:
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    form = _selection(request, evaluation)
    if form.errors:
        raise Http404
    minutes = RESUMED_MINUTES if is_continued(request) else None
    deed = f"mengunduh data dukung {evaluation.district} sekaligus"
    if ask := confirming.wanted(request, deed, reading=True, minutes=minutes):
        return ask
    archive = zipped.archive_of(evaluation, codes=form.codes)
    response, span = whole_or_part(request, archive.size, f'"{archive.digest}"', "application/zip")
    if span:
        openings.note_export(
            evaluation=evaluation,
            archive=archive,
            continued=is_continued(request),
            by=access.signed_in(request.user),
        )
        response.streaming_content = part_of(zipped.stream(archive), span)  # type: ignore[attr-defined]
    name = f"Data dukung KLA {evaluation.edition.code} {evaluation.district}.zip"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return headers(response)


def _selection(request: HttpRequest, evaluation: Evaluation) -> Selection:
    """A contributor chooses among the questions of their agencies."""
    spec = loaded(evaluation.edition.instrument).spec
    open_codes = codes_open_to(access.signed_in(request.user), evaluation)
    return Selection(
        request.GET,
        spec,
        counts=zipped.counts_of(evaluation),
        seen=spec.by_code if open_codes is None else open_codes,
        returned=zipped.returned_codes(evaluation),
    )
