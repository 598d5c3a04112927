"""Which agency answers which question: the instrument's lead agency, unless the district says otherwise."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from django.db import transaction

from evaluations.domain import workflow
from evaluations.domain.workflow import Action
from evaluations.models import Assignment, Evaluation
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.access import Refused, memberships_of, roles_in
from kla_portal.accounts.models import Agency, User
from kla_portal.accounts.roles import PARTIAL, Role
from kla_portal.events.log import record
from kla_portal.events.models import EventAction
from kla_portal.prepared import prepared

if TYPE_CHECKING:
    from django.db.models import QuerySet


def agencies_by_question(evaluation: Evaluation) -> dict[str, Agency]:
    """Question code -> the district's agency that answers it. Two queries."""
    return agencies_by_evaluation([evaluation])[evaluation.pk]


def agencies_by_evaluation(evaluations: Collection[Evaluation]) -> dict[int, dict[str, Agency]]:
    """The same for several evaluations of one district, by their ids. Two queries, however many there are."""
    districts = {evaluation.district_id for evaluation in evaluations}
    agencies = {agency.pk: agency for agency in (_agencies(*districts) if districts else ())}
    found = {evaluation.pk: _by_lead_agency(evaluation, agencies.values()) for evaluation in evaluations}
    codes = {e.pk: loaded(e.edition.instrument).question_codes for e in evaluations}
    for evaluation_id, question_id, agency_id in _assigned(*found) if found else ():
        found[evaluation_id][codes[evaluation_id][question_id]] = agencies[agency_id]
    return found


@prepared
def _agencies(*districts: str) -> QuerySet[Agency]:
    return Agency.objects.filter(district__in=districts)


@prepared
def _assigned(*evaluations: int) -> QuerySet[Assignment, tuple[int, int, int]]:
    return Assignment.objects.filter(evaluation__in=evaluations).values_list(
        "evaluation", "question", "agency"
    )


def _by_lead_agency(evaluation: Evaluation, agencies: Iterable[Agency]) -> dict[str, Agency]:
    """As the instrument says it, before the district says otherwise."""
    district = evaluation.district_id
    by_code = {agency.code: agency for agency in agencies if agency.code and agency.district_id == district}
    leads = loaded(evaluation.edition.instrument).spec.leads
    return {code: by_code[lead] for code, lead in leads if lead in by_code}


def own_agencies(user: User, evaluation: Evaluation) -> set[int]:
    """The agencies of this district for which the person is a contributor."""
    return {agency.pk for agency in _contributes_for(user, evaluation)}


def _contributes_for(user: User, evaluation: Evaluation) -> list[Agency]:
    return [
        m.agency
        for m in memberships_of(user)
        if m.role == Role.CONTRIBUTOR and m.district_id == evaluation.district_id and m.agency
    ]


def codes_open_to(
    user: User, evaluation: Evaluation, agencies: Mapping[str, Agency] | None = None
) -> frozenset[str] | None:
    """Codes of the questions a mere contributor sees; ``None`` for everyone who sees them all.

    One query at most; none with ``agencies``: who answers which question, where it is known.
    """
    if roles_in(user, evaluation.district) - PARTIAL:
        return None
    own = {agency.pk: agency for agency in _contributes_for(user, evaluation)}
    if agencies is not None:
        return frozenset(code for code, agency in agencies.items() if agency.pk in own)
    instrument = loaded(evaluation.edition.instrument)
    found = {code for agency in own.values() for code in instrument.spec.led_by.get(agency.code, ())}
    for _, question, agency_id in _assigned_of(evaluation):
        code = instrument.question_codes[question]
        (found.add if agency_id in own else found.discard)(code)
    return frozenset(found)


def _assigned_of(evaluation: Evaluation) -> list[tuple[int, int, int]]:
    """Read once while the gate (access.py) holds the row: whoever gives questions to others has to wait for it."""
    if not getattr(evaluation, "_held", False):
        return _assigned(evaluation.pk)
    kept: list[tuple[int, int, int]] | None = getattr(evaluation, "_assignments", None)
    if kept is None:
        kept = evaluation._assignments = _assigned(evaluation.pk)  # type: ignore[attr-defined]
    return kept


def assign(*, evaluation: Evaluation, codes: Iterable[str], agency: Agency, by: User) -> int:
    """Give questions to an agency of the district; all or none. Returns how many changed hands."""
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.ASSIGN, by=by)
        if agency.district_id != evaluation.district_id:
            raise Refused(f"{agency} bukan perangkat daerah {evaluation.district}.")
        instrument = loaded(evaluation.edition.instrument)
        now_with = agencies_by_question(evaluation)
        changed = [
            code for code in dict.fromkeys(codes) if getattr(now_with.get(code), "pk", None) != agency.pk
        ]
        for code in changed:
            Assignment.objects.update_or_create(
                evaluation=evaluation,
                question_id=instrument.question_ids[code],
                defaults={"agency": agency, "assigned_at": clock.now(), "assigned_by": by},
            )
        if changed:
            record(
                EventAction.QUESTION_ASSIGNED,
                by=by,
                district=evaluation.district,
                subject=f"evaluasi:{evaluation.pk}",
                codes=changed,
                agency=agency.name,
            )
    return len(changed)
