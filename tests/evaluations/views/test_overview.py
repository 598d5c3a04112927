"""Beranda of one district: the score first, then what to do, then who is behind."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from evaluations.domain import returns, submission, workflow
from evaluations.domain.evidence import readiness
from evaluations.models import Evaluation, Evidence, Stage, State
from kla_portal import clock
from kla_portal.accounts.models import Agency
from tests.cast import PASSWORD, TABALONG
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, best, fill, fresh, hand_in, save
from tests.evaluations.views.common import PROBE, main_of, put_evidence, same_queries, signed_in, text_of, url


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


def test_before_anything_is_filled_in(evaluation, by, sign_in):
    response = sign_in(by).get(url("overview", evaluation.pk))
    page = text_of(response)
    assert "Kabupaten Tabalong" in page
    assert "23.59 WITA, 59 hari lagi" in page or "23.59 WITA, 60 hari lagi" in page
    assert "Nilai klaim evaluasi mandiri 0,00" in page
    assert "Menuju Pratama: kurang 500,00 poin" in page
    assert "Mulai mengisi: 1.1" in page
    assert url("question", evaluation.pk, "1.1") in main_of(response)


def test_score_progress_and_who_is_behind(evaluation, by, sign_in, spec):
    values = best(spec)
    fill(evaluation, {q.code: values[q.code] for c in spec.clusters[:4] for q in c.questions()}, by=by)
    put_evidence(evaluation, [HEALTH], by=by)
    page = text_of(sign_in(by).get(url("overview", evaluation.pk)))
    assert "585,00 Pratama" in page
    assert "Menuju Madya: kurang 15,01 poin" in page
    assert "164,00 / 164" in page
    assert "150,00 / 150" in page
    assert "0,00 / 205" in page
    assert "Semua terjawab" in page
    assert "belum" in page[page.index("K4") : page.index("K5")]


def test_going_on_where_one_stopped(evaluation, by, sign_in):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    assert "Lanjutkan: 12.2" in text_of(sign_in(by).get(url("overview", evaluation.pk)))


def test_when_all_is_answered_the_next_step_is_to_check(evaluation, by, sign_in, spec):
    fill(evaluation, best(spec), by=by)
    response = sign_in(by).get(url("overview", evaluation.pk))
    assert "Semua terjawab. Periksa dan ajukan" in text_of(response)
    assert "1.000,00 KLA" in text_of(response)
    assert f'href="{url("check", evaluation.pk)}"' in main_of(response)


def test_agencies_are_folded_once_all_of_them_are_done(evaluation, by, sign_in, spec):
    values = best(spec)
    fill(evaluation, {code: values[code] for code in values if code != HEALTH}, by=by)
    address = url("overview", evaluation.pk)
    client = sign_in(by)
    assert "perangkat daerah selesai" not in text_of(client.get(address))
    save(evaluation, HEALTH, values[HEALTH], by=by)
    folded = main_of(client.get(address)).partition('id="judul-opd"')[2]
    number = folded.count("selesai</span>")
    assert number > 1
    assert f'<details class="more"><summary>Semua {number} perangkat daerah selesai</summary>' in folded


def test_after_submission_the_receipt_leads(evaluation, by, sign_in):
    result = hand_in(evaluation, by=by)
    response = sign_in(by).get(url("overview", evaluation.pk))
    assert "Sudah diajukan" in text_of(response)
    assert "Buka tanda terima EM/2026/63.09/01" in text_of(response)
    assert url("receipt", result.pk) in main_of(response)
    assert "Mulai mengisi" not in text_of(response)


def test_a_reader_sees_no_way_to_fill_in(evaluation, cast):
    for who in ("leader_tabalong", "auditor_kalsel", "verifier_national"):
        page = text_of(signed_in(getattr(cast, who)).get(url("overview", evaluation.pk)))
        assert "Mulai mengisi" not in page
        assert "Anda tidak dapat" not in page


def test_the_closed_edition_says_when_it_closed(by, sign_in):
    old = Evaluation.objects.get(edition__code="2024", district=TABALONG)
    page = text_of(sign_in(by).get(url("overview", old.pk)))
    assert "30 Juni 2024 23.59 WITA" in page
    assert "Belum diajukan Evaluasi Mandiri sudah ditutup 30 Juni 2024 23.59 WITA." in page
    assert "Minta admin provinsi memperpanjang waktu" in page
    assert "jalan termurah" not in page


def test_between_both_times_of_an_extension_it_says_that_it_is_late(evaluation, cast, by):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    due = workflow.closes_at(evaluation) + timedelta(days=2)
    returns.extend(
        evaluation=evaluation,
        due_at=due,
        locks_at=due + timedelta(days=1),
        reason="Banjir.",
        by=cast.admin_kalsel,
    )
    with clock.at(due + timedelta(hours=1)):
        client = signed_in(by)
        for name in ("overview", "check"):
            page = text_of(client.get(url(name, evaluation.pk)))
            assert "sudah lewat" in page, name
            assert "ikunci mulai" in page, name
        sent = {"password": PASSWORD, "incomplete": "on"}
        page = text_of(client.post(url("submit", evaluation.pk), sent, follow=True))
        assert "Evaluasi mandiri sudah diajukan. Simpan tanda terimanya. Tercatat terlambat." in page
        assert "terlambat Diajukan oleh" in page, "on the receipt"
        for name in ("overview", "check"):
            assert ", terlambat" in text_of(client.get(url(name, evaluation.pk))), name


def test_an_agencys_name_is_text(evaluation, by, sign_in):
    Agency.objects.filter(district=TABALONG, code="kesehatan").update(name=PROBE)
    response = sign_in(by).get(url("overview", evaluation.pk))
    assert PROBE not in response.content.decode()
    assert PROBE in text_of(response).replace("“", '"')


def test_as_many_queries_full_as_nearly_empty(evaluation, by, sign_in, spec):
    client = sign_in(by)
    save(evaluation, "1.1", {"option": 0}, by=by)

    def more():
        values = best(spec)
        values.pop("1.1")
        fill(evaluation, values, by=by)
        put_evidence(evaluation, [HEALTH, "12.2", "12.3"], by=by)

    assert same_queries(client, url("overview", evaluation.pk), more) <= 12


def test_two_results_show_the_newest_that_stands(evaluation, by, sign_in):
    hand_in(evaluation, by=by)
    with clock.at(clock.now() + timedelta(hours=1)):
        submission.store_result(evaluation, stage=Stage.VA, by=by)
    path = url("overview", evaluation.pk)
    assert "Buka tanda terima EM/2026/63.09/01" in text_of(sign_in(by).get(path)), "VA is not closed"
    Evaluation.objects.filter(pk=evaluation.pk).update(state=State.VA_CLOSED)
    assert "Buka tanda terima VA/2026/63.09/01" in text_of(sign_in(by).get(path))


def test_the_safe_score_stands_beside_the_claim_with_what_keeps_it_down(evaluation, by, sign_in):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    save(evaluation, "1.1", {"option": 0}, by=by)
    put_evidence(evaluation, [HEALTH, "1.1"], by=by)
    Evidence.objects.update(years=[2024])
    old = Evidence.objects.filter(links__slot__question__code="1.1").first()
    Evidence.objects.filter(pk=old.pk).update(valid_until=date(2024, 2, 1))
    readiness.refresh(fresh(evaluation))
    response = sign_in(by).get(url("overview", evaluation.pk))
    page = text_of(response)
    assert "Nilai klaim evaluasi mandiri 14,00 Inisiasi Nilai aman 2,00 Inisiasi mengapa?" in page
    assert "Perlu perhatian Dokumen lewat masa berlaku di 1 pertanyaan ." in page
    assert f"{url('score', evaluation.pk)}?tahap=em&amp;nilai=aman" in main_of(response)
    rows = {cluster.code: (cluster.points, cluster.safe) for cluster in response.context["glance"].clusters}
    assert (rows["K0"], rows["K3"]) == ((12, 0), (2, 2))
    Evidence.objects.update(valid_until=None)
    readiness.refresh(fresh(evaluation))
    assert "Perlu perhatian" not in text_of(sign_in(by).get(url("overview", evaluation.pk)))
