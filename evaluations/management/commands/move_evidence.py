"""``manage.py move_evidence``: copy evidence files and reports into another storage, each proved by its hash."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluations.domain.evidence import custody, store
from kla_portal.indonesian import angka, ukuran
from kla_portal.stores import REPORTS, SHAPE, StoreAddressError, evidence_store, report_store

EVERY = 100


class Command(BaseCommand):
    help = (
        "Menyalin berkas data dukung dan laporan yang sudah terbit ke penyimpanan lain dan membaca ulang setiap "
        "salinan. Aman diulang dan dilanjutkan; yang lama tidak dihapus, basis data tidak berubah."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to",
            required=True,
            help=f"local, local:/folder, {SHAPE}, atau - untuk membaca alamatnya dari masukan standar, "
            "supaya rahasianya tidak tampak dalam daftar proses",
        )
        parser.add_argument("--dry-run", action="store_true", help="hanya hitung apa yang akan disalin")

    def handle(self, *args: Any, to: str, dry_run: bool, verbosity: int, **options: Any) -> None:
        address = sys.stdin.readline().strip() if to == "-" else to
        target, reports = self._targets(address)
        total, size = custody.count()
        self._say(verbosity, f"{angka(total)} berkas, {ukuran(size)}, dan laporan yang sudah terbit.")
        tally, faults = custody.Tally(), 0
        copying = (
            custody.copy_all(target, tally, dry_run=dry_run),
            custody.copy_reports(reports, tally, dry_run=dry_run),
        )
        for fault in chain(*copying):
            if fault:
                faults += 1
                self.stderr.write(str(fault))
            if tally.seen % EVERY == 0:
                self._say(
                    verbosity, f"{angka(tally.seen)} dari {angka(total)}, {ukuran(tally.bytes)} disalin ..."
                )
        deed = "akan disalin" if dry_run else "disalin"
        self._say(
            verbosity,
            f"{angka(tally.copied)} berkas {deed} ({ukuran(tally.bytes)}), {angka(tally.there)} sudah ada, "
            f"{angka(faults)} gagal.",
        )
        if faults:
            raise CommandError(
                "Belum semua berkas ada di penyimpanan baru. Perbaiki yang disebut di atas, lalu ulangi."
            )
        if not dry_run:
            self._say(verbosity, self._next(address))

    def _targets(self, address: str) -> tuple[Storage, Storage]:
        """Of the evidence, and of the rendered reports."""
        kind, _, folder = address.partition(":")
        local = kind == "local"
        if local and folder and not Path(folder).is_absolute():
            raise CommandError("Tulis folder lengkap, misalnya local:/var/lib/kla/evidence.")
        place = Path(folder) if local and folder else Path(settings.DATA_DIR) / "evidence"
        there = "" if local else address
        try:
            entry = evidence_store(there, place, group_reads=bool(settings.EVIDENCE_ACCEL_PREFIX))
            beside = report_store(there, place.parent / REPORTS)
        except StoreAddressError as fault:
            raise CommandError(f"--to {fault}.") from None
        target = storages.create_storage(entry)
        if _place(target) == _place(store.storage()):
            raise CommandError("Berkas sudah disimpan di sana; sebutkan penyimpanan yang lain.")
        return target, storages.create_storage(beside)

    def _next(self, address: str) -> str:
        if address.startswith("s3:"):
            switch = "isi EVIDENCE_STORAGE dengan alamat S3 itu"
        else:
            switch = (
                "kosongkan EVIDENCE_STORAGE; folder lokalnya evidence/ dan reports/ di dalam KLA_DATA_DIR"
            )
        return (
            "Berikutnya: hentikan portal, jalankan perintah ini sekali lagi untuk berkas yang masuk sementara itu, "
            f"{switch}, jalankan portal, lalu verify_evidence. Hapus penyimpanan lama sesudah itu semua beres."
        )

    def _say(self, verbosity: int, text: str) -> None:
        if verbosity:
            self.stdout.write(text)


def _place(storage: Storage) -> tuple[str, str]:
    """What tells two storages apart: the folder, or the host and bucket."""
    if hasattr(storage, "bucket_name"):
        return str(storage.endpoint_url), str(storage.bucket_name)  # type: ignore[attr-defined]
    return "", str(storage.path(""))
