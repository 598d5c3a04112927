"""Where a person's own work is: the newest open edition, and their district's evaluation in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluations.domain.messages import unread_of
from evaluations.models import Edition, Evaluation
from kla_portal.accounts.access import memberships_of
from kla_portal.accounts.models import User
from kla_portal.prepared import prepared

if TYPE_CHECKING:
    from django.db.models import QuerySet


def current_edition() -> Edition | None:
    """The newest edition that was opened."""
    return (
        Edition.objects.filter(opened_at__isnull=False)
        .select_related("instrument", "previous__instrument")
        .order_by("-code")
        .first()
    )


def own_evaluation(user: User) -> Evaluation | None:
    """The newest evaluation of the district in which the person holds their first district role."""
    district = next((m.district_id for m in memberships_of(user) if m.district_id), None)
    if district is None:
        return None
    return next(iter(_newest(district)), None)


@prepared
def _newest(district: str) -> QuerySet[Evaluation]:
    opened = Evaluation.objects.with_place().filter(district=district, edition__opened_at__isnull=False)
    return opened.order_by("-edition__code")[:1]


def evaluations_of(district_code: str, reader: User) -> list[tuple[int, str, int]]:
    """(evaluation, edition name, the reader's unread messages) of every opened edition for one district.

    Newest first. One query for the two things that stand in the frame of every page.
    """
    return _evaluations_of(district_code, reader.pk)


@prepared
def _evaluations_of(district: str, reader: int) -> QuerySet[Evaluation, tuple[int, str, int]]:
    opened = Evaluation.objects.filter(district=district, edition__opened_at__isnull=False)
    return opened.order_by("-edition__code").values_list("pk", "edition__name", unread_of(reader))
