"""Turning away what can wait (busy.py), with a page that says when to come again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from kla_portal.accounts.middleware import typed_fields
from kla_portal.operations.busy import RETRY_AFTER, SAFE, Floor, Kind, kind_of, turned_back

log = logging.getLogger(__name__)

LOCKED = "database is locked"
FULL = ("database or disk is full", "disk I/O error", "No space left on device")
"""What SQLite and PostgreSQL say when there is no room; SQLite calls a file that may not grow an I/O error, too."""
NO_ROOM = (
    "Penyimpanan portal penuh atau terganggu; ini belum tersimpan. Tulisan Anda tetap ada di sini. "
    "Beri tahu admin provinsi."
)

SENTENCES: dict[Kind | None, str] = {
    None: "Portal sedang ramai; ini belum tersimpan. Coba lagi sebentar lagi.",
    Kind.PAPER: "Portal sedang ramai; laporan didahului penyimpanan jawaban. Coba lagi sebentar lagi.",
    Kind.UPLOAD: "Portal sedang ramai; berkas belum diterima. Coba lagi sebentar lagi.",
}

READING = "Portal sedang ramai. Tidak ada yang hilang; coba lagi sebentar lagi."


class LineMiddleware:
    """Comes before the session: who is turned back costs next to nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        again, kind = turned_back(request.method, request.path_info)
        return turned_away(request, kind) if again else self.get_response(request)


class BusyMiddleware:
    """Comes last but for the view: who may not come in at all is told so first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.floor = Floor(settings.WEB_THREADS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with self.floor.standing():
            try:
                response = self.get_response(request)
            except BaseException:
                self._release(request)
                raise
        if getattr(response, "streaming", False):
            # A ZIP holds its place until its last byte went out.
            close = response.close

            def closing() -> None:
                try:
                    close()
                finally:
                    self._release(request)

            response.close = closing  # type: ignore[method-assign]
        else:
            self._release(request)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        kind = kind_of(match.view_name, request.method) if match else None
        if kind is None:
            return None
        if not self.floor.take(kind):
            return turned_away(request, kind)
        request.busy_place = kind  # type: ignore[attr-defined]
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """SQLite writers queue only so long: who came last is asked to come again, and nothing was stored."""
        said = str(exception) if isinstance(exception, OperationalError) else ""
        if LOCKED in said:
            log.warning("the database was locked for too long")
            return turned_away(request, None)
        if any(words in said for words in FULL):
            log.error("the database could not write", exc_info=exception)
            return turned_away(request, None, full=True)
        return None

    def _release(self, request: HttpRequest) -> None:
        kind = request.__dict__.pop("busy_place", None)
        if kind:
            self.floor.give_back(kind)


def turned_away(request: HttpRequest, kind: Kind | None, *, full: bool = False) -> HttpResponse:
    """503: one sentence for htmx and uploads, which try again; else a page without a query, with what was typed.

    ``full``: for want of room, not of time.
    """
    if "HX-Request" in request.headers or "Tus-Resumable" in request.headers:
        reading = kind is None and request.method in SAFE
        text = NO_ROOM if full else READING if reading else SENTENCES[kind]
        response = HttpResponse(text, status=503, content_type="text/plain; charset=utf-8")
    else:
        files = [file.name for _, sent in request.FILES.lists() for file in sent]
        context = {
            "kind": kind.value if kind else "",
            "full": full,
            "files": files,
            "typed": typed_fields(request),
            "seconds": RETRY_AFTER,
            "again": request.get_full_path() if request.method == "GET" else "",
        }
        response = HttpResponse(render_to_string("operations/busy.html", context), status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    return response
