"""``manage.py seed_demo``: the demo's districts, accounts, answers and documents. Never in production."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluations.models import Edition
from kla_portal.web.demo import people
from kla_portal.web.demo.build import build


class Command(BaseCommand):
    help = "Mengisi data contoh (dua periode, 14 kabupaten/kota) dan mencetak akunnya. Hanya di mode demo."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts", action="store_true", help="hanya mencetak daftar akun")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MODE not in {"demo", "test"}:
            raise CommandError(
                "Data contoh hanya untuk mode demo, dan portal ini berjalan di mode produksi. "
                "Tidak ada yang diubah."
            )
        if not options["accounts"]:
            self._build()
        self.stdout.write(people.table())

    def _build(self) -> None:
        if Edition.objects.exists():
            self.stdout.write("Data contoh sudah ada; tidak ada yang diubah.")
            return
        begun = time.monotonic()
        build(say=self.stdout.write)
        self.stdout.write(f"Data contoh siap dalam {time.monotonic() - begun:.0f} detik.\n")
