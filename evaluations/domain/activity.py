"""When something last happened in an evaluation, in SQL: a deed of the district, or a step of its evaluation."""

from __future__ import annotations

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest

from evaluations.models import Evaluation, StateChange
from kla_portal.regions.models import Province


def _later(deed: str, step: Combinable) -> Greatest:
    """The later of both, and either where the other is missing: SQLite's and PostgreSQL's ``GREATEST`` differ there."""
    return Greatest(Coalesce(step, F(deed)), Coalesce(F(deed), step))


def with_latest(evaluations: QuerySet[Evaluation]) -> QuerySet[Evaluation]:
    """Each with ``latest``: its last deed or, if later, its last step: handed in, returned, closed."""
    steps = StateChange.objects.filter(evaluation=OuterRef("pk")).order_by("-at")
    return evaluations.annotate(latest=_later("last_activity_at", Subquery(steps.values("at")[:1])))


def with_latest_of(provinces: QuerySet[Province], edition: int, deed: str) -> QuerySet[Province]:
    """Each with ``latest`` of its districts in an edition; ``deed``: the annotation with their last deed."""
    steps = StateChange.objects.filter(
        evaluation__edition=edition, evaluation__district__province=OuterRef("pk")
    )
    return provinces.annotate(latest=_later(deed, Subquery(steps.order_by("-at").values("at")[:1])))
