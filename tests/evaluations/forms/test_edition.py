"""Preparing an edition and its windows."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from evaluations.domain import editions
from evaluations.forms.edition import EditionForm, WindowForm
from evaluations.models import Stage
from indicators.domain.importing import load_instrument
from kla_portal import clock
from kla_portal.indonesian import tanggal
from tests.indicators.small import small

WINDOW = {
    "opens_on": "2028-02-01",
    "opens_time": "08:00",
    "closes_on": "2028-06-30",
    "closes_time": "23:59",
}


def edition_data(published, **more):
    data = {
        "code": "2028",
        "name": "Evaluasi KLA 2028",
        "instrument": published.pk,
        "first_year": 2026,
        "last_year": 2027,
    }
    return data | more


def test_a_new_edition(instrument, edition):
    form = EditionForm(edition_data(instrument, previous=edition.pk))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["previous"] == edition
    assert EditionForm(edition_data(instrument)).is_valid(), "the first of all has none before it"


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"code": "2026"}, "code", "sudah ada"),
        ({"code": "20 28"}, "code", "terdiri"),
        ({"code": ""}, "code", "tidak boleh kosong"),
        ({"name": ""}, "name", "tidak boleh kosong"),
        ({"first_year": 2027, "last_year": 2026}, "last_year", "(2026) tidak boleh sebelum"),
        ({"first_year": 99}, "first_year", "2006"),
        ({"last_year": "dua ribu"}, "last_year", "angka"),
        ({"instrument": 0}, "instrument", "pilihan"),
        ({"previous": 0}, "previous", "pilihan"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(instrument, change, field, words):
    form = EditionForm(edition_data(instrument, **change))
    assert not form.is_valid()
    assert list(form.errors) == [field]
    assert words in str(form.errors[field])


def test_a_draft_cannot_be_chosen(db):
    draft, _ = load_instrument(small(), by=None)
    form = EditionForm(edition_data(draft))
    assert not form.is_valid()
    assert list(form.errors) == ["instrument"]


def window_form(edition, data, stage=Stage.EM):
    return WindowForm(data, edition=edition, stage=stage)


def test_a_window(edition):
    form = window_form(edition, WINDOW)
    assert form.is_valid(), form.errors
    assert window_form(edition, WINDOW | {"closes_on": "2028-02-01"}).is_valid(), "the same day, later"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"closes_on": "2028-01-31"}, "closes_on"),
        ({"closes_on": "2028-02-01", "closes_time": "08:00"}, "closes_on"),
        ({"opens_on": "30 Februari"}, "opens_on"),
        ({"opens_time": "25:00"}, "opens_time"),
        ({"closes_time": ""}, "closes_time"),
        ({"opens_on": "0001-01-01"}, "opens_on"),
        ({"closes_on": "9999-12-31"}, "closes_on"),
    ],
)
def test_a_window_that_cannot_be(edition, change, field):
    form = window_form(edition, WINDOW | change)
    assert not form.is_valid()
    assert list(form.errors) == [field]


# What is probably a slip


def as_typed(opens, closes):
    return {
        "opens_on": f"{opens:%Y-%m-%d}",
        "opens_time": "08:00",
        "closes_on": f"{closes:%Y-%m-%d}",
        "closes_time": "23:59",
    }


@pytest.fixture
def calendar(edition):
    """EM has another 60 days; VA follows for 30 days."""
    em = edition.windows.get(stage=Stage.EM)
    va = (em.closes_on + timedelta(days=1), em.closes_on + timedelta(days=30))
    editions.set_window(
        edition=edition, stage=Stage.VA, opens=(va[0], time(8)), closes=(va[1], time(23, 59)), by=None
    )
    return {Stage.EM: (em.opens_on, em.closes_on), Stage.VA: va}


def test_an_end_in_the_past_is_asked_about_with_what_it_does(edition, calendar):
    opens, end = calendar[Stage.EM]
    yesterday = clock.now().date() - timedelta(days=1)
    form = window_form(edition, as_typed(opens, yesterday))
    assert not form.is_valid()
    assert list(form.errors) == ["certain"]
    assert form.doubts == [
        "Waktu tutup ini sudah lewat: Evaluasi Mandiri seketika tertutup bagi 514 kabupaten/kota, "
        "kecuali yang mendapat perpanjangan."
    ]
    ((meant, words),) = form.fields["certain"].choices
    assert words == (
        f"Ya, benar: semula ditutup {tanggal(end)} 23.59, menjadi {tanggal(yesterday)} 23.59, bagi 514 kabupaten/kota"
    )
    assert window_form(edition, as_typed(opens, yesterday) | {"certain": [meant]}).is_valid()
    other = as_typed(opens, yesterday - timedelta(days=1)) | {"certain": [meant]}
    assert not window_form(edition, other).is_valid(), "ticked for other times"


def test_an_end_that_has_passed_in_the_east_alone_has_passed(edition, calendar):
    opens, _ = calendar[Stage.EM]
    day = clock.now().date() + timedelta(days=1)
    for hour, asked in ((21, False), (23, True)):
        with clock.at(datetime.combine(day, time(hour), tzinfo=ZoneInfo("Asia/Jakarta"))):
            assert window_form(edition, as_typed(opens, day)).is_valid() is not asked, hour


@pytest.mark.parametrize(
    ("stage", "shift", "doubt"),
    [
        (Stage.EM, (0, 31), "Evaluasi Mandiri akan ditutup sesudah Verifikasi Administrasi ditutup ("),
        (Stage.EM, (93, 30), "Evaluasi Mandiri akan dibuka sesudah Verifikasi Administrasi dibuka ("),
        (Stage.VA, (-92, 0), "Verifikasi Administrasi akan dibuka sebelum Evaluasi Mandiri dibuka ("),
        (Stage.VA, (-5, -31), "Verifikasi Administrasi akan ditutup sebelum Evaluasi Mandiri ditutup ("),
    ],
)
def test_stages_out_of_order_are_asked_about(edition, calendar, stage, shift, doubt):
    days = [day + timedelta(days=more) for day, more in zip(calendar[stage], shift, strict=True)]
    form = window_form(edition, as_typed(*days), stage)
    assert not form.is_valid()
    assert [words.startswith(doubt) for words in form.doubts] == [True], form.doubts


def test_a_window_that_ends_with_the_next_one_or_stays_as_it_is_is_not_asked_about(edition, calendar):
    opens, _ = calendar[Stage.EM]
    assert window_form(edition, as_typed(opens, calendar[Stage.VA][1])).is_valid()
    with clock.at(clock.now() + timedelta(days=100)):
        assert window_form(edition, as_typed(*calendar[Stage.EM])).is_valid(), "over, and not changed"


def test_an_edition_in_preparation_is_not_asked_about(edition, calendar):
    edition.opened_at = None
    opens, _ = calendar[Stage.EM]
    assert window_form(edition, as_typed(opens, clock.now().date() - timedelta(days=1))).is_valid()
