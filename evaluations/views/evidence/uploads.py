"""Files that come in pieces: the addresses of the tus protocol, and what becomes of a file once it is complete."""

from __future__ import annotations

import re
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from evaluations import access
from evaluations.domain.evidence import slots as slot_verbs
from evaluations.domain.evidence import uploads as verbs
from evaluations.domain.evidence.store import StoreDown
from evaluations.domain.evidence.uploads import Outcome, Place
from evaluations.domain.workflow import Action
from evaluations.files.faults import EvidenceRefused
from evaluations.models import Evaluation, Upload
from evaluations.views.evidence import tus
from evaluations.views.evidence.slots import Result, answer, slot_of

_PLACE = re.compile(r"([\w.]{1,20}):([0-9]{1,3})", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")


@tus.speaks_tus
def creation(request: HttpRequest, pk: int) -> HttpResponse:
    """OPTIONS tells what is spoken here; POST begins an upload."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    if request.method == "OPTIONS":
        return tus.capabilities()
    tus.must_speak(request)
    if request.method != "POST":
        return tus.not_a_method("OPTIONS, POST")
    said = tus.metadata(request)
    upload = verbs.begin(
        evaluation=evaluation,
        path=said.get("path") or said.get("filename", ""),
        size=tus.number(request, "Upload-Length"),
        place=_place(said.get("slot", "")),
        declared=said.get("filetype", ""),
        title=said.get("title", ""),
        sha256=_sha256(said.get("sha256", "")),
        shrink=said.get("shrink") == "1",
        by=access.signed_in(request.user),
    )
    response = HttpResponse(status=201)
    response["Location"] = _address(upload)
    return _with_state(response, upload)


@tus.speaks_tus
def one(request: HttpRequest, pk: int, upload: UUID) -> HttpResponse:
    """HEAD tells how far it is, PATCH sends a piece, DELETE calls it off. For its owner alone."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    found = _own(request, evaluation, upload)
    method = tus.method_of(request)
    if method == "OPTIONS":
        return tus.capabilities()
    tus.must_speak(request)
    if method == "DELETE":
        verbs.abandon(upload=found, by=access.signed_in(request.user))
        return HttpResponse(status=204)
    if method not in {"HEAD", "PATCH"}:
        return tus.not_a_method("OPTIONS, HEAD, PATCH, DELETE")
    if verbs.is_expired(found):
        raise tus.Told(410, "Unggahan ini terlalu lama terhenti. Unggah lagi berkasnya dari awal.")
    if method == "HEAD":
        return _with_state(HttpResponse(), found, whole=True)
    return _with_state(HttpResponse(status=204), _appended(request, found))


def _appended(request: HttpRequest, upload: Upload) -> Upload:
    offset = tus.number(request, "Upload-Offset")
    checksum = tus.checksum(request)
    data = tus.piece(request)
    return verbs.append(
        upload=upload, offset=offset, data=data, checksum=checksum, by=access.signed_in(request.user)
    )


@require_POST
@tus.speaks_tus
def settle(request: HttpRequest, pk: int, upload: UUID) -> HttpResponse:
    """A complete file into its slot, answered like every deed on slots. One without a slot is saved from its list."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    found = _own(request, evaluation, upload)
    place = verbs.place_of(found)
    if place is None:
        raise tus.Told(422, "Unggahan ini belum punya pertanyaan. Simpan dari daftar unggahan banyak berkas.")
    evaluation, question = access.get_question_for(request.user, pk, place.code, Action.READ)
    slot = slot_of(question, place.slot)
    name = verbs.name_of(found)
    try:
        outcome = verbs.settle(upload=found, by=access.signed_in(request.user))
        result = result_of(outcome, name)
    except (verbs.NotComplete, StoreDown):
        raise
    except EvidenceRefused as refused:
        result = Result(False, str(refused), name)
    return answer(request, evaluation, question, slot, [result])


def result_of(outcome: Outcome, name: str) -> Result:
    """What became of one file, in words."""
    if outcome.evidence is None:
        return Result(False, outcome.refusal, name)
    if outcome.link is None and verbs.place_of(outcome.upload):
        return Result(True, "sudah ada di slot ini; tidak disimpan dua kali.", name)
    if outcome.known or (outcome.link and slot_verbs.is_shared(outcome.link)):
        title = outcome.evidence.title
        return Result(True, f"isinya sudah ada di pustaka sebagai “{title}”; dokumen itu dipakai lagi.", name)
    return Result(True, "tersimpan.", name)


@require_GET
def unfinished(request: HttpRequest, pk: int) -> HttpResponse:
    """The person's own unfinished uploads here, so that another device or day can go on. JSON."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    rows = []
    for upload in verbs.mine(evaluation, by=access.signed_in(request.user)):
        upload.evaluation = evaluation
        place = verbs.place_of(upload)
        rows.append(
            {
                "id": str(upload.pk),
                "url": _address(upload),
                "name": verbs.name_of(upload),
                "path": upload.path,
                "code": place.code if place else None,
                "slot": place.slot if place else None,
                "size": upload.size,
                "received": upload.received,
                "sha256": upload.sha256,
                "state": upload.state,
                "expires": verbs.expires_at(upload).isoformat(),
            }
        )
    response = JsonResponse({"uploads": rows})
    response["Cache-Control"] = "no-store"
    return response


def _own(request: HttpRequest, evaluation: Evaluation, pk: UUID) -> Upload:
    upload = (
        Upload.objects.filter(pk=pk, evaluation=evaluation, by=access.signed_in(request.user))
        .select_related("evidence")
        .first()
    )
    if upload is None:
        raise Http404
    upload.evaluation = evaluation
    return upload


def _address(upload: Upload) -> str:
    return reverse("evaluations:upload", args=[upload.evaluation_id, upload.pk])


def _with_state(response: HttpResponse, upload: Upload, *, whole: bool = False) -> HttpResponse:
    response["Upload-Offset"] = str(upload.received)
    response["Upload-Expires"] = tus.expires(verbs.expires_at(upload))
    response["Upload-State"] = str(upload.state)
    if whole:
        response["Upload-Length"] = str(upload.size)
        response["Upload-Metadata"] = tus.as_metadata(
            {
                "filename": verbs.name_of(upload),
                "path": upload.path,
                "filetype": upload.declared_type,
                "sha256": upload.sha256,
                "title": upload.title,
            }
        )
    return response


def _place(said: str) -> Place | None:
    if not said:
        return None
    found = _PLACE.fullmatch(said)
    if found is None:
        raise tus.Told(400, "Slot tidak terbaca; tulis kode pertanyaan dan nomor slot, misalnya 12.1:2.")
    return Place(found[1], int(found[2]))


def _sha256(said: str) -> str:
    if said and not _SHA256.fullmatch(said.lower()):
        raise tus.Told(400, "sha256 tidak terbaca; tulis 64 angka heksadesimal.")
    return said.lower()
