"""What was measured, as one table on the screen and as docs/benchmark.md."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from kla_portal.indonesian import NATIONAL_ZONE

ROOT = Path(settings.BASE_DIR)
DOCUMENT = ROOT / "docs" / "benchmark.md"


@dataclass(frozen=True)
class Row:
    """One line. ``ok`` is none where nothing was promised; ``reference`` and ``ratio`` may be empty."""

    name: str
    measured: str
    reference: str = ""
    ratio: str = ""
    wanted: str = ""
    ok: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        held = "" if self.ok is None else "yes" if self.ok else "NO"
        return (self.name, self.measured, self.reference, self.ratio, self.wanted, held)


def ratio_words(ratio: float) -> str:
    """Three decimals: with two, what misses its bound by little would read as the bound itself."""
    return f"{ratio:.3f}"


HEAD = ("What", "Measured", "Reference", "Ratio", "Wanted", "Holds")


def table(rows: list[Row]) -> str:
    """Markdown, padded so that it reads on a screen too."""
    lines = [HEAD, *(row.cells for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(HEAD))]

    def one(cells: tuple[str, ...]) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"

    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([one(HEAD), rule, *(one(row.cells) for row in rows)])


def machine() -> list[str]:
    """Processor, memory, versions, the load that was there before, and the commit."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()" if connection.vendor == "postgresql" else "SELECT sqlite_version()")
        version = " ".join(cursor.fetchone()[0].split()[:2])
    return [
        f"- {_processor()}, {os.cpu_count()} cores shared by portal, database, task worker and client; "
        f"{memory:.0f} GB memory; load average {load:.1f} before the run",
        f"- {platform.system()} {_release()}, Python {platform.python_version()}, {version}",
        f"- {timezone.localtime(timezone=NATIONAL_ZONE):%Y-%m-%d %H:%M} WIB, commit {commit()}",
    ]


def _release() -> str:
    """``6.18`` of the kernel's ``6.18.5-build-string``."""
    return ".".join(platform.release().split("-")[0].split(".")[:2])


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "processor"
    )


def commit() -> str:
    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    changed = " with changes not committed" if git("status", "--porcelain", "--untracked-files=no") else ""
    return (git("rev-parse", "--short=12", "HEAD") or "unknown") + changed


def write(how: str, facts: list[str], sections: dict[str, list[Row]], notes: list[str]) -> None:
    """docs/benchmark.md anew."""
    text = [
        "# Benchmark",
        "",
        f"Written by `make bench{how}`; do not edit. `tests/bench/README.md` says how it measures.",
        "",
        "Lost is a save that was acknowledged and is not in the database; a fault of order or proof is a revision out of",
        "its order or a chain of events that does not prove whole. The first of them stand under Notes.",
        "",
        *facts,
    ]
    for title, rows in sections.items():
        text += ["", f"## {title}", "", table(rows)]
    text += ["", "## Notes", "", *(f"- {note}" for note in notes), ""]
    DOCUMENT.write_text("\n".join(text), encoding="utf-8")
