"""Periode: made, given its windows, opened for everyone."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.domain import editions
from evaluations.models import Edition, Message, MessageKind, Stage
from indicators.domain.importing import load_instrument
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import Role
from kla_portal.indonesian import tanggal
from tests.cast import TABALONG, enter, person
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
        ({"opens_time": ""}, "Tulis jam buka"),
        ({"closes_on": "9999-12-31"}, "Pilih tahun 2000 sampai 2100"),
    ],
)
def test_a_window_that_cannot_be(national, edition, change, words):
    before = edition.windows.get(stage=Stage.EM).closes_on
    response = national.post(url("edition_window", "2026", "em"), WINDOW | change)
    assert response.status_code == 422
    assert words in text_of(response)
    assert edition.windows.get(stage=Stage.EM).closes_on == before


@pytest.fixture
def slip(edition):
    """EM closed two days ago, as it is typed."""
    window = edition.windows.get(stage=Stage.EM)
    past = clock.now().date() - timedelta(days=2)
    return {
        "opens_on": f"{window.opens_on:%Y-%m-%d}",
        "opens_time": "08:00",
        "closes_on": f"{past:%Y-%m-%d}",
        "closes_time": "23:59",
    }


def test_the_country_is_not_closed_by_a_slip(national, edition, slip, cast):
    address, window = url("edition_window", "2026", "em"), edition.windows.get(stage=Stage.EM)
    asked = national.post(address, slip)
    assert asked.status_code == 422
    page = text_of(asked)
    assert "Jadwal belum disimpan: periksa dahulu" in page
    assert "seketika tertutup bagi 514 kabupaten/kota" in page
    assert f"semula ditutup {tanggal(window.closes_on)} 23.59" in page
    assert edition.windows.get(stage=Stage.EM).closes_on == window.closes_on
    ((meant, _),) = asked.context["form"].fields["certain"].choices
    saved = national.post(address, slip | {"certain": meant})
    assert saved.status_code == 302
    assert f"{edition.windows.get(stage=Stage.EM).closes_on}" == slip["closes_on"]


def test_the_password_once_more_for_an_opened_edition(cast, client, edition, slip, new):
    enter(client, cast.admin_national, password_given=False)
    address = url("edition_window", "2026", "em")
    asked = client.post(address, slip)
    assert "mengubah jadwal Evaluasi Mandiri Evaluasi KLA 2026" in text_of(asked)
    assert f'name="closes_on" value="{slip["closes_on"]}"' in asked.content.decode()
    assert not Message.objects.exists()
    client.post(url("edition_create"), new)
    assert client.post(url("edition_window", "2028", "em"), WINDOW).status_code == 302, (
        "nobody works in it yet"
    )


def test_the_coordinators_hear_of_a_change(national, edition, cast):
    people = {cast.coordinator_tabalong.pk, cast.coordinator_tanahbumbu.pk}
    cast.leader_tabalong, cast.contributor_health_tabalong  # noqa: B018
    window = edition.windows.get(stage=Stage.EM)
    later = window.closes_on + timedelta(days=14)
    typed = {
        "opens_on": f"{window.opens_on:%Y-%m-%d}",
        "opens_time": "08:00",
        "closes_on": f"{later:%Y-%m-%d}",
        "closes_time": "16:00",
    }
    assert national.post(url("edition_window", "2026", "em"), typed).status_code == 302
    messages = Message.objects.filter(kind=MessageKind.SCHEDULE)
    assert {message.user_id for message in messages} == people
    message = messages[0]
    assert message.subject == "Jadwal Evaluasi Mandiri berubah: Evaluasi KLA 2026"
    opens = f"dibuka {tanggal(window.opens_on)} 08.00"
    assert message.body == (
        f"Semula: {opens}, ditutup {tanggal(window.closes_on)} 23.59.\n"
        f"Sekarang: {opens}, ditutup {tanggal(later)} 16.00.\n"
        "Jam menurut waktu setempat. Perpanjangan yang sudah diberikan tetap berlaku."
    )
    national.post(url("edition_window", "2026", "em"), typed)
    assert messages.count() == 2, "saved again without a change"


def test_as_many_statements_however_many_hear_of_it(edition, cast, tabalong_people):
    window = edition.windows.get(stage=Stage.VA)

    def move(days):
        closes = (window.closes_on + timedelta(days=days), window.closes_time)
        with CaptureQueriesContext(connection) as captured:
            editions.set_window(
                edition=edition,
                stage=Stage.VA,
                opens=(window.opens_on, window.opens_time),
                closes=closes,
                by=None,
            )
        return len(captured)

    tabalong_people(1)
    one = move(1)
    tabalong_people(20)
    assert move(2) == one


@pytest.fixture
def tabalong_people(edition):
    window = edition.windows.get(stage=Stage.EM)
    editions.set_window(
        edition=edition,
        stage=Stage.VA,
        opens=(window.closes_on + timedelta(days=1), time(8)),
        closes=(window.closes_on + timedelta(days=20), time(23, 59)),
        by=None,
    )

    def more(count):
        start = User.objects.count()
        for number in range(count):
            user = person(f"koor.{start + number}", "Koordinator", Role.COORDINATOR, district_id=TABALONG)
            User.objects.filter(pk=user.pk).update(email=f"koor{start + number}@contoh.go.id")

    return more


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
