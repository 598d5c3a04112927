"""``manage.py backup TARGET``: the whole portal into one folder; ``--check SOURCE`` proves such a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kla_portal.indonesian import angka, ukuran
from kla_portal.operations.backup import archive
from kla_portal.operations.backup.faults import BackupRefused
from kla_portal.operations.backup.taking import backup


class Command(BaseCommand):
    help = (
        "Mencadangkan basis data, data dukung, dan laporan tersimpan ke satu folder, selagi portal berjalan. "
        "Kode keluar 1 bila ada yang tidak lengkap."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "target", type=Path, help="folder baru atau kosong; dengan --check: cadangan yang diperiksa"
        )
        parser.add_argument(
            "--check", action="store_true", help="hanya periksa cadangan itu, tanpa menyentuh portal"
        )
        parser.add_argument(
            "--base", type=Path, help="cadangan sebelumnya: berkas yang sama ditautkan, tidak disalin lagi"
        )
        parser.add_argument(
            "--allow-missing",
            action="store_true",
            help="teruskan walau ada berkas yang hilang; semuanya dicatat",
        )

    def handle(
        self,
        *args: Any,
        target: Path,
        check: bool,
        base: Path | None,
        allow_missing: bool,
        verbosity: int,
        **options: Any,
    ) -> None:
        def say(text: str) -> None:
            if verbosity:
                self.stdout.write(text)

        try:
            if check:
                manifest = archive.check(target)
            else:
                manifest = backup(target, base=base, allow_missing=allow_missing, say=say)
        except BackupRefused as refused:
            raise CommandError(str(refused)) from refused
        for fault in manifest["facts"]["faults"]:
            self.stderr.write(f"Perhatian, sudah begitu di dalam portal: {fault}")
        told = manifest["files"]
        say(
            f"Cadangan {target} {'utuh' if check else 'selesai'}: {angka(told['count'])} berkas, "
            f"{ukuran(told['bytes'])}, keadaan {manifest['begun_at']}. Sidik {manifest['digest']}."
        )
        if not check:
            say(
                "Simpan sidik itu di tempat lain, enkripsi folder ini, dan cadangkan SECRET_KEY serta kunci "
                "tanda tangan secara terpisah."
            )
