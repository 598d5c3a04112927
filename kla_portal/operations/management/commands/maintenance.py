"""``manage.py maintenance on|off|status``: make the portal read-only, and writable again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kla_portal.indonesian import tanggal_jam
from kla_portal.operations import maintenance


def moment(text: str) -> datetime:
    """``2026-11-30 06:00`` in the portal's own zone. ``CommandError`` for anything else."""
    try:
        return timezone.make_aware(datetime.strptime(text, "%Y-%m-%d %H:%M"))  # noqa: DTZ007 - made aware here
    except ValueError as fault:
        raise CommandError(f'Waktu "{text}" tidak terbaca. Contoh: --until "2026-11-30 06:00"') from fault


class Command(BaseCommand):
    help = "Mode pemeliharaan: selama menyala orang dapat membaca, tetapi tidak dapat mengubah apa pun."

    def add_arguments(self, parser: CommandParser) -> None:
        deeds = parser.add_subparsers(dest="deed", required=True)
        on = deeds.add_parser("on", help="mulai; alasannya dibaca semua orang")
        on.add_argument("reason", help='misalnya "Pembaruan portal"')
        on.add_argument("--until", type=moment, help='perkiraan selesai (WIB), misalnya "2026-11-30 06:00"')
        deeds.add_parser("off", help="akhiri")
        deeds.add_parser("status", help="katakan apakah berjalan; kode keluar 0")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["deed"] == "on":
                maintenance.begin(reason=options["reason"], until=options["until"], by=None)
            elif options["deed"] == "off":
                maintenance.end(by=None)
        except maintenance.MaintenanceRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(self.told())

    def told(self) -> str:
        row = maintenance.running()
        if row is None:
            return "Portal tidak dalam pemeliharaan; semua dapat bekerja."
        zone = timezone.get_default_timezone()
        until = f", diperkirakan sampai {tanggal_jam(row.until, zone)}" if row.until else ""
        return f"Pemeliharaan sejak {tanggal_jam(row.begun_at, zone)}{until}: {row.reason}"
