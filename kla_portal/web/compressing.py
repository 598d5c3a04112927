"""Pages travel compressed: 400 kbit/s is what some offices have."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

PAGES = "text/html"


class PagesGZipMiddleware(GZipMiddleware):
    """Compresses pages and fragments, each with up to 100 random bytes against guessing by length (BREACH).

    Nothing else: files keep their length, so that a download can go on where it broke off, and static files come
    compressed from WhiteNoise.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.headers.get("Content-Type", "").startswith(PAGES):
            return response
        return super().process_response(request, response)
