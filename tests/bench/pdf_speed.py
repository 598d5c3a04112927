"""Our PDFs beside headless Chromium printing the same HTML. Not part of the suite.

    .venv/bin/python -m tests.bench.pdf_speed [runs]

Both run in processes of their own, in turn. Prints the median of processor seconds (children included), of wall
seconds and the most memory of one process, for the district report of 274 questions, a provincial ranking of 13
rows and the national one of 514.
"""

from __future__ import annotations

import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kla_portal.settings_test")

import django

django.setup()

from django.template.loader import render_to_string  # noqa: E402

from evaluations.reports import pdf  # noqa: E402
from evaluations.reports.charts import cluster_chart_svg, predikat_scale_svg  # noqa: E402
from evaluations.reports.keys import template_folder  # noqa: E402
from tests.evaluations.reports import build  # noqa: E402

CHROMIUM = (
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-pdf-header-footer",
)  # fmt: skip
SHEET = re.compile(r'<link rel="stylesheet" href="kla-report:([^"]+)">')


def district():
    report = build.district_report()
    scale = predikat_scale_svg(report.tree.total, report.instrument.bands, maximum=report.instrument.total)
    return "district", {"report": report, "scale": scale, "chart": cluster_chart_svg(report.clusters)}


def province():
    return "ranking", {"report": build.ranking_report()}


def nation():
    entries = [build.entry(f"{n:05}", f"Kabupaten Contoh {n}", f"{950 - n}.25") for n in range(514)]
    return "ranking", {"report": build.ranking_report(entries=entries, absent=[], is_province=False)}


CASES = {"district": district, "province": province, "nation": nation}


def ours(name: str) -> None:
    """In a child: one PDF, from the values to the bytes."""
    template, context = CASES[name]()
    pdf._pdf(f"{template}.html", context)


def theirs(html: Path, folder: Path) -> None:
    """In a child: what a portal that prints with Chromium would start for each PDF."""
    out = folder / "chromium.pdf"
    subprocess.run(
        [*CHROMIUM, f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={out}", html.as_uri()],
        check=True,
        capture_output=True,
    )
    assert out.stat().st_size > 1000


def measured(deed, *arguments) -> tuple[float, float, float]:
    """Processor seconds, wall seconds and megabytes of the largest process, in a fork that ends."""
    read, write = os.pipe()
    began = time.monotonic()
    child = os.fork()
    if not child:
        try:
            deed(*arguments)
            own, kids = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
            spent = own.ru_utime + own.ru_stime + kids.ru_utime + kids.ru_stime
            os.write(write, f"{spent} {max(own.ru_maxrss, kids.ru_maxrss) / 1024}".encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    spent, memory = (float(part) for part in os.read(read, 100).split())
    return spent, time.monotonic() - began, memory


def main(runs: int) -> None:
    import weasyprint  # noqa: F401  a worker that prints has it loaded

    print(
        f"{'':10}{'ours cpu':>10}{'wall':>8}{'MB':>6}{'theirs cpu':>12}{'wall':>8}{'MB':>6}{'ratio wall':>12}"
    )
    for name, make in CASES.items():
        template, context = make()
        html = render_to_string(f"evaluations/report/{template}.html", context)
        html = SHEET.sub(lambda m: f"<style>{(template_folder() / m[1]).read_text()}</style>", html)
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            (folder / "page.html").write_text(html, encoding="utf-8")
            pairs = [
                (measured(ours, name), measured(theirs, folder / "page.html", folder)) for _ in range(runs)
            ]
        (a, b, c), (d, e, f) = (
            [statistics.median(run[side][column] for run in pairs) for column in range(3)] for side in (0, 1)
        )
        print(f"{name:10}{a:10.2f}{b:8.2f}{c:6.0f}{d:12.2f}{e:8.2f}{f:6.0f}{b / e:12.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
