"""Counting before looking: django-axes asks here before it lets anyone look at a password.

A try is written down before the password is looked at, so that a hundred at once are not a hundred guesses; the
right password strikes out the tries of its line.
"""

from __future__ import annotations

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessFailureLog
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from kla_portal.accounts.client_address import client_network, network_of
from kla_portal.accounts.domain.devices import COOKIE, digest_of
from kla_portal.accounts.domain.memberships import log_account
from kla_portal.accounts.domain.tries import SIGN_IN, Line, Refusal, hashed, normal
from kla_portal.accounts.middleware import typed_fields
from kla_portal.accounts.models import KnownDevice, User
from kla_portal.events.models import EventAction


def line_of(request: HttpRequest, name: str) -> Line:
    secret = request.COOKIES.get(COOKIE, "")
    digest = digest_of(secret) if secret else ""
    known = digest and KnownDevice.objects.filter(user__username=name, digest=digest).exists()
    return Line(name, client_network(request), digest if known else "")


class PortalHandler(AxesDatabaseHandler):
    """What django-axes calls. Its own way of counting keeps what was typed and counts too late."""

    def is_allowed(self, request: HttpRequest, credentials: dict | None = None) -> bool:
        line = line_of(request, normal((credentials or {}).get("username")))
        refusal = line.refusal()
        if refusal is None:
            row = AccessFailureLog.objects.create(
                username=line.key, ip_address=line.network, user_agent=line.device, path_info=SIGN_IN
            )
            # Others may have come in between: whoever sees the limit reached without their own steps back.
            refusal = line.refusal(besides=row.pk)
            if refusal is not None:
                row.delete()
        request.sign_in_line, request.sign_in_refusal = line, refusal  # type: ignore[attr-defined]
        request.axes_locked_out = refusal is not None  # type: ignore[attr-defined]
        return refusal is None

    def user_login_failed(
        self, sender: Any, credentials: dict, request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        line: Line | None = getattr(request, "sign_in_line", None)
        if request is None or line is None or request.sign_in_refusal is not None:  # type: ignore[attr-defined]
            return
        refusal = line.refusal()
        if refusal is not None and not refusal.slow:
            request.sign_in_refusal, request.axes_locked_out = refusal, True  # type: ignore[attr-defined]
            _log_lock(line)

    def user_logged_in(self, sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        """The backend has struck out the tries already; a password asked for once more does not sign in."""

    def user_logged_out(self, sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        """Leaving is no try."""

    def reset_attempts(
        self, *, ip_address: str | None = None, username: str | None = None, ip_or_username: bool = False
    ) -> int:
        """For ``manage.py axes_reset_username`` and its sisters."""
        rows = AccessFailureLog.objects.all()
        named = rows.filter(username=hashed(normal(username))) if username else rows
        at = rows.filter(ip_address=network_of(ip_address)) if ip_address else rows
        return (named | at if ip_or_username else named & at).delete()[0]


def _log_lock(line: Line) -> None:
    """Once per lock, since tries during it are not counted. Names that nobody has leave no event."""
    account = User.objects.filter(username=line.name, is_active=True).first()
    if account is not None:
        with transaction.atomic():
            log_account(EventAction.SIGN_IN_LOCKED, account, by=None, known_device=bool(line.device))


def succeeded(request: HttpRequest) -> None:
    """The password was right: what was tried on this line before counts no longer."""
    line: Line | None = getattr(request, "sign_in_line", None)
    if line is not None:
        line.rows().delete()


def refused_page(
    request: HttpRequest, response: HttpResponse, credentials: dict | None = None
) -> HttpResponse:
    """429 in place of what the view answered. The sign-in page itself tells of a few seconds' wait; a page that
    asked for the password once more gets its typed text back."""
    refusal: Refusal = request.sign_in_refusal  # type: ignore[attr-defined]
    at_the_door = request.path == reverse("accounts:login")
    if at_the_door and refusal.slow:
        response.status_code = 429
    else:
        context = {
            "refusal": refusal,
            "at_the_door": at_the_door,
            "name": request.POST.get("username", "")[:60],
            "next": request.POST.get("next", ""),
            "typed": [] if at_the_door else typed_fields(request),
        }
        response = render(request, "accounts/locked.html", context, status=429)
    response["Retry-After"] = str(refusal.seconds)
    response["Cache-Control"] = "no-store"
    return response
