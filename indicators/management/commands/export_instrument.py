from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.domain.exporting import export_yaml
from indicators.domain.spec import spec_by_code
from indicators.models import Instrument


class Command(BaseCommand):
    help = "Menulis instrumen sebagai YAML ke keluaran standar; dapat dimuat lagi dengan sidik yang sama."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="KODE")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            spec = spec_by_code(options["code"])
        except Instrument.DoesNotExist:
            known = ", ".join(Instrument.objects.values_list("code", flat=True)) or "belum ada"
            raise CommandError(f'Instrumen "{options["code"]}" tidak ada. Yang ada: {known}.') from None
        self.stdout.write(export_yaml(spec), ending="")
