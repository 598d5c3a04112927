"""``manage.py sweep_personal_data``: whatever is kept about people beyond its days. For cron, once a night.

The one place where the retention settings are carried out; docs/privacy.md lists them. Documents in the basket and
unfinished uploads have a command of their own, ``sweep_evidence``.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from evaluations.domain import retention
from kla_portal import clock
from kla_portal.accounts.domain import devices, sittings, tries
from kla_portal.accounts.models import User


class Command(BaseCommand):
    help = "Menghapus data orang yang lewat masa simpannya: sesi, perangkat, percobaan masuk, pesan, gambar halaman."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="hanya menghitung, tidak menghapus apa pun"
        )

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        now = clock.now()
        for words, count in (*_signing_in(now, dry_run), *_kept(now, dry_run)):
            self._say(options, f"{'Akan dihapus' if dry_run else 'Dihapus'}: {count} {words}.")
        due = _closed_long_ago(now)
        if due:
            # Never by itself: it cannot be undone, and a person answers for it.
            numbers = ", ".join(map(str, due))
            self._say(
                options,
                f"Sudah {settings.CLOSED_ACCOUNT_DAYS} hari ditutup, usulkan penghapusan datanya (Akun, Hapus data "
                f"akun): nomor {numbers}.",
            )

    def _say(self, options: dict[str, Any], line: str) -> None:
        if options["verbosity"]:
            self.stdout.write(line)


def _signing_in(now: datetime, dry_run: bool) -> Iterator[tuple[str, int]]:
    """All of it lies in the database: a dry run does it and takes it back."""
    with transaction.atomic():
        yield "sesi yang lewat waktunya", sittings.end_worn_out()
        ended_before = now - timedelta(days=settings.SIGN_IN_RETENTION_DAYS)
        yield "catatan sesi", sittings.forget_ended(before=ended_before)
        yield "perangkat", devices.forget_devices(before=now - devices.KEPT)
        yield "percobaan masuk", tries.forget_attempts(now - timedelta(days=settings.AXES_RETENTION_DAYS))
        call_command("clearsessions", verbosity=0)
        transaction.set_rollback(dry_run)


def _kept(now: datetime, dry_run: bool) -> Iterator[tuple[str, int]]:
    messages_before = now - timedelta(days=settings.MESSAGE_RETENTION_DAYS)
    yield "pesan", retention.forget_messages(before=messages_before, dry_run=dry_run)
    previews_before = now - timedelta(days=settings.PREVIEW_RETENTION_DAYS)
    yield "gambar halaman dokumen", retention.forget_previews(before=previews_before, dry_run=dry_run)


def _closed_long_ago(now: datetime) -> list[int]:
    """Numbers of the accounts, since a log of the command is read by whoever reads the host's logs."""
    before = now - timedelta(days=settings.CLOSED_ACCOUNT_DAYS)
    due = User.objects.filter(closed_at__lt=before, removed_at__isnull=True).order_by("pk")
    return list(due.values_list("pk", flat=True))
