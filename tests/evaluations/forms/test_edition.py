"""Preparing an edition and its windows."""

from __future__ import annotations

import pytest

from evaluations.forms.edition import EditionForm, WindowForm
from indicators.domain.importing import load_instrument
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


def test_a_window(db):
    form = WindowForm(WINDOW)
    assert form.is_valid(), form.errors
    assert WindowForm(WINDOW | {"closes_on": "2028-02-01"}).is_valid(), "the same day, later"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"closes_on": "2028-01-31"}, "closes_on"),
        ({"closes_on": "2028-02-01", "closes_time": "08:00"}, "closes_on"),
        ({"opens_on": "30 Februari"}, "opens_on"),
        ({"opens_time": "25:00"}, "opens_time"),
        ({"closes_time": ""}, "closes_time"),
    ],
)
def test_a_window_that_cannot_be(change, field):
    form = WindowForm(WINDOW | change)
    assert not form.is_valid()
    assert list(form.errors) == [field]
