"""``manage.py sweep_evidence``: what nobody takes up again. For cron, once a day."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from evaluations.domain.evidence import library, pieces


class Command(BaseCommand):
    help = "Membersihkan unggahan yang lama terhenti dan dokumen terhapus yang lewat masa simpannya. Aman diulang."

    def handle(self, *args: Any, **options: Any) -> None:
        swept = pieces.sweep()
        purged = library.purge()
        if options["verbosity"]:
            self.stdout.write(
                f"Dibersihkan: {swept.uploads} unggahan, {swept.orphans} potongan tanpa unggahan, {purged} dokumen."
            )
