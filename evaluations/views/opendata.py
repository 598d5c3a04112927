"""Data terbuka: the published results as files, for anyone and for caches on the way."""

from __future__ import annotations

import base64
import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from evaluations import access
from evaluations.domain.opening.results import open_results, public_editions
from evaluations.models import Edition
from evaluations.reports.open_data import FORMS, LICENCE, MEANINGS, SCHEMA

MAX_AGE = 300
"""Seconds in which a cache need not ask again: a result that no longer stands is gone after that."""


@login_not_required
@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """What there is, what the columns mean, and under which licence."""
    access.anyone(request.user)
    editions = [(edition, open_results(edition)) for edition in public_editions()]
    context = {
        "editions": [(edition, found) for edition, found in editions if found],
        "forms": list(FORMS),
        "schema": SCHEMA,
        "meanings": MEANINGS,
        "licence": LICENCE,
    }
    return render(request, "evaluations/checking/open_data.html", context)


@login_not_required
@require_safe
def open_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """One edition's results. Before the set time, and for any other name, there is nothing."""
    access.anyone(request.user)
    edition = Edition.objects.select_related("instrument").filter(code=code).first()
    results = open_results(edition) if edition else None
    if results is None or form not in FORMS:
        raise Http404
    write, kind = FORMS[form]
    content = write(results)
    sha256 = hashlib.sha256(content)
    etag = f'"{sha256.hexdigest()}"'
    # Asked by date alone a cache would miss a result that was taken back: only the content's own mark counts.
    response: HttpResponseBase = get_conditional_response(request, etag=etag) or HttpResponse(
        content, content_type=kind
    )
    response["ETag"] = etag
    response["Last-Modified"] = http_date(results.changed_at.timestamp())
    response["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response["Repr-Digest"] = f"sha-256=:{base64.b64encode(sha256.digest()).decode()}:"
    response["X-Content-SHA256"] = sha256.hexdigest()
    response["Access-Control-Allow-Origin"] = "*"
    response["Link"] = f'<{LICENCE["url"]}>; rel="license"'
    response["Content-Disposition"] = f'inline; filename="kla-hasil-{results.edition_code}.{form}"'
    return response
