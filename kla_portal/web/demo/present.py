"""The open edition: Tabalong about half filled, with everything that can be half done; Tanah Bumbu begun."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction

from evaluations.domain.answers import save_answer
from evaluations.domain.assignments import assign
from evaluations.domain.evidence import readings
from evaluations.domain.evidence.slots import add_web_link, attach
from evaluations.domain.workflow import zone_of
from evaluations.models import Answer, AnswerSource, Evaluation, Evidence
from indicators.domain.spec import loaded
from indicators.spec import InstrumentSpec, QuestionSpec
from kla_portal import clock
from kla_portal.accounts.models import Agency
from kla_portal.web.demo import shelf
from kla_portal.web.demo.answers import Region, answers_for
from kla_portal.web.demo.deeds import Filling, Span, Team, date_papers, perform
from kla_portal.web.demo.figures import Values
from kla_portal.web.demo.places import TABALONG, TANAH_BUMBU, Place

EVIDENCE_YEAR = 2025
SHELVED = timedelta(minutes=30)
"""From the last sitting until the library stands as the demo shows it."""


@dataclass(frozen=True)
class Plan:
    """Lead agency -> the shares of its questions that are answered, and of those the ones with evidence."""

    total: Decimal
    """What the district would claim if everything were answered; a demo value."""
    shares: Mapping[str, tuple[float, float]]
    mending: Mapping[str, str]
    """Question -> what is wrong with its answer."""
    surely: frozenset[str] = frozenset()
    """Questions that are answered whatever is drawn."""


HALF = "half filled"
OTHER_TOTAL = "another denominator"

PLANS = {
    TABALONG: Plan(
        total=Decimal("938.40"),
        shares={
            "dukcapil": (1, 1),
            "hukum": (0.8, 0.6),
            "kesehatan": (0.75, 0.7),
            "kominfo": (0.9, 0),
            "pendidikan": (0.6, 0.6),
            "dp3a": (0.6, 0.5),
            "bappeda": (0.35, 0.2),
            "perhubungan": (0.7, 0.5),
            "pupr_perkim": (0.5, 0.3),
            "sosial": (0.3, 0.4),
            "kemenag": (0.3, 1),
        },
        mending={"9.2": HALF, "12.2": HALF, "3.1d": HALF, "16.5": OTHER_TOTAL, "26.13": OTHER_TOTAL},
        surely=frozenset({"16.2"}),
    ),
    TANAH_BUMBU: Plan(
        total=Decimal("801.20"),
        shares={"dukcapil": (0.9, 0.6), "kesehatan": (0.4, 0.3), "dp3a": (0.15, 0.3)},
        mending={"12.3": HALF},
    ),
}
# From the last edition's library: what was enacted then and is still in force.
STILL_IN_FORCE = (("1.1", 1, "Peraturan Daerah tentang Kabupaten Layak Anak", "1-14"),)
REUSED = ("1.1", "1.2q", "17.2")
"""Laws last: the coordinator took these answers over from the last edition."""
WEB_LINK = ("1.2q", 2, "https://www.example.org/jdih/perda-kawasan-tanpa-rokok", "Perda KTR di situs JDIH")
GIVEN_TO_DP3A = ("25.11", "25.12", "25.13")
"""The kecamatan have no account of their own, so the secretariat answers for them."""


def fill(evaluation: Evaluation, place: Place, region: Region, team: Team, *, opened: datetime) -> None:
    """Fill what the district's plan says, between the opening and an hour ago."""
    spec, plan = loaded(evaluation.edition.instrument).spec, PLANS[place.code]
    rng = Random(f"present {place.code}")  # noqa: S311  invented moments, no secret
    everything = answers_for(spec, place, region, plan.total, year=EVIDENCE_YEAR)
    answered = _answered(spec, everything, plan, rng)
    if place.code == TABALONG:
        for code in REUSED:
            answered.pop(code, None)
    proven = {code for code in answered if rng.random() < _shares(plan, spec.by_code[code])[1]}
    zone, latest = zone_of(evaluation), clock.now() - timedelta(hours=1)
    first = (opened + timedelta(days=3)).astimezone(zone).date()
    span = Span(first, (latest - timedelta(days=1)).astimezone(zone).date(), zone, EVIDENCE_YEAR, latest)
    filling = Filling(
        spec,
        answered,
        team=team,
        span=span,
        city=evaluation.district.kind == "kota",
        rng=rng,
        proven=lambda question: question.code in proven,
    )
    with readings.together(), transaction.atomic():
        if place.code == TABALONG:
            with clock.at(opened + timedelta(days=2)):
                _prepare(evaluation, team)
        perform(evaluation, filling.deeds(), coordinator=team.coordinator)
        with clock.at(latest):
            date_papers(evaluation, EVIDENCE_YEAR, rng, by=team.coordinator)
        if place.code == TABALONG:
            shelf.fill(evaluation, by=team.coordinator, since=latest)
            shelf.explain(evaluation, by=team.coordinator, at=latest + SHELVED)
        else:
            shelf.copy_for_a_neighbour(evaluation, by=team.coordinator, at=latest + SHELVED)


def _shares(plan: Plan, question: QuestionSpec) -> tuple[float, float]:
    return plan.shares.get(question.agencies[0], (0, 0)) if question.agencies else (0, 0)


def _answered(spec: InstrumentSpec, everything: Values, plan: Plan, rng: Random) -> Values:
    chosen: Values = {}
    for question in spec.questions():
        drawn = rng.random() < _shares(plan, question)[0]
        if not (drawn or question.code in plan.mending or question.code in plan.surely):
            continue
        value = everything[question.code]
        match plan.mending.get(question.code):
            case str(fault) if fault == HALF:
                value = _half(value)
            case str(fault) if fault == OTHER_TOTAL:
                total = int(value["denominator"])
                total -= max(1, total // 90)
                value = {"numerator": str(min(int(value["numerator"]), total)), "denominator": str(total)}
        chosen[question.code] = value
    return chosen


def _half(value: dict[str, object]) -> dict[str, object]:
    """The first part typed, the rest still empty."""
    if "rows" in value:
        rows = value["rows"]
        assert isinstance(rows, list)  # noqa: S101
        return {"rows": [rows[0], *[None] * (len(rows) - 1)]}
    return dict.fromkeys(value) | dict([next(iter(value.items()))])


def _prepare(evaluation: Evaluation, team: Team) -> None:
    """What the coordinator did first: share out, and take over what still holds from the last edition."""
    by = team.coordinator
    secretariat = Agency.objects.get(district=evaluation.district_id, code="dp3a")
    assign(evaluation=evaluation, codes=GIVEN_TO_DP3A, agency=secretariat, by=by)
    before = Answer.objects.filter(
        evaluation__district=evaluation.district_id,
        evaluation__edition=evaluation.edition.previous_id,
        question__code__in=REUSED,
    )
    for code, value in before.order_by("question__position").values_list("question__code", "value"):
        save_answer(
            evaluation=evaluation,
            code=code,
            value=value,
            note="",
            version=0,
            by=by,
            source=AnswerSource.REUSE,
        )
    for code, slot_number, title, pages in STILL_IN_FORCE:
        document = Evidence.objects.filter(district=evaluation.district_id, title__startswith=title).first()
        if document is not None:
            attach(
                evaluation=evaluation,
                code=code,
                slot_number=slot_number,
                evidence=document,
                pages=pages,
                by=by,
            )
    code, slot_number, url, title = WEB_LINK
    add_web_link(evaluation=evaluation, code=code, slot_number=slot_number, url=url, title=title, by=by)
