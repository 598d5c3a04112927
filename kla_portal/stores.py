"""Where evidence files and reports are kept: what ``EVIDENCE_STORAGE`` means, as an entry of Django's ``STORAGES``.

Standard library only: the settings read it.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SHAPE = "s3://KUNCI:RAHASIA@host[:port]/wadah?region=...&secure=1"
ENCODED = "tanda / + @ : di dalam kunci dan rahasia ditulis %2F %2B %40 %3A"
SIGNED_SECONDS = 60
"""How long an address that the gate gave out opens a file in an S3 store."""
REPORTS = "reports"
"""Where rendered reports lie in the S3 store, beside the folders of the evidence."""


class StoreAddressError(ValueError):
    """The address cannot be read. The message never repeats it: it holds a secret."""


def evidence_store(address: str, folder: Path, *, group_reads: bool = False) -> dict[str, Any]:
    """The backend and its options: an S3-compatible store, or with an empty ``address`` the folder on the local disk.

    ``group_reads``: the web server's group may read the files too (X-Accel-Redirect). Raises ``StoreAddressError``.
    """
    if address:
        return {"BACKEND": "kla_portal.stores_s3.EvidenceS3", "OPTIONS": s3_options(address)}
    modes = (0o640, 0o750) if group_reads else (0o600, 0o700)
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": folder,
            "base_url": None,
            "file_permissions_mode": modes[0],
            "directory_permissions_mode": modes[1],
        },
    }


def report_store(address: str, folder: Path) -> dict[str, Any]:
    """The same for rendered reports: what one host rendered, each host serves. Raises ``StoreAddressError``."""
    entry = evidence_store(address, folder)
    if address:
        entry["OPTIONS"]["location"] = REPORTS
    return entry


def s3_options(address: str) -> dict[str, Any]:
    """``s3://KEY:SECRET@host[:port]/bucket?region=..&secure=0|1`` as options; key and secret %-encoded."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
        query = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        raise _unreadable(f"alamatnya tidak terbaca ({ENCODED})") from None
    bucket = parts.path.strip("/")
    if parts.scheme != "s3":
        raise _unreadable("tidak diawali s3://")
    if not (parts.username and parts.password and host):
        raise _unreadable(f"kunci, rahasia, atau host belum ada ({ENCODED})")
    if not bucket or "/" in bucket or parts.fragment:
        raise _unreadable("sesudah host harus ada tepat satu nama wadah")
    if set(query) - {"region", "secure"} or query.get("secure", "1") not in {"0", "1"}:
        raise _unreadable("sesudah tanda tanya hanya region=... dan secure=0 atau secure=1")
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise StoreAddressError("memerlukan django-storages[s3]; pasang requirements-extras.lock")
    scheme = "https" if query.get("secure", "1") == "1" else "http"
    name = f"[{host}]" if ":" in host else host
    return {
        "access_key": unquote(parts.username),
        "secret_key": unquote(parts.password),
        "bucket_name": bucket,
        "endpoint_url": f"{scheme}://{name}{f':{port}' if port else ''}",
        "region_name": query.get("region") or "us-east-1",
    }


def _unreadable(reason: str) -> StoreAddressError:
    return StoreAddressError(f"{reason}. Bentuknya: {SHAPE}")
