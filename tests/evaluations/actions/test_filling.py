"""From a plan's steps, and over from the previous edition: each question, each action once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from evaluations.domain.actions import editing, filling, tracking
from evaluations.models import ActionStatus, Evaluation, PlannedAction
from kla_portal.accounts.access import Refused
from kla_portal.events.models import Event, EventAction
from tests.cast import TABALONG
from tests.evaluations.actions.conftest import add, step
from tests.evaluations.cycle import fresh, save

AIM = {"numerator": "4283", "denominator": "4508"}


def test_one_action_per_step_with_the_agency_that_answers(claimed, coordinator):
    made = filling.from_plan(
        evaluation=claimed,
        steps=[step("12.1", "2", "3", AIM), step("4.1", "0", "5", {"option": 0})],
        by=coordinator,
    )
    assert [(one.agency.code, one.output) for one in made] == [
        ("kesehatan", "capai 95%"),
        ("dukcapil", "capai 95%"),
    ]
    assert made[0].title.startswith("12.1 ")
    row = made[0].questions.get()
    assert (row.aim, row.points_before, row.points_expected) == (AIM, Decimal(2), Decimal(3))


def test_a_step_about_documents_starts_from_what_is_safe(claimed, coordinator):
    (made,) = filling.from_plan(evaluation=fresh(claimed), steps=[step("12.1", "0", "2")], by=coordinator)
    row = made.questions.get()
    assert (row.aim, row.points_before, row.points_expected) == (None, Decimal(0), Decimal(2))


def test_a_question_served_already_is_left_out(claimed, coordinator, action):
    steps = [step("12.1", "2", "3", AIM)]
    assert filling.from_plan(evaluation=claimed, steps=steps, by=coordinator) == []
    tracking.note(action=action, text="", status=ActionStatus.DROPPED, by=coordinator)
    assert len(filling.from_plan(evaluation=claimed, steps=steps, by=coordinator)) == 1


def test_only_the_coordinator(claimed, cast):
    with pytest.raises(Refused):
        filling.from_plan(evaluation=claimed, steps=[step()], by=cast.contributor_health_tabalong)
    with pytest.raises(Refused):
        filling.carry_over(evaluation=claimed, by=cast.leader_tabalong)


@pytest.fixture
def previous(evaluation):
    return Evaluation.objects.with_place().get(edition__code="2024", district=TABALONG)


@pytest.fixture
def unfinished(previous, coordinator):
    return add(previous, coordinator, due_on=date(2025, 1, 31), budget=500)


def test_the_unfinished_goes_over_with_all_that_was_agreed(claimed, unfinished, coordinator):
    tracking.note(action=unfinished, text="Mulai.", status=ActionStatus.RUNNING, by=coordinator)
    (made,) = filling.carry_over(evaluation=claimed, by=coordinator)
    assert (made.evaluation, made.carried_from, made.status) == (claimed, unfinished, "running")
    assert (made.budget, made.due_on, made.agency) == (500, date(2025, 1, 31), unfinished.agency)
    row = made.questions.select_related("question__instrument").get()
    assert (row.question.code, row.points_before, row.points_expected) == ("12.1", Decimal(2), Decimal(3))
    assert made.notes.get().text == "Dibawa dari Evaluasi KLA 2024."
    assert Event.objects.get(action=EventAction.ACTIONS_CARRIED).data["count"] == 1


def test_each_only_once(claimed, unfinished, previous, coordinator):
    filling.carry_over(evaluation=claimed, by=coordinator)
    with pytest.raises(Refused, match="belum dibawa"):
        filling.carry_over(evaluation=claimed, by=coordinator)
    add(previous, coordinator, title="Kedua")
    assert [one.title for one in filling.carry_over(evaluation=claimed, by=coordinator)] == ["Kedua"]
    assert PlannedAction.objects.filter(evaluation=claimed).count() == 2


def test_what_is_done_dropped_or_removed_stays_behind(claimed, previous, coordinator):
    for status in (ActionStatus.DONE, ActionStatus.DROPPED):
        tracking.note(action=add(previous, coordinator), text="", status=status, by=coordinator)
    editing.remove(action=add(previous, coordinator), by=coordinator)
    assert filling.unfinished(claimed) == []


def test_a_neighbours_actions_do_not_come_along(claimed, cast):
    other = Evaluation.objects.with_place().get(edition__code="2024", district="63.10")
    add(other, cast.coordinator_tanahbumbu, agency=None)
    assert filling.unfinished(claimed) == []
    assert (
        len(filling.unfinished(Evaluation.objects.with_place().get(edition__code="2026", district="63.10")))
        == 1
    )


def test_an_aim_that_is_reached_gives_way_to_the_best(evaluation, previous, coordinator):
    """The old aim was 2 points; they are claimed already."""
    old = add(previous, coordinator)
    old.questions.update(aim={"numerator": "4120", "denominator": "4508"})
    save(evaluation, "12.1", {"numerator": "4120", "denominator": "4508"}, coordinator)
    (made,) = filling.carry_over(evaluation=fresh(evaluation), by=coordinator)
    assert made.questions.get().points_expected == Decimal(3)
