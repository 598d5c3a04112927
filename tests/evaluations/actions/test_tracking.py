"""Progress by those it concerns, and proof from their own library only."""

from __future__ import annotations

import pytest

from evaluations.domain.actions import tracking
from evaluations.domain.actions.content import ActionRefused
from evaluations.models import ActionStatus, Evidence
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import Membership
from kla_portal.accounts.roles import Role
from kla_portal.events.models import Event, EventAction
from tests.cast import TABALONG, TANAH_BUMBU, agency, person
from tests.evaluations.papers import documents


@pytest.fixture
def police(cast):
    return person(
        "polres.tabalong",
        "Petugas",
        Role.CONTRIBUTOR,
        district_id=TABALONG,
        agency=agency(TABALONG, "polres"),
    )


def running(action, by, text="Sudah dimulai."):
    return tracking.note(action=action, text=text, status=ActionStatus.RUNNING, by=by)


@pytest.mark.parametrize("who", ["coordinator_tabalong", "contributor_health_tabalong"])
def test_the_coordinator_and_the_responsible_agency_note_progress(action, cast, who):
    by = getattr(cast, who)
    running(action, by)
    action.refresh_from_db()
    assert (action.status, action.version, action.updated_by) == ("running", 2, by)
    note = action.notes.get()
    assert (note.text, note.status, note.by) == ("Sudah dimulai.", "running", by)
    event = Event.objects.get(action=EventAction.ACTION_NOTED)
    assert "dimulai" not in str(event.data)


def test_a_supporting_agency_does_too(action, police):
    running(action, police)
    assert action.notes.count() == 1


def test_another_agency_does_not(action, cast):
    with pytest.raises(Refused, match="perangkat daerah lain"):
        running(action, cast.contributor_registry_tabalong)


@pytest.mark.parametrize("who", ["leader_tabalong", "admin_kalsel"])
def test_readers_do_not(action, cast, who):
    with pytest.raises(Refused, match="mencatat kemajuan"):
        running(action, getattr(cast, who))


def test_a_note_alone_is_no_new_version(action, coordinator):
    """Else every note would make the open form of the coordinator stale."""
    tracking.note(action=action, text="Rapat.", status=ActionStatus.PLANNED, by=coordinator)
    action.refresh_from_db()
    assert action.version == 1


@pytest.mark.parametrize("text", ["", "  \n"])
def test_nothing_new_is_asked_about(action, coordinator, text):
    with pytest.raises(ActionRefused, match="ubah statusnya"):
        tracking.note(action=action, text=text, status=ActionStatus.PLANNED, by=coordinator)


def test_a_note_that_is_too_long_is_not_cut(action, coordinator):
    with pytest.raises(ActionRefused, match="2000"):
        running(action, coordinator, "a" * 2001)
    assert not action.notes.exists()


def test_proof_is_linked_once_and_taken_off(action, coordinator):
    made = documents(action.evaluation.district, ["SK", "Foto"], by=coordinator)
    assert tracking.prove(action=action, documents=made, by=coordinator) == 2
    assert tracking.prove(action=action, documents=made[:1], by=coordinator) == 0
    assert tracking.unprove(action=action, evidence=made[0], by=coordinator)
    assert not tracking.unprove(action=action, evidence=made[0], by=coordinator)
    assert [link.evidence.title for link in action.evidence.all()] == ["Foto"]
    assert Evidence.objects.count() == 2
    assert Event.objects.filter(action=EventAction.ACTION_PROVED).count() == 2


def test_a_neighbours_document_proves_nothing_here(action, coordinator, neighbour_evaluation):
    """Even for someone who is at home in both districts and sees it in the other library."""
    Membership.objects.create(user=coordinator, role=Role.COORDINATOR, district_id=TANAH_BUMBU)
    (foreign,) = documents(neighbour_evaluation.district, ["Rahasia"], by=coordinator)
    (own,) = documents(action.evaluation.district, ["SK"], by=coordinator)
    with pytest.raises(Refused, match="tidak ada di pustaka"):
        tracking.prove(action=action, documents=[own, foreign], by=coordinator)
    assert not action.evidence.exists()


def test_a_contributor_links_only_what_is_open_to_them(action, cast, coordinator):
    by = cast.contributor_health_tabalong
    (hidden,) = documents(action.evaluation.district, ["Milik koordinator"], by=coordinator)
    (own,) = documents(action.evaluation.district, ["Milik sendiri"], by=by)
    with pytest.raises(Refused, match="tidak ada di pustaka"):
        tracking.prove(action=action, documents=[hidden], by=by)
    assert tracking.prove(action=action, documents=[own], by=by) == 1
