"""``manage.py restore SOURCE``: a backup into an empty portal, proved to be the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kla_portal.indonesian import angka, ukuran
from kla_portal.operations.backup.faults import BackupRefused
from kla_portal.operations.backup.restoring import restore


class Command(BaseCommand):
    help = "Memulihkan cadangan ke portal yang kosong dan membuktikan bahwa isinya sama. Kode keluar 1 bila tidak."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, help="folder cadangan")

    def handle(self, *args: Any, source: Path, verbosity: int, **options: Any) -> None:
        def say(text: str) -> None:
            if verbosity:
                self.stdout.write(text)

        try:
            manifest = restore(source, say=say)
        except BackupRefused as refused:
            raise CommandError(str(refused)) from refused
        facts, told = manifest["facts"], manifest["files"]
        events = sum(length for length, _ in facts["chains"].values())
        say(
            f"Dipulihkan ke keadaan {manifest['begun_at']}: {angka(sum(facts['tables'].values()))} baris dalam "
            f"{angka(len(facts['tables']))} tabel, {angka(events)} kejadian dalam "
            f"{angka(len(facts['chains']))} rantai, {angka(len(facts['results']))} hasil tahap, "
            f"{angka(told['count'] - 1)} berkas ({ukuran(told['bytes'])} dengan basis data). Semuanya sama "
            "dengan cadangan."
        )
        for one in manifest["absent"]:
            self.stderr.write(f"Tidak ada dalam cadangan ({one['why']}): {one['path']}")
        for fault in facts["faults"]:
            self.stderr.write(f"Perhatian, sudah begitu ketika dicadangkan: {fault}")
        say(
            "Sesi tidak dipulihkan: setiap orang masuk lagi. Berikutnya: manage.py check --deploy, lalu "
            "jalankan portal."
        )
