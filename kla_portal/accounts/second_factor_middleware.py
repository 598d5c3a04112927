"""Between the password and the portal: the code, or the setting up of a second factor."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from kla_portal.accounts.domain.second_factor import Step, step_of
from kla_portal.accounts.middleware import text_kept

PAGE_OF = {Step.CODE: "accounts:factor_code", Step.SETUP: "accounts:factor_setup"}
ALWAYS = ("accounts:login", "accounts:logout")
"""Signing in only leads on whoever has given a password already."""


class SecondFactorMiddleware:
    """Whoever owes the second step sees its page, the way out, and nothing else.

    ``request.half_signed_in`` tells the frame of those pages that nobody is signed in yet: no menu, and no
    name for the outbox, which keeps what was typed and takes the page for the end of a session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        # A first password is chosen before anything else; FirstPasswordMiddleware lets nothing more through.
        if not user.is_authenticated or user.must_change_password:
            return self.get_response(request)
        step = step_of(user)
        if step is Step.NONE:
            return self.get_response(request)
        page = reverse(PAGE_OF[step])
        if request.path in {page, *map(reverse, ALWAYS)}:
            request.half_signed_in = True  # type: ignore[attr-defined]
            return self.get_response(request)
        return _held_up(request, page)


def _held_up(request: HttpRequest, page: str) -> HttpResponse:
    request.user = AnonymousUser()
    kept = text_kept(request)
    if kept:
        return kept
    onward = f"?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else ""
    return redirect(page + onward)
