"""Which answers would stand with their evidence as it is now, and what is kept of that.

What the slots say is recomputed with every save (domain/progress.py); what the documents say only here, because
only a change of evidence changes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django_tasks import task

from evaluations.checks.documents.words import explained
from evaluations.domain import progress
from evaluations.domain.evidence import raised
from evaluations.models import Evaluation, State
from evaluations.scoring.bands import predikat_for
from evaluations.scoring.safe import Safe, safe_tree
from evaluations.scoring.totals import Totals
from evaluations.scoring.tree import ScoreTree
from indicators.domain.spec import loaded


def refresh(evaluation: Evaluation, *, deed: bool = True) -> Totals:
    """Recompute what is kept after evidence changed. Called inside ``workflow.lock``.

    ``deed``: a person changed it; a file that was read in the background is none.
    """
    found = raised.of_evaluation(evaluation)
    return progress.refresh(evaluation, warned=raised.warned(found), deed=deed)


def refresh_all(edition: int | None = None) -> int:
    """Recompute every evaluation (of one edition) that the district can still change, each locked for a moment.

    Returns how many.
    """
    states = [State.FILLING, State.RETURNED]
    running = Evaluation.objects.filter(
        state__in=states,
        edition__opened_at__isnull=False,
        last_activity_at__isnull=False,
    )
    if edition is not None:
        running = running.filter(edition=edition)
    keys = list(running.order_by("pk").values_list("pk", flat=True))
    for pk in keys:
        with transaction.atomic():
            rows = Evaluation.objects.select_for_update(of=("self",)).with_place()
            # The condition again, under the lock: it may have been handed in just now.
            evaluation = rows.filter(pk=pk, state__in=states).first()
            if evaluation is not None:
                refresh(evaluation, deed=False)
    return len(keys)


@task(queue_name="evidence")
def refresh_edition(edition: int) -> None:
    """After the window of the self-assessment moved: a document may now outlast it, or no longer."""
    refresh_all(edition)


def kept(evaluation: Evaluation) -> Safe:
    """The safe score as it was last recomputed. No query."""
    spec = loaded(evaluation.edition.instrument).spec
    return Safe(evaluation.safe_total, predikat_for(spec.bands, evaluation.safe_total))


def explain(evaluation: Evaluation, claimed: ScoreTree, reasons: Mapping[str, Sequence[str]]) -> ScoreTree:
    """The claim's tree as the safe score counts it, with the reason at each answer that does not count."""
    spec = loaded(evaluation.edition.instrument).spec
    return safe_tree(spec, claimed, explained(spec, reasons))
