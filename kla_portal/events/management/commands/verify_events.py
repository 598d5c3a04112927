"""``manage.py verify_events``: prove that the event log is whole."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kla_portal.events.log import verify
from kla_portal.events.models import Event


class Command(BaseCommand):
    help = "Memeriksa rantai catatan kejadian. Kode keluar 1 bila ada yang berubah, hilang, atau tertukar."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = list(verify())
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise SystemExit(1)
        self.stdout.write(f"{Event.objects.count()} kejadian diperiksa, semua utuh.")
