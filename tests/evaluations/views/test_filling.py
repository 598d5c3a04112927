"""Pengisian: the list of indicators, and finding questions."""

from __future__ import annotations

import pytest

from evaluations.domain import assignments
from kla_portal.accounts.models import Agency
from kla_portal.accounts.roles import Role
from tests.cast import TABALONG, agency, person
from tests.evaluations.domain.claims import HEALTH, best, fill, save
from tests.evaluations.views.common import (
    PROBE,
    main_of,
    put_evidence,
    queries,
    same_queries,
    signed_in,
    text_of,
    url,
)


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def find(evaluation, sign_in, by):
    """``find(q="akta")`` -> codes of the questions found, in order."""
    client = sign_in(by)

    def codes(**filters) -> list[str]:
        response = client.get(url("filling", evaluation.pk), filters)
        assert response.status_code == 200
        return [card.question.code for card in response.context["cards"] or []]

    return codes


def test_every_indicator_with_its_progress(evaluation, by, sign_in, spec):
    save(evaluation, "1.1", {"option": 0}, by=by)
    response = sign_in(by).get(url("filling", evaluation.pk))
    page, main = text_of(response), main_of(response)
    assert "1 dari 274 pertanyaan terjawab" in page
    for number in spec.indicator_by_number:
        assert f'href="{url("indicator", evaluation.pk, number)}"' in main
    assert "K0 Kelembagaan 12,00 dari 164 poin" in page
    assert "1/63" in page
    assert f'href="{url("assignments", evaluation.pk)}"' in main


def test_a_contributor_sees_the_indicators_of_their_questions(evaluation, cast, spec):
    response = signed_in(cast.contributor_health_tabalong).get(url("filling", evaluation.pk))
    main = main_of(response)
    mine = {spec.indicator_of[q.code].number for q in spec.questions() if q.agencies[0] == "kesehatan"}
    for number in spec.indicator_by_number:
        assert (f'href="{url("indicator", evaluation.pk, number)}"' in main) == (number in mine), number
    clusters = {
        q.code: cluster.code for cluster in spec.clusters for i in cluster.indicators for q in i.questions
    }
    headings = {clusters[q.code] for q in spec.questions() if q.agencies[0] == "kesehatan"}
    assert 0 < len(headings) < len(spec.clusters)
    for cluster in spec.clusters:
        assert (f'id="judul-{cluster.code}"' in main) == (cluster.code in headings), "no heading over nothing"
    assert url("assignments", evaluation.pk) not in main


def test_a_contributor_without_questions_is_told_who_shares_them_out(evaluation, db):
    new = Agency.objects.create(district_id=TABALONG, name="Dinas Baru")
    officer = person(
        "baru.tabalong", "Petugas Dinas Baru", Role.CONTRIBUTOR, district_id=TABALONG, agency=new
    )
    main = main_of(signed_in(officer).get(url("filling", evaluation.pk)))
    assert "Koordinator Gugus Tugas membagikan pertanyaan." in main
    assert "/indikator/" not in main


def test_by_code_by_word_and_by_several_words(find):
    assert find(q="12.1") == ["12.1"]
    assert find(q=" 3.1A ") == ["3.1a"]
    births = find(q="akta kelahiran")
    assert "4.2" in births or "4.1" in births
    assert find(q="KELAHIRAN akta") == births
    assert find(q="zzzz") == []
    assert len(find(q="inovasi")) >= 2


def test_by_theme(find, spec):
    theme = spec.themes[0].code
    assert find(tema=theme)[:80] == [q.code for q in spec.questions() if q.theme == theme][:80]


def test_by_agency(find, evaluation, by, spec):
    registry = agency(TABALONG, "dukcapil")
    assert find(opd=registry.pk) == [q.code for q in spec.questions() if q.agencies[0] == "dukcapil"]
    assignments.assign(evaluation=evaluation, codes=[HEALTH], agency=registry, by=by)
    assert HEALTH in find(opd=registry.pk)
    assert find(opd=registry.pk, q="persalinan") == [HEALTH]


def test_by_what_is_left_to_do(find, evaluation, by, spec):
    values = best(spec)
    open_codes = ["1.1", HEALTH, "12.2"]
    fill(evaluation, {code: value for code, value in values.items() if code not in open_codes}, by=by)
    save(evaluation, HEALTH, {"numerator": "5", "denominator": None}, by=by)
    assert find(status="belum") == ["1.1", "12.2"]
    assert find(status="belum-lengkap") == [HEALTH]
    assert find(status="terjawab", q="12.3") == ["12.3"]
    put_evidence(evaluation, [code for code in values if code != "12.3"], by=by)
    assert find(status="tanpa-bukti") == ["12.3"]
    assert find(status="belum", q="12.2") == ["12.2"]


def test_unknown_choices_in_the_address_are_ignored(find, evaluation, sign_in, by):
    client = sign_in(by)
    for query in ("status=aneh", "tema=aneh", "opd=0", "opd=abc", f"opd={'9' * 5000}", "q=", "q=%20"):
        response = client.get(url("filling", evaluation.pk) + "?" + query)
        assert response.context["cards"] is None, query
    stranger = Agency.objects.exclude(district=TABALONG).first()
    assert find(opd=stranger.pk) == []


def test_more_than_a_page_holds_is_said(evaluation, by, sign_in):
    response = sign_in(by).get(url("filling", evaluation.pk), {"status": "belum"})
    assert len(response.context["cards"]) == 80
    assert "274 pertanyaan ditemukan; 80 pertama ditampilkan. Persempit saringan" in text_of(response)


def test_nothing_found_says_what_to_do(evaluation, by, sign_in):
    page = text_of(sign_in(by).get(url("filling", evaluation.pk), {"q": "zzzz"}))
    assert "0 pertanyaan ditemukan" in page
    assert "Coba kata lain, atau hapus saringan." in page


def test_a_contributor_finds_only_their_own(evaluation, cast):
    client = signed_in(cast.contributor_health_tabalong)
    for filters in ({"q": "telah diregistrasi"}, {"opd": agency(TABALONG, "dukcapil").pk}):
        response = client.get(url("filling", evaluation.pk), filters)
        assert response.context["cards"] == [], filters
    response = client.get(url("filling", evaluation.pk), {"status": "belum"})
    assert {card.agency.code for card in response.context["cards"]} == {"kesehatan"}
    assert len(response.context["cards"]) == 46


def test_what_is_found_can_be_answered_there(evaluation, by, sign_in):
    main = main_of(sign_in(by).get(url("filling", evaluation.pk), {"q": HEALTH}))
    assert f'action="{url("answer_save", evaluation.pk, HEALTH)}"' in main
    assert 'name="numerator"' in main
    assert 'name="csrfmiddlewaretoken"' in main


def test_the_words_sought_and_an_agencys_name_are_text(evaluation, by, sign_in):
    Agency.objects.filter(district=TABALONG, code="kesehatan").update(name=PROBE)
    response = sign_in(by).get(url("filling", evaluation.pk), {"q": f'"{PROBE}'})
    page = response.content.decode()
    assert PROBE not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("filters", ["", "?status=belum", "?status=terjawab", "?status=tanpa-bukti&q=12"])
def test_as_many_queries_for_one_answer_as_for_many(evaluation, by, sign_in, spec, filters):
    save(evaluation, "12.2", best(spec)["12.2"], by=by)

    def more():
        values = best(spec)
        fill(evaluation, {code: values[code] for code in ("12.3", "12.4", HEALTH, "1.1", "4.1")}, by=by)
        put_evidence(evaluation, ["12.2", "12.3"], by=by)

    assert same_queries(sign_in(by), url("filling", evaluation.pk) + filters, more) <= 17


def test_a_short_search_is_as_light_as_a_long_one(evaluation, by, sign_in):
    client = sign_in(by)
    one = queries(client, url("filling", evaluation.pk) + "?q=12.1")
    assert queries(client, url("filling", evaluation.pk) + "?status=belum") <= one + 1


def test_the_value_sought_stands_in_the_field(evaluation, by, sign_in):
    main = main_of(sign_in(by).get(url("filling", evaluation.pk), {"q": "akta", "status": "belum"}))
    assert 'value="akta"' in main
    assert '<option value="belum" selected>' in main
