"""Meja verifikasi: one question, its verdict, and what the verifier sees beside it."""

from __future__ import annotations

import pytest

from evaluations.domain import queue, verification
from evaluations.domain.desk import desk_of
from evaluations.domain.rulings import stage_trees, standings
from evaluations.models import (
    Decision,
    Stage,
    Verdict,
)
from indicators.domain.spec import loaded
from tests.evaluations.cycle import decide, fresh
from tests.evaluations.domain.claims import best, fill, hand_in, worse
from tests.evaluations.views.common import (
    HTMX,
    PROBE,
    main_of,
    put_evidence,
    queries,
    signed_in,
    text_of,
    url,
)

EVERYONE_ELSE = {
    "coordinator_tabalong": 403,
    "contributor_health_tabalong": 403,
    "leader_tabalong": 403,
    "auditor_kalsel": 403,
    "verifier_national": 403,
    "coordinator_tanahbumbu": 404,
    "verifier_kalteng": 404,
    "stranger": 404,
}


def post(client, evaluation, code, *, stage="va", reading=1, htmx=True, version="0-1", **fields):
    return client.post(
        url("verdict_save", evaluation.pk, stage, code, reading),
        {"version": version, "reason": "", **fields},
        headers=HTMX if htmx else {},
    )


def verdict_of(evaluation, code, *, stage="va", reading=1):
    question = loaded(evaluation.edition.instrument).question_ids[code]
    return Verdict.objects.filter(
        evaluation=evaluation, stage=stage, question=question, reading=reading
    ).first()


@pytest.fixture
def client(submitted, cast):
    return signed_in(cast.verifier_kalsel)


def test_the_desk_shows_claim_note_guidance_and_form(submitted, client, spec):
    response = client.get(url("desk", submitted.pk, "va", "12.1"))
    page = text_of(response)
    assert "Verifikasi Administrasi" in page
    assert "3 dari 3 poin" in page
    assert "Dari sistem puskesmas." in page
    assert "Koordinator Tabalong" in page
    assert spec.by_code["12.1"].guidance[:40] in page
    assert "Klaim 20,00 → terverifikasi sejauh ini 0,00 3 butir lagi (20,00 poin)" in page
    main = main_of(response)
    for decision in Decision.values:
        assert f'name="decision" value="{decision}"' in main
    assert 'name="numerator" value="95"' in main
    assert 'name="version" value="0-1"' in main
    assert 'name="note"' not in main
    assert 'class="answer-form verdict-form"' in main


def test_a_choice_is_not_said_twice(submitted, client, spec):
    """Its reason begins with the option; a percentage's does not begin with what was answered."""
    page = text_of(client.get(url("desk", submitted.pk, "va", "1.1")))
    chosen = spec.by_code["1.1"].rule.options[0].label
    claim = page[page.index("Klaim", page.index("1.1")) :].split("Petunjuk")[0]
    assert claim.count(chosen) == 1
    assert f"{chosen}: 12 dari 12 poin" in claim
    page = text_of(client.get(url("desk", submitted.pk, "va", "12.1")))
    assert " = 95% 95% ≥ 95%: 3 dari 3 poin" in page


def test_what_is_not_answered_is_said(submitted, client, cast):
    empty = next(
        q.code for q in loaded(submitted.edition.instrument).spec.questions() if not answered(submitted, q)
    )
    page = text_of(client.get(url("desk", submitted.pk, "va", empty)))
    assert "Tidak dijawab" in page[page.index("Klaim", page.index(empty)) :]


def answered(evaluation, question):
    return evaluation.answers.filter(question__code=question.code, value__isnull=False).exists()


def test_no_page_frames_another(submitted, client):
    for page in (url("overview", submitted.pk), url("desk", submitted.pk, "va", "12.1")):
        assert "frame-src" not in client.get(page)["Content-Security-Policy"]


def test_the_strip_has_the_cluster_with_a_word_each(submitted, client, cast):
    decide(submitted, Stage.VA, "1.1", Decision.REJECT, cast.verifier_kalsel, reason="Belum diundangkan.")
    main = main_of(client.get(url("desk", submitted.pk, "va", "2.3")))
    strip = main[main.index("verdict-strip") :]
    strip = strip[: strip.index("</ol>")]
    assert 'id="strip-1-1"' in strip
    assert "ditolak" in strip[strip.index('id="strip-1-1"') :][:400]
    assert "belum diputuskan" in strip[strip.index('id="strip-2-3"') :][:400]
    assert 'aria-current="true"' in strip[strip.index('id="strip-2-3"') :][:400]
    assert "strip-12-1" not in strip, "another cluster"


def test_start_leads_to_the_first_open_question(submitted, client, cast):
    start = url("desk_start", submitted.pk, "va")
    assert client.get(start)["Location"] == url("desk", submitted.pk, "va", "1.1")
    decide(submitted, Stage.VA, "1.1", Decision.ACCEPT, cast.verifier_kalsel)
    assert client.get(start)["Location"] == url("desk", submitted.pk, "va", "2.3")
    for code in ("2.3", "12.1"):
        decide(submitted, Stage.VA, code, Decision.ACCEPT, cast.verifier_kalsel)
    assert client.get(start)["Location"] == url("desk", submitted.pk, "va", "1.1")


def test_next_previous_and_next_open(submitted, client, cast):
    decide(submitted, Stage.VA, "2.3", Decision.ACCEPT, cast.verifier_kalsel)
    main = main_of(client.get(url("desk", submitted.pk, "va", "1.1")))
    assert f'href="{url("desk", submitted.pk, "va", "2.3")}" data-key="j"' in main
    assert f'href="{url("desk", submitted.pk, "va", "12.1")}" data-key="n"' in main
    assert 'data-key="k"' not in main
    main = main_of(client.get(url("desk", submitted.pk, "va", "12.1")))
    assert f'href="{url("desk", submitted.pk, "va", "2.3")}" data-key="k"' in main
    assert f'href="{url("desk", submitted.pk, "va", "1.1")}" data-key="n"' in main, "past the end: the first"


def test_accept_by_htmx(submitted, client, cast):
    response = post(client, submitted, "12.1", decision="accept")
    assert response.status_code == 200
    body, page = response.content.decode(), text_of(response)
    assert 'name="version" value="1-1"' in body
    assert "hx-swap-oob" in body
    assert "Tersimpan" in page
    assert "terverifikasi sejauh ini 3,00 2 butir lagi (17,00 poin)" in page
    assert "diterima" in page
    saved = verdict_of(submitted, "12.1")
    assert (saved.decision, saved.value, saved.updated_by) == ("accept", None, cast.verifier_kalsel)


def test_change_takes_the_verifiers_number_and_scoring_gives_the_points(submitted, client):
    response = post(
        client,
        submitted,
        "12.1",
        decision="change",
        numerator="88",
        denominator="100",
        reason="Delapan ganda.",
    )
    assert response.status_code == 200
    assert verdict_of(submitted, "12.1").value == {"numerator": "88", "denominator": "100"}
    page = text_of(client.get(url("desk", submitted.pk, "va", "12.1")))
    assert "Diubah di VA (Delapan ganda.)" in page
    assert "2 dari 3 poin" in page
    assert 'name="numerator" value="88"' in main_of(client.get(url("desk", submitted.pk, "va", "12.1")))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Pilih putusan: terima, ubah, tolak, atau tunda."),
        ({"decision": "hapus"}, "Pilih putusan"),
        ({"decision": "reject"}, "Tulis alasannya"),
        ({"decision": "reject", "reason": "  \n "}, "Tulis alasannya"),
        ({"decision": "change", "reason": "x"}, "Isi nilai yang menurut Anda benar"),
        (
            {"decision": "change", "reason": "x", "numerator": "101", "denominator": "100"},
            "tidak boleh lebih besar",
        ),
        (
            {"decision": "change", "reason": "x", "numerator": "satu", "denominator": "100"},
            "Tulis angka saja",
        ),
        ({"decision": "reject", "reason": "x" * 4001}, "paling panjang 4000 huruf"),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_what_is_missing_is_said_and_nothing_is_saved(submitted, client, fields, message, htmx):
    response = post(client, submitted, "12.1", htmx=htmx, **fields)
    assert response.status_code == 422
    assert message in text_of(response)
    assert verdict_of(submitted, "12.1") is None
    if not htmx and fields.get("reason", "").strip():
        assert fields["reason"][:50] in text_of(response), "what was typed is still there"


def test_a_changed_number_is_read_as_whole(submitted, client):
    response = post(
        client, submitted, "12.1", decision="change", reason="x", numerator="1.000", denominator="2.000"
    )
    assert response.status_code == 200
    assert verdict_of(submitted, "12.1").value == {"numerator": "1000", "denominator": "2000"}


def test_someone_else_decided_meanwhile(submitted, client, cast):
    decide(submitted, Stage.VA, "12.1", Decision.REJECT, cast.admin_kalsel, reason="Tanpa tanda tangan.")
    response = post(client, submitted, "12.1", decision="accept")
    assert response.status_code == 409
    page = text_of(response)
    assert "Admin Kalsel memutuskan pertanyaan ini" in page
    assert "Tanpa tanda tangan." in page
    assert "Terima : 3 poin" in page or "Terima: 3 poin" in page
    assert 'name="version" value="1-1"' in response.content.decode()
    assert verdict_of(submitted, "12.1").decision == "reject"
    assert post(client, submitted, "12.1", version="1-1", decision="accept").status_code == 200
    assert verdict_of(submitted, "12.1").decision == "accept"


def test_the_claim_changed_meanwhile(submitted, client):
    response = post(client, submitted, "12.1", version="0-7", decision="accept")
    assert response.status_code == 409
    page = text_of(response)
    assert "Jawaban berubah" in page
    assert "95" in page[page.index("Jawaban sekarang") :]
    body = response.content.decode()
    assert 'id="klaim" hx-swap-oob="true"' in body
    assert 'name="version" value="0-1"' in body
    assert verdict_of(submitted, "12.1") is None


def test_the_same_again_is_no_conflict_with_oneself(submitted, client):
    assert post(client, submitted, "12.1", decision="accept").status_code == 200
    assert post(client, submitted, "12.1", decision="accept").status_code == 200
    assert verdict_of(submitted, "12.1").version == 1


def test_a_plain_form_leads_on_to_the_next_open_question(submitted, client):
    response = post(client, submitted, "1.1", htmx=False, decision="accept")
    assert response["Location"] == url("desk", submitted.pk, "va", "2.3")
    assert "Putusan 1.1 tersimpan." in text_of(client.get(response["Location"]))


def test_a_plain_conflict_is_a_page_with_both(submitted, client, cast):
    decide(submitted, Stage.VA, "12.1", Decision.REJECT, cast.admin_kalsel, reason="Tanpa tanda tangan.")
    response = post(client, submitted, "12.1", htmx=False, decision="defer")
    assert response.status_code == 409
    assert "Pakai yang tersimpan" in text_of(response)


def test_nothing_a_person_typed_is_interpreted(submitted, client):
    response = post(client, submitted, "12.1", decision="reject", reason=PROBE)
    assert PROBE not in response.content.decode()
    page = client.get(url("desk", submitted.pk, "va", "12.1")).content.decode()
    assert PROBE not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(("who", "status"), EVERYONE_ELSE.items())
def test_who_has_no_place_at_the_desk(submitted, cast, who, status):
    client = signed_in(getattr(cast, who))
    for path in (
        url("desk_start", submitted.pk, "va"),
        url("desk", submitted.pk, "va", "12.1"),
        url("accept_all", submitted.pk, "va"),
    ):
        assert client.get(path).status_code == status, path
    assert post(client, submitted, "12.1", decision="accept").status_code == status
    assert verdict_of(submitted, "12.1") is None


@pytest.mark.parametrize("path", ["meja/em/", "meja/xx/", "meja/va/99.9/", "meja/em/12.1/"])
def test_what_does_not_exist(submitted, client, path):
    assert client.get(f"/evaluasi/{submitted.pk}/{path}").status_code == 404


def test_a_third_reading_does_not_exist(submitted, client):
    assert post(client, submitted, "12.1", reading=3, decision="accept").status_code == 404


def test_before_it_is_handed_in_there_is_no_desk(evaluation, cast):
    response = signed_in(cast.verifier_kalsel).get(url("desk_start", evaluation.pk, "va"))
    assert response.status_code == 403
    assert "Pengisian" in text_of(response)


def test_an_unanswered_question_has_no_form(submitted, client):
    response = client.get(url("desk", submitted.pk, "va", "12.2"))
    assert "tidak ada yang diverifikasi" in text_of(response)
    assert "verdict-form" not in main_of(response)


# Who reads what


def test_another_clusters_verifier_only_reads(submitted, client, cast, colleague):
    verification.assign_verifier(
        evaluation=submitted, stage=Stage.VA, cluster="K3", verifier=colleague, by=cast.admin_kalsel
    )
    response = client.get(url("desk", submitted.pk, "va", "12.1"))
    assert "Klaster K3 ditugaskan kepada Verifikator Kedua Kalsel." in text_of(response)
    assert "verdict-form" not in main_of(response)
    refused = post(client, submitted, "12.1", decision="accept")
    assert refused.status_code == 403
    assert "ditugaskan kepada" in text_of(refused)
    assert "verdict-form" in main_of(signed_in(colleague).get(url("desk", submitted.pk, "va", "12.1")))


@pytest.fixture
def second(submitted, cast, colleague, settings):
    """The colleague reads K3 a second time, every question; the first reader has rejected 12.1."""
    settings.CALIBRATION_SHARE = 100
    queue.set_verifiers(
        evaluation=submitted, stage=Stage.VA, wanted={("K3", 2): colleague}, by=cast.admin_kalsel
    )
    decide(submitted, Stage.VA, "12.1", Decision.REJECT, cast.verifier_kalsel, reason="Rahasia pertama.")
    return signed_in(colleague)


@pytest.mark.parametrize("address", ["", "?baca=2"])
def test_the_second_reader_decides_unseen(submitted, second, address):
    path = url("desk", submitted.pk, "va", "12.1") + address
    response = second.get(path)
    assert "pembacaan kedua" in text_of(response)
    assert "Rahasia pertama." not in response.content.decode()
    assert "ditolak" not in main_of(response)
    assert "terverifikasi sejauh ini" not in text_of(response)
    assert "#riwayat" not in main_of(response)
    assert 'name="version" value="0-1"' in main_of(response)
    saved = post(second, submitted, "12.1", reading=2, decision="accept")
    assert saved.status_code == 200
    assert "Rahasia pertama." in text_of(saved), "one's own mark is in"
    assert "Rahasia pertama." in text_of(second.get(path))
    assert verdict_of(submitted, "12.1").decision == "reject"
    assert verdict_of(submitted, "12.1", reading=2).decision == "accept"


def test_the_first_reader_sees_the_second_only_after_deciding(submitted, second, client, cast, colleague):
    queue.set_verifiers(
        evaluation=submitted, stage=Stage.VA, wanted={("", 2): colleague}, by=cast.admin_kalsel
    )
    post(second, submitted, "1.1", reading=2, decision="reject", reason="Rahasia kedua.")
    path = url("desk", submitted.pk, "va", "1.1")
    assert "Rahasia kedua." not in client.get(path).content.decode()
    post(client, submitted, "1.1", decision="accept")
    assert "Pembaca kedua" in text_of(client.get(path))
    assert "Rahasia kedua." in text_of(client.get(path))


def test_the_second_readers_start_is_their_own_question(submitted, second):
    start = second.get(url("desk_start", submitted.pk, "va") + "?baca=2")
    assert start["Location"] == url("desk", submitted.pk, "va", "12.1") + "?baca=2"


def test_only_drawn_questions_are_read_twice(submitted, second, settings, monkeypatch):
    monkeypatch.setattr("evaluations.domain.desk.drawn", lambda *_: frozenset({"13.1"}))
    monkeypatch.setattr("evaluations.views.desk.drawn", lambda *_: frozenset({"13.1"}))
    path = url("desk", submitted.pk, "va", "12.1")
    assert "Rahasia pertama." in text_of(second.get(path)), "an ordinary question of the cluster"
    page = second.get(path + "?baca=2")
    assert "tidak terpilih untuk dibaca dua kali" in text_of(page)
    assert "dibaca sekali" in text_of(page)
    assert "verdict-form" not in main_of(page)
    assert post(second, submitted, "12.1", reading=2, decision="accept").status_code == 404


def test_the_first_marks_do_not_show_from_a_neighbouring_question(submitted, second, monkeypatch):
    monkeypatch.setattr("evaluations.domain.desk.drawn", lambda *_: frozenset({"12.1"}))
    response = second.get(url("desk", submitted.pk, "va", "12.2"))
    assert "ditolak" not in main_of(response)
    assert "terverifikasi sejauh ini" not in text_of(response)
    post(second, submitted, "12.1", reading=2, decision="accept")
    response = second.get(url("desk", submitted.pk, "va", "12.2"))
    assert "ditolak" in main_of(response), "one's own mark is in"
    assert "terverifikasi sejauh ini" in text_of(response)


def test_nobody_reads_a_second_time_unasked(submitted, client, settings):
    settings.CALIBRATION_SHARE = 100
    response = client.get(url("desk", submitted.pk, "va", "12.1") + "?baca=2")
    assert "Pembacaan kedua belum ditugaskan" in text_of(response)
    assert post(client, submitted, "12.1", reading=2, decision="accept").status_code == 403


# Later stages


def test_at_vl_the_value_of_va_stands_before(va_closed, cast):
    client = signed_in(cast.verifier_national)
    page = text_of(client.get(url("desk", va_closed.pk, "vl", "12.1")))
    assert "Hasil VA 20,00 → terverifikasi sejauh ini 20,00" in page
    assert "Diterima di VA." in page
    assert "mengikuti tahap sebelumnya" in page
    saved = post(client, va_closed, "12.1", stage="vl", decision="reject", reason="Tidak ada di lapangan.")
    assert saved.status_code == 200
    assert "terverifikasi sejauh ini 17,00" in text_of(saved)
    provincial = signed_in(cast.verifier_kalsel).get(url("desk", va_closed.pk, "va", "12.1"))
    assert provincial.status_code == 403


# Numbers


def test_standings_and_sums_agree_with_the_ones_that_close_the_stage(evaluation, cast, spec):
    values = best(spec)
    codes = list(values)[:60]
    fill(evaluation, {code: values[code] for code in codes}, by=cast.coordinator_tabalong)
    hand_in(evaluation, by=cast.coordinator_tabalong)
    evaluation = fresh(evaluation)
    for place, code in enumerate(codes[:40]):
        decision = list(Decision)[place % 4]
        more = {"value": worse(spec.by_code[code])} if decision == Decision.CHANGE else {}
        decide(evaluation, Stage.VA, code, decision, cast.verifier_kalsel, reason="Alasan.", **more)
    put_evidence(evaluation, codes[:3], by=cast.coordinator_tabalong)
    desk = desk_of(evaluation, Stage.VA)
    assert desk.standings == standings(evaluation, Stage.VA)
    assert sum(s.stale for s in desk.standings.values()) > 0
    trees = stage_trees(evaluation)
    found = {q.code: q.points for q in trees[Stage.VA].questions() if q.points}
    assert {code: points for code, points in desk.after.items() if points} == found
    assert desk.sums().claim == trees[Stage.EM].total
    assert desk.sums().open_count == len(desk.open_codes)


def test_queries_in_the_longest_indicator(evaluation, cast, spec):
    longest = max(
        (i for c in spec.clusters for i in c.indicators), key=lambda indicator: len(indicator.questions)
    )
    values = best(spec)
    codes = [q.code for q in longest.questions]
    assert len(codes) > 20
    fill(evaluation, {code: values[code] for code in codes}, by=cast.coordinator_tabalong)
    put_evidence(evaluation, codes, by=cast.coordinator_tabalong)
    hand_in(evaluation, by=cast.coordinator_tabalong)
    client = signed_in(cast.verifier_kalsel)
    assert queries(client, url("desk", evaluation.pk, "va", codes[0])) <= 22


def test_names_of_those_who_decided_take_no_queries(submitted, client, cast, colleague):
    path = url("desk", submitted.pk, "va", "1.1")
    decide(submitted, Stage.VA, "1.1", Decision.ACCEPT, colleague)
    before = queries(client, path)
    for code in ("2.3", "12.1"):
        decide(submitted, Stage.VA, code, Decision.ACCEPT, cast.verifier_kalsel)
    assert queries(client, path) == before
    assert f"oleh {colleague.name}" in text_of(client.get(path))
