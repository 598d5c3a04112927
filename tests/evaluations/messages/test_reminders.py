"""Reminders: on the right days, to whoever has something open, never twice, never too many."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db.models import Q

from evaluations.domain import deadlines, reminders, returns, workflow
from evaluations.models import Evaluation, Message, MessageKind, Stage
from kla_portal import clock
from kla_portal.accounts.models import Membership
from kla_portal.accounts.roles import Role
from tests.cast import KALSEL, TABALONG
from tests.evaluations.cycle import fresh, save
from tests.evaluations.domain.claims import best, fill


def closing_day(evaluation) -> date:
    return deadlines.limit_of(evaluation, Stage.EM).due_at.astimezone(workflow.zone_of(evaluation)).date()


def remind(day: date) -> set[str]:
    """Who was reminded of Tabalong by this run."""
    before = set(Message.objects.values_list("pk", flat=True))
    reminders.send_reminders(on=day)
    made = Message.objects.exclude(pk__in=before).select_related("user")
    assert {message.kind for message in made} <= {MessageKind.REMINDER}
    return {message.user.username for message in made}


@pytest.fixture
def nation():
    """All 514 districts."""


@pytest.fixture(autouse=True)
def _two_provinces(request, db):
    """Else the 21 districts of two provinces: who is told what does not depend on how many others are asked."""
    if "nation" not in request.fixturenames:
        few = Q(district__province=KALSEL) | Q(district__province__timezone="Asia/Jayapura")
        Evaluation.objects.filter(edition__code="2026").exclude(few).delete()


@pytest.fixture
def people(cast):
    return [
        cast.coordinator_tabalong, cast.contributor_health_tabalong, cast.leader_tabalong,
        cast.verifier_kalsel,
    ]  # fmt: skip


@pytest.mark.parametrize("days", range(-1, 17))
def test_on_these_days_and_no_others(evaluation, people, days):
    told = remind(closing_day(evaluation) - timedelta(days=days))
    assert told == ({"koor.tabalong", "kes.tabalong"} if days in {14, 7, 3, 1} else set())


def test_what_a_reminder_says(evaluation, people, cast):
    save(evaluation, "12.1", {"numerator": "95", "denominator": "100"}, cast.coordinator_tabalong)
    remind(closing_day(evaluation) - timedelta(days=7))
    whole = Message.objects.get(user=cast.coordinator_tabalong)
    assert whole.subject == "Evaluasi Mandiri berakhir 7 hari lagi: Kabupaten Tabalong"
    assert "273 pertanyaan belum terjawab lengkap. Periksa dan ajukan" in whole.body
    assert "23.59 WITA" in whole.body
    own = Message.objects.get(user=cast.contributor_health_tabalong)
    assert "pertanyaan perangkat daerah Anda belum terjawab lengkap: " in own.body
    assert "12.2" in own.body
    assert "12.1," not in own.body
    assert own.url == f"/evaluasi/{evaluation.pk}/tugas/"


def test_a_second_run_says_nothing_again(evaluation, people):
    day = closing_day(evaluation) - timedelta(days=3)
    assert remind(day)
    assert remind(day) == set()
    assert remind(day + timedelta(days=2)) == {"koor.tabalong", "kes.tabalong"}


def test_two_runs_at_once_do_not_tell_twice(evaluation, people, monkeypatch):
    """The other run's message stands already, though this run did not see it."""
    day = closing_day(evaluation) - timedelta(days=3)
    remind(day)
    (due,) = [due for due in reminders._due(day) if due.evaluation == evaluation]
    missing = Message.objects.none()
    monkeypatch.setattr(reminders.Message.objects, "filter", lambda **_: missing)
    assert reminders._remind(due, people[0], "Perihal", "Isi", "/") is False


def test_who_has_nothing_open_is_left_alone(evaluation, people, cast, spec):
    by = cast.coordinator_tabalong
    fill(evaluation, best(spec), by=by)
    assert remind(closing_day(evaluation) - timedelta(days=7)) == {"koor.tabalong"}, "it is not handed in"
    assert "pertanyaan" not in Message.objects.get(user=by).body


def test_a_submitted_evaluation_needs_none(submitted, people):
    assert remind(closing_day(submitted) - timedelta(days=7)) == set()


def test_an_extension_moves_the_days(evaluation, people, cast):
    old = closing_day(evaluation)
    due = deadlines.limit_of(evaluation, Stage.EM).due_at + timedelta(days=5)
    returns.extend(evaluation=evaluation, due_at=due, locks_at=due, reason="Banjir.", by=cast.admin_kalsel)
    assert remind(old - timedelta(days=3)) == set()
    assert remind(old + timedelta(days=2)) == {"koor.tabalong", "kes.tabalong"}


@pytest.fixture
def returned(submitted, people, cast):
    """12.1 (health) and 1.1 are back for five days."""
    returns.send_back(
        evaluation=submitted,
        stage=Stage.VA,
        needed={"12.1": "Rekap.", "1.1": "Perda."},
        due_at=clock.now() + timedelta(days=5),
        by=cast.verifier_kalsel,
    )
    return fresh(submitted)


def test_a_return_has_its_own_deadline(returned):
    told = remind(closing_day(returned) - timedelta(days=3))
    assert told == {"koor.tabalong", "kes.tabalong"}
    message = Message.objects.get(kind=MessageKind.REMINDER, user__username="koor.tabalong")
    assert message.subject == "Melengkapi kekurangan berakhir 3 hari lagi: Kabupaten Tabalong"
    assert "2 pertanyaan belum diubah sejak dikembalikan. Ajukan kembali" in message.body


def test_a_returned_question_that_was_mended_is_no_longer_open(returned, cast):
    by = cast.contributor_health_tabalong
    save(returned, "12.1", {"numerator": "90", "denominator": "100"}, by, version=1)
    assert reminders.open_codes(fresh(returned)) == ["1.1"]
    assert remind(closing_day(returned) - timedelta(days=1)) == {"koor.tabalong"}


def test_new_evidence_counts_as_mending(returned, cast):
    from tests.evaluations.views.common import put_evidence

    put_evidence(returned, ["12.1"], by=cast.contributor_health_tabalong)
    assert reminders.open_codes(returned) == ["1.1"]


def test_the_mail_of_the_last_day_leaves_at_once(
    evaluation, people, mailed, django_capture_on_commit_callbacks
):
    mailed(people[0])
    day = closing_day(evaluation)
    with django_capture_on_commit_callbacks(execute=True):
        remind(day - timedelta(days=3))
    assert mail.outbox == []
    with django_capture_on_commit_callbacks(execute=True):
        remind(day - timedelta(days=1))
    assert [letter.subject for letter in mail.outbox] == [
        "Evaluasi Mandiri berakhir besok: Kabupaten Tabalong"
    ]


def test_nobody_gets_more_than_the_cap_a_day(evaluation, cast):
    """A consultant who coordinates eight districts."""
    busy = cast.coordinator_tabalong
    districts = Evaluation.objects.filter(
        edition=evaluation.edition, district__province=evaluation.district.province_id
    ).exclude(district=TABALONG)[:7]
    Membership.objects.bulk_create(
        Membership(user=busy, role=Role.COORDINATOR, district=e.district) for e in districts
    )
    day = closing_day(evaluation) - timedelta(days=7)
    reminders.send_reminders(on=day)
    assert Message.objects.filter(user=busy).count() == reminders.CAP == 5
    reminders.send_reminders(on=day)
    assert Message.objects.filter(user=busy).count() == 5, "a second run on the same day keeps the cap"
    with clock.at(clock.now() + timedelta(days=1)):
        reminders.send_reminders(on=day)
    assert Message.objects.filter(user=busy).count() == 8


def test_the_nearest_deadlines_come_first(returned, cast, monkeypatch):
    """The return ends tomorrow, another evaluation's window in 14 days."""
    monkeypatch.setattr(reminders, "CAP", 1)
    other = Evaluation.objects.with_place().get(edition__code="2024", district=TABALONG)
    day = closing_day(returned) - timedelta(days=1)
    due = datetime.combine(day + timedelta(days=14), datetime.min.time(), workflow.zone_of(other))
    from evaluations.models import Extension

    Extension.objects.create(
        evaluation=other, stage=Stage.EM, due_at=due, locks_at=due, reason="Uji.", granted_at=clock.now(),
        granted_by=cast.admin_kalsel,
    )  # fmt: skip
    reminders.send_reminders(on=day)
    message = Message.objects.get(kind=MessageKind.REMINDER, user=cast.coordinator_tabalong)
    assert message.evaluation == returned


def test_the_calendar_is_the_districts_own(edition, db):
    """23.59 in Papua is 21.59 in Jakarta: the same day; but 01.00 there is the evening before here."""
    papua = (
        Evaluation.objects.with_place()
        .prefetch_related("edition__windows")
        .filter(edition=edition, district__province__timezone="Asia/Jayapura")
        .first()
    )
    window = edition.windows.get(stage=Stage.EM)
    window.closes_time = window.closes_time.replace(hour=1)
    window.save()
    days = {due.evaluation.pk: due.days for due in reminders._due(window.closes_on - timedelta(days=3))}
    assert days[papua.pk] == 3


def test_the_command(nation, evaluation, people):
    said = StringIO()
    day = closing_day(evaluation) - timedelta(days=14)
    call_command("send_reminders", date=day.isoformat(), stdout=said)
    assert "Pengingat: 2 pesan." in said.getvalue()
    call_command("send_reminders", stdout=said)
    assert "Pengingat: 0 pesan." in said.getvalue()
    with pytest.raises(CommandError, match="bukan tanggal"):
        call_command("send_reminders", date="30/06/2026")


def test_most_days_cost_two_or_three_queries(nation, evaluation, people, django_assert_max_num_queries):
    day = closing_day(evaluation) - timedelta(days=40)
    with django_assert_max_num_queries(3):
        assert reminders.send_reminders(on=day) == 0
