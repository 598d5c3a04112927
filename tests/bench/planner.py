"""How long the cheapest way to a target takes: one full-size plan, and 514 districts. Not part of the suite.

    .venv/bin/python -m tests.bench.planner [districts]

Pure arithmetic: kla-2023 from its file, answers drawn with a fixed seed, every mode in turn.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from decimal import Decimal, localcontext
from pathlib import Path
from random import Random

os.environ["DJANGO_SETTINGS_MODULE"] = "kla_portal.settings_test"

import django

django.setup()

from evaluations.scoring.answers import read_answer  # noqa: E402
from evaluations.scoring.bands import entry_total, next_band, predikat_for  # noqa: E402
from evaluations.scoring.planner import Mode, Plan, allowed, alternatives, cheapest  # noqa: E402
from evaluations.scoring.rules import EXACT, best_answer  # noqa: E402
from evaluations.scoring.score import round_total  # noqa: E402
from evaluations.scoring.totals import points_of  # noqa: E402
from indicators.domain.importing import parse_instrument  # noqa: E402
from tests.evaluations.domain.claims import some_value  # noqa: E402

FILE = Path("fixtures/instruments/kla-2023.yaml")
EACH = 20
"""Districts for the median of each mode."""


def district(spec, random: Random):
    """Answers of one district: a tenth to four fifths at their best, the rest drawn."""
    share = random.uniform(0.1, 0.8)
    return {
        q.code: read_answer(q.rule, best_answer(q.rule) if random.random() < share else some_value(q, random))
        for q in spec.questions()
    }


def planned(spec, answers, mode: Mode, bands_up: int = 1):
    """Processor seconds (one thread) from read answers to a proven plan, and the outcome."""
    begun = time.process_time()
    counted = {q.code: points_of(q, answers[q.code])[0] for q in spec.questions()}
    with localcontext(EXACT):
        start = sum(counted.values(), Decimal(0))
    band = predikat_for(spec.bands, round_total(start))
    for _ in range(bands_up):
        band = next_band(spec.bands, band) or band
    found = allowed(alternatives(spec, answers, {}), mode, {q.code for q in spec.questions()})
    outcome = cheapest(found, start=start, target=entry_total(band), objective=mode)
    return time.process_time() - begun, outcome


def main(count: int) -> None:
    spec = parse_instrument(FILE.read_text(encoding="utf-8"), name=FILE.name)
    random = Random(2026)
    districts = [district(spec, random) for _ in range(count)]
    for mode in Mode:
        for up in (1, 3):
            runs = [planned(spec, answers, mode, up) for answers in districts[:EACH]]
            times = [seconds for seconds, _ in runs]
            steps = [len(found.steps) for _, found in runs if isinstance(found, Plan)]
            proven = all(found.proven for _, found in runs if isinstance(found, Plan))
            print(
                f"{mode:17} {up} up: median {statistics.median(times) * 1000:4.0f} ms, "
                f"worst {max(times) * 1000:4.0f} ms, {len(steps)} plans of {max(steps, default=0)} steps at most, "
                f"proven: {proven}"
            )
    begun = time.process_time()
    for answers in districts:
        planned(spec, answers, Mode.LEAST_EFFORT)
    print(f"{count} districts: {time.process_time() - begun:.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 514)
