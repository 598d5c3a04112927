"""PAdES signatures (level B-B) on finished PDFs. The only importer of pyHanko, which is the extra ``signing``.

Set up by ``SIGNING_P12`` and ``SIGNING_PASSWORD`` (or ``SIGNING_PASSWORD_FILE``). No network is asked: no time stamp,
no revocation list. Every fault is a ``SigningFailed`` with its words; nothing that should be signed leaves unsigned.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings

FIELD = "PortalKLA"


class SigningFailed(Exception):
    """The signature could not be given; the words say what the operator mends."""


def is_set() -> bool:
    return bool(settings.SIGNING_P12)


def fingerprint() -> str:
    """Tells one set-up from another, for the key of a stored file: sha256 of the key file, empty without one.

    A file that cannot be read has a fingerprint too; rendering then says what is wrong.
    """
    if not is_set():
        return ""
    try:
        return hashlib.sha256(Path(settings.SIGNING_P12).read_bytes()).hexdigest()
    except OSError:
        return "unreadable"


def signer_name(*, at: datetime) -> str:
    """Whose certificate it is, as printed on the paper; empty without one. ``SigningFailed`` when it does not hold."""
    if not is_set():
        return ""
    certificate = _signer(at).signing_cert
    named = certificate.subject.native
    return str(
        named.get("common_name") or named.get("organization_name") or certificate.subject.human_friendly
    )


def valid_until() -> datetime:
    """When the certificate ends. ``SigningFailed`` when it cannot be read."""
    ends: datetime = _loaded().signing_cert.not_valid_after
    return ends


def sign(pdf: bytes, *, at: datetime, reason: str) -> bytes:
    """The same PDF with an invisible signature over all of it."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415
    from pyhanko.sign import PdfSignatureMetadata, signers  # noqa: PLC0415
    from pyhanko.sign.fields import SigSeedSubFilter  # noqa: PLC0415

    signer = _signer(at)
    wanted = PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, reason=reason
    )
    try:
        signed = signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), wanted, signer=signer)
    except Exception as error:  # whatever the library raises: an unsigned file must not pass for a signed one
        raise SigningFailed(f"Laporan tidak dapat ditandatangani: {error}") from error
    content: bytes = signed.getvalue()
    return content


def _signer(at: datetime) -> Any:
    """The key, if its certificate holds at this moment."""
    signer = _loaded()
    certificate = signer.signing_cert
    if not certificate.not_valid_before <= at <= certificate.not_valid_after:
        raise SigningFailed(
            "Sertifikat tanda tangan elektronik (SIGNING_P12) belum atau tidak berlaku lagi; perbarui berkasnya."
        )
    return signer


def _loaded() -> Any:
    path = Path(settings.SIGNING_P12)
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise SigningFailed(f"Berkas SIGNING_P12 tidak dapat dibaca: {error.strerror}.") from error
    return _load(path, changed, _password())


def _password() -> bytes:
    if not settings.SIGNING_PASSWORD_FILE:
        return str(settings.SIGNING_PASSWORD).encode()
    try:
        return Path(settings.SIGNING_PASSWORD_FILE).read_bytes().strip()
    except OSError as error:
        raise SigningFailed(f"SIGNING_PASSWORD_FILE tidak dapat dibaca: {error.strerror}.") from error


@lru_cache(maxsize=2)
def _load(path: Path, changed: int, password: bytes) -> Any:
    """``changed`` makes a renewed file be read again."""
    try:
        from pyhanko.sign import SimpleSigner  # noqa: PLC0415
    except ImportError as error:
        raise SigningFailed(
            "Pustaka tanda tangan belum terpasang; pasang requirements-extras.lock."
        ) from error
    try:
        return SimpleSigner.load_pkcs12_data(path.read_bytes(), other_certs=set(), passphrase=password)
    except Exception as error:  # the library's, the password's or the file's fault: all end here
        raise SigningFailed(
            "SIGNING_P12 tidak dapat dibuka; periksa berkas PKCS#12 dan kata sandinya."
        ) from error
