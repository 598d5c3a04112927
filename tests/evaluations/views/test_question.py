"""One question with all there is to know about it; a proposal is never saved by looking."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from evaluations.domain import assignments
from evaluations.models import Answer, AnswerRevision, AnswerSource, Evaluation
from kla_portal import clock
from kla_portal.indonesian import tanggal
from tests.cast import TABALONG, agency
from tests.evaluations.domain.claims import (
    HEALTH,
    ONE_OF_EACH,
    REGISTRY,
    WEIGHTLESS,
    answer_to,
    fill,
    hand_in,
    save,
)
from tests.evaluations.views.common import PROBE, main_of, same_queries, signed_in, text_of, unchanged, url


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def old(cast):
    """The same questions answered in 2024."""
    evaluation = Evaluation.objects.with_place().get(edition__code="2024", district=TABALONG)
    values = {code: value for code, value, _ in ONE_OF_EACH.values()}
    return fill(evaluation, values, by=cast.coordinator_tabalong, note="catatan 2024")


def test_all_there_is_to_know(evaluation, by, sign_in, spec):
    question = spec.by_code[REGISTRY]
    page = text_of(sign_in(by).get(url("question", evaluation.pk, REGISTRY)))
    assert question.text in page
    assert question.guidance in page
    assert agency(TABALONG, "dukcapil").name in page
    assert "Perkiraan; nilai maksimumnya resmi." in page
    assert "Belum ada yang menjawab pertanyaan ini." in page
    assert "Kosongkan jawaban" in page


def test_an_answer_of_another_day_is_not_told_as_todays(evaluation, by, sign_in):
    """In the district's own day: 23.30 there is 22.30 in Jakarta, and half an hour later it is yesterday's."""
    tomorrow = clock.now().astimezone(ZoneInfo("Asia/Makassar")) + timedelta(days=1)
    evening = tomorrow.replace(hour=23, minute=30, second=0)
    with clock.at(evening):
        save(evaluation, HEALTH, {"numerator": "90", "denominator": "100"}, by=by)
    client, address = sign_in(by), url("indicator", evaluation.pk, 12)
    with clock.at(evening + timedelta(minutes=29)):
        assert "Tersimpan 23.30 WITA. " in text_of(client.get(address))
    with clock.at(evening + timedelta(minutes=31)):
        assert f"Tersimpan {tanggal(evening)} 23.30 WITA. " in text_of(client.get(address))


def test_a_question_without_points_says_so(evaluation, by, sign_in):
    assert "tidak dinilai" in text_of(sign_in(by).get(url("question", evaluation.pk, WEIGHTLESS)))


def test_history_says_who_when_what_and_how_many_points(evaluation, cast, by, sign_in):
    save(evaluation, HEALTH, {"numerator": "90", "denominator": "100"}, by=by, note="pertama")
    save(
        evaluation,
        HEALTH,
        {"numerator": "96", "denominator": "100"},
        by=cast.contributor_health_tabalong,
        note="kedua",
    )
    save(evaluation, HEALTH, None, by=by)
    page = text_of(sign_in(by).get(url("question", evaluation.pk, HEALTH)))
    history = page[page.index("Riwayat") :]
    assert history.index("Dikosongkan") < history.index("96") < history.index("90%")
    assert "Petugas Dinas Kesehatan Tabalong" in history
    assert "pertama" in history
    assert "kedua" in history
    assert "WITA" in history


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_a_proposal_fills_the_fields_and_saves_nothing(evaluation, by, sign_in, old, kind):
    code, value, _ = ONE_OF_EACH[kind]
    client = sign_in(by)
    offered = client.get(url("question", evaluation.pk, code))
    assert 'href="?usul"' in main_of(offered)
    assert "Usulan" not in text_of(offered)
    response = client.get(url("question", evaluation.pk, code) + "?usul")
    main = main_of(response)
    assert "Usulan, belum disimpan" in main
    assert '<input type="hidden" name="source" value="reuse">' in main
    assert 'name="version" value="0"' in main
    card = response.context["card"]
    shown = {field.name: field.text for field in card.numbers}
    shown |= {name: str(c.number) for name, c in (("option", c) for c in card.choices if c.chosen)}
    rows = [next((c.number for c in row.choices if c.chosen), None) for row in card.rows]
    assert (shown or {"rows": rows}) == {k: v if k == "rows" else str(v) for k, v in value.items()}
    assert "catatan 2024" not in main, "the note of two years ago is not proposed"
    unchanged(evaluation)


def test_a_proposal_is_saved_by_its_button_and_recorded(evaluation, by, sign_in, old):
    code, value, _ = ONE_OF_EACH["percentage"]
    sign_in(by).post(url("answer_save", evaluation.pk, code), {**value, "version": "0", "source": "reuse"})
    assert answer_to(evaluation, code).value == value
    assert AnswerRevision.objects.get(answer__evaluation=evaluation).source == AnswerSource.REUSE
    page = text_of(sign_in(by).get(url("question", evaluation.pk, code)))
    assert "dipakai lagi dari periode sebelumnya" in page


def test_a_proposal_over_an_answer_keeps_version_and_note(evaluation, by, sign_in, old):
    save(evaluation, HEALTH, {"numerator": "1", "denominator": "2"}, by=by, note="catatan kini")
    main = main_of(sign_in(by).get(url("question", evaluation.pk, HEALTH) + "?usul"))
    assert 'name="version" value="1"' in main
    assert "catatan kini</textarea>" in main
    assert 'name="numerator" value="4120"' in main
    assert answer_to(evaluation, HEALTH).value == {"numerator": "1", "denominator": "2"}


def test_a_kept_number_stands_there_as_it_is_written_here(evaluation, by, sign_in):
    save(evaluation, HEALTH, {"numerator": "1234", "denominator": "1234567"}, by=by)
    main = main_of(sign_in(by).get(url("question", evaluation.pk, HEALTH)))
    assert 'name="numerator" value="1.234"' in main
    assert 'name="denominator" value="1.234.567"' in main


def test_without_an_earlier_answer_there_is_nothing_to_propose(evaluation, by, sign_in):
    main = main_of(sign_in(by).get(url("question", evaluation.pk, HEALTH) + "?usul"))
    assert "Usulan" not in main
    assert "Pakai lagi" not in main


def test_a_neighbours_earlier_answer_is_never_proposed(neighbour_evaluation, cast, old):
    page = main_of(signed_in(cast.coordinator_tanahbumbu).get(
        url("question", neighbour_evaluation.pk, HEALTH) + "?usul"
    ))  # fmt: skip
    assert not {"4120", "4.120"} & set(re.findall(r"[0-9.]+", page))
    assert "Usulan" not in page


def test_nothing_is_proposed_where_nothing_can_be_saved(evaluation, cast, by, sign_in, old):
    assert "Usulan" not in main_of(
        signed_in(cast.leader_tabalong).get(url("question", evaluation.pk, HEALTH) + "?usul")
    )
    hand_in(evaluation, by=by)
    main = main_of(sign_in(by).get(url("question", evaluation.pk, HEALTH) + "?usul"))
    assert "Usulan" not in main
    assert "<form" not in main
    assert "isinya terkunci" in main


@pytest.mark.parametrize("code", ["99.9", "12", "12.1x", "..", "%"])
def test_a_question_that_is_not_there(evaluation, by, sign_in, code):
    assert sign_in(by).get(url("question", evaluation.pk, code)).status_code == 404
    assert sign_in(by).post(url("answer_save", evaluation.pk, code), {"option": "0"}).status_code == 404


def test_another_agencys_question_does_not_exist_for_a_contributor(evaluation, cast, by):
    client = signed_in(cast.contributor_health_tabalong)
    assert client.get(url("question", evaluation.pk, HEALTH)).status_code == 200
    for name in ("question", "guidance"):
        assert client.get(url(name, evaluation.pk, REGISTRY)).status_code == 404
    assignments.assign(evaluation=evaluation, codes=[HEALTH], agency=agency(TABALONG, "dukcapil"), by=by)
    assert client.get(url("question", evaluation.pk, HEALTH)).status_code == 404


def test_guidance_as_a_fragment(evaluation, by, sign_in, spec):
    response = sign_in(by).get(url("guidance", evaluation.pk, HEALTH))
    assert response.content.decode().startswith("<p>")
    assert spec.by_code[HEALTH].guidance[:60] in text_of(response)
    assert "<html" not in response.content.decode()


def test_notes_are_text_in_the_field_and_in_the_history(evaluation, cast, by):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by, note=f"</textarea>{PROBE}\nbaris dua")
    for who in (by, cast.leader_tabalong):
        page = signed_in(who).get(url("question", evaluation.pk, HEALTH)).content.decode()
        assert "<script>alert" not in page
        assert page.count("&lt;script&gt;") >= 2
        assert "<br>baris dua" in page


def test_as_many_queries_for_one_change_as_for_three(evaluation, by, sign_in, old):
    save(evaluation, HEALTH, {"numerator": "1", "denominator": "2"}, by=by)

    def more():
        save(evaluation, HEALTH, {"numerator": "2", "denominator": "2"}, by=by)
        save(evaluation, HEALTH, {"numerator": "0", "denominator": "2"}, by=by)

    assert same_queries(sign_in(by), url("question", evaluation.pk, HEALTH), more) <= 18
    assert Answer.objects.filter(evaluation=evaluation).count() == 1
