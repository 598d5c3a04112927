"""What the plan's papers share: the moment they speak of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from evaluations.models import Evaluation, PlannedAction
from kla_portal import clock


def as_of(evaluation: Evaluation, actions: Iterable[PlannedAction]) -> datetime:
    """The last change of the plan or of the answers: the same data give the same paper."""
    moments = [evaluation.last_activity_at, evaluation.edition.opened_at, *(a.updated_at for a in actions)]
    return max(filter(None, moments), default=clock.now())
