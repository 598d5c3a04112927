"""Opening a document: its files, sent so that nothing in them can act."""

from __future__ import annotations

import logging
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain.evidence import slots
from evaluations.domain.evidence.store import storage
from evaluations.models import EvidenceFile, EvidenceForm

log = logging.getLogger(__name__)

INLINE = {"application/pdf", "image/jpeg", "image/png", "image/webp"}
"""What a browser shows by itself, without running anything; all else is saved to disk."""

FILE_CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors {framed_by}; sandbox"
"""What a browser shows by itself may stand in a page of the portal (the verifier's desk), nowhere else."""


@require_GET
def evidence_download(request: HttpRequest, pk: UUID) -> HttpResponse | FileResponse:
    """Open a document: its first file, or on to the web address."""
    document = access.get_evidence_for(request.user, pk)
    slots.note_opening(evidence=document, by=access.signed_in(request.user))
    if document.form == EvidenceForm.LINK:
        return HttpResponseRedirect(document.url)
    return _sent(document.current_files[0])


@require_GET
def evidence_file(request: HttpRequest, pk: UUID, file: UUID) -> HttpResponse | FileResponse:
    """Open one file of a document, also a revision that is no longer in force."""
    document = access.get_evidence_for(request.user, pk)
    found = get_object_or_404(EvidenceFile, pk=file, evidence=document)
    slots.note_opening(evidence=document, by=access.signed_in(request.user))
    return _sent(found)


def _sent(file: EvidenceFile) -> HttpResponse | FileResponse:
    try:
        content = storage().open(file.storage_name)
    except FileNotFoundError:
        log.error("evidence file %s is not in the storage", file.pk)
        raise Http404 from None
    inline = file.content_type in INLINE
    response = FileResponse(
        content, as_attachment=not inline, filename=file.filename, content_type=file.content_type
    )
    response["Content-Length"] = str(file.size)
    response["Content-Security-Policy"] = FILE_CSP.format(framed_by="'self'" if inline else "'none'")
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN" if inline else "DENY"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
