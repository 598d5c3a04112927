"""Deny by default, and the forced change of a first password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import LazyObject

from kla_portal.accounts.origin import came_from


def typed_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What a person typed into the form that could not be taken, every value of every field.

    Empty when nothing was typed; a ticked box ("on") alone is no text. Passwords, codes and the token stay out: they
    must not stand in a page.
    """
    fields = [
        (name, text)
        for name, texts in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name and not name.startswith("one_time_")
        for text in texts
    ]
    return fields if any(text.strip() not in ("", "on") for _, text in fields) else []


def text_kept(request: HttpRequest) -> HttpResponse | None:
    """The answer to somebody who must sign in first and whose text must not be lost; None when there is none.

    htmx gets 401, which the page keeps as "waiting"; a plain form is shown its own text again beside the
    way to sign in.
    """
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse("Sesi Anda berakhir. Masuk lagi untuk mengirim.", status=401)
    typed = typed_fields(request)
    if request.method != "POST" or not typed:
        return None
    context = {"typed": typed, "action": request.path}
    return render(request, "accounts/session_ended.html", context, status=401)


UNDONE = "belum"
"""Beside ``next`` on the way through the sign-in page: a button was pressed, and nothing was done."""


class PortalLoginRequiredMiddleware(LoginRequiredMiddleware):
    """A save by someone whose session ended loses nothing; a button that was pressed is pressed again where it is."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        kept = text_kept(request)
        if kept or request.method != "POST":
            return kept or super().handle_no_permission(request, view_func)
        # Many of these addresses take a POST and nothing else.
        return redirect(reverse("accounts:login", query={"next": came_from(request), UNDONE: "1"}))


def itself(user: Any) -> Any:
    """The person without the wrappers in which Django and django-otp load them: every look through those costs anew."""
    while isinstance(user, LazyObject):
        str(user.pk)
        user = user._wrapped
    return user


class FirstPasswordMiddleware:
    """Whoever signs in with a password that someone else chose picks their own before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user = itself(request.user)
        if user.is_authenticated and user.must_change_password:
            allowed = {reverse("accounts:password_change"), reverse("accounts:logout")}
            if request.path not in allowed:
                return redirect("accounts:password_change")
        return self.get_response(request)
