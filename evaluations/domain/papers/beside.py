"""What stands beside a district's clusters on paper: its last edition, and the province's announced median.

A paper is passed on and outlives its reader's rights: of other districts it knows only what has been announced to
everybody, whoever prints it. (A page may show those who supervise the province more: ``explaining/rivals.py``.)
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from statistics import median

from evaluations.domain.explaining.rivals import ENOUGH, last_edition
from evaluations.domain.publication import is_public
from evaluations.domain.ranking import latest_results
from evaluations.models import Evaluation, Stage, State
from evaluations.reports.beside import Beside, Series
from evaluations.reports.paper import printable
from evaluations.scoring.score import percent_of
from indicators.domain.spec import loaded


def beside(evaluation: Evaluation) -> Beside:
    """Six queries at most beside the cached instruments, however many districts the province has."""
    last = last_edition(evaluation)
    return Beside(
        last=Series(printable(last.name), last.clusters) if last.clusters else None,
        middle=announced_median(evaluation),
    )


def announced_median(evaluation: Evaluation) -> Series | None:
    """Of the final results of this edition once they are out, else of the last one; ``None`` of fewer than ``ENOUGH``.

    One query.
    """
    edition = evaluation.edition
    found = next((one for one in (edition, edition.previous) if one and is_public(one)), None)
    if found is None:
        return None
    rows = list(
        latest_results(found, Stage.VF)
        .filter(evaluation__district__province=evaluation.district.province_id, evaluation__state=State.FINAL)
        .values_list("clusters", flat=True)
    )
    if len(rows) < ENOUGH:
        return None
    clusters = {
        part.code: Fraction(median(percent_of(Decimal(row.get(part.code, "0")), part.weight) for row in rows))
        for part in loaded(found.instrument).spec.clusters
    }
    return Series(f"median provinsi ({printable(found.name)}, {len(rows)} kabupaten/kota)", clusters)
