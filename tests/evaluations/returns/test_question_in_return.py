"""While a question is back with the district, what is needed stands where one works on it."""

from __future__ import annotations

import pytest

from evaluations.domain import deadlines
from kla_portal.indonesian import tanggal_jam
from tests.evaluations.cycle import fresh
from tests.evaluations.returns.conftest import NEEDED
from tests.evaluations.views.common import PROBE, main_of, queries, signed_in, text_of, url


@pytest.fixture
def client(cast):
    return signed_in(cast.coordinator_tabalong)


@pytest.mark.parametrize("page", ["question", "evidence_slots"])
def test_what_is_needed_until_when_and_the_way_back(returned, client, page):
    response = client.get(url(page, returned.pk, "12.1"))
    limit = deadlines.limit_of_return(deadlines.open_return(returned))
    text = text_of(response)
    assert "Yang diperlukan" in text
    assert NEEDED["12.1"] in text
    assert NEEDED["4.1"] not in text
    assert f"Tepat waktu sampai {tanggal_jam(limit.due_at, returned.district.province.zone)}" in text
    assert f'href="{url("shortfall", returned.pk)}">Kembali ke daftar kekurangan' in main_of(response)


@pytest.mark.parametrize("page", ["question", "evidence_slots"])
def test_no_banner_at_other_questions_nor_outside_a_return(returned, submitted, client, page):
    assert "Yang diperlukan" not in text_of(client.get(url(page, returned.pk, "1.1")))


def test_none_before_a_return(submitted, client):
    for page in ("question", "evidence_slots"):
        assert "Yang diperlukan" not in text_of(client.get(url(page, submitted.pk, "12.1")))


def test_the_buttons_below_lead_back_and_to_the_next_returned(returned, client):
    main = main_of(client.get(url("question", returned.pk, "4.1")))
    assert "Berikutnya yang dikembalikan: 12.1" in main
    assert "Daftar kekurangan</a>" in main
    assert "Periksa &amp; ajukan</a>" not in main[main.index('aria-label="Halaman lain"') :]
    assert "Berikutnya yang dikembalikan: 4.1" in main_of(client.get(url("question", returned.pk, "12.1")))


def test_a_contributor_is_led_to_their_own_returned_only(returned, cast):
    response = signed_in(cast.contributor_health_tabalong).get(url("question", returned.pk, "12.1"))
    assert NEEDED["12.1"] in text_of(response)
    assert "Berikutnya yang dikembalikan" not in text_of(response)


def test_the_indicators_cards_are_marked(returned, client):
    main = main_of(client.get(url("indicator", returned.pk, "12")))
    assert main.count("is-returned") == 1
    card = main[main.index('id="q-12-1"') :][:2500]
    assert NEEDED["12.1"] in card
    assert "Yang diperlukan" in card


def test_the_verifiers_words_are_text(submitted, send, client):
    evaluation = send(submitted, {"12.1": f"Perbaiki {PROBE}\nbaris dua"})
    for path in (url("question", evaluation.pk, "12.1"), url("indicator", evaluation.pk, "12")):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert "Perbaiki &lt;script&gt;" in page


def test_it_costs_no_query(submitted, send, client):
    """The lock reads the return anyway."""
    paths = [url("question", submitted.pk, "12.1"), url("indicator", submitted.pk, "12")]
    assert [fresh(submitted).state for _ in "1"] == ["submitted"]
    evaluation = send(submitted, {"12.1": "satu"})
    one = [queries(client, path) for path in paths]
    items = deadlines.open_return(fresh(evaluation)).items
    assert items.count() == 1
    assert [queries(client, path) for path in paths] == one
