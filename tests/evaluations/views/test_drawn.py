"""A kept card with its holes filled is, letter by letter, the card that the template draws."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.template.loader import render_to_string

from evaluations.domain import workflow
from evaluations.models import Evaluation
from evaluations.views import drawn
from evaluations.views.cards import build_cards, saved_card
from tests.cast import TANAH_BUMBU
from tests.evaluations.domain.claims import ONE_OF_EACH, best, fill, fresh, hand_in, save
from tests.evaluations.views.common import PROBE, main_of, put_evidence, url

TOKEN = "salt<&>"


@pytest.fixture(autouse=True)
def nothing_kept():
    drawn._kept.clear()


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


def as_template(card, light: bool) -> str:
    context = {
        "card": card,
        "evaluation": card.evaluation,
        "zone": workflow.zone_of(card.evaluation),
        "light": light,
        "csrf_token": TOKEN,
    }
    return render_to_string("evaluations/question/_card.html", context)


def check(cards, *, light: bool) -> int:
    """Every card twice: drawn anew, and from what was kept. Returns how many are kept."""
    for _ in range(2):
        found = drawn.draw(cards, TOKEN, light=light)
        for card, html in zip(cards, found, strict=True):
            assert html == as_template(card, light), card.question.code
            assert "\0" not in html
            assert str(drawn.ANY_PK) not in html
    return len(drawn._kept)


def cards_of(evaluation: Evaluation, user, codes=None):
    evaluation = Evaluation.objects.with_place().get(pk=evaluation.pk)
    spec = drawn.loaded(evaluation.edition.instrument).spec
    return build_cards(evaluation, [q for q in spec.questions() if codes is None or q.code in codes], user)


@pytest.mark.parametrize("light", [False, True])
def test_questions_of_every_kind_unanswered_and_answered(evaluation, by, spec, light):
    codes = {code for code, _, _ in ONE_OF_EACH.values()} | {q.code for q in list(spec.questions())[::9]}
    assert check(cards_of(evaluation, by, codes), light=light) == len(codes)
    fill(evaluation, {code: value for code, value in best(spec).items() if code in codes}, by=by)
    put_evidence(evaluation, sorted(codes)[:5], by=by, title=PROBE)
    assert check(cards_of(evaluation, by, codes), light=light) == 2 * len(codes)


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_the_reply_to_a_save(evaluation, by, kind):
    code, value, _ = ONE_OF_EACH[kind]
    looks = set()
    for note in ("tanpa bukti", "masih tanpa", "dengan bukti", "masih dengan"):
        if note == "dengan bukti":
            put_evidence(evaluation, [code], by=by, title=PROBE)
        answer = save(evaluation, code, value, by=by, note=note).answer
        (full,) = cards_of(evaluation, by, {code})
        card = saved_card(full.evaluation, full.question, answer)
        html = drawn.draw_saved(card)
        assert html == render_to_string("evaluations/question/_saved.html", {"card": card})
        assert f'name="version" value="{answer.version}"' in html
        looks.add(card.unsafe)
    assert len(drawn._kept) == (0 if card.numbers else len(looks)), "numbers hardly ever come twice"


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_what_a_person_wrote_is_escaped(cast, evaluation, by, kind):
    code, value, _ = ONE_OF_EACH[kind]
    by.name = PROBE
    by.save()
    note = f"\n{PROBE}\n\nbaris kedua & \\1 {{{{ card }}}}"
    save(evaluation, code, value, by=by, note=note)
    cards = cards_of(evaluation, by, {code})
    assert check(cards, light=False) == 1
    html = drawn.draw(cards, TOKEN)[0]
    assert PROBE not in html
    assert "&lt;script&gt;" in html
    assert "{{ card }}" in html, "text is not a template"


@pytest.mark.parametrize("light", [False, True])
def test_locked_cards_with_their_notes(cast, evaluation, by, spec, light):
    fill(evaluation, {code: best(spec)[code] for code in ("1.1", "12.1")}, by=by)
    save(evaluation, "12.2", best(spec)["12.2"], by=by, note=f"satu\ndua {PROBE}")
    hand_in(evaluation, by=by)
    for reader in (by, cast.verifier_kalsel):
        codes = {"1.1", "12.1", "12.2", "12.3"}
        check(cards_of(evaluation, reader, codes), light=light)


def test_another_note_name_or_moment_needs_no_new_drawing(evaluation, by, spec):
    save(evaluation, "12.1", best(spec)["12.1"], by=by, note="pertama")
    first = drawn.draw(cards_of(evaluation, by, {"12.1"}), TOKEN)[0]
    save(evaluation, "12.1", best(spec)["12.1"], by=by, note="kedua")
    second = drawn.draw(cards_of(evaluation, by, {"12.1"}), TOKEN)[0]
    assert len(drawn._kept) == 1
    assert "pertama" in first
    assert "kedua" in second
    assert 'name="version" value="2"' in second
    assert "perubahan ke-2" in second


def test_another_answer_evidence_or_warning_is_drawn_anew(evaluation, by, spec):
    seen = []

    def step():
        seen.append(drawn.draw(cards_of(evaluation, by, {"12.1"}), TOKEN)[0])

    step()
    save(evaluation, "12.1", best(spec)["12.1"], by=by)
    step()
    put_evidence(evaluation, ["12.1"], by=by, title="Berkas uji")
    step()
    row = fresh(evaluation)
    row.unready = {}
    row.save(update_fields=["unready"])
    step()
    assert len(set(seen)) == len(drawn._kept) == 4
    assert "Berkas uji" in seen[2]
    assert "Berkas uji" not in seen[1]
    assert "aman</small>" in seen[3]


def test_two_districts_share_a_drawing_and_nothing_else(cast, evaluation, by, spec):
    other = Evaluation.objects.get(district=TANAH_BUMBU, edition=evaluation.edition)
    save(evaluation, "12.1", best(spec)["12.1"], by=by, note="rahasia Tabalong")
    save(other, "12.1", best(spec)["12.1"], by=cast.coordinator_tanahbumbu, note="rahasia Tanah Bumbu")
    ours = drawn.draw(cards_of(evaluation, by, {"12.1"}), TOKEN)[0]
    theirs = drawn.draw(cards_of(other, cast.coordinator_tanahbumbu, {"12.1"}), TOKEN)[0]
    assert len(drawn._kept) == 1
    assert "rahasia Tabalong" in ours
    assert "Tabalong" not in theirs
    assert f"/{other.pk}/" in theirs
    assert f"/{evaluation.pk}/" not in theirs


def test_what_is_kept_has_a_bound(monkeypatch, evaluation, by, spec):
    monkeypatch.setattr(drawn, "KEPT", 3)
    cards = cards_of(evaluation, by, {"12.1", "12.2", "12.3", "12.4", "12.5"})
    drawn.draw(cards, TOKEN)
    drawn.draw(cards[-1:], TOKEN)
    assert [key[2] for key in drawn._kept] == ["12.3", "12.4", "12.5"]


def test_many_threads_draw_the_same(monkeypatch, evaluation, by):
    monkeypatch.setattr(drawn, "KEPT", 2)
    cards = cards_of(evaluation, by, {"12.1", "12.2", "12.3", "12.4"})
    plain = [as_template(card, False) for card in cards]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: drawn.draw(cards, TOKEN), range(12)))
    assert all(one == plain for one in found)


def test_the_page_carries_the_readers_token(evaluation, by, sign_in):
    client = sign_in(by)
    page = main_of(client.get(url("indicator", evaluation.pk, "12")))
    tokens = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w{64})"', page))
    assert len(tokens) == 1, "one for all forms of a page"
    other = main_of(client.get(url("indicator", evaluation.pk, "12")))
    assert not tokens & set(re.findall(r'value="(\w{64})"', other)), "and another on every page"


@pytest.mark.parametrize("light", [False, True])
def test_a_returned_question_with_the_verifiers_words(evaluation, by, light):
    codes = {"12.1", "12.2"}
    plain = cards_of(evaluation, by, codes)
    check(plain, light=light)
    cards = cards_of(evaluation, by, codes)
    cards[0].needed = f"Lampirkan rekap {PROBE}\nbaris dua & lain"
    assert check(cards, light=light) == 3, "the words stand in a hole"
    cards[0].needed = "Lain lagi"
    assert check(cards, light=light) == 3
    assert "Lain lagi" in drawn.draw(cards, TOKEN, light=light)[0]
    assert "is-returned" not in drawn.draw(plain, TOKEN, light=light)[0]


def test_an_emptied_answer_that_can_come_back(evaluation, by):
    save(evaluation, "1.1", {"option": 0}, by=by)
    answer = save(evaluation, "1.1", None, by=by).answer
    (full,) = cards_of(evaluation, by, {"1.1"})
    card = saved_card(full.evaluation, full.question, answer)
    assert "Kembalikan" not in drawn.draw_saved(card)
    card.restorable = True
    html = drawn.draw_saved(card)
    assert html == render_to_string("evaluations/question/_saved.html", {"card": card})
    assert 'name="version" value="2">Kembalikan jawaban lama' in html
