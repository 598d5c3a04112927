"""How much memory and time the ZIP of a large library takes. Not part of the suite.

    .venv/bin/python -m tests.bench.zip_memory [gigabytes] [files]

The files are sparse: they take no room on the disk, but every byte is read, summed and streamed.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

os.environ["DJANGO_SETTINGS_MODULE"] = "kla_portal.settings_test"

import django

django.setup()

from django.conf import settings  # noqa: E402

from evaluations.domain.evidence import archive as zipped  # noqa: E402
from evaluations.views.evidence.ranges import Span, part_of  # noqa: E402
from kla_portal.stores import evidence_store  # noqa: E402


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


class Rows:
    """As many files as asked for, without a database."""

    def __init__(self, folder: Path, total: int, number: int) -> None:
        size = total // number
        self.entries = []
        for made in range(number):
            name = f"evidence/{made % 256:02x}/{made}.pdf"
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as sparse:
                sparse.truncate(size)
            at = datetime(2026, 3, 1, tzinfo=UTC).astimezone(ZoneInfo("Asia/Makassar"))
            date = (at.year, at.month, at.day, 8, 0, 0)
            where = f"K3 Kesehatan dasar dan kesejahteraan/12 Indikator/12.1 - 1 Slot/{made:05d} Laporan kegiatan.pdf"
            self.entries.append(zipped.Entry(where, size, date, f"{made:064x}", name))

    def archive(self) -> zipped.Archive:
        sizing = zipped._DatedZip({})
        for entry in self.entries:
            sizing.add(iter(()), entry.path, size=entry.size)
        return zipped.Archive(tuple(self.entries), frozenset(), len(self.entries), 0, 0, len(sizing), "uji")


def run(what: str, pieces, expected: int) -> None:
    before = highest = resident()
    began, total = time.perf_counter(), 0
    for number, piece in enumerate(pieces):
        total += len(piece)
        if number % 64 == 0:
            highest = max(highest, resident())
    took = time.perf_counter() - began
    assert total == expected, (total, expected)
    print(
        f"{what}: {total / 1e6:.0f} MB in {took:.1f} s; memory +{(highest - before) / 1e6:.1f} MB to {highest / 1e6:.0f} MB"
    )


def main() -> None:
    gigabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 5
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    with tempfile.TemporaryDirectory(prefix="kla-zip-") as folder:
        settings.STORAGES = settings.STORAGES | {"evidence": evidence_store("", Path(folder))}
        archive = Rows(Path(folder), int(gigabytes * 1e9), number).archive()
        print(f"{number} files, ZIP of {archive.size / 1e9:.2f} GB; process {resident() / 1e6:.0f} MB")
        run("whole", zipped.stream(archive), archive.size)
        start = archive.size - 1_000_000
        run("from its last MB", part_of(zipped.stream(archive), Span(start, archive.size)), 1_000_000)


if __name__ == "__main__":
    main()
