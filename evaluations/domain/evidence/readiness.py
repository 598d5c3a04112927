"""Which answers would stand with their evidence as it is now, and what is kept of that."""

from __future__ import annotations

from evaluations.domain import progress
from evaluations.models import Evaluation
from evaluations.scoring.totals import Totals


def refresh(evaluation: Evaluation) -> Totals:
    """Recompute what is kept after evidence changed. Called inside ``workflow.lock``."""
    return progress.refresh(evaluation)
