"""``manage.py send_reminders``: who has something open before a deadline. For cron, once a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluations.domain.reminders import send_reminders


class Command(BaseCommand):
    help = "Mengingatkan 14, 7, 3, dan 1 hari sebelum batas waktu. Aman diulang: tidak ada yang diingatkan dua kali."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", default="", help="Seakan-akan tanggal ini, misalnya 2026-06-29.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day = date.fromisoformat(options["date"]) if options["date"] else None
        except ValueError:
            raise CommandError(f"--date {options['date']} bukan tanggal; tulis seperti 2026-06-29.") from None
        count = send_reminders(on=day)
        if options["verbosity"]:
            self.stdout.write(f"Pengingat: {count} pesan.")
