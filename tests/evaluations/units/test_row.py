"""One tapped row: saved by itself, refused beside the row, and never over somebody else's change."""

from __future__ import annotations

import pytest

from evaluations.domain.units.rows import cells_of
from kla_portal.events.models import Event, EventAction
from tests.cast import MURUNG_PUDAK, UPAU
from tests.evaluations.units.cells import cell, put, submitted
from tests.evaluations.views.common import HTMX, text_of, url


@pytest.fixture
def tap(cast, evaluation, villages, sign_in):
    """``tap(place, "ya", "belum")`` -> the reply to the officer's tap on a row of question 26.4."""
    client = sign_in(cast.officer_kecamatan)

    def post(place, value="ya", seen="belum", code="26.4", kecamatan=MURUNG_PUDAK):
        address = f"{url('units_kecamatan', evaluation.pk, kecamatan)}?baris={code}@{place}"
        return client.post(address, {"value": value, "version": seen}, headers=HTMX)

    return post


def test_a_tap_is_saved_and_says_when(evaluation, villages, tap):
    first, second = villages[MURUNG_PUDAK][:2]
    response = tap(first)
    assert response.status_code == 200
    assert "<html" not in response.content.decode()
    assert '<input type="hidden" name="version" value="ya" hx-swap-oob="true">' in response.content.decode()
    assert "Tersimpan" in text_of(response)
    assert "WITA" in text_of(response)
    assert tap(second, "tidak").status_code == 200
    assert cells_of(evaluation) == {("26.4", first): True, ("26.4", second): False}
    assert 'value="belum" hx-swap-oob' in tap(first, "", "ya").content.decode()
    assert cells_of(evaluation) == {("26.4", second): False}
    assert Event.objects.filter(action=EventAction.UNITS_SAVED).count() == 3


def test_the_kecamatans_own_question(evaluation, tap):
    assert tap(MURUNG_PUDAK, code="25.2").status_code == 200
    assert cells_of(evaluation) == {("25.2", MURUNG_PUDAK): True}


def test_a_tap_whose_reply_was_lost_can_be_sent_again(evaluation, villages, tap):
    place = villages[MURUNG_PUDAK][0]
    assert tap(place).status_code == 200
    assert tap(place).status_code == 200
    assert Event.objects.filter(action=EventAction.UNITS_SAVED).count() == 1


def test_somebody_elses_change_is_told_and_stays(cast, evaluation, villages, tap):
    place = villages[MURUNG_PUDAK][0]
    put(evaluation, cast.coordinator_tabalong, cell("26.4", place, False))
    response = tap(place)
    assert response.status_code == 409
    assert "Sudah diubah orang lain menjadi tidak." in text_of(response)
    assert "Pakai yang tersimpan" in text_of(response)
    assert 'data-now="tidak"' in response.content.decode()
    assert "data-own" not in response.content.decode()
    assert cells_of(evaluation) == {("26.4", place): False}
    assert tap(place, seen="tidak").status_code == 200
    assert cells_of(evaluation) == {("26.4", place): True}


def test_ones_own_change_in_another_window_is_called_that(cast, evaluation, villages, tap, sign_in):
    place = villages[MURUNG_PUDAK][0]
    assert tap(place, "tidak").status_code == 200
    response = tap(place)
    assert response.status_code == 409
    assert "Sudah Anda ubah di jendela lain menjadi tidak." in text_of(response)
    assert "orang lain" not in text_of(response)
    assert "data-own" in response.content.decode()
    sheet = url("units_kecamatan", evaluation.pk, MURUNG_PUDAK) + "?butir=26.4"
    data = {f"26.4@{place}": "ya", f"seen:26.4@{place}": "belum"}
    page = text_of(sign_in(cast.officer_kecamatan).post(sheet, data))
    assert "Sudah Anda ubah di jendela lain menjadi tidak." in page
    assert "orang lain" not in page


@pytest.mark.parametrize(
    ("value", "seen"), [("mungkin", "belum"), ("ya", "mungkin"), ("ya", ""), ("YA", "belum")]
)
def test_nonsense_is_refused(evaluation, villages, tap, value, seen):
    response = tap(villages[MURUNG_PUDAK][0], value, seen)
    assert response.status_code == 422
    assert "Pilih ya, tidak, atau belum." in text_of(response)
    assert cells_of(evaluation) == {}


@pytest.mark.parametrize("row", ["26.4@tidak-ada", "26.4", "99.9@x", "@", "1.1@63.09.06", "26.4@@"])
def test_a_row_that_is_not_there(cast, evaluation, villages, sign_in, row):
    address = f"{url('units_kecamatan', evaluation.pk, MURUNG_PUDAK)}?baris={row}"
    client = sign_in(cast.officer_kecamatan)
    assert client.post(address, {"value": "ya", "version": "belum"}, headers=HTMX).status_code == 403
    assert cells_of(evaluation) == {}


def test_rows_of_another_kecamatan_do_not_exist(cast, evaluation, villages, tap):
    assert tap(villages[UPAU][0], kecamatan=UPAU).status_code == 404
    assert tap(villages[UPAU][0]).status_code == 403
    assert tap(UPAU, code="25.2").status_code == 403
    assert cells_of(evaluation) == {}


def test_a_locked_row_says_why(cast, evaluation, villages, tap):
    submitted(evaluation, cast.coordinator_tabalong)
    response = tap(villages[MURUNG_PUDAK][0])
    assert response.status_code == 403
    assert response["Content-Type"].startswith("text/plain")
    assert "terkunci" in response.content.decode()


def test_going_on_with_nothing_left_to_save_says_nothing(cast, evaluation, villages, sign_in):
    client = sign_in(cast.officer_kecamatan)
    sheet = url("units_kecamatan", evaluation.pk, MURUNG_PUDAK) + "?butir=26.4"
    assert "Tidak ada isian yang berubah." not in text_of(client.post(sheet, {"next": "1"}, follow=True))
