"""Saving what was looked at: question by question, each all or nothing, under the verbs' own rules."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
import time_machine

from evaluations.domain import assignments, returns, workflow
from evaluations.domain.workbooks import applying
from evaluations.domain.workbooks.applying import Step, apply_workbook, steps_of
from evaluations.domain.workbooks.export import export_workbook
from evaluations.models import Answer, AnswerRevision, AnswerSource, Stage
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.events.models import Event, EventAction
from tests.cast import TABALONG, agency
from tests.evaluations.domain.claims import answer_to, fill, fresh, hand_in, save, some_value
from tests.evaluations.workbooks.paper import CHOICE, COUNT, PERCENTAGE, Filled, looked_at, reasons, small


def steps(evaluation, filled, by) -> list[Step]:
    return steps_of(looked_at(evaluation, filled, by))


def apply(evaluation, found, by, ticked=()):
    return apply_workbook(evaluation=evaluation, steps=found, ticked=set(ticked), by=by)


def test_what_was_written_is_what_is_stored(evaluation, by, spec):
    """Any answers in a cluster, over any answers that stood there."""
    random = Random(20)
    (cluster,) = [part for part in spec.clusters if part.code == "K2"]
    evaluation = fill(
        evaluation, {q.code: some_value(q, random) for q in cluster.questions()}, by=by, note="Lama"
    )
    filled = Filled(export_workbook(evaluation=evaluation, by=by, cluster="K2").content)
    wanted = {q.code: some_value(q, random) for q in cluster.questions()}
    for question in cluster.questions():
        filled.write(question, wanted[question.code]).note(question.code, f"Baru {question.code}")
    applied = apply(evaluation, steps(evaluation, filled, by), by)
    assert sorted(applied.saved) == sorted(wanted)
    again = Filled(export_workbook(evaluation=evaluation, by=by, cluster="K2").content)
    assert len(looked_at(evaluation, again, by).same) == len(wanted)
    for question in cluster.questions():
        row, value = answer_to(evaluation, question.code), wanted[question.code]
        blank = value is None or all(part is None for part in value.get("rows", value.values()))
        assert row.value == (None if blank else value), question.code
        assert (row.note, row.version) == (f"Baru {question.code}", 2)
    assert applied.total == fresh(evaluation).claimed_total


def test_each_change_says_where_it_came_from(evaluation, by):
    apply(evaluation, steps(evaluation, small(evaluation).put(COUNT, "value", 4), by), by)
    revision = AnswerRevision.objects.get(answer__question__code=COUNT)
    assert (revision.source, revision.by) == (AnswerSource.WORKBOOK, by)
    event = Event.objects.get(action=EventAction.WORKBOOK_APPLIED)
    assert event.data == {"saved": [COUNT], "skipped": [], "refused": []}
    assert Event.objects.filter(action=EventAction.ANSWER_SAVED).count() == 1


def test_twice_is_once(evaluation, by):
    found = steps(evaluation, small(evaluation).put(COUNT, "value", 4), by)
    assert apply(evaluation, found, by).saved == [COUNT]
    again = apply(evaluation, found, by)
    assert (again.saved, again.same) == ([], [COUNT])
    assert answer_to(evaluation, COUNT).version == 1


def test_a_conflict_is_left_unless_ticked(evaluation, by):
    filled = small(evaluation).put(COUNT, "value", 6).put(PERCENTAGE, "numerator", 1)
    save(evaluation, COUNT, {"value": "5"}, by=by)
    found = steps(evaluation, filled, by)
    applied = apply(evaluation, found, by)
    assert (applied.saved, applied.skipped) == ([PERCENTAGE], [COUNT])
    assert answer_to(evaluation, COUNT).value == {"value": "5"}
    assert apply(evaluation, found, by, [COUNT]).saved == [COUNT]
    assert answer_to(evaluation, COUNT).value == {"value": "6"}


def test_a_third_person_meanwhile_is_not_overwritten(evaluation, by):
    filled = small(evaluation).put(COUNT, "value", 6).put(CHOICE, "option", "Instruksi")
    save(evaluation, COUNT, {"value": "5"}, by=by)
    found = steps(evaluation, filled, by)
    save(evaluation, COUNT, {"value": "7"}, by=by)
    applied = apply(evaluation, found, by, [COUNT])
    assert applied.saved == [CHOICE]
    assert "Koordinator Tabalong menyimpan jawaban ini" in reasons(applied.refused)["K3!D8"]
    assert answer_to(evaluation, COUNT).value == {"value": "7"}


def test_a_question_given_away_meanwhile(evaluation, by, cast):
    user = cast.contributor_health_tabalong
    found = steps(
        evaluation, small(evaluation).put(PERCENTAGE, "numerator", 1).put("12.4", "previous", 3), user
    )
    assignments.assign(evaluation=evaluation, codes=[PERCENTAGE], agency=agency(TABALONG, "polres"), by=by)
    applied = apply(evaluation, found, user)
    assert applied.saved == ["12.4"]
    assert "perangkat daerah lain" in applied.refused[0].reason


def test_a_step_that_nobody_could_have_looked_at(evaluation, by):
    """The verbs read again: no lawful value, no such question."""
    applied = apply(
        evaluation,
        [
            Step(PERCENTAGE, {"numerator": "9", "denominator": "3"}, "", 0, "K3!D5"),
            Step("99.9", {"value": "9"}, "", 0, "K3!D6"),
            Step(COUNT, {"value": "3"}, "", 0, "K3!D7"),
        ],
        by,
    )
    assert applied.saved == [COUNT]
    assert "Pembilang tidak boleh lebih besar" in reasons(applied.refused)["K3!D5"]


def test_a_failure_at_the_last_moment_leaves_nothing(evaluation, by, monkeypatch):
    found = steps(evaluation, small(evaluation).put(COUNT, "value", 4).put(PERCENTAGE, "numerator", 1), by)

    def fail(*args, **kwargs):
        assert Answer.objects.count() == 2, "the workbook's own event is the last to be written"
        raise RuntimeError("the log is full")

    monkeypatch.setattr(applying, "record", fail)
    with pytest.raises(RuntimeError):
        apply(evaluation, found, by)
    assert not Answer.objects.exists()
    assert not Event.objects.filter(action=EventAction.ANSWER_SAVED).exists()
    assert fresh(evaluation).last_activity_at is None
    monkeypatch.undo()
    assert apply(evaluation, found, by).saved == [COUNT, PERCENTAGE]


def test_of_two_workbooks_the_second_is_told(evaluation, by, cast):
    """Both looked before either applied."""
    health = cast.contributor_health_tabalong
    first = steps(evaluation, small(evaluation).put(PERCENTAGE, "numerator", 1), health)
    second = steps(evaluation, small(evaluation).put(PERCENTAGE, "numerator", 2).put(COUNT, "value", 4), by)
    assert apply(evaluation, first, health).saved == [PERCENTAGE]
    applied = apply(evaluation, second, by)
    assert applied.saved == [COUNT]
    assert f"{health.name} menyimpan jawaban ini" in applied.refused[0].reason
    assert answer_to(evaluation, PERCENTAGE).value["numerator"] == "1"
    event = Event.objects.filter(action=EventAction.WORKBOOK_APPLIED).latest("number")
    assert event.data == {"saved": [COUNT], "skipped": [], "refused": [PERCENTAGE]}


def test_nothing_after_the_end_or_the_submission(evaluation, by):
    found = steps(evaluation, small(evaluation).put(COUNT, "value", 4), by)
    with (
        time_machine.travel(workflow.closes_at(evaluation), tick=False),
        pytest.raises(Refused, match="ditutup"),
    ):
        apply(evaluation, found, by)
    hand_in(evaluation, by=by)
    with pytest.raises(Refused, match="terkunci"):
        apply(fresh(evaluation), found, by)
    assert answer_to(evaluation, COUNT) is None


def test_in_a_return_only_what_came_back(evaluation, by, cast):
    save(evaluation, COUNT, {"value": "4"}, by=by)
    filled = small(evaluation).put(COUNT, "value", 5).put(CHOICE, "option", "Instruksi")
    hand_in(evaluation, by=by)
    due = clock.now() + timedelta(hours=48)
    returns.send_back(
        evaluation=fresh(evaluation),
        stage=Stage.VA,
        needed={COUNT: "Jelaskan angkanya."},
        due_at=due,
        by=cast.verifier_kalsel,
    )
    found = looked_at(fresh(evaluation), filled, by)
    assert reasons(found.rejected)["K3!D5"].startswith("Hanya pertanyaan yang dikembalikan")
    assert apply(fresh(evaluation), steps_of(found), by).saved == [COUNT]
