"""What machines ask: alive, ready, figures. ``ProbeMiddleware`` calls these without session and frame."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from kla_portal.accounts import access
from kla_portal.operations import health, metrics


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked. If this fails, start the process again."""
    access.anyone(request.user)
    return JsonResponse({"hidup": True})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when people can be served, else 503. With ``?ketat=1`` a warning is 503 too, for an alarm."""
    access.anyone(request.user)
    found = health.recent_look()
    strict = request.GET.get("ketat") == "1"
    is_ready = not found.faults and not (strict and found.warnings)
    body = {"siap": is_ready, "gangguan": found.faults, "peringatan": found.warnings}
    return JsonResponse(body, status=200 if is_ready else 503)


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Prometheus text. For others it does not exist."""
    access.anyone(request.user)
    if not metrics.may_read(request):
        return HttpResponse("Tidak ada.", status=404, content_type="text/plain; charset=utf-8")
    return HttpResponse(metrics.text(), content_type=metrics.CONTENT_TYPE)
