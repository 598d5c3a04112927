"""``manage.py read_evidence``: scan and read what still waits for it. For a timer, every few minutes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluations.domain.evidence import readings
from evaluations.models import EvidenceFile


class Command(BaseCommand):
    help = "Memindai dan membaca berkas data dukung yang masih menunggu atau belum terbaca. Aman diulang."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--again", action="store_true", help="baca ulang semua berkas, juga yang sudah terbaca"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        files = EvidenceFile.objects.order_by("added_at", "pk") if options["again"] else readings.pending()
        done = readings.take_all(files)
        if options["verbosity"]:
            self.stdout.write(
                f"Data dukung: {done.read} berkas dibaca, {done.refused} ditolak pemindai, "
                f"{done.waiting} menunggu pemindai, {done.failed} gagal."
            )
        if done.waiting or done.failed:
            raise CommandError(
                f"{done.waiting + done.failed} berkas belum selesai dan dicoba lagi pada putaran berikutnya."
            )
