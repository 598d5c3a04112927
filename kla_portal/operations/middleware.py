"""Around every request: its id, its line in the log and its figures; the probes; the closed shop."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from kla_portal import clock, measures
from kla_portal.accounts.client_address import client_address
from kla_portal.accounts.middleware import typed_fields
from kla_portal.operations import logs, maintenance

log = logging.getLogger("kla_portal.access")

Answer = Callable[[HttpRequest], HttpResponse]

ID_HEADER = "X-Request-ID"
PROBES = "/kesehatan/"
SIGN_IN = frozenset({"accounts:login", "admin:login"})
SECURITY = frozenset({401, 403, 429})
"""Statuses whose line names the network address."""


class WatchMiddleware:
    """The outermost: gives the request an id, and says in one line and in figures how it was answered."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = request.META.get("HTTP_X_REQUEST_ID", "") if settings.PROXY_COUNT else ""
        method = request.method if request.method in measures.METHODS else "OTHER"
        began = perf_counter()
        with logs.work(logs.Doing(logs.request_id(offered), method)) as now:
            response = self.get_response(request)
            seconds = perf_counter() - began
            quiet = request.path_info.startswith((PROBES, settings.STATIC_URL))
            now.view, now.user = _view(request) or ("static" if quiet else ""), _user(request)
            response[ID_HEADER] = now.id
            measures.count_request(now.view, method, response.status_code, seconds)
            level = logging.DEBUG if quiet else logging.INFO
            if log.isEnabledFor(level):
                _tell(level, request, response, now, seconds)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """From here on a line, and an error's too, can name the view and the person."""
        now = logs.doing()
        if now:
            now.view, now.user = _view(request), _user(request)


class ProbeMiddleware:
    """Health and figures without session, redirect to HTTPS or host name: a probe asks the process itself."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PROBES):
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        request.user, request.resolver_match = AnonymousUser(), match
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        return response


class MaintenanceMiddleware:
    """While the portal is maintained an unsafe request gets 503; what was typed stays with the person.

    Signing in and out go on, so that people can read. Comes last: whoever may not send is told so first.
    """

    SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
    OPEN = SIGN_IN | {"accounts:factor_code", "accounts:logout", "admin:logout"}

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method in self.SAFE or _view(request) in self.OPEN:
            return None
        notice = maintenance.known()
        return closed(request, notice) if notice else None


def closed(request: HttpRequest, notice: maintenance.Notice) -> HttpResponse:
    """503: one sentence for htmx and for uploads, which wait and try again; a page with the text for a form."""
    response: HttpResponse
    if request.htmx or "Tus-Resumable" in request.headers:  # type: ignore[attr-defined]
        sentence = f"Portal sedang dalam pemeliharaan: {notice.reason.rstrip('.')}."
        response = HttpResponse(sentence, status=503, content_type="text/plain; charset=utf-8")
    else:
        files = [file.name for _, files in request.FILES.lists() for file in files]
        context = {
            "notice": notice,
            "typed": typed_fields(request),
            "files": files,
            "action": request.path,
        }
        response = render(request, "operations/maintenance.html", context, status=503)
    response["Retry-After"] = str(notice.retry_after(clock.now()))
    return response


def _view(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def _user(request: HttpRequest) -> int | None:
    """The person's number when something has asked for the person; asking is not worth a query."""
    user = getattr(request, "_cached_user", None)
    return getattr(user, "pk", None)


def _tell(level: int, request: HttpRequest, response: HttpResponse, now: logs.Doing, seconds: float) -> None:
    facts: dict[str, Any] = {"status": response.status_code, "ms": round(seconds * 1000, 1)}
    if request.resolver_match:
        facts |= {name: value for name, value in request.resolver_match.kwargs.items() if type(value) is int}
    signing_in = now.view in SIGN_IN and request.method == "POST"
    if signing_in or response.status_code in SECURITY:
        facts["address"] = client_address(request)
    log.log(level, "%s %s %s", now.method, now.view or "-", response.status_code, extra={"facts": facts})
