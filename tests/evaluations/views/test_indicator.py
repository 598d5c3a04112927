"""An indicator's questions as cards, light even when there are 63 of them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine

from evaluations.domain import assignments, workflow
from evaluations.models import Answer, AnswerRevision, Evaluation
from kla_portal.accounts.models import Agency
from kla_portal.indonesian import angka
from tests.cast import TABALONG, agency
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, best, fill, hand_in, save
from tests.evaluations.evidence.raising import fill_slots
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


def card_of(response, code: str) -> str:
    """The HTML of one card."""
    page = main_of(response)
    start = page.index(f'id="q-{code.replace(".", "-")}"')
    return page[start : page.index("</article>", start)]


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_a_card_shows_question_rule_and_answer(evaluation, by, sign_in, spec, kind):
    code, value, points = ONE_OF_EACH[kind]
    question = spec.by_code[code]
    save(evaluation, code, value, by=by, note="Menurut profil.")
    card = card_of(sign_in(by).get(url("indicator", evaluation.pk, spec.indicator_of[code].number)), code)
    assert question.title in card
    assert question.text.replace("'", "&#x27;") in card
    shown = points.replace(".", ",")
    assert f"<b>{shown}</b> dari {angka(question.weight)} poin" in card
    assert "Menurut profil.</textarea>" in card
    assert 'name="version" value="1"' in card
    assert f'action="{url("answer_save", evaluation.pk, code)}"' in card
    assert "Simpan</button>" in card
    assert "Koordinator Tabalong" in card
    assert ("perubahan ke-1" in card) == (code != "1.1"), (
        "a long indicator leaves that to the question's page"
    )
    for slot in question.slots:
        assert slot.label in card
    if kind in {"percentage", "count", "change"}:
        for name, number in value.items():
            assert f'name="{name}" value="{angka(int(number))}"' in card
        assert "(di sini)" in card
    elif kind == "choice":
        assert re.search(r'<option value="1" selected>', card), (
            "a long indicator offers a list to choose from"
        )
        assert card.count(" selected") == 1
    else:
        assert card.count(" selected>") == 3
        assert '<option value="3" selected>' in card


def test_a_short_indicator_offers_its_options_side_by_side(evaluation, by, sign_in):
    save(evaluation, "12.6", {"option": 1}, by=by)
    response = sign_in(by).get(url("indicator", evaluation.pk, "12"))
    card = card_of(response, "12.6")
    assert re.search(r'<input type="radio" name="option" value="1" checked>', card)
    assert card.count("checked") == 1


def test_the_running_line_and_the_way_on(evaluation, by, sign_in, spec):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    response = sign_in(by).get(url("indicator", evaluation.pk, "12"))
    page = text_of(response)
    assert "Indikator 12: 2 dari 23 poin" in page or "Indikator 12: 2 dari" in page
    assert "Klaim: 2,00" in page
    assert url("indicator", evaluation.pk, "11") in main_of(response)
    assert url("indicator", evaluation.pk, "13") in main_of(response)
    for question in spec.indicator_by_number["12"].questions:
        assert f'href="#q-{question.code.replace(".", "-")}"' in main_of(response)


def test_the_first_and_the_last_indicator(evaluation, by, sign_in):
    client = sign_in(by)
    assert "arrow-left" not in main_of(client.get(url("indicator", evaluation.pk, "1")))
    last = main_of(client.get(url("indicator", evaluation.pk, "26")))
    assert "arrow-left" in last
    assert "Indikator 27" not in last


@pytest.mark.parametrize("number", ["0", "27", "21", "abc", "12 ", "٢"])
def test_an_indicator_that_is_not_there(evaluation, by, sign_in, number):
    assert sign_in(by).get(url("indicator", evaluation.pk, number)).status_code == 404


def test_a_contributor_sees_their_questions_only(evaluation, cast, by):
    assignments.assign(evaluation=evaluation, codes=["12.2"], agency=agency(TABALONG, "polres"), by=by)
    client = signed_in(cast.contributor_health_tabalong)
    response = client.get(url("indicator", evaluation.pk, "12"))
    assert [card.question.code for card in response.context["cards"]] == [
        "12.1", "12.3", "12.4", "12.5", "12.6", "12.7",
    ]  # fmt: skip
    assert "Hanya pertanyaan perangkat daerah Anda yang tampil." in text_of(response)
    assert "12.2" not in main_of(response)
    assert client.get(url("indicator", evaluation.pk, "4")).status_code == 404, "none of theirs"


def test_a_reader_sees_answers_and_no_form(evaluation, cast, by):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by, note="Menurut profil.")
    response = signed_in(cast.leader_tabalong).get(url("indicator", evaluation.pk, "12"))
    main = main_of(response)
    assert "<form" not in main
    assert "<textarea" not in main
    card = card_of(response, HEALTH)
    assert "91,39%" in card
    assert "Menurut profil." in card
    assert "Anda tidak dapat mengubah jawaban" in card


def test_a_submitted_evaluation_says_why_it_is_locked(evaluation, by, sign_in):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    hand_in(evaluation, by=by)
    response = sign_in(by).get(url("indicator", evaluation.pk, "12"))
    assert "<form" not in main_of(response)
    assert "Terkunci" in card_of(response, HEALTH)
    assert "berstatus Diajukan" in card_of(response, HEALTH)


def test_a_closed_window_says_since_when(evaluation, by):
    closes = workflow.closes_at(evaluation)
    with time_machine.travel(closes - timedelta(seconds=1), tick=False):
        assert "<form" in main_of(signed_in(by).get(url("indicator", evaluation.pk, "12")))
    with time_machine.travel(closes, tick=False):
        response = signed_in(by).get(url("indicator", evaluation.pk, "12"))
    assert "<form" not in main_of(response)
    assert "sudah ditutup" in card_of(response, HEALTH)


def test_names_notes_and_files_are_text(evaluation, by, cast):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by, note=f"</textarea>{PROBE}")
    put_evidence(evaluation, [HEALTH], by=by, title=PROBE)
    Agency.objects.filter(district=TABALONG, code="kesehatan").update(name=PROBE)
    by.name = PROBE
    by.save()
    for who in (by, cast.leader_tabalong):
        page = signed_in(who).get(url("indicator", evaluation.pk, "12")).content.decode()
        assert "<script>alert" not in page
        assert page.count("&lt;script&gt;") >= 4
        assert "</textarea></textarea>" not in page


def test_last_editions_answer_stands_beside(evaluation, cast, by):
    old = Evaluation.objects.with_place().get(edition__code="2024", district=TABALONG)
    fill(old, {HEALTH: {"numerator": "881", "denominator": "1000"}}, by=by)
    response = signed_in(by).get(url("indicator", evaluation.pk, "12"))
    card = card_of(response, HEALTH)
    assert "2024: " in card
    assert "88,1" in card
    assert "2 poin" in card
    assert f"{url('question', evaluation.pk, HEALTH)}?usul" in card
    assert "?usul" not in card_of(response, "12.2")
    assert not Answer.objects.filter(evaluation=evaluation).exists()


def test_the_filter_bar_of_a_long_indicator(evaluation, by, sign_in, spec):
    codes = [q.code for q in spec.indicator_by_number["1"].questions]
    values = best(spec)
    fill(evaluation, {code: values[code] for code in codes[:10]}, by=by)
    put_evidence(evaluation, codes[:4], by=by)
    client = sign_in(by)

    def shown(status: str) -> list[str]:
        response = client.get(url("indicator", evaluation.pk, "1"), {"status": status})
        return [card.question.code for card in response.context["cards"]]

    assert shown("belum") == codes[10:]
    assert shown("kurang") == codes[4:10]
    assert shown("selesai") == codes[:4]
    assert shown("aneh") == codes
    page = text_of(client.get(url("indicator", evaluation.pk, "1")))
    assert "Semua 63 Belum dijawab 53 Kurang data dukung 6 Selesai 4" in page


def test_an_empty_filter_leads_back(evaluation, by, sign_in):
    response = sign_in(by).get(url("indicator", evaluation.pk, "1"), {"status": "selesai"})
    assert "Tampilkan semua" in text_of(response)


@pytest.fixture
def full(evaluation, by, spec):
    """All 63 questions of indicator 1 answered, with notes and evidence in every slot, here and in 2024."""
    questions = spec.indicator_by_number["1"].questions
    values = {q.code: best(spec)[q.code] for q in questions}
    note = "Ditetapkan tahun lalu, berlaku sampai 2029; salinan lengkap ada pada Bagian Hukum."
    old = Evaluation.objects.with_place().get(edition__code="2024", district=TABALONG)
    fill(old, values, by=by, note=note)
    put_evidence(evaluation, list(values), by=by, title="Peraturan Daerah tentang KLA, salinan")
    filled = fill(evaluation, values, by=by, note=note)
    AnswerRevision.objects.bulk_create(
        AnswerRevision(answer=answer, version=1, value=answer.value, note=note, at=answer.updated_at, by=by)
        for answer in Answer.objects.filter(evaluation=evaluation)
    )
    return filled


def test_63_questions_stay_light(full, by, sign_in):
    client = sign_in(by)
    address = url("indicator", full.pk, "1")
    response = client.get(address)
    page = response.content
    assert len(response.context["cards"]) == 63
    assert page.count(b"<form") >= 63
    assert b"Peraturan Daerah tentang KLA, salinan 62" in page
    assert len(page) < 150_000, f"{len(page):,} bytes"
    assert queries(client, address) <= 12


def test_63_empty_questions_too(evaluation, by, sign_in):
    client = sign_in(by)
    address = url("indicator", evaluation.pk, "1")
    assert len(client.get(address).content) < 150_000
    assert queries(client, address) <= 12


@pytest.mark.parametrize("who", ["coordinator_tabalong", "contributor_health_tabalong", "auditor_kalsel"])
def test_as_many_queries_for_one_answer_as_for_three(evaluation, cast, by, spec, who):
    values = best(spec)
    save(evaluation, "12.1", values["12.1"], by=by)
    put_evidence(evaluation, ["12.1"], by=by)

    def more():
        fill(evaluation, {code: values[code] for code in ("12.2", "12.3")}, by=by)
        put_evidence(evaluation, ["12.2", "12.3"], by=by)

    address = url("indicator", evaluation.pk, "12")
    assert same_queries(signed_in(getattr(cast, who)), address, more) <= 12


def test_a_contributors_way_on_leads_only_where_they_may_go(evaluation, cast, sign_in):
    client = sign_in(cast.contributor_health_tabalong)
    page = client.get(url("indicator", evaluation.pk, "12"))
    ways = [page.context["before"], page.context["after"]]
    assert ways[1] == "13"
    for number in filter(None, ways):
        assert client.get(url("indicator", evaluation.pk, number)).status_code == 200


def test_a_card_says_whether_its_points_are_safe(evaluation, by, sign_in):
    for code in ("12.1", "12.2", "12.3"):
        save(evaluation, code, {"numerator": "99", "denominator": "100"}, by=by)
    fill_slots(evaluation, "12.1", by=by)
    fill_slots(evaluation, "12.2", by=by, years=[])
    response = sign_in(by).get(url("indicator", evaluation.pk, "12"))
    assert "<small>aman</small>" in card_of(response, "12.1")
    assert "<small>belum aman: dokumen belum diisi tahunnya</small>" in card_of(response, "12.2")
    assert "<small>belum aman: slot wajib kosong</small>" in card_of(response, "12.3")
    assert "aman</small>" not in card_of(response, "12.4"), "no points to lose"
    assert "Aman: 3,00" in text_of(response)
