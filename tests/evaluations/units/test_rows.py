"""Saving a page of cells: all or nothing, nobody overwritten unseen, one event."""

from __future__ import annotations

from datetime import timedelta

import pytest

from evaluations.domain.units.rows import Conflict, cells_of
from evaluations.models import Evaluation, Return, Stage, State, UnitAnswer
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.events.models import Event, EventAction
from tests.cast import MURUNG_PUDAK, UPAU
from tests.evaluations.units.cells import cell, put, submitted


def test_cells_are_written_changed_and_cleared(cast, evaluation, villages):
    officer, village = cast.officer_kecamatan, villages[MURUNG_PUDAK][0]
    assert put(evaluation, officer, cell("25.2"), cell("26.4", village, False), cell("25.3", holds=None)) == 2
    assert cells_of(evaluation) == {("25.2", MURUNG_PUDAK): True, ("26.4", village): False}
    row = UnitAnswer.objects.get(village=village)
    assert (row.kecamatan_id, row.version, row.updated_by) == (MURUNG_PUDAK, 1, officer)
    assert (
        put(evaluation, officer, cell("25.2", holds=False, seen=True), cell("26.4", village, None, False))
        == 2
    )
    assert cells_of(evaluation) == {("25.2", MURUNG_PUDAK): False}
    assert UnitAnswer.objects.get().version == 2


def test_one_event_says_what_became_of_what(cast, evaluation, villages):
    village = villages[MURUNG_PUDAK][1]
    put(evaluation, cast.officer_kecamatan, cell("26.4", village), cell("26.5", village, False))
    put(evaluation, cast.coordinator_tabalong, cell("26.4", village, False, seen=True))
    first, second = Event.objects.filter(action=EventAction.UNITS_SAVED).order_by("pk")
    assert first.data == {
        "kecamatan": MURUNG_PUDAK,
        "changes": {"26.4": {village: ["belum", "ya"]}, "26.5": {village: ["belum", "tidak"]}},
    }
    assert second.data["changes"] == {"26.4": {village: ["ya", "tidak"]}}
    assert second.by == cast.coordinator_tabalong


def test_saving_the_same_again_changes_nothing(cast, evaluation):
    officer = cast.officer_kecamatan
    put(evaluation, officer, cell("25.2"))
    assert put(evaluation, officer, cell("25.2")) == 0
    assert Event.objects.filter(action=EventAction.UNITS_SAVED).count() == 1


def test_a_cell_changed_meanwhile_stops_the_page_and_nothing_is_lost(cast, evaluation):
    put(evaluation, cast.coordinator_tabalong, cell("25.2", holds=False))
    with pytest.raises(Conflict) as conflict:
        put(evaluation, cast.officer_kecamatan, cell("25.2", holds=True), cell("25.3"))
    assert conflict.value.cells == {("25.2", MURUNG_PUDAK): False}
    assert cells_of(evaluation) == {("25.2", MURUNG_PUDAK): False}


def test_a_cell_left_alone_is_no_conflict(cast, evaluation):
    """Saw "belum", marked nothing there; someone filled it meanwhile: the rest is saved."""
    put(evaluation, cast.coordinator_tabalong, cell("25.2"))
    assert put(evaluation, cast.officer_kecamatan, cell("25.2", holds=None, seen=None), cell("25.3")) == 1
    assert cells_of(evaluation)[("25.2", MURUNG_PUDAK)] is True


def test_cleared_and_set_anew_is_still_seen_as_changed(cast, evaluation):
    """The new row begins at version 1 as the old one did."""
    coordinator = cast.coordinator_tabalong
    put(evaluation, coordinator, cell("25.2"))
    put(evaluation, coordinator, cell("25.2", holds=None, seen=True))
    put(evaluation, coordinator, cell("25.2", holds=False))
    with pytest.raises(Conflict):
        put(evaluation, cast.officer_kecamatan, cell("25.2", holds=None, seen=True))


def test_only_ones_own_kecamatan(cast, evaluation, villages):
    with pytest.raises(Refused, match="kecamatan Anda sendiri"):
        put(evaluation, cast.officer_kecamatan_other, cell("25.2"))
    with pytest.raises(Refused, match="tidak ada"):
        put(evaluation, cast.officer_kecamatan, cell("25.2"), cell("26.4", villages[UPAU][0]))
    assert not UnitAnswer.objects.exists()


@pytest.mark.parametrize(
    ("code", "place"), [("25.2", "village"), ("26.4", MURUNG_PUDAK), ("12.1", MURUNG_PUDAK), ("x", "y")]
)
def test_a_cell_that_is_not_there(cast, evaluation, villages, code, place):
    place = villages[MURUNG_PUDAK][0] if place == "village" else place
    with pytest.raises(Refused, match="tidak ada"):
        put(evaluation, cast.coordinator_tabalong, cell(code, place))
    assert not UnitAnswer.objects.exists()


def test_a_kecamatan_of_elsewhere(cast, evaluation):
    with pytest.raises(Refused, match="bukan bagian dari Kabupaten Tabalong"):
        put(evaluation, cast.coordinator_tabalong, cell("25.2", "63.10.01"), kecamatan="63.10.01")


def test_an_agency_saves_its_questions_in_every_kecamatan(cast, evaluation):
    health = cast.contributor_health_tabalong
    assert put(evaluation, health, cell("25.7a", UPAU), kecamatan=UPAU) == 1
    with pytest.raises(Refused, match="perangkat daerah lain"):
        put(evaluation, health, cell("25.2", UPAU), kecamatan=UPAU)


@pytest.mark.parametrize("who", ["leader_tabalong", "coordinator_tanahbumbu", "verifier_kalsel", "stranger"])
def test_others_do_not_save(cast, evaluation, who):
    with pytest.raises(Refused, match="mengisi baris kecamatan"):
        put(evaluation, getattr(cast, who), cell("25.2"))


def test_after_the_handing_in_the_rows_are_locked(cast, evaluation):
    submitted(evaluation, cast.coordinator_tabalong)
    with pytest.raises(Refused, match="terkunci"):
        put(evaluation, cast.officer_kecamatan, cell("25.2"))


def test_in_a_return_only_the_rows_of_returned_questions_open(cast, evaluation, instrument):
    now, by = clock.now(), cast.coordinator_tabalong
    submitted(evaluation, by)
    Evaluation.objects.filter(pk=evaluation.pk).update(state=State.RETURNED)
    later = now + timedelta(days=7)
    sent_back = Return.objects.create(
        evaluation=evaluation,
        stage=Stage.VA,
        sequence=1,
        due_at=later,
        locks_at=later,
        sent_at=now,
        sent_by=by,
    )
    sent_back.items.create(question_id=loaded(instrument).question_ids["25.3"], needed="Lengkapi.")
    assert put(evaluation, cast.officer_kecamatan, cell("25.3")) == 1
    with pytest.raises(Refused, match="Hanya pertanyaan yang dikembalikan"):
        put(evaluation, cast.officer_kecamatan, cell("25.2"))
