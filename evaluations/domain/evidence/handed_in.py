"""Which documents were given to readers outside the district: those stay for ever."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from evaluations.models import Evidence, Return, StageResult, State


def _stood_at(rows: QuerySet[Any], moment: str) -> Q:
    """Links that stood when one of the evaluation's ``rows`` was made: put in by then, and not yet taken out."""
    since = rows.filter(evaluation=OuterRef("evaluation"), **{f"{moment}__gte": OuterRef("added_at")})
    before_it_went = since.filter(**{f"{moment}__lt": OuterRef("removed_at")})
    return Q(Exists(since), removed_at__isnull=True) | Q(Exists(before_it_went))


HANDED_IN = (
    _stood_at(StageResult.objects.all(), "taken_at")
    | _stood_at(Return.objects.all(), "ended_at")
    | Q(removed_at__isnull=True) & ~Q(evaluation__state__in=[State.FILLING, State.RETURNED])
)
"""Links that somebody outside the district was given to read, or that a stored result names; for ever.

They stood when a stage's result was stored (a submission stores one), or when a return ended; or they stand in an
evaluation that is being verified. Between those moments no link changes, so this is all that a verifier met at the
desk. What was put in and taken out again before it was handed in, or within a return, is not among them.
"""


def was_handed_in(evidence: Evidence) -> bool:
    """Whether somebody outside the district was given the document to read: at a question, or with an objection."""
    return evidence.links.filter(HANDED_IN).exists() or evidence.objections.exists()
