"""The tus 1.0.0 protocol in Django's words: headers in, status codes and headers out. It knows no rule of an upload.

Core, creation, checksum, termination and expiration, as in https://tus.io/protocols/resumable-upload; what is ours
beside them stands in docs/adr/0013. A refusal is one line of plain text for the person.
"""

from __future__ import annotations

import base64
import binascii
import functools
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.http import http_date

from evaluations.access import Refused
from evaluations.domain.evidence import pieces, quotas, uploads
from evaluations.domain.evidence.store import StoreDown
from evaluations.files.faults import EvidenceRefused, FileRefused

log = logging.getLogger(__name__)

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,termination,expiration"
PIECE_LIMIT = 1 << 20
"""Bytes of one PATCH; it is held in memory."""
PIECE_TYPE = "application/offset+octet-stream"
CHECKSUM_MISMATCH = 460
RETRY_SECONDS = 30

_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (pieces.WrongOffset, 409),
    (uploads.NotComplete, 409),
    (pieces.Expired, 410),
    (pieces.TooMuch, 413),
    (pieces.ChecksumWrong, CHECKSUM_MISMATCH),
    (StoreDown, 503),
    (quotas.Full, 422),
    (EvidenceRefused, 422),
    (Refused, 403),
)


class Told(Exception):
    """Ends a request with ``status`` and one line of text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def plain(status: int, text: str) -> HttpResponse:
    response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    if status == 503:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def speaks_tus(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Every answer says the version; refusals and faults become their status with the reason as plain text."""

    @functools.wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Told as told:
            response = plain(told.status, str(told))
        except (EvidenceRefused, Refused) as refused:
            response = plain(next(code for kind, code in _STATUS if isinstance(refused, kind)), str(refused))
            if isinstance(refused, FileRefused):
                # Sending it again would change nothing: the page offers another file.
                response["Upload-Refused"] = "file"
            if isinstance(refused, pieces.WrongOffset):
                response["Upload-Offset"] = str(refused.received)
        except UnreadablePostError:
            response = plain(400, "Sambungan terputus. Lanjutkan unggahannya.")
        except DatabaseError:
            log.exception("the database failed during an upload")
            response = plain(
                503, "Basis data portal sedang terganggu. Yang belum tersimpan dikirim lagi nanti; coba lagi."
            )
        response["Tus-Resumable"] = VERSION
        response["Cache-Control"] = "no-store"
        if response.status_code == 412:
            response["Tus-Version"] = VERSION
        return response

    return answered


def method_of(request: HttpRequest) -> str:
    """The method meant: some proxies let only GET and POST through. A GET stays one, else no token would guard it."""
    meant = request.headers.get("X-HTTP-Method-Override", "").upper()
    return meant if meant and request.method == "POST" else request.method or ""


def must_speak(request: HttpRequest) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise Told(412, "Alamat ini menerima unggahan menurut tus 1.0.0.")


def capabilities() -> HttpResponse:
    return HttpResponse(
        status=204,
        headers={
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(settings.EVIDENCE_MAX_BYTES),
            "Tus-Checksum-Algorithm": ",".join(pieces.ALGORITHMS),
        },
    )


def not_a_method(allowed: str) -> HttpResponse:
    response = plain(405, "Cara ini tidak dikenal di alamat ini.")
    response["Allow"] = allowed
    return response


def expires(moment: datetime) -> str:
    return http_date(moment.timestamp())


def number(request: HttpRequest, header: str) -> int:
    """A header's whole number, at least 0."""
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Told(400, f"{header} tidak terbaca.")
    return int(text)


def metadata(request: HttpRequest) -> dict[str, str]:
    """``Upload-Metadata``: pairs of a key and its value in base64; the value may be missing."""
    found: dict[str, str] = {}
    for pair in filter(
        None, (part.strip() for part in request.headers.get("Upload-Metadata", "").split(","))
    ):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError, ValueError):
            raise Told(400, f"Upload-Metadata tidak terbaca: {key[:40]}.") from None
    return found


def as_metadata(values: dict[str, str]) -> str:
    return ",".join(
        f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in values.items() if text
    )


def checksum(request: HttpRequest) -> pieces.Checksum | None:
    said = request.headers.get("Upload-Checksum", "").strip()
    if not said:
        return None
    algorithm, _, value = said.partition(" ")
    if algorithm not in pieces.ALGORITHMS:
        raise Told(400, f"Upload-Checksum memakai {', '.join(pieces.ALGORITHMS)}.")
    try:
        return pieces.Checksum(algorithm, base64.b64decode(value.strip(), validate=True))
    except (binascii.Error, ValueError):
        raise Told(400, "Upload-Checksum tidak terbaca.") from None


def piece(request: HttpRequest) -> bytes:
    """The bytes of a PATCH. One that is too large is refused unread. Cut off on the way, what came is the piece."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != PIECE_TYPE:
        raise Told(415, f"Bagian berkas dikirim sebagai {PIECE_TYPE}.")
    if not request.headers.get("Content-Length"):
        raise Told(411, "Content-Length belum diisi.")
    length = number(request, "Content-Length")
    if length > PIECE_LIMIT:
        raise Told(413, f"Kirim berkas dalam bagian sampai {PIECE_LIMIT} byte.")
    parts = []
    while length > 0 and (part := request.read(length)):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
