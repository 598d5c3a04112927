"""``manage.py check --deploy``: what a production host lacks for being run safely, each with the next step.

What the pages and papers need is asked in kla_portal/web/checks.py; the length of ``SECRET_KEY`` by Django itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connection

Apps = Sequence[AppConfig] | None

TOKEN_LENGTH = 24
CLOCK_SECONDS = 5
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
MOUNTS = Path("/proc/mounts")
VOLATILE = frozenset({"tmpfs", "ramfs"})
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
FONT = "LiberationSans-Regular"
NO_MAIL = ("console", "locmem", "dummy")


@register(Tags.security, deploy=True)
def transport_is_closed(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if not settings.PRODUCTION or settings.SECURE_SSL_REDIRECT:
        return []
    hint = "Isi HTTPS=1 dan pasang sertifikat di nginx; HTTPS=0 hanya untuk jaringan tertutup."
    return [Warning("Kata sandi dan jawaban lewat tanpa enkripsi (HTTPS=0).", hint=hint, id="portal.W006")]


@register(Tags.compatibility, deploy=True)
def mail_goes_out(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    kind = settings.EMAIL_BACKEND.split(".")[-2]
    if not settings.PRODUCTION or kind not in NO_MAIL:
        return []
    hint = "Isi EMAIL_BACKEND=django.core.mail.backends.smtp.EmailBackend dan EMAIL_HOST."
    return [Warning("Surel tidak terkirim ke siapa pun.", hint=hint, id="portal.W007")]


@register(Tags.files, deploy=True)
def data_survive_a_restart(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    data = Path(settings.DATA_DIR).resolve()
    if not settings.PRODUCTION or _file_system_of(data) not in VOLATILE:
        return []
    hint = "Pindahkan KLA_DATA_DIR ke disk, misalnya /var/lib/kla."
    return [
        Warning(f"{data} ada di memori dan hilang saat mesin dimulai ulang.", hint=hint, id="portal.W012")
    ]


def _file_system_of(path: Path) -> str:
    """Its kind, by the longest mount point above it; empty where the system does not tell."""
    if not MOUNTS.is_file():
        return ""
    mounts = [line.split() for line in MOUNTS.read_text(encoding="utf-8").splitlines()]
    above = [(mount[1], mount[2]) for mount in mounts if path.is_relative_to(mount[1])]
    # The last of equals lies on top.
    return max(enumerate(above), key=lambda found: (len(found[1][0]), found[0]))[1][1] if above else ""


@register(Tags.security, deploy=True)
def figures_are_guarded(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if 0 < len(settings.METRICS_TOKEN) < TOKEN_LENGTH:
        hint = 'Buat yang baru: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
        found.append(
            Warning(f"METRICS_TOKEN lebih pendek dari {TOKEN_LENGTH} huruf.", hint=hint, id="portal.W008")
        )
    if any(ip_network(network).num_addresses > 2**16 for network in settings.METRICS_ADDRESSES):
        hint = "Sebut alamat pemantau saja, misalnya METRICS_ADDRESSES=10.0.0.5"
        found.append(
            Warning("METRICS_ADDRESSES membuka metrik bagi jaringan besar.", hint=hint, id="portal.W009")
        )
    return found


@register(Tags.database, deploy=True)
def clocks_agree(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """PostgreSQL has a clock of its own; SQLite is this host's."""
    if connection.vendor != "postgresql":
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            theirs = cursor.fetchone()[0]
    except DatabaseError:
        hint = "Periksa DATABASE_URL, dan apakah PostgreSQL berjalan."
        return [Error("Basis data tidak menjawab.", hint=hint, id="portal.E007")]
    apart = abs((datetime.now(UTC) - theirs).total_seconds())
    if apart <= CLOCK_SECONDS:
        return []
    hint = "Nyalakan NTP di kedua mesin (timedatectl set-ntp true); batas waktu pengisian memakai jam ini."
    return [
        Warning(
            f"Jam mesin ini dan jam basis data berselisih {apart:.0f} detik.", hint=hint, id="portal.W010"
        )
    ]


@register(Tags.compatibility, deploy=True)
def fonts_are_there(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    if any(True for folder in folders if folder.is_dir() for _ in folder.rglob(f"{FONT}.*")):
        return []
    hint = "Pasang: apt install fonts-liberation"
    return [
        Warning(
            "Huruf Liberation belum terpasang; laporan terpotong di tempat lain.", hint=hint, id="portal.W011"
        )
    ]


@register(Tags.compatibility, deploy=True)
def zones_are_known(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    missing = []
    for name in ZONES:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, OSError):
            missing.append(name)
    if not missing:
        return []
    hint = "Pasang: apt install tzdata, atau pasang lagi requirements.lock."
    return [Error(f"Zona waktu tidak dikenal: {', '.join(missing)}.", hint=hint, id="portal.E008")]
