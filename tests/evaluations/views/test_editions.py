"""Periode: made, given its windows, opened for everyone."""

from __future__ import annotations

import pytest

from evaluations.models import Edition, Stage
from indicators.domain.importing import load_instrument
from tests.evaluations.views.common import PROBE, main_of, same_queries, signed_in, text_of, url
from tests.indicators.small import small

WINDOW = {
    "opens_on": "2028-02-01",
    "opens_time": "08:00",
    "closes_on": "2028-06-30",
    "closes_time": "23:59",
}


@pytest.fixture
def national(cast, sign_in):
    return sign_in(cast.admin_national)


@pytest.fixture
def new(instrument, edition):
    return {
        "code": "2028",
        "name": "Evaluasi KLA 2028",
        "instrument": instrument.pk,
        "first_year": "2026",
        "last_year": "2027",
        "previous": edition.pk,
    }


def test_the_list(national, edition):
    response = national.get(url("editions"))
    page = text_of(response)
    assert page.index("Evaluasi KLA 2026") < page.index("Evaluasi KLA 2024")
    assert "2024–2025" in page
    assert "1 Februari 2024 – 30 Juni 2024" in page
    assert "Dibuka" in page
    assert f'href="{url("edition", "2026")}"' in main_of(response)


def test_from_nothing_to_open(national, new, cast):
    made = national.post(url("edition_create"), new, follow=True)
    assert made.redirect_chain == [(url("edition", "2028"), 302)]
    assert "Evaluasi KLA 2028 dibuat. Tetapkan jadwalnya." in text_of(made)
    assert "Tetapkan jadwal Evaluasi Mandiri dahulu" in text_of(made)
    assert "Buka untuk semua" not in text_of(made)
    early = national.post(url("edition_open", "2028"))
    assert early.status_code == 403
    assert "Tetapkan jadwal Evaluasi Mandiri dahulu" in text_of(early)
    timed = national.post(url("edition_window", "2028", "em"), WINDOW, follow=True)
    assert "Jadwal Evaluasi Mandiri disimpan." in text_of(timed)
    assert "1 Februari 2028 08.00" in text_of(timed)
    assert "30 Juni 2028 23.59" in text_of(timed)
    assert "Buka untuk semua kabupaten/kota" in text_of(timed)
    opened = national.post(url("edition_open", "2028"), follow=True)
    assert "dibuka untuk 514 kabupaten/kota" in text_of(opened)
    edition = Edition.objects.get(code="2028")
    assert (edition.evaluations.count(), edition.opened_by) == (514, cast.admin_national)
    assert "Buka untuk semua" not in text_of(national.get(url("edition", "2028")))


def test_what_cannot_be_made_says_why_and_keeps_what_was_typed(national, new):
    response = national.post(
        url("edition_create"), new | {"code": "2026", "last_year": "2020", "name": PROBE}
    )
    assert response.status_code == 422
    assert "Periode 2026 sudah ada. Pakai kode lain." in text_of(response)
    assert "Tahun terakhir (2020) tidak boleh sebelum tahun pertama (2026)." in text_of(response)
    assert "<script>alert" not in response.content.decode()
    assert 'value="2026"' in main_of(response)
    assert Edition.objects.count() == 2


def test_a_draft_instrument_is_not_offered(national, new):
    draft, _ = load_instrument(small(), by=None)
    assert str(draft) not in main_of(national.get(url("edition_create")))
    assert national.post(url("edition_create"), new | {"instrument": draft.pk}).status_code == 422
    assert not Edition.objects.filter(code="2028").exists()


def test_a_window_shows_what_stands_and_warns(national, edition):
    main = main_of(national.get(url("edition_window", "2026", "em")))
    window = edition.windows.get(stage=Stage.EM)
    assert f'value="{window.closes_on:%Y-%m-%d}"' in main
    assert 'value="23:59"' in main
    assert "Periode ini sudah dibuka. Perubahan jadwal berlaku seketika" in main
    assert "WIB, WITA, atau WIT" in main


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"closes_on": "2028-01-31"}, "Waktu tutup harus sesudah waktu buka."),
        ({"closes_on": "31 Juni"}, "tanggal"),
        ({"opens_time": ""}, "tidak boleh kosong"),
    ],
)
def test_a_window_that_cannot_be(national, edition, change, words):
    before = edition.windows.get(stage=Stage.EM).closes_on
    response = national.post(url("edition_window", "2026", "em"), WINDOW | change)
    assert response.status_code == 422
    assert words in text_of(response)
    assert edition.windows.get(stage=Stage.EM).closes_on == before


def test_an_editions_name_is_text_everywhere(national, cast, edition, evaluation):
    Edition.objects.filter(pk=edition.pk).update(name=PROBE)
    for client, address in (
        (national, url("editions")),
        (national, url("edition", "2026")),
        (national, url("districts", "2026", "63")),
        (signed_in(cast.coordinator_tabalong), url("overview", evaluation.pk)),
    ):
        assert "<script>alert" not in client.get(address).content.decode()


def test_as_many_queries_for_two_editions_as_for_four(national, edition, instrument):
    def more():
        for code in ("2030", "2032"):
            Edition.objects.create(
                code=code,
                name=code,
                instrument=instrument,
                previous=edition,
                first_evidence_year=2028,
                last_evidence_year=2029,
            )

    assert same_queries(national, url("editions"), more) <= 10


def test_opening_twice_opens_nothing_more(national, edition):
    response = national.post(url("edition_open", "2026"), follow=True)
    assert "dibuka untuk 0 kabupaten/kota" in text_of(response)
    assert edition.evaluations.count() == 514
