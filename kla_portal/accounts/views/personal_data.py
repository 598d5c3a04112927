"""One's own data, the removal of somebody's, and the public page on privacy."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kla_portal import clock
from kla_portal.accounts import access, personal_archive, queries
from kla_portal.accounts.domain import AccountRefused, devices, personal_data, removal
from kla_portal.accounts.forms import PortalForm
from kla_portal.accounts.roles import Permission
from kla_portal.accounts.views import confirming


class RemovalForm(PortalForm):
    reason = forms.CharField(
        label="Alasan",
        max_length=removal.REASON_LENGTH,
        required=False,
        help_text="Misalnya: permintaan tertulis pemilik akun, 12 Juni 2026. Jangan menulis nama orang: alasan masuk "
        "catatan kejadian, yang tidak pernah dihapus.",
    )


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What the portal keeps about people, in plain words."""
    access.anyone(request.user)
    context = {
        "days": {
            "devices": devices.KEPT.days,
            "sign_in": settings.SIGN_IN_RETENTION_DAYS,
            "tries": settings.AXES_RETENTION_DAYS,
            "messages": settings.MESSAGE_RETENTION_DAYS,
            "basket": settings.EVIDENCE_RETENTION_DAYS,
        },
        "contact": settings.PRIVACY_CONTACT,
    }
    return render(request, "accounts/personal_privacy.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def own_data(request: HttpRequest) -> HttpResponseBase:
    """What the portal keeps about oneself; POST takes it along as a ZIP."""
    user = access.signed_in(request.user)
    if ask := confirming.wanted(request, "mengunduh data akun Anda"):
        return ask
    if request.method == "GET":
        held = access.memberships_of(user)
        return render(request, "accounts/personal_data.html", {"held": held, "zone": queries.zone_of(held)})
    now = clock.now()
    packed = personal_archive.packed(personal_data.export_own_data(by=user), user=user, at=now)
    name = f"data-saya-{now:%Y-%m-%d}.zip"
    return FileResponse(packed, as_attachment=True, filename=name, content_type="application/zip")


@never_cache
@require_http_methods(["GET", "POST"])
def remove_data(request: HttpRequest, pk: int) -> HttpResponse:
    """What a removal would do, then the removal: of a closed account, with a reason, for good."""
    area = access.require(request.user, Permission.MANAGE_ACCOUNTS)
    account, by = queries.get_account(area, pk), access.signed_in(request.user)
    if ask := confirming.wanted(request, f"menghapus data akun {account}"):
        return ask
    form = RemovalForm(request.POST if request.method == "POST" else None)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            removal.remove_account(account=account, reason=form.cleaned_data["reason"], by=by)
        except AccountRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Data akun sudah dihapus.")
            return redirect("accounts:detail", pk)
    try:
        preview = removal.preview(account=account, by=by)
        refused = preview.refusal
    except AccountRefused as refusal:
        preview, refused = None, refusal.reason
    context = {"account": account, "form": form, "preview": preview, "refused": refused}
    return render(request, "accounts/personal_removal.html", context, status=409 if refused else 200)
