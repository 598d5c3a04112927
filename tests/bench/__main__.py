"""The whole benchmark: ``make bench``, or ``make bench BENCH=quick``. See README.md."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "var" / "bench"
QUICK = "quick" in sys.argv[1:]
DISTRICTS = int(os.environ.get("BENCH_DISTRICTS", "514"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "30" if QUICK else "300"))
ROUNDS, SLICE = (5, 1.0) if QUICK else (7, 2.5)
BUILT_FROM = (
    "tests/bench/national.py",
    "tests/bench/bulk.py",
    "tests/evaluations/domain/claims.py",
    "fixtures/instruments/kla-2023.yaml",
    "kla_portal/guards.py",
    *sorted(
        path.relative_to(ROOT).as_posix()
        for folder in ("kla_portal", "indicators", "evaluations")
        for path in (ROOT / folder).glob("**/migrations/0*.py")
    ),
)

say = sys.stderr.write


def environment(folder: str) -> None:
    """For this process and all that it starts: production's settings, a data folder that goes away."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        "KLA_MODE": "production",
        "KLA_DATA_DIR": folder,
        "TASKS_IN_WORKER": "on",
        "EVIDENCE_STORAGE": "",
        "CLAMAV_SOCKET": "",
    }


def child(*words: str) -> str:
    """A part of the benchmark in a process of its own. Its output."""
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def prepare(count: int) -> str:
    """The data set in the database at hand, from the kept dump or built and kept. Says which, with its seconds."""
    sums = hashlib.sha256(str(count).encode())
    for name in BUILT_FROM:
        sums.update((ROOT / name).read_bytes())
    dump, url = KEPT / f"national-{count}-{sums.hexdigest()[:16]}.dump", os.environ["DATABASE_URL"]
    began = time.monotonic()
    if dump.exists() and url.startswith("postgres"):
        subprocess.run(["pg_restore", "--no-owner", "--exit-on-error", "-d", url, str(dump)], check=True)
        subprocess.run(["psql", "-q", url, "-c", "ANALYZE"], check=True)
        return f"Data set of {count} districts restored from var/bench in {time.monotonic() - began:.0f} s."
    child("manage.py", "migrate", "-v0")
    told = child("-m", "tests.bench.national", str(count))
    took = time.monotonic() - began
    if url.startswith("postgres"):
        KEPT.mkdir(parents=True, exist_ok=True)
        part = dump.with_suffix(".part")
        subprocess.run(["pg_dump", "-Fc", "-Z1", "--no-owner", "-f", str(part), url], check=True)
        for old in KEPT.glob(f"national-{count}-*.dump"):
            old.unlink()
        part.rename(dump)
    return f"Data set of {count} districts built in {took:.0f} s ({told.strip()})."


def measure(log: Path) -> tuple[dict[str, list], list[str]]:
    """Everything on the database at hand."""
    import django

    django.setup()
    from tests.bench import evening, pages
    from tests.bench.cast import Cast
    from tests.bench.report import Row
    from tests.bench.server import Portal

    cast, sections = Cast(), {}
    with Portal(log=log) as portal:
        memory = portal.worker_megabytes()
        start = portal.start_seconds
        say("pages ...\n")
        sections["Pages and saves"], notes = pages.rows(cast, portal, rounds=ROUNDS, seconds=SLICE)
        after = portal.worker_megabytes()
    say("scores ...\n")
    sections["Scores"] = [scores()]
    sections["Workers"] = [
        Row("From the command to the first reply", f"{start:.1f} s"),
        Row("Memory of a worker, just started", f"{max(memory):.0f} MB", "", "", "under 160 MB", max(memory) < 160),
        Row("Memory of a worker after all pages, before a PDF", f"{max(after):.0f} MB", "", "", "under 160 MB", max(after) < 160),
    ]  # fmt: skip
    with Portal(log=log, tasks=True) as portal:
        everyone = len(cast.districts) * len(evening.EDITORS)
        say(f"deadline evening, {everyone} people, {SECONDS} s ...\n")
        first = evening.run(cast, portal, many=everyone, seconds=SECONDS)
        sections["Deadline evening"] = evening.rows("Evening", first, promised=True)
        if first.p("save", 0.95) >= evening.PROMISED or not first.whole:
            say("the highest rate within the promise ...\n")
            short = 12 if QUICK else 30
            sections["Deadline evening"].append(evening.highest(cast, portal, seconds=short, wanted=everyone))
        say("three times that ...\n")
        much = evening.run(cast, portal, many=everyone, seconds=max(20, SECONDS // 3), times=3)
        sections["Three times the evening"] = evening.rows("Overload", much, promised=False)
        notes.append(degraded(much))
        notes += [*first.lost, *much.lost][:20]
        notes += [
            f"errors: {told}" for told in (dict(first.told["faults"]), dict(much.told["faults"])) if told
        ]
    return sections, notes


def degraded(evening) -> str:
    """Which kind was asked to come again, and how often."""
    told = evening.told
    shares = []
    for kind in ("report", "ranking", "upload", "save"):
        busy, done = told["refused"].get(kind, 0), len(told["seconds"].get(kind, []))
        shares.append(f"{kind} {busy / max(1, busy + done):.0%}")
    return "Asked to come again under three times the load: " + ", ".join(shares) + "."


def scores():
    from tests.bench.report import Row, ratio_words

    told = json.loads(child("-m", "tests.bench.recompute", "3" if QUICK else "5"))
    grown = told["late"] - told["early"]
    return Row(
        f"All scores from {told['answers']} answers",
        f"{told['score']:.2f} s, memory {told['late']:.0f} MB (+{grown:.1f} MB after the first tenth)",
        f"bare reading {told['read']:.2f} s",
        ratio_words(told["ratio"]),
        "at most 3, memory flat",
        told["ratio"] <= 3 and grown < 10,
    )


def small_host(log: Path) -> list:
    """The evening of one province on SQLite: what `make run` gives a small office."""
    told = child("-m", "tests.bench.small", str(log), str(min(SECONDS, 20 if QUICK else 60)))
    from tests.bench.report import Row

    return [Row(*row) for row in json.loads(told.splitlines()[-1])]


def papers() -> list[str]:
    """The figures of the other measurements, as they print them."""
    runs = (
        ("PDF beside Chromium", "tests.bench.pdf_speed", "1" if QUICK else "3"),
        ("ZIP of a library", "tests.bench.zip_memory", "0.5" if QUICK else "5"),
        ("Planner", "tests.bench.planner", "20" if QUICK else "514"),
    )
    found = []
    for name, module, size in runs:
        say(f"{name} ...\n")
        clean = {k: v for k, v in os.environ.items() if k not in {"DJANGO_SETTINGS_MODULE", "DATABASE_URL"}}
        printed = _printed([sys.executable, "-m", module, size], clean)
        found += [
            f"{name}: {re.sub(r' +', ' ', line.strip())}" for line in printed.splitlines() if line.strip()
        ]
    return found


def _printed(command: list[str], env: dict[str, str]) -> str:
    """What a measurement says; a broken one says so and stops nothing."""
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, env=env, timeout=300
        )
    except subprocess.TimeoutExpired:
        return "not done within 300 s"
    return done.stdout if not done.returncode else f"failed: {done.stderr[-300:]}"


def main() -> int:
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        raise SystemExit("make bench starts its own PostgreSQL: .ci/with-postgres python -m tests.bench")
    began, folder = time.monotonic(), tempfile.mkdtemp(prefix="kla-bench-")
    log = KEPT / "portal.log"
    KEPT.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    try:
        environment(folder)
        built = prepare(DISTRICTS)
        say(built + "\n")
        import django

        django.setup()
        from tests.bench import report

        facts = report.machine()
        sections, notes = measure(log)
        say("SQLite ...\n")
        sections["SQLite, 13 districts"] = small_host(log)
        notes = [
            built,
            *notes,
            *papers(),
            f"The whole run took {(time.monotonic() - began) / 60:.1f} minutes.",
        ]
        report.write(" BENCH=quick" if QUICK else "", facts, sections, notes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    everything = [row for part in sections.values() for row in part]
    print(report.table(everything))
    print("\n".join(notes))
    return 0 if all(row.ok is not False for row in everything) else 1


if __name__ == "__main__":
    sys.exit(main())
