"""Error pages that say what to do. The form's text is never lost to one of them."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from kla_portal.accounts.access import Refused, who_helps
from kla_portal.accounts.middleware import typed_fields
from kla_portal.accounts.origin import came_from, page_at
from kla_portal.operations import logs


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 with the reason in words; for htmx the reason alone."""
    reason = str(exception) if isinstance(exception, Refused) else ""
    if getattr(request, "htmx", None):
        return HttpResponse(reason or "Tindakan ini tidak diizinkan.", status=403, content_type="text/plain")
    context = {"reason": reason, "helper": who_helps(request.user)}
    return render(request, "403.html", context, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open across a sign-in: show what was typed, with the way to send it again."""
    if getattr(request, "htmx", None):
        return HttpResponse("Halaman ini sudah lama terbuka. Muat ulang untuk mengirim.", status=401)
    context = {"typed": typed_fields(request), "action": request.path, "stale": True}
    return render(request, "accounts/session_ended.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def not_allowed(request: HttpRequest) -> HttpResponse:
    """405 in words: the address of a button was opened by hand, or after signing in."""
    return render(request, "405.html", {"back": _way_back(request)}, status=405)


def _way_back(request: HttpRequest) -> str:
    """The page the person came from, else the nearest one above this address; home at the end."""
    back = page_at(came_from(request))
    nowhere = {reverse("home"), reverse("accounts:login"), request.path}
    return page_at(request.path) if urlsplit(back).path in nowhere else back


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(render_to_string("400.html"), status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without the frame: its queries may be what failed. The code finds the error in the log."""
    now = logs.doing()
    return HttpResponse(render_to_string("500.html", {"code": now.id if now else ""}), status=500)
