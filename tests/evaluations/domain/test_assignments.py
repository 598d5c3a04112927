"""Which agency answers which question."""

from __future__ import annotations

import pytest

from evaluations.domain import assignments
from evaluations.domain.assignments import agencies_by_question, assign, codes_open_to, own_agencies
from evaluations.models import Assignment
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import Agency, Membership
from kla_portal.accounts.roles import Role
from kla_portal.events.models import Event, EventAction
from tests.cast import TABALONG, TANAH_BUMBU, agency
from tests.evaluations.domain.claims import HEALTH, REGISTRY, fresh, hand_in, save

CHANGE = {"numerator": "1", "denominator": "2"}


def with_code(evaluation) -> dict[str, str]:
    return {code: agency.code for code, agency in agencies_by_question(evaluation).items()}


def test_by_default_the_lead_agency_of_the_instrument(evaluation, spec):
    assert with_code(evaluation) == {q.code: q.agencies[0] for q in spec.questions()}
    assert {a.district_id for a in agencies_by_question(evaluation).values()} == {TABALONG}


def test_the_district_may_say_otherwise(evaluation, cast):
    police = agency(TABALONG, "polres")
    assert assign(evaluation=evaluation, codes=[HEALTH], agency=police, by=cast.coordinator_tabalong) == 1
    now = agencies_by_question(evaluation)
    assert now[HEALTH] == police
    assert now["12.2"].code == "kesehatan"
    row = Assignment.objects.get()
    assert row.assigned_by == cast.coordinator_tabalong
    event = Event.objects.get(action=EventAction.QUESTION_ASSIGNED)
    assert event.data == {"codes": [HEALTH], "agency": police.name}
    assert (event.by, event.district_id) == (cast.coordinator_tabalong, TABALONG)


def test_the_neighbour_keeps_its_own(evaluation, neighbour_evaluation, cast):
    police = agency(TABALONG, "polres")
    assign(evaluation=evaluation, codes=[HEALTH], agency=police, by=cast.coordinator_tabalong)
    assert agencies_by_question(neighbour_evaluation)[HEALTH] == agency(TANAH_BUMBU, "kesehatan")


def test_many_at_once_and_only_what_changes_is_counted(evaluation, spec, cast):
    codes = [q.code for q in spec.indicator_by_number["12"].questions]
    health, police = agency(TABALONG, "kesehatan"), agency(TABALONG, "polres")
    by = cast.coordinator_tabalong
    assert assign(evaluation=evaluation, codes=codes, agency=health, by=by) == 0
    assert not Event.objects.filter(action=EventAction.QUESTION_ASSIGNED).exists()
    assert assign(evaluation=evaluation, codes=codes[:2], agency=police, by=by) == 2
    assert assign(evaluation=evaluation, codes=codes, agency=police, by=by) == len(codes) - 2
    assert {agencies_by_question(evaluation)[code] for code in codes} == {police}
    assert assign(evaluation=evaluation, codes=codes, agency=health, by=by) == len(codes)
    assert with_code(evaluation)[codes[0]] == "kesehatan"
    assert Assignment.objects.count() == len(codes), "one row per question, rewritten"


def test_a_question_named_twice_changes_hands_once(evaluation, cast):
    changed = assign(
        evaluation=evaluation,
        codes=[HEALTH, HEALTH],
        agency=agency(TABALONG, "polres"),
        by=cast.coordinator_tabalong,
    )
    assert changed == 1
    assert Event.objects.get(action=EventAction.QUESTION_ASSIGNED).data["codes"] == [HEALTH]


def test_an_agency_of_another_district_is_refused_whole(evaluation, cast):
    with pytest.raises(Refused, match="bukan perangkat daerah Kabupaten Tabalong"):
        assign(
            evaluation=evaluation,
            codes=[HEALTH, REGISTRY],
            agency=agency(TANAH_BUMBU, "kesehatan"),
            by=cast.coordinator_tabalong,
        )
    assert not Assignment.objects.exists()


def test_an_unknown_question_undoes_the_others(evaluation, cast):
    with pytest.raises(KeyError):
        assign(
            evaluation=evaluation,
            codes=[HEALTH, "99.9"],
            agency=agency(TABALONG, "polres"),
            by=cast.coordinator_tabalong,
        )
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(
    "who",
    [
        "contributor_health_tabalong",
        "leader_tabalong",
        "admin_kalsel",
        "auditor_kalsel",
        "coordinator_tanahbumbu",
    ],
)
def test_only_the_coordinator_hands_out_questions(evaluation, cast, who):
    with pytest.raises(Refused, match="Anda tidak dapat membagi pertanyaan"):
        assign(
            evaluation=evaluation, codes=[HEALTH], agency=agency(TABALONG, "polres"), by=getattr(cast, who)
        )


def test_not_after_submission(evaluation, cast):
    hand_in(evaluation, by=cast.coordinator_tabalong)
    with pytest.raises(Refused, match="terkunci"):
        assign(
            evaluation=evaluation,
            codes=[HEALTH],
            agency=agency(TABALONG, "polres"),
            by=cast.coordinator_tabalong,
        )


def test_a_contributors_questions_follow(evaluation, cast):
    by, health, registry = (
        cast.coordinator_tabalong,
        cast.contributor_health_tabalong,
        cast.contributor_registry_tabalong,
    )
    assert HEALTH in codes_open_to(health, evaluation)
    assert HEALTH not in codes_open_to(registry, evaluation)
    assign(evaluation=evaluation, codes=[HEALTH], agency=agency(TABALONG, "dukcapil"), by=by)
    assert HEALTH not in codes_open_to(health, evaluation)
    assert HEALTH in codes_open_to(registry, evaluation)
    assert save(evaluation, HEALTH, CHANGE, by=registry).changed
    with pytest.raises(Refused, match="perangkat daerah lain"):
        save(evaluation, HEALTH, None, by=health)


def test_who_sees_them_all(evaluation, cast):
    for who in ("coordinator_tabalong", "leader_tabalong", "auditor_kalsel", "admin_national"):
        assert codes_open_to(getattr(cast, who), evaluation) is None
    for who in ("stranger", "coordinator_tanahbumbu"):
        assert codes_open_to(getattr(cast, who), evaluation) == frozenset()
    both = cast.contributor_health_tabalong
    Membership.objects.create(user=both, role=Role.LEADER, district_id=TABALONG)
    assert codes_open_to(both, evaluation) is None


def test_a_contributor_of_two_agencies(evaluation, cast):
    both = cast.contributor_health_tabalong
    registry = agency(TABALONG, "dukcapil")
    Membership.objects.create(user=both, role=Role.CONTRIBUTOR, district_id=TABALONG, agency=registry)
    assert own_agencies(both, evaluation) == {agency(TABALONG, "kesehatan").pk, registry.pk}
    assert {HEALTH, REGISTRY} <= codes_open_to(both, evaluation)


def test_a_contributor_next_door_has_no_agency_here(neighbour_evaluation, cast):
    assert own_agencies(cast.contributor_health_tabalong, neighbour_evaluation) == set()
    assert codes_open_to(cast.contributor_health_tabalong, neighbour_evaluation) == frozenset()


def test_an_agency_that_the_district_added_can_be_given_questions(evaluation, cast):
    own = Agency.objects.create(district_id=TABALONG, name="Badan Riset dan Inovasi Daerah")
    assert own not in agencies_by_question(evaluation).values()
    assign(evaluation=evaluation, codes=[HEALTH], agency=own, by=cast.coordinator_tabalong)
    assert agencies_by_question(fresh(evaluation))[HEALTH] == own


def test_it_takes_two_queries(evaluation, cast, django_assert_num_queries, spec):
    assign(
        evaluation=evaluation,
        codes=[q.code for q in spec.indicator_by_number["1"].questions],
        agency=agency(TABALONG, "polres"),
        by=cast.coordinator_tabalong,
    )
    with django_assert_num_queries(2):
        assignments.agencies_by_question(evaluation)


def test_who_sees_what_is_the_same_with_the_agencies_at_hand(
    evaluation, cast, spec, django_assert_num_queries
):
    by, police = cast.coordinator_tabalong, agency(TABALONG, "polres")
    first = [question.code for question in spec.indicator_by_number["1"].questions]
    assign(evaluation=evaluation, codes=first, agency=police, by=by)
    assign(evaluation=evaluation, codes=[HEALTH], agency=agency(TABALONG, "dukcapil"), by=by)
    assign(evaluation=evaluation, codes=first[:2], agency=agency(TABALONG, "kesehatan"), by=by)
    given = agencies_by_question(evaluation)
    health, registry = cast.contributor_health_tabalong, cast.contributor_registry_tabalong
    Membership.objects.create(user=registry, role=Role.CONTRIBUTOR, district_id=TABALONG, agency=police)
    for who in (health, registry):
        own = own_agencies(who, evaluation)
        with django_assert_num_queries(1):
            found = codes_open_to(who, evaluation)
        assert found == codes_open_to(who, evaluation, given)
        assert found == {code for code, answers in given.items() if answers.pk in own} != set()
