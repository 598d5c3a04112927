"""``manage.py check --deploy``: what a production host lacks, each with the next step.

Only with ``--deploy``: they look at the disk and load libraries, which no daily command should wait for.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen
from uuid import uuid4

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages
from django.db import connection

from evaluations.reports import signing
from kla_portal import clock

FOLDERS = ("evidence", "reports")
MANIFEST = "staticfiles.json"
PROBE = "periksa"
"""Folder of the file with which the evidence store is tried."""


@register(Tags.files, deploy=True)
def static_files_collected(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if (Path(settings.STATIC_ROOT) / MANIFEST).is_file():
        return []
    return [
        Error(
            f"Berkas statis belum dikumpulkan ({settings.STATIC_ROOT}).",
            hint="Jalankan: manage.py collectstatic --noinput",
            id="portal.E001",
        )
    ]


@register(Tags.files, deploy=True)
def data_folder_is_private(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Writable for us, closed to other users of the host."""
    data = Path(settings.DATA_DIR)
    found: list[CheckMessage] = [
        Error(
            f"Folder {folder} tidak dapat ditulis.",
            hint="Jadikan akun layanan pemiliknya (chown), lalu coba lagi.",
            id="portal.E002",
        )
        for folder in (data, *(data / name for name in FOLDERS))
        if folder.exists() and not os.access(folder, os.W_OK | os.X_OK)
    ]
    if data.stat().st_mode & 0o007:
        found.append(
            Warning(
                f"Folder {data} terbuka bagi akun lain di mesin ini; di dalamnya ada data dukung.",
                hint=f"Jalankan: chmod 700 {data}",
                id="portal.W001",
            )
        )
    return found


@register(Tags.security, deploy=True)
def evidence_store_answers(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A small file goes into the S3 store, comes back, and opens for nobody without a signature."""
    storage = storages["evidence"]
    if isinstance(storage, FileSystemStorage):
        return []
    try:
        name = storage.save(f"{PROBE}/{uuid4()}", ContentFile(b"uji"))
        with storage.open(name) as kept:
            whole = kept.read() == b"uji"
        is_open = _opens(storage.url(name).partition("?")[0])
        storage.delete(name)
    except (
        Exception
    ) as error:  # whatever a storage backend raises; its text may name the address, never the secret
        return [
            Error(
                f"Penyimpanan data dukung tidak menjawab: {error}",
                hint="Periksa host, wadah, kunci, dan rahasia di EVIDENCE_STORAGE.",
                id="portal.E004",
            )
        ]
    found: list[CheckMessage] = []
    if not whole:
        hint = "Jangan pakai penyimpanan ini."
        found.append(Error("Penyimpanan data dukung mengembalikan isi lain.", hint=hint, id="portal.E004"))
    if is_open:
        hint = "Jadikan wadahnya pribadi: tanpa kebijakan baca umum, tanpa ACL umum."
        found.append(
            Error(
                "Siapa pun dapat membuka berkas data dukung di penyimpanan S3.", hint=hint, id="portal.E005"
            )
        )
    return found


def _opens(address: str) -> bool:
    """Whether an address opens without any proof of who asks."""
    try:
        with urlopen(address, timeout=10):  # noqa: S310 - the operator's own store
            return True
    except OSError:
        return False


@register(Tags.compatibility, deploy=True)
def reports_can_be_printed(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Only whether the library and what it needs load; evaluations/reports/pdf.py is the one that uses it."""
    try:
        import_module("weasyprint")
    except OSError as error:
        return [
            Error(
                f"Laporan PDF tidak dapat dibuat: {str(error).splitlines()[0]}",
                hint="Pasang: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation",
                id="portal.E003",
            )
        ]
    return []


@register(Tags.database, deploy=True)
def database_fits_production(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if not settings.PRODUCTION or connection.vendor != "sqlite":
        return []
    return [
        Warning(
            "Portal memakai SQLite: cukup untuk satu mesin dan satu provinsi.",
            hint="Untuk lebih dari itu isi DATABASE_URL=postgres://...",
            id="portal.W002",
        )
    ]


@register(Tags.compatibility, deploy=True)
def reports_have_a_worker(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if not settings.PRODUCTION or settings.TASKS_IN_WORKER:
        return []
    return [
        Warning(
            "Laporan dibuat di dalam permintaan halaman dan menahan satu utas selama beberapa detik.",
            hint="Isi TASKS_IN_WORKER=1 dan jalankan: manage.py db_worker --queue-name default,evidence,reports",
            id="portal.W003",
        )
    ]


RENEW = timedelta(days=30)


@register(Tags.security, deploy=True)
def reports_can_be_signed(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """With ``SIGNING_P12``: the key opens, and its certificate holds for another month."""
    if not signing.is_set():
        return []
    now = clock.now()
    try:
        signing.signer_name(at=now)
        ends = signing.valid_until()
    except signing.SigningFailed as failed:
        hint = (
            "Sampai ini beres tidak ada laporan PDF yang terbit. Tanpa tanda tangan: kosongkan SIGNING_P12."
        )
        return [Error(str(failed), hint=hint, id="portal.E006")]
    if ends - now < RENEW:
        hint = "Perbarui berkas SIGNING_P12 sebelum itu; sesudahnya tidak ada laporan yang terbit."
        return [Warning(f"Sertifikat tanda tangan berakhir {ends:%d-%m-%Y}.", hint=hint, id="portal.W004")]
    return []


@register(Tags.security, deploy=True)
def reports_name_an_address(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The address in the QR codes is printed for good."""
    address = urlsplit(settings.PORTAL_URL)
    public = address.scheme == "https" and address.hostname not in {None, "localhost", "127.0.0.1", "::1"}
    if not settings.PRODUCTION or public:
        return []
    return [
        Warning(
            f"Kode QR pada laporan menunjuk ke {settings.PORTAL_URL}.",
            hint="Isi PORTAL_URL dengan alamat umum portal, https://..., sebelum laporan pertama terbit.",
            id="portal.W005",
        )
    ]
