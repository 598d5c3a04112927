"""A document page by page, as pictures: light enough for a phone on a weak network."""

from __future__ import annotations

import logging
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain.assignments import codes_open_to
from evaluations.domain.evidence import openings, previews, store
from evaluations.files.reading import NoSuchPage
from evaluations.models import Evidence, EvidenceFile, EvidenceLink, FileReading
from evaluations.views.evidence import serving
from evaluations.views.evidence.shown import Look, Quote, quote_in
from indicators.domain.spec import loaded
from kla_portal.accounts.models import User

log = logging.getLogger(__name__)

USUAL = 720
"""Width of a page's picture where none is asked for."""


@require_GET
def evidence_page(request: HttpRequest, pk: UUID, file: UUID, page: int) -> HttpResponse:
    """One page of a file with its picture, the way to its neighbours, and the file itself."""
    document = access.get_evidence_for(request.user, pk)
    found = _file(document, file)
    look = Look(found, FileReading.objects.filter(file=found).first(), page)
    if page < 1 or page > (look.pages or page) or (look.obstacle and page > 1):
        raise Http404
    user = access.signed_in(request.user)
    openings.note(evidence=document, continued=False, by=user)
    context = {
        "document": document,
        "look": look,
        "drawn": not look.obstacle and _drawn(look),
        "reason": serving.closed(found),
        "files": document.files.order_by("number", "-revision"),
        "quotes": _quotes(document, look, user),
        "zone": document.district.province.zone,
    }
    return render(request, "evaluations/evidence/page.html", context)


@require_GET
def evidence_picture(request: HttpRequest, pk: UUID, file: UUID, page: int) -> HttpResponseBase:
    """WebP of one page, ``?lebar=`` pixels wide. 422 when it cannot be drawn."""
    document = access.get_evidence_for(request.user, pk)
    found = _file(document, file)
    serving.ensure_openable(found)
    if not previews.has_pictures(found):
        raise Http404
    wanted = request.GET.get("lebar", "")
    width = int(wanted) if wanted in map(str, previews.WIDTHS) else USUAL
    # The page noted its own opening; pictures asked for without one are an opening too.
    openings.note(evidence=document, continued=True, by=access.signed_in(request.user))
    try:
        return _webp(previews.picture(found, page, width))
    except NoSuchPage:
        raise Http404 from None
    except previews.NoPicture:
        words = "Gambar halaman ini tidak dapat dibuat. Buka berkas aslinya."
        refused = HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")
        return serving.headers(refused)


@require_GET
def evidence_thumbnail(request: HttpRequest, pk: UUID, file: UUID) -> HttpResponseBase:
    """The small picture of the first page, made when the file was read."""
    document = access.get_evidence_for(request.user, pk)
    found = _file(document, file)
    serving.ensure_openable(found)
    reading = get_object_or_404(FileReading.objects.exclude(thumbnail=""), file=found)
    openings.note_glimpse(evidence=document, by=access.signed_in(request.user))
    try:
        with store.fetch(reading.thumbnail) as kept:
            return _webp(kept.read())
    except FileNotFoundError:
        log.error("thumbnail of evidence file %s is not in the storage", found.pk)
        raise Http404 from None
    except store.StoreDown as down:
        return serving.unavailable(request, str(down))


def _file(document: Evidence, pk: UUID) -> EvidenceFile:
    return get_object_or_404(EvidenceFile.objects.filter(evidence=document), pk=pk)


def _drawn(look: Look) -> bool:
    """Whether the page's picture is there, made now if need be: else the page says so instead of an empty frame."""
    try:
        previews.picture(look.file, look.page, USUAL)
    except NoSuchPage:
        raise Http404 from None
    except previews.NoPicture:
        return False
    return True


def _quotes(document: Evidence, look: Look, user: User) -> list[tuple[str, Quote]]:
    """(Question code, its quote) of every place that quotes the document and is open to the person."""
    links = (
        EvidenceLink.objects.filter(evidence=document, removed_at__isnull=True)
        .exclude(quote="")
        .select_related("evaluation__edition__instrument", "evaluation__district__province")
        .order_by("-evaluation__edition__code", "slot__question__position", "pk")
    )
    found = []
    for link in links[:10]:
        code, _ = loaded(link.evaluation.edition.instrument).slots_by_id[link.slot_id]
        open_codes = codes_open_to(user, link.evaluation)
        quote = quote_in(look, link) if open_codes is None or code in open_codes else None
        if quote:
            found.append((code, quote))
    return found


def _webp(data: bytes) -> HttpResponseBase:
    return serving.headers(HttpResponse(data, content_type="image/webp"))
