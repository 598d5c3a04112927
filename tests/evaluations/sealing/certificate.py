"""A certificate of our own for the tests of signatures."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

NAME = "Dinas P3A Contoh"
PASSWORD = "rahasia-uji"


def make_p12(path: Path, *, ends: datetime | None = None) -> Path:
    """A self-signed certificate with its key, valid from yesterday for a year unless ``ends`` says otherwise."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import pkcs12
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    ends = ends or timezone.now() + timedelta(days=365)
    usage = dict.fromkeys(
        (
            "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
            "encipher_only", "decipher_only",
        ),
        False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(timezone.now(), ends) - timedelta(days=1))
        .not_valid_after(ends)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .sign(key, hashes.SHA256())
    )
    lock = serialization.BestAvailableEncryption(PASSWORD.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"uji", key, certificate, None, lock))
    return path
