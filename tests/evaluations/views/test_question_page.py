"""The question's own page after a save: its story is fresh, an emptied answer can come back, the next one is near."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.models import AnswerRevision
from tests.evaluations.domain.claims import HEALTH, REGISTRY, answer_to, best, fill, save
from tests.evaluations.views.common import HTMX, main_of, signed_in, text_of, unchanged, url

OTHER = "12.2"
VALUE = {"numerator": "4120", "denominator": "4508"}


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def send(evaluation, sign_in, by):
    """``send(numerator="1", ...)`` -> the reply to a save by htmx from the question's own page."""
    client = sign_in(by)
    page = "http://testserver" + url("question", evaluation.pk, HEALTH)

    def post(code=HEALTH, current=page, htmx=True, **data):
        headers = HTMX | {"HX-Current-URL": current} if htmx else {}
        return client.post(url("answer_save", evaluation.pk, code), data, headers=headers)

    return post


# The story


def test_a_save_from_the_questions_page_brings_its_story(evaluation, send):
    response = send(**VALUE, version="0", note="dari profil")
    fragment = response.content.decode()
    assert '<section id="riwayat" hx-swap-oob="true"' in fragment
    story = fragment[fragment.index('id="riwayat"') :]
    assert "dari profil" in story
    assert "Koordinator Tabalong" in story
    assert "Belum ada yang menjawab" not in story
    assert "hx-swap-oob" not in main_of(send(htmx=False, numerator="x", denominator="1", version="1"))


@pytest.mark.parametrize("current", ["http://testserver/evaluasi/1/indikator/12/", "", "http://["])
def test_saves_from_elsewhere_do_not_pay_for_it(evaluation, send, current):
    assert "riwayat" not in send(**VALUE, version="0", note="", current=current).content.decode()
    with CaptureQueriesContext(connection) as elsewhere:
        send(numerator="1", denominator="2", version="1", note="", current=current)
    with CaptureQueriesContext(connection) as here:
        assert send(numerator="2", denominator="2", version="2", note="").status_code == 200
    assert not [one["sql"] for one in elsewhere if "verdictrevision" in one["sql"]]
    assert [one["sql"] for one in here if "verdictrevision" in one["sql"]]


# Emptied, and put back


def test_emptying_stands_apart_from_saving(evaluation, by, sign_in):
    main = main_of(sign_in(by).get(url("question", evaluation.pk, HEALTH)))
    save_button, clear = main.index(">Simpan</button>"), main.index("Kosongkan jawaban</button>")
    assert save_button < main.index('class="question-status"') < clear < main.index("</form>")


def test_an_emptied_answer_can_be_put_back_with_its_note(evaluation, send, sign_in, by):
    send(**VALUE, version="0", note="dari profil")
    emptied = send(numerator="", denominator="", version="1", note="")
    assert "Jawaban dikosongkan" in text_of(emptied)
    assert 'form="kembalikan" name="version" value="2">Kembalikan jawaban lama' in emptied.content.decode()
    page = main_of(sign_in(by).get(url("question", evaluation.pk, HEALTH)))
    assert 'form="kembalikan" name="version" value="2">Kembalikan jawaban lama' in page
    assert '<form id="kembalikan" method="post"' in page
    back = send(htmx=False, restore="1", version="2")
    assert (back.status_code, back["Location"]) == (302, url("question", evaluation.pk, HEALTH))
    answer = answer_to(evaluation, HEALTH)
    assert (answer.value, answer.note, answer.version) == (VALUE, "dari profil", 3)
    page = text_of(sign_in(by).get(url("question", evaluation.pk, HEALTH)))
    assert "dikembalikan seperti semula" in page
    assert "Kembalikan jawaban lama" not in page


def test_a_note_written_since_stays(evaluation, send):
    send(**VALUE, version="0", note="dari profil")
    send(numerator="", denominator="", version="1", note="angka lama salah")
    send(htmx=False, restore="1", version="2")
    answer = answer_to(evaluation, HEALTH)
    assert (answer.value, answer.note) == (VALUE, "angka lama salah")


@pytest.mark.parametrize("more", ["#riwayat", "?usul", "?usul#petunjuk"])
def test_an_address_with_more_behind_it_is_the_same_page(evaluation, send, more):
    current = "http://testserver" + url("question", evaluation.pk, HEALTH) + more
    assert "riwayat" in send(**VALUE, version="0", note="", current=current).content.decode()


def test_without_a_script_the_undo_stands_where_one_lands(evaluation, send, sign_in, by):
    send(htmx=False, **VALUE, version="0", note="dari profil")
    response = send(htmx=False, **VALUE, version="1", note="dari profil", clear="1")
    assert response["Location"] == url("question", evaluation.pk, HEALTH)
    page = text_of(sign_in(by).get(response["Location"]))
    assert f"Jawaban {HEALTH} dikosongkan." in page
    assert "Kembalikan jawaban lama" in page


@pytest.mark.parametrize("kind", ["1.1", "3.1a", "14.7"])
def test_every_kind_comes_back_as_it_was(evaluation, send, spec, by, kind):
    value = best(spec)[kind]
    save(evaluation, kind, value, by=by)
    save(evaluation, kind, None, by=by)
    assert send(kind, htmx=False, restore="1", version="2").status_code == 302
    assert answer_to(evaluation, kind).value == value


def test_nothing_is_put_over_somebody_elses_answer(evaluation, cast, send, by):
    save(evaluation, HEALTH, VALUE, by=by)
    save(evaluation, HEALTH, None, by=by)
    save(evaluation, HEALTH, {"numerator": "1", "denominator": "2"}, by=cast.contributor_health_tabalong)
    response = send(htmx=False, restore="1", version="2")
    assert response.status_code == 409
    assert "Berubah oleh orang lain" in text_of(response)
    assert answer_to(evaluation, HEALTH).value == {"numerator": "1", "denominator": "2"}


def test_where_there_was_nothing_there_is_nothing_to_put_back(evaluation, send, sign_in, by):
    for version in "01":
        send(numerator="", denominator="", version=version, note=f"catatan {version}")
    assert "Kembalikan" not in text_of(sign_in(by).get(url("question", evaluation.pk, HEALTH)))
    refused = send(htmx=False, restore="1", version="2")
    assert refused.status_code == 403
    assert "Tidak ada jawaban lama yang dapat dikembalikan." in text_of(refused)
    assert AnswerRevision.objects.count() == 2


def test_who_only_reads_puts_nothing_back(evaluation, cast, by):
    save(evaluation, HEALTH, VALUE, by=by)
    save(evaluation, HEALTH, None, by=by)
    client = signed_in(cast.leader_tabalong)
    assert "Kembalikan" not in text_of(client.get(url("question", evaluation.pk, HEALTH)))
    post = client.post(url("answer_save", evaluation.pk, HEALTH), {"restore": "1", "version": "2"})
    assert post.status_code == 403
    assert answer_to(evaluation, HEALTH).value is None


# One's own other window


def test_ones_own_save_in_another_window_is_called_that(evaluation, send, by):
    save(evaluation, HEALTH, {"numerator": "96", "denominator": "100"}, by=by)
    for htmx in (True, False):
        response = send(htmx=htmx, **VALUE, version="0", note="")
        text = text_of(response)
        assert response.status_code == 409
        assert "Berubah di jendela lain" in text
        assert "Jawaban Anda di jendela lain" in text
        assert "orang lain" not in main_of(response) if not htmx else "orang lain" not in text
        assert "data-own" in response.content.decode()


# The way on


def next_of(response):
    found = re.search(r'<p id="berikutnya".*?</p>', response.content.decode(), re.DOTALL)
    return found[0] if found else ""


def test_the_next_unanswered_question_in_the_instruments_order(evaluation, by, sign_in, send):
    save(evaluation, OTHER, VALUE, by=by)
    link = next_of(sign_in(by).get(url("question", evaluation.pk, HEALTH)))
    assert "Berikutnya yang belum dijawab: 12.3" in link
    assert url("question", evaluation.pk, "12.3") in link
    assert "Berikutnya yang belum dijawab: 12.3" in next_of(send(**VALUE, version="0", note=""))


def test_round_the_end_and_then_to_the_check(evaluation, by, sign_in, spec, send):
    values = {code: value for code, value in best(spec).items() if code not in {"2.1", HEALTH}}
    fill(evaluation, values, by=by)
    client = sign_in(by)
    assert "belum dijawab: 2.1 " in next_of(client.get(url("question", evaluation.pk, HEALTH)))
    save(evaluation, "2.1", best(spec)["2.1"], by=by)
    assert "<a" not in next_of(client.get(url("question", evaluation.pk, HEALTH))), (
        "it is itself what is left"
    )
    done = next_of(send(**VALUE, version="0", note=""))
    assert "Semua sudah dijawab: Periksa &amp; ajukan" in done
    assert url("check", evaluation.pk) in done


def test_neighbours_of_the_indicator(evaluation, by, sign_in):
    main = main_of(sign_in(by).get(url("question", evaluation.pk, OTHER)))
    nav = main[main.index('aria-label="Halaman lain"') :]
    assert nav.index(url("question", evaluation.pk, "12.1")) < nav.index(
        url("question", evaluation.pk, "12.3")
    )


def test_a_contributor_is_led_among_their_own(evaluation, cast, spec, by):
    client = signed_in(cast.contributor_health_tabalong)
    response = client.get(url("question", evaluation.pk, HEALTH))
    codes = set(re.findall(r"/pertanyaan/([\w.]+)/\"", main_of(response)))
    assert codes
    for code in codes:
        assert client.get(url("question", evaluation.pk, code)).status_code == 200
    fill(evaluation, best(spec), by=by)
    link = next_of(client.get(url("question", evaluation.pk, HEALTH)))
    assert "Semua sudah dijawab: Tugas saya" in link
    assert url("tasks", evaluation.pk) in link


def test_who_cannot_answer_is_led_to_neighbours_only(evaluation, cast):
    response = signed_in(cast.leader_tabalong).get(url("question", evaluation.pk, OTHER))
    assert "<a" not in next_of(response)
    assert url("question", evaluation.pk, "12.3") in main_of(response)


def test_another_agencys_neighbour_is_passed_over(evaluation, cast, spec):
    client = signed_in(cast.contributor_health_tabalong)
    assert client.get(url("question", evaluation.pk, REGISTRY)).status_code == 404
    unchanged(evaluation)
