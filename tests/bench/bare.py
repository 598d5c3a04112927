"""The least that a signed-in request costs in this stack: session, person, and one reply or one UPDATE.

Everything is judged beside ``/bench/portal/``: the portal's own middleware and queries. Under ``/bench/django/`` the
same middleware reads session, person and roles through Django's ORM, to tell a faster frame from a slower page.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_GET, require_POST

from evaluations.models import Evaluation
from kla_portal import clock
from kla_portal.accounts import access
from kla_portal.accounts.domain.second_factor import with_device
from kla_portal.accounts.models import User


class Sessions(SessionMiddleware):
    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self.SessionStore = SessionStore


class Person(AuthenticationMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        request.user = SimpleLazyObject(lambda: _person(request))


def _person(request: HttpRequest) -> User | AnonymousUser:
    key = User._meta.pk.to_python(request.session[SESSION_KEY])
    user = with_device(User.objects.filter(pk=key)).first()
    if user is None or not constant_time_compare(
        request.session[HASH_SESSION_KEY], user.get_session_auth_hash()
    ):
        return AnonymousUser()
    places = user.memberships.select_related("province", "district__province", "agency", "kecamatan")
    user._memberships = list(places)
    return user


@require_GET
def read(request: HttpRequest) -> HttpResponse:
    person = access.signed_in(request.user)
    return HttpResponse(f"{person.pk}", content_type="text/plain")


@require_POST
def write(request: HttpRequest) -> HttpResponse:
    """One UPDATE of one row, committed before the reply: ``evaluation`` names it."""
    access.signed_in(request.user)
    changed = Evaluation.objects.filter(pk=request.POST["evaluation"]).update(last_activity_at=clock.now())
    return HttpResponse(f"{changed}", content_type="text/plain")
