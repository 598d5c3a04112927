"""What the plan's papers share: the district's own letterhead, and the moment they speak of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from evaluations.models import Evaluation, PlannedAction
from evaluations.reports.paper import Letterhead
from kla_portal import clock
from kla_portal.regions.models import District


def district_letterhead(district: District) -> Letterhead:
    """The plan is the district's paper, not the province's."""
    return Letterhead(
        f"Pemerintah {district.name}",
        "Gugus Tugas Kabupaten/Kota Layak Anak",
        signatory_title="Ketua Gugus Tugas KLA",
    )


def as_of(evaluation: Evaluation, actions: Iterable[PlannedAction]) -> datetime:
    """The last change of the plan or of the answers: the same data give the same paper."""
    moments = [evaluation.last_activity_at, evaluation.edition.opened_at, *(a.updated_at for a in actions)]
    return max(filter(None, moments), default=clock.now())
