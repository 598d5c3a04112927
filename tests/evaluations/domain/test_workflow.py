"""State x action x role x time, written out beside the table it tests."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from evaluations.access import get_evaluation_for
from evaluations.domain import deadlines, workflow
from evaluations.domain.workflow import TABLE, Action
from evaluations.models import Evaluation, Extension, Return, Stage, State
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import Membership
from kla_portal.accounts.roles import Role
from tests.cast import TABALONG, person
from tests.evaluations.domain.claims import fresh, hand_in

COORDINATOR, CONTRIBUTOR = "coordinator_tabalong", "contributor_health_tabalong"
READERS = {
    COORDINATOR,
    "leader_tabalong",
    "verifier_kalsel",
    "admin_kalsel",
    "auditor_kalsel",
    "verifier_national",
    "admin_national",
}
OUTSIDERS = {"coordinator_tanahbumbu", "verifier_kalteng", "stranger"}
EVERYONE = READERS | {CONTRIBUTOR} | OUTSIDERS

PROVINCE = {"verifier_kalsel", "admin_kalsel"}
NATION = {"verifier_national", "admin_national"}
BEFORE_AND_AFTER = {"before", "open", "after"}
"""Times, for what no deadline stops."""

FILLING, SUBMITTED, RETURNED = State.FILLING, State.SUBMITTED, State.RETURNED
VA_CLOSED, VL_CLOSED, FINAL = State.VA_CLOSED, State.VL_CLOSED, State.FINAL


def at_any_time(*states: State) -> dict[State, set[str]]:
    return dict.fromkeys(states, BEFORE_AND_AFTER)


CHANGING = {FILLING: {"open"}, RETURNED: {"before", "open"}}
"""A return has a deadline of its own, and no opening."""

MAY: dict[Action, tuple[set[str], dict[State, set[str]]]] = {
    # action: who, and in which states at which times
    Action.READ: (READERS | {CONTRIBUTOR}, at_any_time(*State)),
    Action.READ_ALL: (READERS, at_any_time(*State)),
    Action.ANSWER: ({COORDINATOR, CONTRIBUTOR}, CHANGING),
    Action.ATTACH: ({COORDINATOR, CONTRIBUTOR}, CHANGING),
    Action.ASSIGN: ({COORDINATOR}, at_any_time(FILLING, RETURNED)),
    Action.SUBMIT: ({COORDINATOR}, {FILLING: {"open"}}),
    Action.RESUBMIT: ({COORDINATOR}, {RETURNED: {"before", "open"}}),
    Action.EXTEND: ({"admin_kalsel", "admin_national"}, at_any_time(FILLING, RETURNED)),
    Action.ASSIGN_VERIFIER: ({"admin_kalsel", "admin_national"}, at_any_time(*State)),
    Action.VERIFY_VA: (PROVINCE, at_any_time(SUBMITTED)),
    Action.RETURN_VA: (PROVINCE, at_any_time(SUBMITTED)),
    Action.CLOSE_VA: (PROVINCE, at_any_time(SUBMITTED)),
    Action.VERIFY_VL: (NATION, at_any_time(VA_CLOSED)),
    Action.RETURN_VL: (NATION, at_any_time(VA_CLOSED)),
    Action.CLOSE_VL: (NATION, at_any_time(VA_CLOSED)),
    Action.VERIFY_VF: (NATION, at_any_time(VL_CLOSED)),
    Action.CLOSE_VF: (NATION, at_any_time(VL_CLOSED)),
    Action.REOPEN_EM: ({"admin_kalsel", "admin_national"}, at_any_time(SUBMITTED)),
    Action.REOPEN_VA: ({"admin_kalsel", "admin_national"}, at_any_time(VA_CLOSED)),
    Action.REOPEN_VL: ({"admin_national"}, at_any_time(VL_CLOSED)),
    Action.REOPEN_VF: ({"admin_national"}, at_any_time(FINAL)),
    Action.OBJECT_VA: ({COORDINATOR}, at_any_time(VA_CLOSED)),
    Action.OBJECT_VF: ({COORDINATOR}, at_any_time(FINAL)),
    Action.DECIDE_VA: (PROVINCE | {"admin_national"}, at_any_time(VA_CLOSED)),
    Action.DECIDE_VF: (NATION, at_any_time(FINAL)),
    Action.PLAN: ({COORDINATOR}, at_any_time(*State)),
    Action.REPORT_PROGRESS: ({COORDINATOR, CONTRIBUTOR}, at_any_time(*State)),
    Action.ENTER_UNITS: ({COORDINATOR, CONTRIBUTOR}, CHANGING),
    Action.SHARE_PRACTICE: ({COORDINATOR}, at_any_time(*State)),
}


def moments(evaluation):
    window, zone = deadlines.window_of(evaluation, Stage.EM), workflow.zone_of(evaluation)
    return {
        "before": window.opens_at(zone) - timedelta(microseconds=1),
        "open": window.opens_at(zone),
        "after": window.closes_at(zone),
    }


@pytest.fixture
def sent_back(evaluation, cast):
    """A return that waits, for when the state says so; its deadline is the end of the window."""
    at = moments(evaluation)
    return Return.objects.create(
        evaluation=evaluation,
        stage=Stage.VA,
        sequence=1,
        due_at=at["after"],
        locks_at=at["after"],
        sent_at=at["before"] - timedelta(days=1),
        sent_by=cast.verifier_kalsel,
    )


@pytest.mark.parametrize("who", sorted(EVERYONE))
def test_the_table(evaluation, sent_back, cast, who):
    assert set(MAY) == set(Action) == set(TABLE), "a new action needs its line here"
    user, at = getattr(cast, who), moments(evaluation)
    for action, (people, states) in MAY.items():
        for state in State:
            evaluation.state = state
            for name, moment in at.items():
                reason = workflow.refusal(evaluation, action, by=user, now=moment)
                allowed = who in people and name in states.get(state, set())
                assert (reason is None) == allowed, (action, state, name, reason)


def test_the_first_and_the_last_moment(evaluation, cast):
    at = moments(evaluation)
    last = at["after"] - timedelta(microseconds=1)
    assert workflow.refusal(evaluation, Action.SUBMIT, by=cast.coordinator_tabalong, now=last) is None


@pytest.mark.parametrize("who", ["verifier_kalsel", "verifier_national"])
def test_nobody_verifies_their_own_district(evaluation, neighbour_evaluation, cast, who):
    """Not even with the verifier's role beside: membership in the district is enough to be kept out."""
    user = getattr(cast, who)
    Membership.objects.create(user=user, role=Role.LEADER, district_id=TABALONG)
    outsiders = [action for action, rule in TABLE.items() if rule.outsider]
    assert len(outsiders) == 10
    for action in outsiders:
        for place in (evaluation, neighbour_evaluation):
            place.state = next(iter(TABLE[action].states))
            reason = workflow.refusal(place, action, by=user)
            if who in MAY[action][0]:
                assert (reason is None) == (place is neighbour_evaluation), action
                assert reason is None or "Anda anggota Kabupaten Tabalong" in reason


def test_one_person_with_two_roles_may_what_either_may(evaluation, cast):
    leader = cast.leader_tabalong
    assert workflow.refusal(evaluation, Action.ANSWER, by=leader)
    Membership.objects.create(user=leader, role=Role.COORDINATOR, district_id=TABALONG)
    del leader._memberships
    assert workflow.refusal(evaluation, Action.ANSWER, by=leader) is None


def test_an_auditor_of_one_district_reads_that_one(evaluation, neighbour_evaluation):
    auditor = person("inspektorat", "Inspektorat", Role.AUDITOR, district_id=TABALONG)
    assert workflow.refusal(evaluation, Action.READ_ALL, by=auditor) is None
    assert workflow.refusal(neighbour_evaluation, Action.READ, by=auditor)


def test_a_closed_account_may_nothing(evaluation, cast):
    user = cast.coordinator_tabalong
    user.is_active = False
    assert workflow.refusal(evaluation, Action.READ, by=user)


def test_reasons_say_who_and_when(evaluation, cast):
    leader, coordinator = cast.leader_tabalong, cast.coordinator_tabalong
    assert workflow.refusal(evaluation, Action.SUBMIT, by=leader) == (
        "Anda tidak dapat mengajukan evaluasi. Yang dapat: Koordinator Gugus Tugas."
    )
    at = moments(evaluation)
    early = workflow.refusal(evaluation, Action.ANSWER, by=coordinator, now=at["before"])
    assert early.startswith("Evaluasi Mandiri baru dibuka ")
    assert early.endswith("08.00 WITA.")
    late = workflow.refusal(evaluation, Action.ANSWER, by=coordinator, now=at["after"])
    assert late.startswith("Evaluasi Mandiri sudah ditutup ")
    assert late.endswith("23.59 WITA.")


def test_without_a_window_nothing_is_open(evaluation, cast):
    evaluation.edition.windows.all().delete()
    reason = workflow.refusal(fresh(evaluation), Action.ANSWER, by=cast.coordinator_tabalong)
    assert reason == "Jadwal Evaluasi Mandiri untuk Evaluasi KLA 2026 belum ditetapkan."


def test_ensure_raises_the_reason(evaluation, cast):
    with pytest.raises(Refused, match="Anda tidak dapat mengajukan evaluasi"):
        workflow.ensure(evaluation, Action.SUBMIT, by=cast.leader_tabalong)


def test_the_lock_reads_the_row_again(evaluation, cast):
    """The page was loaded before somebody else submitted."""
    before = fresh(evaluation)
    hand_in(evaluation, by=cast.coordinator_tabalong)
    assert before.state == State.FILLING
    with pytest.raises(Refused, match="terkunci"):
        workflow.lock(before, Action.ANSWER, by=cast.coordinator_tabalong)
    assert workflow.lock(before, Action.READ, by=cast.coordinator_tabalong).state == State.SUBMITTED


def test_a_shorter_window_takes_effect_at_once(evaluation, cast):
    window = evaluation.edition.windows.get(stage=Stage.EM)
    with time_machine.travel(moments(evaluation)["after"] - timedelta(days=2), tick=False):
        assert workflow.lock(evaluation, Action.ANSWER, by=cast.coordinator_tabalong)
        window.closes_on -= timedelta(days=3)
        window.save()
        with pytest.raises(Refused, match="sudah ditutup"):
            workflow.lock(evaluation, Action.ANSWER, by=cast.coordinator_tabalong)


def test_the_lock_reads_only_the_row_again_behind_a_gate(evaluation, cast, django_assert_num_queries):
    """Its place and windows were read for this request; its state counts as it is now. Extensions nobody needs yet."""
    by = cast.coordinator_tabalong
    seen = get_evaluation_for(by, evaluation.pk, Action.ANSWER)
    with django_assert_num_queries(1):
        locked = workflow.lock(seen, Action.ANSWER, by=by)
    with django_assert_num_queries(0):
        assert (locked.edition.previous.instrument, locked.district.province) == (
            seen.edition.previous.instrument,
            seen.district.province,
        )
        assert deadlines.window_of(locked, Stage.EM).edition_id == evaluation.edition_id
    hand_in(evaluation, by=by)
    with pytest.raises(Refused, match="terkunci"):
        workflow.lock(seen, Action.ANSWER, by=by)


def test_an_extension_granted_behind_the_gate_counts(evaluation, cast):
    by, closed = cast.coordinator_tabalong, moments(evaluation)["after"]
    with time_machine.travel(closed, tick=False):
        seen = get_evaluation_for(by, evaluation.pk, Action.READ)
        with pytest.raises(Refused, match="sudah ditutup"):
            workflow.ensure(seen, Action.ANSWER, by=by)
        Extension.objects.create(
            evaluation=evaluation,
            stage=Stage.EM,
            due_at=closed + timedelta(days=2),
            locks_at=closed + timedelta(days=2),
            reason="Banjir",
            granted_at=closed,
            granted_by=cast.admin_kalsel,
        )
        assert workflow.lock(seen, Action.ANSWER, by=by)


def test_visible_to_is_the_same_area_as_reading(cast):
    seen = {who: Evaluation.objects.visible_to(getattr(cast, who)).count() for who in EVERYONE}
    assert seen == {
        COORDINATOR: 2,
        CONTRIBUTOR: 2,
        "leader_tabalong": 2,
        "coordinator_tanahbumbu": 2,
        "verifier_kalsel": 26,
        "admin_kalsel": 26,
        "auditor_kalsel": 26,
        "verifier_kalteng": 28,
        "verifier_national": 1028,
        "admin_national": 1028,
        "stranger": 0,
    }
