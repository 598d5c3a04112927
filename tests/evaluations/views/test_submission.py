"""Periksa & ajukan: the findings, the password, the receipt."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine

from evaluations.domain import returns, submission, workflow
from evaluations.domain.evidence import readiness
from evaluations.models import Evidence, Stage, StageResult, State
from evaluations.views.submission import submit as view
from kla_portal import clock
from tests.cast import PASSWORD, TABALONG, agency
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, best, fill, fresh, hand_in, save
from tests.evaluations.views.common import (
    PROBE,
    main_of,
    put_evidence,
    same_queries,
    signed_in,
    text_of,
    url,
)

HALF = {"numerator": "5", "denominator": None}


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def submit(evaluation, sign_in, by):
    client = sign_in(by)

    def post(password=PASSWORD, incomplete="on", **more):
        return client.post(
            url("submit", evaluation.pk), {"password": password, "incomplete": incomplete}, **more
        )

    return post


def still_open(evaluation) -> None:
    assert fresh(evaluation).state == State.FILLING
    assert not StageResult.objects.exists()


# The check page


def test_findings_by_severity_each_with_its_question(evaluation, by, sign_in):
    save(evaluation, HEALTH, HALF, by=by)
    save(evaluation, "4.1", {"numerator": "95", "denominator": "100"}, by=by)
    response = sign_in(by).get(url("check", evaluation.pk))
    columns = {severity.name: findings for severity, findings in response.context["columns"]}
    assert [finding.code for finding in columns["ERROR"]] == [HEALTH]
    assert "4.1" in [finding.code for finding in columns["WARNING"]], "no evidence yet"
    main, page = main_of(response), text_of(response)
    for code in (HEALTH, "4.1"):
        assert f'<a href="{url("question", evaluation.pk, code)}">{code}</a>' in main
    assert page.index("Harus diperbaiki 1") < page.index("Sebaiknya diperbaiki")
    assert "klaim 1,00 (Inisiasi)" in page


def test_with_errors_there_is_no_button_but_the_next_step(evaluation, by, sign_in):
    save(evaluation, HEALTH, HALF, by=by)
    response = sign_in(by).get(url("check", evaluation.pk))
    assert "Perbaiki dahulu 1 temuan yang harus diperbaiki" in text_of(response)
    assert 'type="password"' not in main_of(response)


def test_without_errors_one_button_and_the_password(evaluation, by, sign_in):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    main = main_of(sign_in(by).get(url("check", evaluation.pk)))
    assert main.count('type="password"') == 1
    assert f'action="{url("submit", evaluation.pk)}"' in main
    assert "Ajukan evaluasi mandiri</button>" in main


def test_a_perfect_evaluation_has_nothing_to_mend(evaluation, by, sign_in, spec):
    values = best(spec)
    fill(evaluation, values, by=by)
    put_evidence(evaluation, list(values), by=by)
    Evidence.objects.update(years=[2024])
    readiness.refresh(fresh(evaluation))
    response = sign_in(by).get(url("check", evaluation.pk))
    columns = {severity.name: findings for severity, findings in response.context["columns"]}
    assert columns["ERROR"] == []
    assert '<b>0</b><span class="state state-ok">harus diperbaiki</span>' in main_of(response)
    page = text_of(response)
    assert "klaim 1.000,00 (KLA), aman 1.000,00 (KLA; mengapa? ), 274 dari 274 terjawab" in page


def test_what_a_verifier_would_ask_of_the_documents(evaluation, by, sign_in):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    put_evidence(evaluation, [HEALTH], by=by, title=PROBE)
    readiness.refresh(fresh(evaluation))
    response = sign_in(by).get(url("check", evaluation.pk))
    found = [f for _, findings in response.context["columns"] for f in findings if f.rule == "undated"]
    assert len(found) == 2, "one for each document"
    assert {(f.severity.name, f.code, f.points) for f in found} == {("WARNING", HEALTH, 2)}
    assert "aman 0,00" in text_of(response)
    assert "Tahun dokumen belum diisi." in text_of(response)
    assert PROBE not in response.content.decode()
    Evidence.objects.update(years=[2025])
    readiness.refresh(fresh(evaluation))
    page = text_of(sign_in(by).get(url("check", evaluation.pk)))
    assert "aman 2,00" in page
    assert "Tahun dokumen belum diisi." not in page


def test_a_reader_is_told_who_submits(evaluation, cast):
    response = signed_in(cast.leader_tabalong).get(url("check", evaluation.pk))
    assert "Anda tidak dapat mengajukan evaluasi. Yang dapat: Koordinator Gugus Tugas." in text_of(response)
    assert 'type="password"' not in main_of(response)


def test_after_the_end_it_says_since_when(evaluation, by):
    with time_machine.travel(workflow.closes_at(evaluation), tick=False):
        response = signed_in(by).get(url("check", evaluation.pk))
    assert "sudah ditutup" in text_of(response)
    assert 'type="password"' not in main_of(response)


def test_after_submission_it_leads_to_the_receipt(evaluation, by, sign_in):
    result = hand_in(evaluation, by=by)
    response = sign_in(by).get(url("check", evaluation.pk))
    assert f'href="{url("receipt", result.pk)}"' in main_of(response)
    assert "Buka tanda terima EM/2026/63.09/01" in text_of(response)
    assert 'type="password"' not in main_of(response)


def test_an_agencys_name_in_a_finding_is_text(evaluation, by, sign_in):
    place = agency(TABALONG, "kesehatan")
    place.name = PROBE
    place.save()
    save(evaluation, HEALTH, HALF, by=by)
    assert "<script>alert" not in sign_in(by).get(url("check", evaluation.pk)).content.decode()


def test_as_many_queries_full_as_nearly_empty(evaluation, by, sign_in, spec):
    save(evaluation, "12.1", HALF, by=by)
    put_evidence(evaluation, ["12.1"], by=by)

    def more():
        values = best(spec)
        values.pop("12.1")
        fill(evaluation, values, by=by)
        put_evidence(evaluation, ["12.2", "12.3"], by=by)

    assert same_queries(sign_in(by), url("check", evaluation.pk), more) <= 26


def test_during_a_return_it_leads_to_what_is_lacking(evaluation, cast, by, sign_in):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    save(evaluation, "1.1", {"option": 0}, by=by)
    hand_in(evaluation, by=by)
    returns.send_back(
        evaluation=fresh(evaluation),
        stage=Stage.VA,
        needed={HEALTH: "Lampirkan.", "1.1": "Lampirkan."},
        due_at=clock.now() + timedelta(hours=48),
        by=cast.verifier_kalsel,
    )
    save(fresh(evaluation), "1.1", {"option": 1}, by=by)
    response = sign_in(by).get(url("check", evaluation.pk))
    page, main = text_of(response), main_of(response)
    assert "2 pertanyaan dikembalikan" in page
    assert "Tepat waktu sampai" in page
    assert "1 dari 2 pertanyaan yang dikembalikan sudah diubah. Ajukan kembali" in page
    assert f'class="btn btn-primary" href="{url("shortfall", evaluation.pk)}"' in main
    assert f'href="{url("shortfall", evaluation.pk)}#ajukan"' in main
    assert "Sudah diajukan" not in page
    reader = text_of(signed_in(cast.leader_tabalong).get(url("check", evaluation.pk)))
    assert "Koordinator mengajukan kembali sesudah semua lengkap." in reader
    with clock.at(clock.now() + timedelta(hours=49)):
        late = text_of(signed_in(by).get(url("check", evaluation.pk)))
    assert "Minta admin provinsi memperpanjang waktu" in late
    assert "Ajukan kembali" not in late


def test_after_submission_it_says_who_can_open_it_again(evaluation, by, sign_in):
    hand_in(evaluation, by=by)
    response = sign_in(by).get(url("check", evaluation.pk))
    page = text_of(response)
    assert "Minta admin provinsi membuka kembali evaluasi mandiri." in page
    assert "273 pertanyaan tidak dijawab, dihitung 0" in page
    assert "Jawab, atau minta" not in page
    assert f'<a href="{url("question", evaluation.pk, HEALTH)}">{HEALTH}</a>' in main_of(response)


def test_closed_without_submitting_says_what_to_do(evaluation, by):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    with time_machine.travel(workflow.closes_at(evaluation), tick=False):
        page = text_of(signed_in(by).get(url("check", evaluation.pk)))
    assert "Belum diajukan Evaluasi Mandiri sudah ditutup" in page
    assert "Minta admin provinsi memperpanjang waktu, lalu periksa dan ajukan." in page
    assert "Yang berikut baru dapat dikerjakan sesudah waktunya diperpanjang." in page
    assert "273 pertanyaan tidak dijawab, dihitung 0" in page
    assert "Jawab, atau minta" not in page


def test_how_many_are_unanswered_and_how_long_there_is_time(evaluation, by, sign_in, spec):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    response = sign_in(by).get(url("check", evaluation.pk))
    page = text_of(response)
    assert "273 pertanyaan belum dijawab dan dihitung 0." in page
    assert re.search(r"Batas waktu \d+ .* WITA, \d+ hari lagi\.", page)
    assert 'name="incomplete"' in main_of(response)
    values = best(spec)
    values.pop(HEALTH)
    fill(evaluation, values, by=by)
    full = sign_in(by).get(url("check", evaluation.pk))
    assert 'name="incomplete"' not in main_of(full)
    assert 'type="password"' in main_of(full)


# Submitting


def test_unanswered_questions_need_the_tick_on_the_server_too(evaluation, submit, by):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    response = submit(incomplete="")
    assert response.status_code == 422
    assert "Centang bahwa Anda tetap mengajukan" in text_of(response)
    still_open(evaluation)
    wrong = submit("salah")
    assert "checked" in main_of(wrong), "the tick is kept"
    assert submit().status_code == 302


def test_an_answer_that_went_away_meanwhile_needs_the_tick(evaluation, by, monkeypatch, submit, spec):
    fill(evaluation, best(spec), by=by)
    real = submission.submit

    def meanwhile(**more):
        save(fresh(evaluation), HEALTH, None, by=by)
        return real(**more)

    monkeypatch.setattr(submission, "submit", meanwhile)
    response = submit(incomplete="")
    assert response.status_code == 422
    assert "1 pertanyaan belum dijawab dan akan dihitung 0." in text_of(response)
    still_open(evaluation)


def test_an_evaluation_without_answers_is_refused_with_the_reason(evaluation, submit, by, sign_in):
    page = sign_in(by).get(url("check", evaluation.pk))
    assert "evaluasi kosong tidak dapat diajukan" in text_of(page)
    assert 'type="password"' not in main_of(page)
    response = submit()
    assert response.status_code == 422
    assert "evaluasi kosong tidak dapat diajukan" in text_of(response)
    still_open(evaluation)


def test_password_receipt_and_lock(evaluation, submit, by):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    response = submit(follow=True)
    result = StageResult.objects.get()
    assert response.redirect_chain == [(url("receipt", result.pk), 302)]
    page = text_of(response)
    assert "Evaluasi mandiri sudah diajukan. Simpan tanda terimanya." in page
    assert "EM/2026/63.09/01" in page
    assert result.digest in page
    assert fresh(evaluation).state == State.SUBMITTED


@pytest.mark.parametrize("password", ["", "salah", PASSWORD + " ", PASSWORD.upper()])
def test_a_wrong_password_changes_nothing(evaluation, submit, by, password):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    response = submit(password)
    assert response.status_code == 422
    still_open(evaluation)
    main = main_of(response)
    assert main.count('type="password"') == 1
    if password:
        assert "Kata sandi tidak cocok" in text_of(response)
        assert f'value="{password}"' not in main


def test_another_persons_password_will_not_do(evaluation, submit, cast):
    cast.leader_tabalong.set_password("kata-sandi-pimpinan")
    cast.leader_tabalong.save()
    assert submit("kata-sandi-pimpinan").status_code == 422
    still_open(evaluation)


def test_errors_come_back_with_what_to_mend(evaluation, submit, by):
    save(evaluation, HEALTH, HALF, by=by)
    response = submit()
    assert response.status_code == 422
    assert "1 temuan harus diperbaiki sebelum mengajukan." in text_of(response)
    assert f'href="{url("question", evaluation.pk, HEALTH)}"' in main_of(response)
    still_open(evaluation)


def test_a_second_time_is_refused_with_the_reason(evaluation, submit, by):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    assert submit().status_code == 302
    again = submit()
    assert again.status_code == 403
    assert "isinya terkunci" in text_of(again)
    assert StageResult.objects.count() == 1


def test_the_last_second(evaluation, by):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    closes = workflow.closes_at(evaluation)
    with time_machine.travel(closes, tick=False):
        late = signed_in(by).post(url("submit", evaluation.pk), {"password": PASSWORD})
    assert late.status_code == 403
    assert re.search(r"sudah ditutup .* 23\.59 WITA\.", text_of(late))
    still_open(evaluation)
    with time_machine.travel(closes - timedelta(seconds=1), tick=False):
        client = signed_in(by)
        sent = {"password": PASSWORD, "incomplete": "on"}
        assert client.post(url("submit", evaluation.pk), sent).status_code == 302
    assert fresh(evaluation).submitted_at == closes - timedelta(seconds=1)


@pytest.mark.parametrize("who", ["contributor_health_tabalong", "leader_tabalong", "admin_kalsel"])
def test_nobody_else_even_with_the_right_password(evaluation, cast, who):
    response = signed_in(getattr(cast, who)).post(url("submit", evaluation.pk), {"password": PASSWORD})
    assert response.status_code == 403
    still_open(evaluation)


def test_the_password_does_not_reach_an_error_report(evaluation, by, rf):
    """``sensitive_post_parameters`` marks the request."""
    request = rf.post(url("submit", evaluation.pk), {"password": "salah"})
    request.user, request.htmx, request.session = by, False, {}
    view(request, evaluation.pk)
    assert request.sensitive_post_parameters == ("password",)
