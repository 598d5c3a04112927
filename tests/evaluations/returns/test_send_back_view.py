"""The verifier's page: choosing, saying what is needed, looking at it once more, sending."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from evaluations.domain import submission, workflow
from evaluations.models import Decision, Return, Stage, State
from kla_portal import clock
from kla_portal.accounts.models import Membership
from kla_portal.accounts.roles import Role
from kla_portal.indonesian import tanggal_jam
from tests.cast import TABALONG
from tests.evaluations.cycle import decide, fresh, save
from tests.evaluations.domain.claims import fill
from tests.evaluations.views.common import PROBE, queries, signed_in, text_of, url


@pytest.fixture
def page(submitted):
    return url("send_back", submitted.pk, "va")


@pytest.fixture
def verifier(cast):
    return signed_in(cast.verifier_kalsel)


def deadline(days=2, hour="16:00", evaluation=None):
    day = (clock.now() + timedelta(days=days)).astimezone(workflow.zone_of(evaluation))
    return {"due_on": f"{day:%Y-%m-%d}", "due_time": hour, "locks_on": "", "locks_time": ""}


def whole(evaluation, **more):
    return {
        "pilih": ["12.1"],
        "perlu-12.1": "Lampirkan rekapitulasi.",
        "message": "Mohon segera.",
        **deadline(evaluation=evaluation),
        **more,
    }


def test_what_speaks_against_a_claim_is_chosen_already(submitted, cast, verifier, page):
    decide(submitted, Stage.VA, "12.1", Decision.REJECT, cast.verifier_kalsel, reason="Tanpa tanda tangan.")
    decide(submitted, Stage.VA, "4.1", Decision.DEFER, cast.verifier_kalsel)
    response = verifier.get(page)
    lines = {line.code: line for _, rows in response.context["form"].lines for line in rows}
    assert {code for code, line in lines.items() if line.chosen} == {"12.1", "4.1"}
    assert lines["12.1"].needed == "Tanpa tanda tangan."
    content = response.content.decode()
    assert 'value="12.1" checked' in content
    assert 'name="perlu-1.1"' not in content, "the filter begins with what needs attention"
    assert "2 dipilih" in text_of(response)


def test_without_verdicts_all_claims_are_shown_and_no_other(verifier, page):
    content = verifier.get(page).content.decode()
    assert [code for code in ("1.1", "4.1", "12.1", "2.3") if f'name="perlu-{code}"' in content] == [
        "1.1",
        "4.1",
        "12.1",
    ]


def test_the_usual_time_is_two_full_days_in_the_districts_zone(cast, page):
    with time_machine.travel("2026-11-25T03:00:20Z", tick=False):
        content = signed_in(cast.verifier_kalsel).get(page).content.decode()
    assert 'name="due_on" value="2026-11-27"' in content
    assert 'name="due_time" value="11:01"' in content, "whole minutes, never less than two days"
    assert "Jam (WITA)" in content


def test_filtering_keeps_what_was_typed(submitted, verifier, page):
    data = whole(submitted, saring="semua", **{"perlu-4.1": "Belum dipilih, tetapi ditulis."})
    response = verifier.post(page, data)
    content = response.content.decode()
    assert response.status_code == 200
    assert "Belum dipilih, tetapi ditulis." in content
    assert 'value="12.1" checked' in content
    assert 'name="due_time" value="16:00"' in content
    assert "Mohon segera." in content
    assert not Return.objects.exists()


def test_first_a_summary_then_the_deed(submitted, verifier, page):
    response = verifier.post(page, whole(submitted, periksa="1"))
    assert response.status_code == 200
    assert "Kembalikan 1 pertanyaan?" in text_of(response)
    assert "16.00 WITA" in text_of(response)
    assert not Return.objects.exists()
    assert "Kembalikan pertanyaan" in text_of(verifier.post(page, whole(submitted, ubah="1")))
    assert not Return.objects.exists()
    response = verifier.post(page, whole(submitted, kirim="1"))
    sent = Return.objects.get()
    assert response.headers["Location"] == url("changes", submitted.pk, sent.sequence)
    assert [(item.question.code, item.needed) for item in sent.items.all()] == [
        ("12.1", "Lampirkan rekapitulasi.")
    ]
    assert tanggal_jam(sent.due_at, workflow.zone_of(submitted)).endswith("16.00 WITA")
    assert sent.locks_at == sent.due_at
    assert sent.message == "Mohon segera."
    assert fresh(submitted).state == State.RETURNED


def test_the_summary_carries_everything_along(submitted, verifier, page):
    data = whole(submitted, periksa="1", **{"perlu-12.1": 'Baris satu\r\nBaris <dua> & "tiga"'})
    content = verifier.post(page, data).content.decode()
    assert 'name="perlu-12.1" value="Baris satu\r\nBaris &lt;dua&gt; &amp; &quot;tiga&quot;"' in content
    assert 'name="pilih" value="12.1"' in content
    assert 'name="due_time" value="16:00"' in content


def test_a_later_lock(submitted, verifier, page):
    later = {"locks_on": deadline(3, evaluation=submitted)["due_on"], "locks_time": "08:00"}
    verifier.post(page, whole(submitted, kirim="1", **later))
    sent = Return.objects.get()
    assert tanggal_jam(sent.locks_at, workflow.zone_of(submitted)).endswith("08.00 WITA")
    assert sent.locks_at > sent.due_at


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pilih": []}, "Pilih sedikitnya satu pertanyaan"),
        ({"pilih": ["2.3"]}, "Pilih sedikitnya satu pertanyaan"),
        ({"pilih": ["tidak-ada"]}, "Pilih sedikitnya satu pertanyaan"),
        ({"perlu-12.1": "   "}, "Tulis apa yang diperlukan"),
        ({"perlu-12.1": "x" * 2001}, "Paling panjang 2.000 huruf"),
        ({"message": "x" * 2001}, "Pengantar paling panjang"),
        ({"due_on": ""}, "Isi tanggal dan jam"),
        ({"due_on": "", "due_time": ""}, "Isi tanggal dan jam batas waktu"),
        ({"due_on": "besok"}, "Isi tanggal dan jam"),
        ({"due_on": "0001-01-01"}, "Isi tanggal dan jam"),
        ({"due_on": "9999-12-31", "due_time": "23:59"}, "Isi tanggal dan jam"),
        ({"due_time": "25:00"}, "Isi tanggal dan jam"),
        ({"due_on": "2020-01-01"}, "Batas waktu harus di depan"),
        ({"locks_on": "2026-01-01", "locks_time": "08:00"}, "Penguncian tidak boleh sebelum"),
        ({"locks_on": "2026-01-01"}, "Isi tanggal dan jam"),
    ],
)
def test_what_cannot_be_sent(submitted, verifier, page, change, words):
    response = verifier.post(page, whole(submitted, kirim="1") | change)
    assert response.status_code == 422
    assert words in text_of(response)
    assert not Return.objects.exists()
    assert fresh(submitted).state == State.SUBMITTED
    if "message" not in change:
        assert "Mohon segera." in response.content.decode()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("admin_kalsel", 200),
        ("coordinator_tabalong", 403),
        ("contributor_health_tabalong", 403),
        ("leader_tabalong", 403),
        ("auditor_kalsel", 403),
        ("verifier_national", 403),
        ("coordinator_tanahbumbu", 404),
        ("verifier_kalteng", 404),
        ("stranger", 404),
    ],
)
def test_who_may(submitted, cast, page, who, status):
    client = signed_in(getattr(cast, who))
    assert client.get(page).status_code == status
    response = client.post(page, whole(submitted, kirim="1"))
    assert response.status_code == (302 if status == 200 else status)
    assert Return.objects.exists() == (status == 200)


def test_nobody_returns_to_their_own_district(submitted, cast, page):
    Membership.objects.create(user=cast.verifier_kalsel, role=Role.LEADER, district_id=TABALONG)
    assert signed_in(cast.verifier_kalsel).get(page).status_code == 403


def test_anonymous(client, submitted, page):
    assert client.get(page).status_code == 302
    assert client.post(page, whole(submitted, kirim="1")).status_code == 401
    assert not Return.objects.exists()


@pytest.mark.parametrize("stage", ["em", "vf", "xx"])
def test_a_stage_that_returns_nothing(submitted, verifier, stage):
    assert verifier.get(url("send_back", submitted.pk, stage)).status_code == 404


def test_not_while_it_is_with_the_district(returned, verifier):
    response = verifier.get(url("send_back", returned.pk, "va"))
    assert response.status_code == 403
    assert "Dikembalikan" in text_of(response)


def test_texts_are_text(submitted, cast, verifier, page):
    decide(submitted, Stage.VA, "12.1", Decision.REJECT, cast.verifier_kalsel, reason=PROBE)
    assert PROBE not in verifier.get(page).content.decode()
    assert PROBE not in verifier.post(page, whole(submitted, periksa="1", message=PROBE)).content.decode()


def test_as_many_queries_for_one_claim_as_for_three(evaluation, cast, verifier):
    by = cast.coordinator_tabalong
    save(evaluation, "1.1", {"option": 0}, by)
    submission.submit(evaluation=evaluation, by=by, incomplete_accepted=True)
    path = url("send_back", evaluation.pk, "va")
    before = queries(verifier, path)
    fill(fresh(evaluation), {"12.1": {"numerator": "1", "denominator": "2"}, "2.3": {"value": "6"}}, by=by)
    assert queries(verifier, path) == before <= 12
