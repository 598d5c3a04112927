from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kla_portal.indonesian import angka
from kla_portal.regions.loading import UnknownProvince, load_regions


class Command(BaseCommand):
    help = "Memuat provinsi, kabupaten/kota, dan kecamatan; desa/kelurahan untuk provinsi yang disebut."

    def add_arguments(self, parser: CommandParser) -> None:
        villages = parser.add_mutually_exclusive_group()
        villages.add_argument(
            "--villages", nargs="+", default=[], metavar="PROVINSI", help="kode atau nama provinsi"
        )
        villages.add_argument("--all-villages", action="store_true", help="desa/kelurahan semua provinsi")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = load_regions(villages_of=options["villages"], all_villages=options["all_villages"])
        except UnknownProvince as unknown:
            raise CommandError(f'Provinsi "{unknown}" tidak dikenal; tulis kode (63) atau namanya.') from None
        if not options["verbosity"]:
            return
        self.stdout.write(
            f"{angka(counts.provinces)} provinsi, {angka(counts.districts)} kabupaten/kota, "
            f"{angka(counts.kecamatan)} kecamatan, {angka(counts.villages)} desa/kelurahan dimuat."
        )
