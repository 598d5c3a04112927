"""Akun saya, Sesi: where one is signed in, and ending it."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kla_portal import clock
from kla_portal.accounts import access
from kla_portal.accounts.domain import AccountRefused, sittings
from kla_portal.accounts.models import KnownDevice, User
from kla_portal.accounts.queries import zone_of
from kla_portal.accounts.session_middleware import sitting_of

NEW_FOR = timedelta(days=14)
"""How long a device that joined known ones is pointed out."""


@never_cache
@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    user = access.signed_in(request.user)
    context = {
        "running": sittings.running(user),
        "ended": sittings.ended(user),
        "here": sitting_of(request),
        "new_devices": _new_devices(user),
        "zone": zone_of(access.memberships_of(user)),
        "idle_minutes": settings.SESSION_IDLE_MINUTES,
        "hours": settings.SESSION_HOURS,
    }
    return render(request, "accounts/sessions.html", context)


def _new_devices(user: User) -> list[KnownDevice]:
    """Devices that joined older ones lately. The account's first one has nothing to be compared with."""
    known = sorted(user.devices.all(), key=lambda device: (device.first_seen_at, device.pk))
    return [device for device in known[1:] if device.first_seen_at > clock.now() - NEW_FOR]


@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    user = access.signed_in(request.user)
    sitting = get_object_or_404(user.sittings, pk=pk)
    if sitting.pk == sitting_of(request):
        messages.warning(request, "Ini sesi yang sedang Anda pakai. Untuk mengakhirinya, pilih Keluar.")
        return redirect("accounts:sessions")
    try:
        sittings.end_one(sitting=sitting, by=user)
    except AccountRefused as refused:
        messages.info(request, refused.reason)
    else:
        messages.success(request, f"Sesi di {sitting.agent} sudah diakhiri.")
    return redirect("accounts:sessions")


@require_POST
def session_end_others(request: HttpRequest) -> HttpResponse:
    user = access.signed_in(request.user)
    ended = sittings.end_others(by=user, keep=sitting_of(request))
    words = f"{ended} sesi lain sudah diakhiri." if ended else "Tidak ada sesi lain yang berjalan."
    messages.success(request, words)
    return redirect("accounts:sessions")
