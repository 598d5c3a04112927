"""Catatan kejadian: who did what, when, with filters and an export."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain import eventlog
from evaluations.domain.eventlog import LogFilter
from evaluations.forms.history import LogForm

PER_PAGE = 50


@require_GET
def events(request: HttpRequest) -> HttpResponse:
    """The log of the person's area, newest first. A filter that cannot be read is said and not applied."""
    area = access.get_log_area_for(request.user)
    form = LogForm(request.GET)
    valid = form.is_valid()
    zone = eventlog.zone_of(area, request.user)
    found = eventlog.events_for(area, form.wanted if valid else LogFilter(), zone)
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    unseen = eventlog.unseen_by(access.signed_in(request.user))
    context = {
        "form": form,
        "page_obj": shown,
        "rows": [(event, eventlog.details(event, request.user, unseen)) for event in shown],
        "zone": zone,
        "one_district": not area.national and not area.provinces and len(area.districts) == 1,
        "query": request.GET.urlencode() if valid else "",
    }
    return render(request, "evaluations/history/events.html", context, status=200 if valid else 422)


@require_GET
def events_csv(request: HttpRequest) -> HttpResponseBase:
    """The same rows, all of them; nothing when a filter cannot be read."""
    area = access.get_log_area_for(request.user)
    form = LogForm(request.GET)
    if not form.is_valid():
        return render(request, "400.html", status=400)
    zone = eventlog.zone_of(area, request.user)
    found = eventlog.events_for(area, form.wanted, zone).iterator(chunk_size=2000)
    response = StreamingHttpResponse(
        eventlog.events_csv(found, request.user, zone), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="Catatan kejadian KLA.csv"'
    response["Cache-Control"] = "private, no-store"
    return response
