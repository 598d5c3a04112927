"""``manage.py refresh_safe_scores``: recompute what is kept of the safe score. Once after an upgrade that changes its
rules."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from evaluations.domain.evidence import readiness


class Command(BaseCommand):
    help = "Menghitung ulang nilai aman semua evaluasi yang masih diisi. Aman diulang."

    def handle(self, *args: Any, **options: Any) -> None:
        count = readiness.refresh_all()
        if options["verbosity"]:
            self.stdout.write(f"Nilai aman {count} evaluasi dihitung ulang.")
