"""Which stages a person sees, and what each holds."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from evaluations.domain import closing, objections, returns
from evaluations.domain.comparison import comparison, stage_views, visible_stages
from evaluations.domain.verification import assign_verifier
from evaluations.models import Decision, Stage
from kla_portal import clock
from kla_portal.accounts.models import Membership
from kla_portal.accounts.roles import Role
from tests.cast import KALSEL, TABALONG, person
from tests.evaluations.cycle import decide, fresh, save
from tests.evaluations.history import scenes

EM, VA, VL, VF = Stage
INSIDE = ("coordinator_tabalong", "leader_tabalong", "contributor_health_tabalong")
OUTSIDE = ("verifier_kalsel", "admin_kalsel", "auditor_kalsel", "verifier_national", "admin_national")


def seen(evaluation, cast, who):
    return visible_stages(evaluation, getattr(cast, who)).stages


@pytest.fixture
def running(evaluation, cast):
    return scenes.judged(scenes.submitted(evaluation, cast), cast)


@pytest.mark.parametrize("who", INSIDE)
def test_the_district_waits_until_the_stage_is_closed(running, cast, who):
    assert seen(running, cast, who) == (EM,)
    closed = scenes.vl_running(scenes.va_closed(running, cast), cast)
    assert seen(closed, cast, who) == (EM, VA)
    final = scenes.finished(closed, cast)
    assert seen(final, cast, who) == (EM, VA, VL, VF)


@pytest.mark.parametrize("who", OUTSIDE)
def test_the_others_see_the_running_stage_at_once(running, cast, who):
    assert seen(running, cast, who) == (EM, VA)
    assert visible_stages(running, getattr(cast, who)).running(VA)
    closed = scenes.va_closed(running, cast)
    assert seen(closed, cast, who) == (EM, VA, VL)
    assert not visible_stages(closed, getattr(cast, who)).running(VA)


def test_an_auditor_of_the_district_sees_it_at_once(running, cast):
    auditor = person("aud.tabalong", "Auditor", Role.AUDITOR, district_id=TABALONG)
    assert visible_stages(running, auditor).stages == (EM, VA)


def test_who_is_also_of_the_district_waits_as_the_district_does(running, cast):
    both = person("rangkap", "Rangkap", Role.LEADER, district_id=TABALONG)
    Membership.objects.create(user=both, role=Role.PROVINCIAL_VERIFIER, province_id=KALSEL)
    assert visible_stages(running, both).stages == (EM,)


def test_who_reads_it_a_second_time_does_not_see_the_first_marks(running, cast):
    second = person("kedua", "Verifikator Kedua", Role.PROVINCIAL_VERIFIER, province_id=KALSEL)
    assert visible_stages(running, second).stages == (EM, VA)
    assign_verifier(
        evaluation=running, stage=VA, cluster="K3", verifier=second, reading=2, by=cast.admin_kalsel
    )
    assert visible_stages(running, second).stages == (EM,)
    assert visible_stages(scenes.va_closed(running, cast), second).stages == (EM, VA, VL)


def test_a_reopened_stage_is_hidden_again(running, cast):
    closed = scenes.va_closed(running, cast)
    closing.reopen(evaluation=closed, stage=VA, reason="Salah baca.", by=cast.admin_kalsel)
    again = fresh(closed)
    assert seen(again, cast, "coordinator_tabalong") == (EM,)
    visible = visible_stages(again, cast.verifier_kalsel)
    assert visible.stages == (EM, VA)
    assert visible.running(VA)


def test_each_stage_keeps_its_own_score_and_reasons(evaluation, cast):
    final = scenes.whole_way(evaluation, cast)
    visible = visible_stages(final, cast.coordinator_tabalong)
    report = comparison(final, visible.stages, visible.closed)
    assert [str(part.total) for part in report.stages] == ["20.00", "15.00", "17.00", "17.00"]
    assert [part.step for part in report.stages] == [None, Decimal(-5), Decimal(2), Decimal(0)]
    assert not any(part.running for part in report.stages)
    assert report.stages[1].receipt_number == "VA/2026/63.09/01"
    lines = {line.code: line for line in report.questions()}
    assert len(lines) == 274
    line = lines["12.1"]
    assert [str(cell.points) for cell in line.cells] == ["3", "0", "2", "2"]
    assert [cell.verdict for cell in line.cells] == [
        "", f"Ditolak: {scenes.VA_REASON}", f"Diubah: {scenes.VL_REASON}", "",
    ]  # fmt: skip
    assert line.step == -1
    assert lines["1.1"].cells[1].verdict == "Diterima"
    assert not lines["1.1"].changed
    assert [line.code for line in report.changed] == ["2.3", "12.1"], "most points lost first"
    cluster = next(part for part in report.clusters if part.line.code == "K3")
    indicator = next(part for part in cluster.indicators if part.line.code == "12")
    assert indicator.line.points == cluster.line.points == (Decimal(3), Decimal(0), Decimal(2), Decimal(2))
    for part, sums in zip(
        report.stages, zip(*(c.line.points for c in report.clusters), strict=True), strict=True
    ):
        assert sum(sums) == part.total


def test_closed_stages_come_from_what_was_stored(running, cast, spec):
    """Not even a verdict that was changed behind the portal's back shows."""
    closed = scenes.va_closed(running, cast)
    closed.verdicts.filter(decision="reject").update(decision="accept", reason="")
    closed.answers.update(value=None)
    views = stage_views(closed, [EM, VA], {EM, VA})
    assert [str(views[stage].tree.total) for stage in (EM, VA)] == ["20.00", "15.00"]
    assert views[VA].verdicts["12.1"]["reason"] == scenes.VA_REASON
    live = stage_views(closed, [VL], {EM, VA})[VL]
    assert live.running
    assert live.tree.total != Decimal("15.00")


def test_a_granted_objection_shows_the_newest_result(running, cast):
    closed = scenes.va_closed(running, cast)
    objection = objections.object_to(
        evaluation=closed, stage=VA, code="12.1", reason="Ada di hal. 3.", by=cast.coordinator_tabalong
    )
    objections.decide_objection(
        objection=objection, granted=True, reason="Benar, terlihat.", by=cast.admin_kalsel
    )
    view = stage_views(fresh(closed), [VA], {EM, VA})[VA]
    assert (view.result.sequence, str(view.tree.total)) == (2, "18.00")


def test_an_answer_changed_in_a_return_counts_as_changed(running, cast):
    """The claim at submission and the one that was verified are not the same."""
    returns.send_back(
        evaluation=running,
        stage=VA,
        needed={"2.3": "Hitung ulang."},
        due_at=clock.now() + timedelta(hours=48),
        by=cast.verifier_kalsel,
    )
    save(fresh(running), "2.3", {"value": "5"}, cast.coordinator_tabalong, version=1)
    returns.resubmit(evaluation=fresh(running), by=cast.coordinator_tabalong)
    decide(fresh(running), VA, "2.3", Decision.ACCEPT, cast.verifier_kalsel, version=1, answer_version=2)
    closed = scenes.va_closed(fresh(running), cast)
    visible = visible_stages(closed, cast.coordinator_tabalong)
    lines = {line.code: line for line in comparison(closed, visible.stages, visible.closed).questions()}
    assert lines["2.3"].changed
    before, after = (cell.answer_text for cell in lines["2.3"].cells)
    assert before.startswith("6")
    assert after.startswith("5")
