"""A forgotten password: asking for a link, and choosing a new one with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from kla_portal.accounts import access
from kla_portal.accounts.client_address import client_network
from kla_portal.accounts.domain import AccountRefused
from kla_portal.accounts.domain.password_links import LINK_OVER, choose_password_by_link, send_links
from kla_portal.accounts.domain.tries import count_link
from kla_portal.accounts.models import User
from kla_portal.accounts.password_forms import AskForLinkForm, PasswordByLinkForm


class _Afterwards(HttpResponseRedirect):
    """Does ``work`` when the answer has left: how long it takes tells nobody whether an account was found."""

    def __init__(self, to: str, work: Callable[[], object]) -> None:
        super().__init__(to)
        self.work = work

    def close(self) -> None:
        try:
            self.work()
        finally:
            super().close()


class _ByLink(auth_views.PasswordResetConfirmView):
    """Django's own keeps the token in the session, so that it stands in no address from which a page is loaded."""

    form_class = PasswordByLinkForm
    template_name = "accounts/reset_confirm.html"
    reset_url_token = "pilih"  # noqa: S105

    def get_user(self, uidb64: str) -> User | None:
        user = super().get_user(uidb64)
        return user if isinstance(user, User) and user.is_active else None

    def form_valid(self, form: PasswordByLinkForm) -> HttpResponse:  # type: ignore[override]
        token = self.request.session.pop(INTERNAL_RESET_SESSION_TOKEN, "")
        try:
            choose_password_by_link(
                account=cast(User, self.user), token=token, password=form.cleaned_data["new_password1"]
            )
        except AccountRefused:
            messages.error(self.request, LINK_OVER)
            return redirect("accounts:reset")
        messages.success(self.request, "Kata sandi baru sudah disimpan. Masuk dengan kata sandi itu.")
        return redirect("accounts:login")


_by_link = _ByLink.as_view()


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest) -> HttpResponseBase:
    access.anyone(request.user)
    form = AskForLinkForm(request.POST if request.method == "POST" else None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        who = form.cleaned_data["who"]
        refusal = count_link(network=client_network(request), text=who)
        if refusal is None:
            return _Afterwards(reverse("accounts:reset_sent"), lambda: send_links.enqueue(who))
        form.add_error(None, f"Sudah beberapa kali diminta. Coba lagi dalam {refusal.minutes} menit.")
    response = render(request, "accounts/reset_form.html", {"form": form}, status=429 if refusal else 200)
    if refusal:
        response["Retry-After"] = str(refusal.seconds)
    return response


@login_not_required
@require_safe
def reset_sent(request: HttpRequest) -> HttpResponse:
    access.anyone(request.user)
    return render(request, "accounts/reset_sent.html")


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def reset_confirm(request: HttpRequest, uidb64: str, token: str) -> HttpResponseBase:
    access.anyone(request.user)
    return _by_link(request, uidb64=uidb64, token=token)
