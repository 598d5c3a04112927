"""``manage.py verify_evidence``: prove that the evidence storage holds what the rows name, and nothing else.

Of the rendered reports only files without a row are sought; they are not read.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluations.domain.evidence import custody
from kla_portal import clock
from kla_portal.indonesian import angka, ukuran
from kla_portal.regions.models import District
from kla_portal.stores import REPORTS

EVERY = 1000


class Command(BaseCommand):
    help = (
        "Membaca setiap berkas data dukung dan membandingkan sha256-nya; mencari berkas yang hilang, berubah, atau "
        "yatim (tanpa catatan), juga di penyimpanan laporan. Kode keluar 1 bila ada yang tidak beres."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--district", default="", help="kode kabupaten/kota, misalnya 63.09; tanpa berkas yatim"
        )
        parser.add_argument("--delete-orphans", action="store_true", help="hapus berkas yatim")
        parser.add_argument(
            "--older-than-days",
            type=int,
            default=1,
            help="umur berkas yatim, paling sedikit 1 hari (bawaan: 1)",
        )

    def handle(
        self,
        *args: Any,
        district: str,
        delete_orphans: bool,
        older_than_days: int,
        verbosity: int,
        **options: Any,
    ) -> None:
        if older_than_days < 1:
            raise CommandError(
                "--older-than-days paling sedikit 1: berkas yang baru ditulis mungkin belum tercatat."
            )
        if district and delete_orphans:
            raise CommandError(
                "Berkas yatim tidak punya kabupaten/kota; jalankan --delete-orphans tanpa --district."
            )
        if district and not District.objects.filter(code=district).exists():
            raise CommandError(f"Kabupaten/kota {district} tidak ada.")
        tally = custody.Tally()
        faults = self._files(tally, district, verbosity)
        if not district:
            faults += self._orphans(tally, older_than_days, delete_orphans)
        if verbosity:
            self.stdout.write(
                f"{angka(tally.seen)} berkas diperiksa ({ukuran(tally.bytes)}), {angka(faults)} tidak beres"
                + (f", {angka(tally.deleted)} yatim dihapus." if tally.deleted else ".")
            )
        if faults:
            raise SystemExit(1)

    def _files(self, tally: custody.Tally, district: str, verbosity: int) -> int:
        faults = 0
        for fault in custody.verify(tally, district=district):
            if fault:
                faults += 1
                self.stderr.write(str(fault))
            if verbosity and tally.seen % EVERY == 0:
                self.stdout.write(f"{angka(tally.seen)} berkas, {ukuran(tally.bytes)} ...")
        return faults

    def _orphans(self, tally: custody.Tally, days: int, delete: bool) -> int:
        """How many are left; deleted ones are no fault any more."""
        before = clock.now() - timedelta(days=days)
        if delete:
            names = custody.delete_orphans(tally, before=before)
            papers = custody.delete_stray_papers(tally, before=before)
        else:
            names, papers = custody.orphans(before=before), custody.stray_papers(before=before)
        left = 0
        for name in chain(names, (f"{REPORTS}/{name}" for name in papers)):
            self.stderr.write(f"{'yatim, dihapus' if delete else 'yatim'}: {name}")
            left += 0 if delete else 1
        return left
