"""Pembagian tugas: one question, many, or a whole indicator."""

from __future__ import annotations

import pytest

from evaluations.domain.assignments import agencies_by_question
from evaluations.models import Assignment
from kla_portal.accounts.models import Agency
from tests.cast import TABALONG, TANAH_BUMBU, agency
from tests.evaluations.domain.claims import HEALTH, hand_in
from tests.evaluations.views.common import PROBE, main_of, same_queries, signed_in, text_of, url


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def police(db):
    return agency(TABALONG, "polres")


@pytest.fixture
def give(evaluation, sign_in, by):
    client = sign_in(by)

    def post(**data):
        return client.post(url("assign", evaluation.pk), data, follow=True)

    return post


def test_every_indicator_with_its_agencies(evaluation, by, sign_in, spec):
    response = sign_in(by).get(url("assignments", evaluation.pk), {"indikator": "12"})
    main = main_of(response)
    for indicator in spec.indicators():
        assert f'id="i-{indicator.number}"' in main
    assert main.count(" open>") == 1
    assert 'id="i-12" open>' in main
    assert main.count('name="code"') == 274
    page = text_of(response)
    assert "12.1 Persalinan di fasilitas kesehatan Dinas Kesehatan" in page


def test_only_agencies_of_the_district_are_offered(evaluation, by, sign_in):
    Agency.objects.create(district_id=TABALONG, name="Badan Riset Tabalong")
    Agency.objects.create(district_id=TANAH_BUMBU, name="Badan Riset Tanah Bumbu")
    main = main_of(sign_in(by).get(url("assignments", evaluation.pk)))
    assert "Badan Riset Tabalong" in main
    assert "Tanah Bumbu" not in main


def test_the_ticked_ones(evaluation, give, police):
    response = give(indicator="12", agency=police.pk, code=["12.1", "12.3"])
    assert "2 pertanyaan indikator 12 kini milik" in text_of(response)
    assert response.redirect_chain[0][0] == url("assignments", evaluation.pk) + "?indikator=12#i-12"
    now = agencies_by_question(evaluation)
    assert [code for code, owner in now.items() if owner == police and code.startswith("12.")] == [
        "12.1",
        "12.3",
    ]


def test_the_whole_indicator(evaluation, give, police, spec):
    give(indicator="12", agency=police.pk, all="1")
    now = agencies_by_question(evaluation)
    assert all(now[q.code] == police for q in spec.indicator_by_number["12"].questions)
    assert now["13.1"].code != "polres"


def test_a_question_of_another_indicator_is_not_slipped_in(evaluation, give, police):
    give(indicator="12", agency=police.pk, code=["12.1", "4.1", "99.9"])
    assert agencies_by_question(evaluation)["12.1"] == police
    assert agencies_by_question(evaluation)["4.1"] != police


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"indicator": "12", "code": "12.1"}, "Pilih perangkat daerah"),
        ({"indicator": "12", "code": "12.1", "agency": ""}, "Pilih perangkat daerah"),
        ({"indicator": "12", "code": "12.1", "agency": "abc"}, "Pilih perangkat daerah"),
        ({"indicator": "99", "code": "12.1", "agency": "1"}, "Pilih perangkat daerah"),
        ({"indicator": "12", "agency": "POLRES"}, "Centang pertanyaan"),
        ({"indicator": "12", "code": "4.1", "agency": "POLRES"}, "Centang pertanyaan"),
    ],
)
def test_what_is_missing_is_said(give, police, data, words):
    if data.get("agency") == "POLRES":
        data = {**data, "agency": police.pk}
    assert words in text_of(give(**data))
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("number", ["0", "999999999", "9" * 30, "9" * 5000])
def test_an_agency_that_is_not_there(give, number):
    response = give(indicator="12", code="12.1", agency=number)
    assert response.status_code == 404 or "Pilih perangkat daerah" in text_of(response)
    assert not Assignment.objects.exists()


def test_a_neighbours_agency_is_not_there(give):
    assert give(indicator="12", code="12.1", agency=agency(TANAH_BUMBU, "polres").pk).status_code == 404
    assert not Assignment.objects.exists()


def test_a_reader_sees_the_division_and_cannot_change_it(evaluation, cast):
    main = main_of(signed_in(cast.leader_tabalong).get(url("assignments", evaluation.pk)))
    assert "Dinas Kesehatan" in main
    assert "<form" not in main
    assert 'type="checkbox"' not in main


def test_after_submission_it_stands(evaluation, by, sign_in, police):
    hand_in(evaluation, by=by)
    client = sign_in(by)
    assert "<form" not in main_of(client.get(url("assignments", evaluation.pk)))
    refused = client.post(
        url("assign", evaluation.pk), {"indicator": "12", "code": HEALTH, "agency": police.pk}
    )
    assert refused.status_code == 403
    assert "isinya terkunci" in text_of(refused)


def test_names_are_text(evaluation, by, sign_in):
    Agency.objects.filter(district=TABALONG, code="kesehatan").update(name=PROBE)
    page = sign_in(by).get(url("assignments", evaluation.pk)).content.decode()
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;") > 46


def test_as_many_queries_for_one_change_as_for_three(evaluation, by, sign_in, give, police):
    give(indicator="12", agency=police.pk, code=["12.1"])

    def more():
        give(indicator="12", agency=police.pk, code=["12.2", "12.3"])
        Agency.objects.create(district_id=TABALONG, name="Badan Riset")

    assert same_queries(sign_in(by), url("assignments", evaluation.pk), more) <= 12
