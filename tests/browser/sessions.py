"""Run as a module in the environment of a built demo: sessions for everyone in it. Prints the cookie's name and the keys."""

from __future__ import annotations

import json

import django

EACH = 3
"""Browsers that one test may open for one person before it signs in by hand."""


def plant() -> dict[str, object]:
    from django.conf import settings
    from django.test import Client

    from kla_portal.accounts.models import User
    from tests.cast import enter

    keys = {
        person.username: [enter(Client(), person).session.session_key for _ in range(EACH)]
        for person in User.objects.filter(memberships__isnull=False).distinct()
    }
    return {"cookie": settings.SESSION_COOKIE_NAME, "keys": keys}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(plant()))
