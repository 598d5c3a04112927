"""Signatures with a certificate of our own: valid over the whole file, broken by one byte, never silently missing."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest

from evaluations.reports import signing
from evaluations.reports.pdf import receipt_pdf
from evaluations.reports.signing import SigningFailed
from kla_portal import clock
from tests.evaluations.reports import build
from tests.evaluations.sealing.certificate import NAME, PASSWORD, make_p12

pyhanko = pytest.importorskip("pyhanko", reason="the extra `signing` is not installed")


@pytest.fixture
def key(settings, tmp_path):
    settings.SIGNING_P12 = str(make_p12(tmp_path / "kunci.p12"))
    settings.SIGNING_PASSWORD, settings.SIGNING_PASSWORD_FILE = PASSWORD, ""
    return tmp_path / "kunci.p12"


@pytest.fixture(scope="module")
def paper():
    return receipt_pdf(build.district_report())


def status_of(content: bytes):
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    (signature,) = PdfFileReader(BytesIO(content)).embedded_signatures
    roots = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    return signature, validate_pdf_signature(signature, roots)


def test_without_a_key_nobody_signs(settings):
    settings.SIGNING_P12 = ""
    assert (signing.is_set(), signing.signer_name(at=clock.now()), signing.fingerprint()) == (False, "", "")


def test_the_signature_is_pades_and_covers_the_whole_file(key, paper):
    from pyhanko.sign.validation import SignatureCoverageLevel

    signed = signing.sign(paper, at=clock.now(), reason="Penerbitan laporan KLA/2026/63.09/TANDA-TERIMA/0001")
    signature, status = status_of(signed)
    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.sig_object["/Reason"].endswith("TANDA-TERIMA/0001")
    assert signing.signer_name(at=clock.now()) == NAME


def test_one_changed_byte_breaks_it(key, paper):
    signed = bytearray(signing.sign(paper, at=clock.now(), reason="x"))
    at = signed.index(b"stream") + 40
    signed[at] ^= 1
    _, status = status_of(bytes(signed))
    assert not status.intact


def test_the_password_may_stand_in_a_file(key, settings, tmp_path):
    (tmp_path / "sandi").write_text(f"{PASSWORD}\n")
    settings.SIGNING_PASSWORD, settings.SIGNING_PASSWORD_FILE = "salah", str(tmp_path / "sandi")
    assert signing.signer_name(at=clock.now()) == NAME


def test_another_key_is_another_fingerprint(key):
    before = signing.fingerprint()
    make_p12(key)
    assert signing.fingerprint() not in {"", before}
    key.unlink()
    assert signing.fingerprint() == "unreadable"


def test_each_fault_is_said_in_words(key, settings, tmp_path, paper):
    now = clock.now()
    settings.SIGNING_PASSWORD = "salah"
    with pytest.raises(SigningFailed, match="kata sandinya"):
        signing.sign(paper, at=now, reason="x")
    settings.SIGNING_PASSWORD_FILE = str(tmp_path / "tidak-ada")
    with pytest.raises(SigningFailed, match="SIGNING_PASSWORD_FILE tidak dapat dibaca"):
        signing.signer_name(at=now)
    settings.SIGNING_PASSWORD, settings.SIGNING_PASSWORD_FILE = PASSWORD, ""
    for moment in (now - timedelta(days=3), now + timedelta(days=400)):
        with pytest.raises(SigningFailed, match="tidak berlaku lagi"):
            signing.sign(paper, at=moment, reason="x")
    with pytest.raises(SigningFailed, match="tidak dapat ditandatangani"):
        signing.sign(b"bukan PDF", at=now, reason="x")
    settings.SIGNING_P12 = str(tmp_path / "tidak-ada.p12")
    with pytest.raises(SigningFailed, match="SIGNING_P12 tidak dapat dibaca"):
        signing.valid_until()
