"""``manage.py send_digest``: the daily e-mail with what is new. For cron, once a day."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evaluations.domain.mailing import send_digests


class Command(BaseCommand):
    help = "Mengirim ringkasan pesan lewat surel, satu surel untuk tiap orang. Aman diulang."

    def handle(self, *args: Any, **options: Any) -> None:
        done = send_digests()
        if options["verbosity"]:
            self.stdout.write(f"Ringkasan: {done.sent} surel terkirim, {done.failed} gagal.")
        if done.failed:
            raise CommandError(f"{done.failed} surel gagal dan dicoba lagi pada ringkasan berikutnya.")
