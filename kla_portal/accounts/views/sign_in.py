"""Signing in and out, one's own password and profile."""

from __future__ import annotations

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
from kla_portal.accounts.roles import RULES, Role
from kla_portal.accounts.session_middleware import begin_sitting, carry_over, finish_sitting, sitting_of
from kla_portal.accounts.views import confirming

_login = auth_views.LoginView.as_view(
    template_name="accounts/login.html",
    authentication_form=SignInForm,
    redirect_authenticated_user=True,
)
_logout = auth_views.LogoutView.as_view()


@login_not_required
@sensitive_post_parameters()
def login(request: HttpRequest) -> HttpResponseBase:
    access.anyone(request.user)
    comes_in = request.user.is_anonymous
    response = _login(request)
    if comes_in and request.user.is_authenticated:
        begin_sitting(request)
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
    return render(request, "accounts/profile.html", {"form": form, "held": held})
