"""Signing in and out, one's own password and profile."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kla_portal.accounts import access
from kla_portal.accounts.domain import change_own_email, change_own_password
from kla_portal.accounts.forms import EmailForm, OwnPasswordForm, SignInForm
from kla_portal.accounts.middleware import UNDONE
from kla_portal.accounts.origin import page_at
from kla_portal.accounts.roles import RULES, Role
from kla_portal.accounts.session_middleware import begin_sitting, carry_over, finish_sitting, sitting_of
from kla_portal.accounts.views import confirming


class _SignIn(auth_views.LoginView):
    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """``undone``: they were signed out when they pressed a button. Looked up here, since a name that a template
        does not find is logged with all that was posted, the password too.
        """
        sent = self.request.POST if self.request.method == "POST" else self.request.GET
        return super().get_context_data(undone=bool(sent.get(UNDONE)), **more)

    def get_redirect_url(self) -> str:
        """Never a button's own address, where a form that was refused had its page when the session ended."""
        wanted = super().get_redirect_url()
        return page_at(wanted) if wanted else ""


_login = _SignIn.as_view(
    template_name="accounts/login.html",
    authentication_form=SignInForm,
    redirect_authenticated_user=True,
)
_logout = auth_views.LogoutView.as_view()


NOT_DONE = (
    "Belum dikerjakan: sesi Anda berakhir saat tombol ditekan. Periksa halaman ini, lalu tekan sekali lagi."
)


@login_not_required
@sensitive_post_parameters()
def login(request: HttpRequest) -> HttpResponseBase:
    access.anyone(request.user)
    comes_in = request.user.is_anonymous
    response = _login(request)
    if comes_in and request.user.is_authenticated:
        begin_sitting(request)
        if request.POST.get(UNDONE):
            messages.warning(request, NOT_DONE)
    return response


@login_not_required
@require_POST
def logout(request: HttpRequest) -> HttpResponseBase:
    access.anyone(request.user)
    finish_sitting(request)
    return _logout(request)


@require_safe
def back_to_form(request: HttpRequest) -> HttpResponse:
    """Where signing in leads whose text waits in another tab."""
    access.signed_in(request.user)
    return render(request, "accounts/back_to_form.html")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    user = access.signed_in(request.user)
    form = OwnPasswordForm(user, request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["new_password1"]
        changed = change_own_password(password=password, by=user, keep=sitting_of(request))
        update_session_auth_hash(request, changed)
        carry_over(request)
        messages.success(request, "Kata sandi Anda sudah diganti.")
        return redirect("home")
    return render(
        request, "accounts/password_change.html", {"form": form, "forced": user.must_change_password}
    )


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = access.signed_in(request.user)
    if ask := confirming.wanted(request, "mengubah surel Anda"):
        return ask
    form = EmailForm(request.POST or None, initial={"email": user.email})
    if request.method == "POST" and form.is_valid():
        change_own_email(email=form.cleaned_data["email"], by=user)
        messages.success(request, "Surel Anda sudah disimpan.")
        return redirect("accounts:profile")
    held = [(membership, RULES[Role(membership.role)]) for membership in access.memberships_of(user)]
    context = {"form": form, "held": held, "helper": access.who_helps(user)}
    return render(request, "accounts/profile.html", context)
