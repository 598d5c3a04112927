"""Before and after the due day: to the right people, once each time, never with what people wrote."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from evaluations.domain import reminders
from evaluations.domain.actions import editing, filling, tracking
from evaluations.domain.actions.reminders import CAP, send_plan_reminders
from evaluations.models import ActionStatus, Evaluation, Message, MessageKind
from tests.cast import TABALONG
from tests.evaluations.actions.conftest import add

DUE = date(2027, 6, 30)


def told(on: date) -> list[str]:
    before = set(Message.objects.values_list("pk", flat=True))
    send_plan_reminders(on=on)
    rows = Message.objects.exclude(pk__in=before).select_related("user").order_by("user__username")
    return [row.user.username for row in rows]


@pytest.fixture
def people(cast):
    return [
        cast.coordinator_tabalong, cast.contributor_health_tabalong, cast.contributor_registry_tabalong,
        cast.coordinator_tanahbumbu, cast.leader_tabalong,
    ]  # fmt: skip


@pytest.mark.parametrize("days", [8, 7, 4, 3, 2, 1, 0, -1, -29, -31])
def test_on_these_days_and_to_these_people(action, people, days):
    wanted = ["kes.tabalong", "koor.tabalong"] if days in {7, 3, 1, -1, -29} else []
    assert told(DUE - timedelta(days)) == wanted


def test_overdue_is_said_once(action, people):
    assert told(DUE + timedelta(1))
    assert told(DUE + timedelta(2)) == []


def test_the_same_day_twice_says_nothing_again(action, people):
    assert told(DUE - timedelta(3))
    assert told(DUE - timedelta(3)) == []
    assert told(DUE - timedelta(1))


def test_a_new_due_day_is_news(action, people, coordinator):
    assert told(DUE + timedelta(1))
    later = DUE + timedelta(30)
    now = editing.change(
        action=action,
        content=editing.Content(title=action.title, agency=action.agency, due_on=later),
        version=1,
        by=coordinator,
    )
    assert told(later + timedelta(1))
    assert now.due_on == later


def test_what_it_says_names_questions_and_never_the_title(action, people):
    told(DUE - timedelta(1))
    message = Message.objects.filter(user__username="kes.tabalong").get()
    assert message.kind == MessageKind.PLAN
    assert message.subject == "Aksi jatuh tempo besok: Kabupaten Tabalong"
    assert "pertanyaan 12.1, tenggat 30 Juni 2027. Penanggung jawab: Dinas Kesehatan" in message.body
    assert action.title not in message.body + message.subject
    assert message.url == f"/evaluasi/{action.evaluation_id}/rencana/{action.pk}/"


@pytest.mark.parametrize("status", [ActionStatus.DONE, ActionStatus.DROPPED])
def test_what_is_over_is_not_reminded_of(action, people, coordinator, status):
    tracking.note(action=action, text="", status=status, by=coordinator)
    assert told(DUE - timedelta(1)) == []


def test_removed_is_not_reminded_of(action, people, coordinator):
    editing.remove(action=action, by=coordinator)
    assert told(DUE + timedelta(1)) == []


def test_an_action_that_was_carried_over_is_reminded_of_once(evaluation, people, coordinator):
    previous = Evaluation.objects.with_place().get(edition__code="2024", district=TABALONG)
    old = add(previous, coordinator, due_on=DUE)
    (carried,) = filling.carry_over(evaluation=evaluation, by=coordinator)
    assert told(DUE + timedelta(1)) == ["kes.tabalong", "koor.tabalong"]
    editing.remove(action=carried, by=coordinator)
    assert told(DUE + timedelta(2)) == ["kes.tabalong", "koor.tabalong"]
    assert Message.objects.filter(url__endswith=f"/{old.pk}/").count() == 2


def test_nobody_gets_more_than_a_few_a_day(evaluation, people, coordinator):
    for _ in range(CAP + 2):
        add(evaluation, coordinator, due_on=DUE)
    assert told(DUE - timedelta(1)).count("kes.tabalong") == CAP


def test_the_daily_run_sends_them(action, people):
    reminders.send_reminders(on=DUE - timedelta(7))
    assert Message.objects.filter(kind=MessageKind.PLAN).count() == 2
