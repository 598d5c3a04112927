"""The page of ours that a request was sent from, and the page to which an address leads."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme


def came_from(request: HttpRequest) -> str:
    """Its address on this host; the home page's when there is none, or the browser names another host."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}) or not urlsplit(referer).netloc:
        return reverse("home")
    parts = urlsplit(referer)
    path = "/" + parts.path.lstrip("/")  # a second slash would name another host
    return f"{path}?{parts.query}" if parts.query else path


def page_at(address: str) -> str:
    """``address``, unless it is a button's: then the nearest page above it, where the button stands; home at the end.

    An address that is none of ours stays: the page that says so is the answer to it.
    """
    path = urlsplit(address).path
    here = _match(path)
    if here is None or takes_get(here.func):
        return address
    above, named = path.rstrip("/"), set(map(str, here.kwargs.values()))
    while above := above.rpartition("/")[0]:
        found = _match(f"{above}/")
        # A word of the button's address must not be taken for the name of a thing.
        if found and takes_get(found.func) and named.issuperset(map(str, found.kwargs.values())):
            return f"{above}/"
    return reverse("home")


def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None


def takes_get(view: Callable[..., Any] | None) -> bool:
    """Whether a browser can open what a view answers. ``require_POST`` and its like keep what they take to themselves;
    a test holds this against the table of all addresses.
    """
    while view is not None:
        methods = inspect.getclosurevars(view).nonlocals.get("request_method_list", ["GET"])
        if "GET" not in methods:
            return False
        view = getattr(view, "__wrapped__", None)
    return True
