"""Opening a document: its files, sent so that nothing in them can act."""

from __future__ import annotations

import logging
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from evaluations import access
from evaluations.domain.evidence import openings, store
from evaluations.models import Evidence, EvidenceFile, EvidenceForm, Scan
from evaluations.views.evidence.ranges import is_continued, read_span, whole_or_part

log = logging.getLogger(__name__)

INLINE = {"application/pdf", "image/jpeg", "image/png", "image/webp"}
"""What a browser shows by itself, without running anything; all else is saved to disk."""

CLOSED = {
    Scan.WAITING: "Berkas ini sedang diperiksa pemindai virus. Coba buka lagi beberapa menit lagi.",
    Scan.INFECTED: "Pemindai virus menolak berkas ini; tidak seorang pun dapat membukanya. "
    "Yang mengunggahnya perlu mengganti berkas ini dengan berkas yang bersih.",
}
"""Why a file is not sent, by what the scanner said."""


def closed(file: EvidenceFile) -> str:
    """Why nobody can open the file; empty: it can be opened."""
    if file.openable or file.erased_at:
        return file.tombstone
    return CLOSED[Scan(file.scan)]


@require_safe
def evidence_download(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Open a document: its first file, or on to the web address."""
    document = access.get_evidence_for(request.user, pk)
    if document.form == EvidenceForm.LINK:
        _note(request, document)
        return HttpResponseRedirect(document.url)
    files = document.current_files
    if not files:
        raise Http404
    return _opened(request, document, files[0])


@require_safe
def evidence_file(request: HttpRequest, pk: UUID, file: UUID) -> HttpResponseBase:
    """Open one file of a document, also a revision that is no longer in force."""
    document = access.get_evidence_for(request.user, pk)
    return _opened(request, document, get_object_or_404(EvidenceFile, pk=file, evidence=document))


def _opened(request: HttpRequest, document: Evidence, file: EvidenceFile) -> HttpResponseBase:
    ensure_openable(file)
    response = sent(file, request)
    if response.status_code < 400:
        _note(request, document)
    return response


def _note(request: HttpRequest, document: Evidence) -> None:
    if request.method == "GET":
        by = access.signed_in(request.user)
        openings.note(evidence=document, continued=is_continued(request), by=by)


def ensure_openable(file: EvidenceFile) -> None:
    """Raise ``Refused`` with the reason where the scanner is not done with the file or refused it, or it is gone."""
    reason = closed(file)
    if reason:
        raise access.Refused(reason)


def sent(file: EvidenceFile, request: HttpRequest) -> HttpResponseBase:
    """The file, whole or the range that is asked for; its sha256 is the ETag. The gate was passed before.

    From the local disk by the application, or by nginx when it is told where; from an S3 store by an address that opens
    for a minute. 503 while the store is down; ``Http404`` when the file is not in it.
    """
    inline = file.content_type in INLINE
    disposition = content_disposition_header(not inline, file.filename) or "attachment"
    storage = store.storage()
    local = isinstance(storage, FileSystemStorage)
    if not local:
        return _elsewhere(file, disposition)
    if settings.EVIDENCE_ACCEL_PREFIX:
        response: HttpResponseBase = _by_web_server(file)
    else:
        try:
            content = store.fetch(file.storage_name)
        except FileNotFoundError:
            log.error("evidence file %s is not in the storage", file.pk)
            raise Http404 from None
        except store.StoreDown as down:
            return unavailable(request, str(down))
        response, span = whole_or_part(request, file.size, f'"{file.sha256}"', file.content_type)
        if span:
            response.streaming_content = read_span(content, span)  # type: ignore[attr-defined]
        else:
            content.close()
    response["Content-Disposition"] = disposition
    return headers(response)


def headers(response: HttpResponseBase) -> HttpResponseBase:
    """What keeps a file's content from acting, from standing in foreign pages and from being kept by the browser."""
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "DENY"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def unavailable(request: HttpRequest, reason: str) -> HttpResponse:
    """The store gives nothing now: what to do, and when to come again."""
    context = {"reason": reason}
    response = render(request, "evaluations/evidence/unavailable.html", context, status=503)
    response["Retry-After"] = "60"
    return response


def _by_web_server(file: EvidenceFile) -> HttpResponse:
    if not store.storage().exists(file.storage_name):
        log.error("evidence file %s is not in the storage", file.pk)
        raise Http404
    response = HttpResponse(content_type=file.content_type)
    prefix = settings.EVIDENCE_ACCEL_PREFIX.rstrip("/")
    response["X-Accel-Redirect"] = f"{prefix}/{quote(file.storage_name)}"
    return response


def _elsewhere(file: EvidenceFile, disposition: str) -> HttpResponse:
    """On to the S3 store, which serves ranges itself. Signing asks nothing of the store."""
    parameters = {
        "ResponseContentType": file.content_type,
        "ResponseContentDisposition": disposition,
        "ResponseCacheControl": "private, no-store",
    }
    address = store.storage().url(file.storage_name, parameters=parameters)  # type: ignore[call-arg]
    response = HttpResponseRedirect(address)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
