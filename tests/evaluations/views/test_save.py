"""Saving one answer: in place by htmx, by a plain form, after the session, and against someone faster."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.domain import workflow
from evaluations.domain.answers import NOTE_LIMIT
from evaluations.models import AnswerRevision
from kla_portal.indonesian import angka
from tests.evaluations.domain.claims import (
    HEALTH,
    ONE_OF_EACH,
    REGISTRY,
    WEIGHTLESS,
    answer_to,
    best,
    fill,
    hand_in,
    save,
)
from tests.evaluations.evidence.raising import fill_slots
from tests.evaluations.views.common import (
    HTMX,
    PROBE,
    main_of,
    signed_in,
    text_of,
    unchanged,
    url,
)

VALUE = ONE_OF_EACH["percentage"][1]
TYPED = {**VALUE, "version": "0", "note": "Menurut profil."}


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def send(evaluation, sign_in, by):
    """``send(numerator="1", ...)`` -> the answer to a save by htmx."""
    client = sign_in(by)

    def post(code=HEALTH, htmx=True, **data):
        return client.post(url("answer_save", evaluation.pk, code), data, headers=HTMX if htmx else {})

    return post


# Saved


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_saved_in_place(evaluation, send, spec, kind):
    code, value, points = ONE_OF_EACH[kind]
    fields = {name: part for name, part in value.items() if name != "rows"}
    fields |= {f"rows.{place}": row for place, row in enumerate(value.get("rows", []))}
    response = send(code, **fields, version="0", note="Menurut profil.")
    fragment = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in fragment
    assert answer_to(evaluation, code).value == value
    anchor = "q-" + code.replace(".", "-")
    shown, weight = points.replace(".", ","), angka(spec.by_code[code].weight)
    assert "Tersimpan" in fragment
    assert f'id="{anchor}-p" hx-swap-oob="true"><b>{shown}</b> dari {weight} poin' in fragment
    assert f'name="version" value="1" id="{anchor}-v" hx-swap-oob="true"' in fragment
    assert 'id="running" hx-swap-oob="true"' in fragment
    assert f'<b>{shown}</b><span class="is-wide"> dari' in fragment[fragment.index('id="running"') :]
    has_lines = f'id="{anchor}-r" hx-swap-oob="true"' in fragment
    assert has_lines == (kind in {"percentage", "count", "change"})
    assert fragment.lstrip().startswith('<span class="state state-ok">'), "the status is not out of band"


def test_the_reply_says_when_and_why(evaluation, by):
    with time_machine.travel(workflow.closes_at(evaluation) - timedelta(minutes=5), tick=False):
        client = signed_in(by)
        response = client.post(url("answer_save", evaluation.pk, HEALTH), TYPED, headers=HTMX)
    page = text_of(response)
    assert "Tersimpan 23.54 WITA" in page
    assert "91,39% ≥ 85%: 2 dari 3 poin; untuk 3 poin: 163" in page
    assert "Klaim: 2,00" in page
    assert "1/7 terjawab" in page


def test_a_plain_form_is_led_back_to_the_card(evaluation, send, sign_in, by):
    response = send(htmx=False, **TYPED)
    assert (response.status_code, response["Location"]) == (
        302,
        url("indicator", evaluation.pk, "12") + "#q-12-1",
    )
    page = text_of(sign_in(by).get(url("indicator", evaluation.pk, "12")))
    assert "Jawaban 12.1 tersimpan." in page


def test_the_next_save_takes_the_version_of_the_reply(evaluation, send):
    version = re.search(r'name="version" value="(\d+)"', send(**TYPED).content.decode())[1]
    assert send(numerator="4508", denominator="4508", version=version, note="").status_code == 200
    assert answer_to(evaluation, HEALTH).version == 2
    assert answer_to(evaluation, HEALTH).note == ""


def test_a_reply_that_was_lost_can_be_sent_for_again(evaluation, send):
    assert send(**TYPED).status_code == 200
    again = send(**TYPED)
    assert again.status_code == 200
    assert 'name="version" value="1"' in again.content.decode()
    assert AnswerRevision.objects.count() == 1


def test_emptying_an_answer(evaluation, send):
    send(**TYPED)
    response = send(numerator="", denominator="", version="1", note="")
    assert response.status_code == 200
    assert answer_to(evaluation, HEALTH).value is None
    assert "<b>0</b> dari 3 poin" in response.content.decode()
    assert send(**{**TYPED, "version": "2"}).status_code == 200
    assert send(**TYPED | {"version": "3", "clear": "1"}).status_code == 200
    assert answer_to(evaluation, HEALTH).value is None


def test_nothing_over_nothing(evaluation, send):
    response = send(numerator="", denominator="", version="0", note="")
    assert response.status_code == 200
    assert "Belum dijawab" in text_of(response)
    unchanged(evaluation)


def test_half_an_answer_is_kept_and_says_what_is_missing(evaluation, send):
    response = send(numerator="5", denominator="", version="0", note="")
    assert response.status_code == 200
    assert answer_to(evaluation, HEALTH).value == {"numerator": "5", "denominator": None}
    assert "belum diisi" in text_of(response)


def test_a_question_without_points(evaluation, send):
    response = send(WEIGHTLESS, numerator="5", denominator="10", version="0", note="")
    assert "tidak dinilai" in text_of(response)
    assert "butir informasi, tidak dinilai" in text_of(response)


def test_a_contributors_save(evaluation, cast):
    client = signed_in(cast.contributor_health_tabalong)
    assert client.post(url("answer_save", evaluation.pk, HEALTH), TYPED, headers=HTMX).status_code == 200
    assert answer_to(evaluation, HEALTH).updated_by == cast.contributor_health_tabalong
    refused = client.post(url("answer_save", evaluation.pk, REGISTRY), TYPED, headers=HTMX)
    assert refused.status_code == 404
    assert answer_to(evaluation, REGISTRY) is None


# Cannot be read


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"numerator": "4620", "denominator": "4508"}, "(4.620 > 4.508)."),
        ({"numerator": "banyak", "denominator": "4508"}, "Tulis angka saja, misalnya 4120."),
        ({"numerator": "12,5", "denominator": "4508"}, "Pembilang harus bilangan bulat"),
        ({"numerator": "4120", "denominator": "-8"}, "tidak boleh kurang dari 0 (−8)"),
    ],
)
def test_what_cannot_be_read_keeps_what_was_typed(evaluation, send, typed, words):
    response = send(**typed, version="0", note="tetap di sini")
    assert response.status_code == 422
    assert words in text_of(response)
    assert "Belum tersimpan" in text_of(response)
    assert "<html" not in response.content.decode()
    plain = send(htmx=False, **typed, version="0", note="tetap di sini")
    page = plain.content.decode()
    assert plain.status_code == 422
    assert "<html" in page
    assert words in text_of(plain)
    assert "Yang Anda tulis masih ada." in text_of(plain)
    for name, text in typed.items():
        assert f'name="{name}" value="{text}"' in page
    assert "tetap di sini</textarea>" in page
    assert 'name="version" value="0"' in page
    unchanged(evaluation)


@pytest.mark.parametrize("numerator", ["4.120", "4,120", "4 120"])
def test_a_group_of_three_digits_is_thousands_where_things_are_counted(evaluation, send, numerator):
    response = send(numerator=numerator, denominator="4.508", version="0", note="")
    assert response.status_code == 200
    assert answer_to(evaluation, HEALTH).value == VALUE


def test_a_note_that_is_too_long_comes_back_whole(evaluation, send):
    note = "ab" * NOTE_LIMIT
    response = send(**TYPED | {"note": note})
    assert response.status_code == 422
    assert "Catatan paling panjang 4.000 huruf (sekarang 8.000)" in text_of(response)
    plain = send(htmx=False, **TYPED | {"note": note})
    assert plain.status_code == 422
    assert f"{note}</textarea>" in plain.content.decode()
    unchanged(evaluation)


@pytest.mark.parametrize("kind", ["choice", "matrix"])
def test_options_that_are_not_offered(evaluation, send, kind):
    code = ONE_OF_EACH[kind][0]
    name = "option" if kind == "choice" else "rows.0"
    for wrong in ("99", "-1", "abc", "1.5", "9" * 5000):
        response = send(code, **{name: wrong}, version="0", note="")
        assert response.status_code == 422, wrong[:9]
    unchanged(evaluation)


def test_what_was_typed_comes_back_as_text(evaluation, send):
    for htmx in (True, False):
        response = send(
            htmx=htmx, numerator=f'">{PROBE}', denominator="1", version="0", note=f"</textarea>{PROBE}"
        )
        assert response.status_code == 422
        assert "<script>alert" not in response.content.decode()
    assert "&lt;script&gt;" in response.content.decode()


# Someone was faster


def test_a_conflict_shows_both_and_changes_nothing(evaluation, cast, send):
    save(evaluation, HEALTH, {"numerator": "96", "denominator": "100"}, by=cast.contributor_health_tabalong,
         note=f"dari dinas {PROBE}")  # fmt: skip
    for htmx in (True, False):
        response = send(htmx=htmx, **TYPED | {"note": f"dari sekretariat {PROBE}"})
        page, text = response.content.decode(), text_of(response)
        assert response.status_code == 409
        assert "Berubah oleh orang lain" in text
        assert "Petugas Dinas Kesehatan Tabalong menyimpan jawaban ini" in text
        assert "WITA, sesudah halaman Anda dibuka" in text
        assert "96% ≥ 95%: 3 dari 3 poin" in text
        assert "91,39% ≥ 85%: 2 dari 3 poin" in text
        assert "dari dinas" in text
        assert "dari sekretariat" in text
        assert 'name="version" value="1">Simpan jawaban saya</button>' in page
        assert f'href="{url("question", evaluation.pk, HEALTH)}">Pakai yang tersimpan' in page
        assert "<script>alert" not in page
        assert ("<html" in page) == (not htmx)
    assert answer_to(evaluation, HEALTH).version == 1
    assert AnswerRevision.objects.count() == 1
    main = main_of(response)
    assert 'name="numerator" value="4120"' in main, "the plain page keeps what was typed"
    assert f'name="version" value="{TYPED["version"]}"' in main


def test_choosing_ones_own_after_a_conflict(evaluation, cast, send):
    save(evaluation, HEALTH, {"numerator": "96", "denominator": "100"}, by=cast.contributor_health_tabalong)
    assert send(**TYPED).status_code == 409
    # The button's version comes after the hidden field's.
    assert send(**TYPED | {"version": ["0", "1"]}).status_code == 200
    assert answer_to(evaluation, HEALTH).value == VALUE
    assert answer_to(evaluation, HEALTH).version == 2


@pytest.mark.parametrize("version", ["", "abc", "-1", "9" * 30])
def test_a_missing_version_never_overwrites(evaluation, cast, send, version):
    save(evaluation, HEALTH, {"numerator": "96", "denominator": "100"}, by=cast.contributor_health_tabalong)
    assert send(**TYPED | {"version": version}).status_code == 409
    assert answer_to(evaluation, HEALTH).value["numerator"] == "96"


def test_the_same_answer_by_two_is_no_conflict(evaluation, cast, send):
    save(evaluation, HEALTH, VALUE, by=cast.contributor_health_tabalong, note="Menurut profil.")
    assert send(**TYPED).status_code == 200
    assert AnswerRevision.objects.count() == 1


# Too late, or locked


def test_the_last_second_over_http(evaluation, by):
    closes = workflow.closes_at(evaluation)
    with time_machine.travel(closes - timedelta(seconds=1), tick=False):
        client = signed_in(by)
        assert client.post(url("answer_save", evaluation.pk, HEALTH), TYPED, headers=HTMX).status_code == 200
    with time_machine.travel(closes, tick=False):
        late = {**TYPED, "numerator": "1", "version": "1"}
        told = client.post(url("answer_save", evaluation.pk, HEALTH), late, headers=HTMX)
        page = client.post(url("answer_save", evaluation.pk, HEALTH), late)
    assert told.status_code == page.status_code == 403
    assert told["Content-Type"].startswith("text/plain")
    assert "sudah ditutup" in told.content.decode()
    assert "23.59 WITA" in told.content.decode()
    assert "sudah ditutup" in text_of(page)
    assert answer_to(evaluation, HEALTH).value == VALUE


def test_after_submission(evaluation, by, send):
    hand_in(evaluation, by=by)
    response = send(**TYPED)
    assert response.status_code == 403
    assert "isinya terkunci" in response.content.decode()
    assert answer_to(evaluation, HEALTH) is None


# Weight


def test_a_save_costs_the_same_in_a_full_evaluation(evaluation, by, sign_in, spec):
    client = sign_in(by)

    def cost(version: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            data = {**TYPED, "numerator": str(version), "version": str(version)}
            assert (
                client.post(url("answer_save", evaluation.pk, HEALTH), data, headers=HTMX).status_code == 200
            )
        return len(seen)

    client.get(url("question", evaluation.pk, HEALTH))
    cost(0)
    alone = cost(1)
    values = best(spec)
    values.pop(HEALTH)
    fill(evaluation, values, by=by)
    assert cost(2) == alone <= 40


def test_the_reply_says_what_of_it_is_safe(evaluation, by, send):
    page = text_of(send(**TYPED))
    assert "belum aman: slot wajib kosong" in page
    assert "Aman: 0,00" in page
    fill_slots(evaluation, HEALTH, by=by)
    page = text_of(send(**TYPED | {"version": "1", "numerator": "4500"}))
    assert "3 dari 3 poin aman" in page
    assert "Aman: 3,00" in page
