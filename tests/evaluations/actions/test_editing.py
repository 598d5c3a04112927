"""Planning: what is stored, what is refused, whom it locks out, and that nobody overwrites unseen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from evaluations.domain.actions import editing
from evaluations.domain.actions.content import ActionRefused
from evaluations.models import PlannedAction
from kla_portal.accounts.access import Refused
from kla_portal.events.models import Event, EventAction
from tests.cast import TABALONG, TANAH_BUMBU, agency
from tests.evaluations.actions.conftest import add, content
from tests.evaluations.cycle import fresh, save


def test_an_action_is_kept_with_who_and_when(action, coordinator):
    row = PlannedAction.objects.get()
    assert (row.title, row.status, row.version) == ("Persalinan di fasilitas kesehatan", "planned", 1)
    assert (row.created_by, row.updated_by) == (coordinator, coordinator)
    assert [one.code for one in row.supporting.all()] == ["polres"]
    event = Event.objects.get(action=EventAction.ACTION_SAVED)
    assert event.data == {"evaluation": row.evaluation_id, "version": 1, "codes": ["12.1"]}
    assert row.title not in str(event.data)


def test_a_question_starts_from_todays_points_and_aims_at_the_best(claimed, coordinator):
    row = add(claimed, coordinator).questions.get()
    assert (row.points_before, row.points_expected) == (Decimal(2), Decimal(3))
    assert row.aim == {"numerator": "100", "denominator": "100"}


def test_where_the_claim_is_full_the_documents_are_the_aim(evaluation, coordinator):
    save(evaluation, "12.1", {"numerator": "95", "denominator": "100"}, coordinator)
    row = add(fresh(evaluation), coordinator).questions.get()
    assert row.aim is None
    assert (row.points_before, row.points_expected) == (Decimal(0), Decimal(3))


@pytest.mark.parametrize(
    ("field", "more", "reason"),
    [
        ("title", {"title": " \u200b "}, "Tulis aksinya"),
        ("title", {"title": "a" * 201}, "200 huruf"),
        ("budget", {"budget": -1}, "Rp0"),
        ("codes", {"codes": ("12.1", "99.9")}, "99.9"),
        ("due_on", {"starts_on": date(2027, 2, 1), "due_on": date(2027, 1, 31)}, "sebelum tanggal mulai"),
        ("due_on", {"due_on": date(202, 1, 1)}, "Periksa tanggalnya"),
    ],
)
def test_what_cannot_stand_in_a_plan(evaluation, coordinator, field, more, reason):
    with pytest.raises(ActionRefused, match=reason) as refused:
        add(evaluation, coordinator, **more)
    assert refused.value.field == field
    assert not PlannedAction.objects.exists()


@pytest.mark.parametrize("field", ["agency", "supporting"])
def test_another_districts_agency_is_refused(evaluation, coordinator, field):
    other = agency(TANAH_BUMBU, "kesehatan")
    with pytest.raises(ActionRefused, match="bukan perangkat daerah"):
        add(evaluation, coordinator, **{field: other if field == "agency" else (other,)})


def test_the_responsible_agency_does_not_support_itself(evaluation, coordinator):
    own = agency(TABALONG, "kesehatan")
    assert not add(evaluation, coordinator, agency=own, supporting=(own,)).supporting.exists()


@pytest.mark.parametrize("who", ["contributor_health_tabalong", "leader_tabalong", "verifier_kalsel"])
def test_only_the_coordinator_plans(evaluation, cast, action, who):
    person = getattr(cast, who)
    for deed in (
        lambda: add(evaluation, person),
        lambda: editing.change(action=action, content=content(), version=1, by=person),
        lambda: editing.remove(action=action, by=person),
    ):
        with pytest.raises(Refused, match="Koordinator Gugus Tugas"):
            deed()
    assert PlannedAction.objects.filter(removed_at__isnull=True).count() == 1


def test_a_kept_question_keeps_its_start(claimed, coordinator):
    """Else reaching the aim and saving the wording anew would make the gain disappear."""
    action = add(claimed, coordinator)
    save(claimed, "12.1", {"numerator": "95", "denominator": "100"}, coordinator, version=1)
    editing.change(
        action=action, content=content(title="Lain", codes=("12.1", "12.2")), version=1, by=coordinator
    )
    starts = {row.question.code: row.points_before for row in action.questions.select_related("question")}
    assert starts == {"12.1": Decimal(2), "12.2": Decimal(0)}
    editing.change(action=action, content=content(codes=()), version=2, by=coordinator)
    assert not action.questions.exists()


def test_whoever_is_slower_is_told_and_nothing_is_overwritten(action, coordinator):
    editing.change(action=action, content=content(title="Pertama"), version=1, by=coordinator)
    with pytest.raises(editing.StaleAction) as stale:
        editing.change(action=action, content=content(title="Kedua"), version=1, by=coordinator)
    assert (stale.value.current.title, stale.value.current.version) == ("Pertama", 2)
    assert PlannedAction.objects.get().title == "Pertama"


def test_removed_is_kept_and_stays_off(action, coordinator):
    editing.remove(action=action, by=coordinator)
    row = PlannedAction.objects.get()
    assert row.removed_at
    assert row.removed_by == coordinator
    assert Event.objects.filter(action=EventAction.ACTION_REMOVED).count() == 1
    with pytest.raises(Refused, match="sudah dihapus"):
        editing.change(action=action, content=content(), version=1, by=coordinator)
