"""What no address of the portal can hold, and what every answer says to the browser."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse

from kla_portal.web.errors import bad_request, not_allowed


class NulMiddleware:
    """PostgreSQL cannot look for a NUL character: such an address, form or cookie is refused before it gets there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        written = (request.path, unquote(request.META.get("QUERY_STRING", "")), *request.COOKIES.values())
        if any("\x00" in text for text in written):
            return bad_request(request, ValueError("NUL"))
        if request.encoding and codecs.lookup(request.encoding).name not in {"utf-8", "ascii"}:
            # "charset=base64" names a codec, but none of text: reading the form or the address would break.
            return bad_request(request, ValueError("charset"))
        return self.get_response(request)


class WrongMethodMiddleware:
    """A bare 405 becomes a page with a way back, where a browser shows it. What answers in words of its own is left."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.content or not _shown_whole(request):
            return response
        page = not_allowed(request)
        page["Allow"] = response["Allow"]
        return page


def _shown_whole(request: HttpRequest) -> bool:
    """A person's browser opens a page: no fragment, no program, and nothing without a body."""
    browser = "text/html" in request.headers.get("Accept", "")
    return browser and request.method in {"GET", "POST"} and "HX-Request" not in request.headers


POWERS = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media",
    "fullscreen", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone",
    "midi", "payment", "picture-in-picture", "publickey-credentials-create", "publickey-credentials-get",
    "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
"""What a browser could lend to a page. The portal's pages need none; a photo comes in as a chosen file.

Only names that browsers know on every system: on the others they write a warning for each page.
"""


class HeadersMiddleware:
    """Asks nothing of the browser, lends nothing to other sites, keeps nothing in a cache unless a view says so.

    Every page but the few public ones shows what belongs to the person who asked: also a district's name in the
    frame. So keeping is the exception that a view states with its own ``Cache-Control``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", ", ".join(f"{power}=()" for power in POWERS))
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response
