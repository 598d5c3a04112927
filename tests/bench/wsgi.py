"""The portal, and beside it the bare views: the same middleware, but session, person and roles read in Django's way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test.utils import override_settings

from kla_portal.wsgi import application as portal

BARE = "/bench/django/"
INSTEAD = {
    "django.contrib.sessions.middleware.SessionMiddleware": "tests.bench.bare.Sessions",
    "django.contrib.auth.middleware.AuthenticationMiddleware": "tests.bench.bare.Person",
}

with override_settings(MIDDLEWARE=[INSTEAD.get(name, name) for name in settings.MIDDLEWARE]):
    bare = WSGIHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    chosen = bare if environ["PATH_INFO"].startswith(BARE) else portal
    return chosen(environ, start_response)
