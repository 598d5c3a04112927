"""The page of ours that a request was sent from."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def came_from(request: HttpRequest) -> str:
    """Its address on this host; the home page's when there is none, or the browser names another host."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}) or not urlsplit(referer).netloc:
        return reverse("home")
    parts = urlsplit(referer)
    path = "/" + parts.path.lstrip("/")  # a second slash would name another host
    return f"{path}?{parts.query}" if parts.query else path
