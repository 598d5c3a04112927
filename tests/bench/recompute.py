"""All scores of the open edition from the database, beside the bare reading of the same rows.

    DJANGO_SETTINGS_MODULE=tests.bench.settings python -m tests.bench.recompute [rounds]

Prints JSON: medians of processor seconds of each (``read``, ``score``), and megabytes held after the first tenth of the
districts and at the end. Both read one evaluation at a time from one cursor, so memory does not grow with the nation.
"""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from statistics import median
from typing import Any

import django

django.setup()

from django.db import transaction  # noqa: E402

from evaluations.models import Answer, Edition, Evaluation  # noqa: E402
from evaluations.scoring.totals import totals  # noqa: E402
from indicators.domain.spec import loaded  # noqa: E402
from tests.bench.national import OPEN  # noqa: E402


def resident() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def answers(edition: Edition) -> Iterator[tuple[int, list[tuple[int, int, Any]]]]:
    """(evaluation, its rows), from one server-side cursor."""
    rows = Answer.objects.filter(evaluation__edition=edition).order_by("evaluation")
    found = rows.values_list("evaluation", "question", "value").iterator(chunk_size=2000)
    for evaluation, own in itertools.groupby(found, key=itemgetter(0)):
        yield evaluation, list(own)


def read(edition: Edition, held: list[float]) -> int:
    return sum(len(own) for _, own in answers(edition))


def score(edition: Edition, held: list[float]) -> int:
    """Every total, held against the kept one."""
    instrument = loaded(edition.instrument)
    kept = dict(Evaluation.objects.filter(edition=edition).values_list("pk", "claimed_total"))
    counted = 0
    for evaluation, own in answers(edition):
        values = {instrument.question_codes[question]: value for _, question, value in own}
        if totals(instrument.spec, values).total != kept[evaluation]:
            raise ValueError(f"evaluation {evaluation}: the kept total is another")
        counted += len(own)
        held.append(resident())
    return counted


def main(rounds: int) -> None:
    edition = Edition.objects.select_related("instrument").get(code=OPEN)
    loaded(edition.instrument)
    seconds: dict[str, list[float]] = {"read": [], "score": []}
    held: list[float] = []
    counted = 0
    for _ in range(rounds):
        for deed in (read, score):
            began = time.perf_counter()
            with transaction.atomic():
                counted = deed(edition, held)
            seconds[deed.__name__].append(time.perf_counter() - began)
    json.dump(
        {
            "answers": counted,
            "read": median(seconds["read"]),
            "score": median(seconds["score"]),
            "ratio": median(b / a for a, b in zip(seconds["read"], seconds["score"], strict=True)),
            "early": held[len(held) // rounds // 10],
            "late": held[-1],
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
