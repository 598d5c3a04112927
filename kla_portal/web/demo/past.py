"""The closed edition: fourteen districts, everything answered, handed in."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from django.db import transaction

from evaluations.domain.submission import submit
from evaluations.domain.workflow import zone_of
from evaluations.models import Evaluation, StageResult
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.web.demo.answers import Region, answers_for
from kla_portal.web.demo.bulk import write
from kla_portal.web.demo.deeds import Filling, Span, Team, dated
from kla_portal.web.demo.places import Place

BEGUN = date(2024, 2, 5)
DUE = date(2024, 6, 28)
EVIDENCE_YEAR = 2023


def fill(evaluation: Evaluation, place: Place, region: Region, team: Team) -> StageResult:
    """Answer everything between February and June 2024, and hand it in: exactly ``place.total``."""
    spec = loaded(evaluation.edition.instrument).spec
    rng = Random(f"past {place.code}")  # noqa: S311  invented moments, no secret
    zone = zone_of(evaluation)
    handed_in = datetime.combine(
        DUE - timedelta(days=rng.randint(0, 24)), time(rng.randint(9, 21), rng.randint(0, 59)), tzinfo=zone
    )
    span = Span(BEGUN, handed_in.date() - timedelta(days=1), zone, EVIDENCE_YEAR)
    filling = Filling(
        spec,
        answers_for(spec, place, region, place.total, year=EVIDENCE_YEAR),
        team=team,
        span=span,
        city=evaluation.district.kind == "kota",
        rng=rng,
    )
    with transaction.atomic():
        deeds = filling.deeds()
        years = dated(deeds, EVIDENCE_YEAR, rng, at=handed_in, by=team.coordinator)
        write(evaluation=evaluation, deeds=[*deeds, years])
        with clock.at(handed_in):
            return submit(evaluation=evaluation, by=team.coordinator)
