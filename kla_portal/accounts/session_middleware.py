"""How long a session lasts, and what the request knows of it.

The times stand in Django's session, in seconds since 1970, so that a request costs no query more; once a minute one
UPDATE tells the row that the person sees under "Sesi", and learns whether it was ended.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from kla_portal import clock
from kla_portal.accounts import access
from kla_portal.accounts.client_address import client_address
from kla_portal.accounts.domain import devices, sittings
from kla_portal.accounts.middleware import typed_fields
from kla_portal.accounts.models import SessionEnd

log = logging.getLogger(__name__)

SITTING, SINCE, SEEN, PASSWORD = "sitting", "signed_in_at", "seen_at", "password_at"
MINUTE = 60

STAYS = "Masuk lagi; tulisan Anda tetap ada."
AGAIN = "Yang tadi Anda tekan belum dikerjakan. Masuk lagi, lalu tekan sekali lagi."
NEW_DEVICE = (
    "Anda masuk dari perangkat yang belum dikenal ({agent}). "
    "Bukan Anda? Ganti kata sandi dan akhiri sesi lain di Profil saya, Sesi."
)
OTHER_DEVICE = (
    "Sejak terakhir Anda di sini, akun ini dipakai masuk dari perangkat baru ({agent}). "
    "Bukan Anda? Ganti kata sandi dan akhiri sesi lain di Profil saya, Sesi."
)


def over_words(end: SessionEnd, then: str = STAYS) -> str:
    """What the sign-in page says after a session that ended so; empty when there is nothing to say."""
    return {
        SessionEnd.IDLE: f"Sesi Anda berakhir karena {settings.SESSION_IDLE_MINUTES} menit tidak dipakai. {then}",
        SessionEnd.TOO_OLD: f"Sesi Anda berakhir karena sudah {settings.SESSION_HOURS} jam sejak Anda masuk. {then}",
        SessionEnd.BY_OWNER: f"Sesi ini diakhiri dari perangkat lain. {then}",
        SessionEnd.CREDENTIALS: f"Sesi Anda berakhir karena kata sandi atau verifikasi akun ini berubah. {then}",
        SessionEnd.CLOSED: "Akun ini sudah ditutup. Hubungi admin provinsi Anda bila itu keliru.",
    }.get(end, "")


def seconds() -> int:
    return int(clock.now().timestamp())


def begin_sitting(request: HttpRequest, *, password_given: bool = True) -> None:
    """Called once after Django's login succeeded: the row, its times, and the device with its cookie and notice."""
    user = access.signed_in(request.user)
    if not request.session.session_key:
        request.session.save()
    agent = devices.device_words(request.headers.get("User-Agent", ""))
    sighting = devices.recognise(
        user=user, secret=request.COOKIES.get(devices.COOKIE, ""), agent=agent, visit=_visit(request)
    )
    sitting = sittings.begin(
        user=user,
        session_key=request.session.session_key or "",
        agent=agent,
        address=client_address(request) or None,
        device=sighting.device,
    )
    mark(request.session, sitting.pk, password_given=password_given)
    request.device_secret = sighting.secret  # type: ignore[attr-defined]
    if sighting.is_new:
        messages.warning(request, NEW_DEVICE.format(agent=agent))
    for other in sighting.others:
        messages.warning(request, OTHER_DEVICE.format(agent=other.agent))


def _visit(request: HttpRequest) -> str:
    """What requests of one browser share before it is known: the token its form came with, as the browser sent it.

    The next sign-in has another: Django gives a new one with each.
    """
    return request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")


def mark(session: SessionBase, sitting: int, *, password_given: bool) -> None:
    """Write the times of a sitting that begins now."""
    now = seconds()
    session.update({SITTING: sitting, SINCE: now, SEEN: now, PASSWORD: now if password_given else 0})


def sitting_of(request: HttpRequest) -> int | None:
    """pk of the request's own sitting: what ``end_sessions(keep=...)`` keeps."""
    return request.session.get(SITTING)


def carry_over(request: HttpRequest) -> None:
    """Called after ``update_session_auth_hash``: the row follows the session to its new key."""
    pk = sitting_of(request)
    if pk:
        sittings.moved(pk=pk, session_key=request.session.session_key or "")


def finish_sitting(request: HttpRequest) -> None:
    """Called before Django's logout."""
    pk = sitting_of(request)
    if pk:
        sittings.finish(pk=pk, end=SessionEnd.SIGNED_OUT)


class SessionLimitMiddleware:
    """Ends what is idle or too old, before the view: the person signs in again and what they typed is kept.

    Pages open to anyone neither end nor prolong a session: some of them are kept by caches on the way.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        secret = getattr(request, "device_secret", "")
        if secret:
            response.set_cookie(
                devices.COOKIE,
                secret,
                max_age=devices.KEPT,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], *_: Any
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        if not request.user.is_authenticated:
            _tell_why(request)
        elif SITTING not in request.session:
            # Signed in by another door (Django's admin site): the row and the times begin here.
            begin_sitting(request, password_given=False)
        else:
            end = _end_of(request)
            if end:
                _sign_out(request, end)
        return None


def _end_of(request: HttpRequest) -> SessionEnd | None:
    """Why the request's session is over; None when it goes on, which is noted once a minute."""
    session = request.session
    pk, since, before = session[SITTING], session[SINCE], session[SEEN]
    end = sittings.cause_of_end(signed_in_at=_moment(since), seen_at=_moment(before), now=clock.now())
    if end:
        sittings.finish(pk=pk, end=end)
        return end
    now = seconds()
    if now - before < MINUTE:
        return None
    try:
        is_here = sittings.seen(pk=pk, session_key=session.session_key or "")
    except OperationalError:
        # A full disk takes no note of anybody, and must keep nobody from reading.
        log.exception("a session could not be noted")
        return sittings.end_of(session.session_key or "")
    if not is_here:
        return sittings.end_of(session.session_key or "") or SessionEnd.BY_OWNER
    session[SEEN] = now
    return None


def _sign_out(request: HttpRequest, end: SessionEnd) -> None:
    """The request goes on as nobody's: the login gate behind this one keeps what was typed."""
    logout(request)
    words = over_words(end, _what_now(request))
    if words:
        messages.warning(request, words)


def _what_now(request: HttpRequest) -> str:
    """A button without any text is pressed again; everything that was typed comes back by itself."""
    pressed = request.method == "POST" and not request.htmx and not typed_fields(request)  # type: ignore[attr-defined]
    return AGAIN if pressed else STAYS


def _tell_why(request: HttpRequest) -> None:
    """A browser comes back with a session that was ended elsewhere: it is told once, then the cookie is gone."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    end = sittings.end_of(key) if key else None
    words = over_words(end, _what_now(request)) if end else ""
    if words:
        messages.warning(request, words)


def _moment(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)
