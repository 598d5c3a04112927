"""The second factor: its code after the password, setting it up, recovery codes, taking it off."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from django_otp import login as otp_login
from django_otp.plugins.otp_totp.models import TOTPDevice

from kla_portal.accounts import access, queries
from kla_portal.accounts.domain import AccountRefused
from kla_portal.accounts.domain import second_factor as factor
from kla_portal.accounts.roles import Permission
from kla_portal.accounts.second_factor_forms import CodeForm, RemoveFactorForm, open_key, seal_key
from kla_portal.accounts.session_middleware import sitting_of
from kla_portal.accounts.views import confirming

PAGES = "accounts/second_factor"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The step between the password and the portal."""
    user = access.signed_in(request.user)
    onward = _onward(request)
    if factor.step_of(user) is not factor.Step.CODE:
        return redirect(onward)
    recovery = "pemulihan" in request.GET
    form = CodeForm(request.POST or None, recovery=recovery)
    if request.method == "POST" and form.is_valid():
        try:
            device = factor.prove(code=form.cleaned_data[factor.CODE_FIELD], by=user)
        except AccountRefused as refused:
            form.refuse(refused)
        else:
            _let_in(request, device)
            return redirect(onward)
    return render(request, f"{PAGES}/code.html", {"form": form, "recovery": recovery, "next": onward})


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """A telephone, the first or another. Its secret stands in this page alone until a code confirms it."""
    user = access.signed_in(request.user)
    onward = _onward(request)
    forced = factor.step_of(user) is factor.Step.SETUP
    ask = None if forced else _password_first(request, "memasang telepon untuk verifikasi dua langkah")
    if ask:
        return ask
    key = open_key(request.POST.get("one_time_secret", ""), user)
    form = CodeForm(request.POST if key else None)
    if key and form.is_valid():
        try:
            device, codes = factor.add_factor(
                key=key,
                code=form.cleaned_data[factor.CODE_FIELD],
                by=user,
                keep=sitting_of(request),
            )
        except AccountRefused as refused:
            form.refuse(refused)
        else:
            _let_in(request, device)
            after = onward if forced else reverse("accounts:second_factor")
            return _show_once(request, codes, after=after)
    new = factor.NewDevice(key=key or factor.new_key(), username=user.username)
    context = {
        "form": form,
        "new": new,
        "sealed": seal_key(new.key, user),
        "stale": request.method == "POST" and not key,
        "reasons": factor.reasons_for(user) if forced else [],
        "forced": forced,
        "next": onward,
    }
    return render(request, f"{PAGES}/setup.html", context)


@never_cache
@require_safe
def standing(request: HttpRequest) -> HttpResponse:
    user = access.signed_in(request.user)
    found = factor.standing_of(user)
    context = {
        "standing": found,
        "required": bool(factor.reasons_for(user)),
        "zone": queries.zone_of(access.memberships_of(user)),
        "made": factor.RECOVERY_CODES,
    }
    return render(request, f"{PAGES}/standing.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def recovery(request: HttpRequest) -> HttpResponse:
    user = access.signed_in(request.user)
    if ask := confirming.wanted(request, "membuat kode pemulihan baru"):
        return ask
    found = factor.standing_of(user)
    if found is None:
        return redirect("accounts:second_factor")
    if request.method == "POST":
        codes = factor.make_recovery_codes(by=user)
        return _show_once(request, codes, after=reverse("accounts:second_factor"))
    return render(request, f"{PAGES}/recovery.html", {"standing": found})


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest) -> HttpResponse:
    user = access.signed_in(request.user)
    if ask := _password_first(request, "melepas verifikasi dua langkah"):
        return ask
    if factor.standing_of(user) is None:
        return redirect("accounts:second_factor")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            factor.remove_own_factor(
                code=form.cleaned_data[factor.CODE_FIELD], by=user, keep=sitting_of(request)
            )
        except AccountRefused as refused:
            form.refuse(refused)
        else:
            messages.success(
                request, "Verifikasi dua langkah sudah dilepas. Masuk kini cukup dengan kata sandi."
            )
            return redirect("accounts:second_factor")
    return render(request, f"{PAGES}/remove.html", {"form": form, "required": bool(factor.reasons_for(user))})


@never_cache
@require_http_methods(["GET", "POST"])
def take_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Another's second factor, by who manages the account: the telephone is gone."""
    area = access.require(request.user, Permission.MANAGE_ACCOUNTS)
    account, by = queries.get_account(area, pk), access.signed_in(request.user)
    if ask := confirming.wanted(request, f"melepas verifikasi dua langkah {account}"):
        return ask
    form = RemoveFactorForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            factor.remove_factor(account=account, reason=form.cleaned_data["reason"], by=by)
        except AccountRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Verifikasi dua langkah sudah dilepas, dan orangnya diberi tahu.")
            return redirect("accounts:detail", pk)
    used = factor.standing_of(account) is not None
    return render(request, f"{PAGES}/take_off.html", {"form": form, "account": account, "used": used})


def _password_first(request: HttpRequest, deed: str) -> HttpResponse | None:
    """The question for the password, before the page is shown: a form with a secret is not carried through it."""
    if request.method == "POST" and not confirming.is_fresh(request):
        return redirect(request.path)
    return confirming.wanted(request, deed, reading=True)


def _onward(request: HttpRequest) -> str:
    """Where the person was going, if that is a page of this portal; else the home page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # Without its slash it might be taken for the name of a page, or of none.
    return wanted if own and wanted.startswith("/") else reverse("home")


def _let_in(request: HttpRequest, device: TOTPDevice) -> None:
    otp_login(request, device)
    request.half_signed_in = False  # type: ignore[attr-defined]


def _show_once(request: HttpRequest, codes: list[str], *, after: str) -> HttpResponse:
    """The page with the recovery codes. No redirect: they are kept nowhere that a second page could read."""
    return render(request, f"{PAGES}/recovery_once.html", {"codes": codes, "after": after})
