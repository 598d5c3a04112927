"""``manage.py sweep_sessions``: sessions that are over, devices and tries of long ago. For cron, once a night."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from kla_portal import clock
from kla_portal.accounts.domain import devices, sittings, tries


class Command(BaseCommand):
    help = "Mengakhiri sesi yang lama tidak dipakai, menghapus catatan masuk yang lewat masa simpan. Aman diulang."

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        over = sittings.end_worn_out()
        forgotten = sittings.forget_ended(before=now - timedelta(days=settings.SIGN_IN_RETENTION_DAYS))
        unused = devices.forget_devices(before=now - devices.KEPT)
        tried = tries.forget_attempts(now - timedelta(days=settings.AXES_RETENTION_DAYS))
        call_command("clearsessions", verbosity=0)
        if options["verbosity"]:
            self.stdout.write(
                f"Diakhiri: {over} sesi. "
                f"Dihapus: {forgotten} catatan sesi, {unused} perangkat, {tried} percobaan masuk."
            )
