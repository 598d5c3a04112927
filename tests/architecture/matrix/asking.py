"""One request that leaves nothing behind."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

BODY: Mapping[str, object] = {"note": "x", "reason": "x"}
"""Enough that a form asks who sends it, too little for most to be carried out."""


def ask(client: Client, method: str, path: str, body: Mapping[str, object] = BODY) -> HttpResponseBase:
    """The answer; what it wrote is rolled back and the person is still signed in as before."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        answer = client.get(path) if method == "GET" else client.post(path, body)
        answer.close()
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer
