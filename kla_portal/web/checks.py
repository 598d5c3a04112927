"""``manage.py check --deploy``: what a production host lacks, each with the next step.

Only with ``--deploy``: they look at the disk and load libraries, which no daily command should wait for.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection

FOLDERS = ("evidence", "reports")
MANIFEST = "staticfiles.json"


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
            hint="Isi TASKS_IN_WORKER=1 dan jalankan: manage.py db_worker --queue-name reports",
            id="portal.W003",
        )
    ]
