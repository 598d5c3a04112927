"""Papers: rendered once by a task, waited for by a page, served again."""

from __future__ import annotations

import hashlib
import io

import pytest
from django_tasks import TaskResultStatus
from pypdf import PdfReader

from evaluations import tasks
from evaluations.domain import closing, documents, objections
from evaluations.domain.submission import store_result
from evaluations.models import Stage, StageResult, StoredReport
from evaluations.reports.signing import SigningFailed
from tests.evaluations.cycle import close_va, fresh
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, hand_in, save
from tests.evaluations.history import scenes
from tests.evaluations.views.common import main_of, same_queries, signed_in, text_of, url

VALUE = ONE_OF_EACH["percentage"][1]


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def result(evaluation, by):
    save(evaluation, HEALTH, VALUE, by=by)
    return hand_in(evaluation, by=by)


@pytest.fixture
def quick_press(monkeypatch):
    """A press that prints what it is told at once; ``.jobs`` says how often it ran."""

    class Press:
        jobs = 0

        def __call__(self, report, seal) -> bytes:
            self.jobs += 1
            return f"%PDF-1.7 {report.digest}".encode()

    press = Press()
    for name in ("district_report_pdf", "receipt_pdf", "ranking_pdf"):
        monkeypatch.setattr(f"evaluations.reports.pdf.{name}", press)
    return press


def content(response) -> bytes:
    return b"".join(response.streaming_content)


# The list


@pytest.fixture
def recounted(evaluation, cast):
    """VA closed, recounted after an objection, taken up again and closed again: three results, the last in force."""
    closed = scenes.va_closed(scenes.judged(scenes.submitted(evaluation, cast), cast), cast)
    filed = objections.object_to(
        evaluation=closed, stage=Stage.VA, code="12.1", reason="Ada di hal. 3.", by=cast.coordinator_tabalong
    )
    objections.decide_objection(objection=filed, granted=True, reason="Benar.", by=cast.admin_kalsel)
    closing.reopen(
        evaluation=fresh(closed), stage=Stage.VA, reason="<b>Keliru</b> hitung", by=cast.admin_kalsel
    )
    close_va(fresh(closed), cast.verifier_kalsel)
    return list(StageResult.objects.filter(evaluation=evaluation, stage="va").order_by("sequence"))


def test_the_result_in_force_comes_first_and_what_it_replaced_is_folded(evaluation, recounted, sign_in, by):
    response = sign_in(by).get(url("reports", evaluation.pk))
    main, page = main_of(response), text_of(response)
    old, recount, last = recounted
    folded = main.index("Hasil yang sudah digantikan")
    assert main.index(last.receipt_number) < main.index("EM/2026/63.09/01") < folded
    for result in (recount, old):
        assert folded < main.index(f'href="{url("lhe", result.pk)}"')
    assert main.index(f'href="{url("lhe", recount.pk)}"') < main.index(f'href="{url("lhe", old.pk)}"')
    assert page.count(f"Tidak berlaku lagi Digantikan oleh {last.receipt_number}") == 2
    assert "Sebabnya: sanggah atas pertanyaan 12.1 dikabulkan." in page
    assert "Sebabnya: tahap dibuka kembali: <b>Keliru</b> hitung." in page, "as it was typed"
    assert "<b>Keliru" not in main


def test_what_is_in_force_has_nothing_folded(evaluation, result, sign_in, by):
    page = text_of(sign_in(by).get(url("reports", evaluation.pk)))
    assert "digantikan" not in page
    assert "dibuka kembali" not in page


def test_a_stage_taken_up_again_is_said(evaluation, recounted, sign_in, by, cast):
    closing.reopen(evaluation=fresh(evaluation), stage=Stage.VA, reason="Lagi.", by=cast.admin_kalsel)
    client = sign_in(by)
    assert "Tahap ini dibuka kembali" in text_of(client.get(url("reports", evaluation.pk)))
    assert "Tahap dibuka kembali" in text_of(client.get(url("receipt", recounted[-1].pk)))


@pytest.mark.parametrize("name", ["receipt", "lhe", "card"])
def test_the_pages_of_a_replaced_result_say_so(recounted, sign_in, by, name):
    old, recount, last = recounted
    client = sign_in(by)
    for result in (old, recount):
        page = text_of(client.get(url(name, result.pk)))
        assert "Tidak berlaku lagi" in page
        assert f"digantikan oleh {last.receipt_number}" in page
    assert "Tidak berlaku lagi" not in text_of(client.get(url(name, last.pk)))


def test_its_papers_are_printed_anew_with_what_took_their_place(recounted):
    for result in recounted[:2]:
        assert documents.result_report(result).replaced_by.startswith(recounted[2].receipt_number)
    assert documents.result_report(recounted[2]).replaced_by == ""


def test_as_many_queries_however_many_were_replaced(evaluation, recounted, by, cast):
    def more():
        for _ in range(2):
            closing.reopen(evaluation=fresh(evaluation), stage=Stage.VA, reason="x", by=cast.admin_kalsel)
            close_va(fresh(evaluation), cast.verifier_kalsel)

    assert same_queries(signed_in(by), url("reports", evaluation.pk), more) <= 16


def test_before_submission_the_concept(evaluation, by, sign_in):
    response = sign_in(by).get(url("reports", evaluation.pk))
    assert "Evaluasi belum diajukan" in text_of(response)
    assert f'href="{url("draft_pdf", evaluation.pk)}"' in main_of(response)


def test_after_it_the_result_with_its_papers(evaluation, by, sign_in, result):
    response = sign_in(by).get(url("reports", evaluation.pk))
    page, main = text_of(response), main_of(response)
    assert "Evaluasi Mandiri" in page
    assert "2,00" in page
    assert "EM/2026/63.09/01" in page
    for name in ("receipt", "receipt_pdf", "district_pdf"):
        assert f'href="{url(name, result.pk)}"' in main
    assert "Evaluasi belum diajukan" not in page


def test_as_many_queries_for_one_result_as_for_three(evaluation, by, result):
    def more():
        store_result(evaluation, stage=Stage.VA, by=by)
        store_result(evaluation, stage=Stage.VL, by=by)

    assert same_queries(signed_in(by), url("reports", evaluation.pk), more) <= 12


# A file


@pytest.mark.parametrize("name", ["receipt_pdf", "district_pdf"])
def test_a_paper_is_rendered_once_and_served_again(cast, by, result, quick_press, name):
    first = signed_in(by).get(url(name, result.pk))
    again = signed_in(cast.verifier_kalsel).get(url(name, result.pk))
    one, two = content(first), content(again)
    assert one == two == f"%PDF-1.7 {result.digest}".encode()
    assert (quick_press.jobs, StoredReport.objects.count()) == (1, 1)
    assert first["X-Content-SHA256"] == again["X-Content-SHA256"] == hashlib.sha256(one).hexdigest()
    assert StoredReport.objects.get().created_by == by


def test_how_it_is_sent(by, sign_in, result, quick_press):
    client = sign_in(by)
    response = client.get(url("district_pdf", result.pk))
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("inline")
    assert "Laporan EM KLA 2026 Kabupaten Tabalong.pdf" in response["Content-Disposition"]
    asked = client.get(url("district_pdf", result.pk) + "?unduh")
    assert asked["Content-Disposition"].startswith("attachment")
    receipt = client.get(url("receipt_pdf", result.pk))
    assert "Tanda terima EM-2026-63.09-01.pdf" in receipt["Content-Disposition"]


def test_the_two_papers_of_a_result_are_two_files(by, sign_in, result, quick_press):
    client = sign_in(by)
    client.get(url("district_pdf", result.pk))
    client.get(url("receipt_pdf", result.pk))
    assert set(StoredReport.objects.values_list("kind", flat=True)) == {"district", "receipt"}


def test_a_concept_follows_the_answers(evaluation, by, sign_in, quick_press):
    client = sign_in(by)
    address = url("draft_pdf", evaluation.pk)
    empty = content(client.get(address))
    assert content(client.get(address)) == empty
    save(evaluation, HEALTH, VALUE, by=by)
    response = client.get(address)
    assert content(response) != empty
    assert "Konsep laporan KLA 2026 Kabupaten Tabalong.pdf" in response["Content-Disposition"]
    assert quick_press.jobs == 2


def pages_of(response) -> str:
    reader = PdfReader(io.BytesIO(content(response)))
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def test_the_real_receipt_says_what_the_page_says(by, sign_in, result):
    paper = pages_of(sign_in(by).get(url("receipt_pdf", result.pk)))
    assert "PEMERINTAH PROVINSI KALIMANTAN SELATAN" in paper.upper()
    assert "EM/2026/63.09/01" in paper
    assert "Kabupaten Tabalong" in paper
    assert "2,00" in paper
    assert result.digest in paper.replace(" ", "")


def test_the_real_concept_is_marked_as_one(evaluation, by, sign_in):
    save(evaluation, HEALTH, VALUE, by=by)
    paper = pages_of(sign_in(by).get(url("draft_pdf", evaluation.pk)))
    assert "KONSEP" in paper.upper()
    assert "91,39%" in paper
    assert "PEMERINTAH KABUPATEN TABALONG" in paper.upper()
    assert "PEMERINTAH PROVINSI" not in paper.upper()


# While a worker is busy


def test_the_page_waits_and_asks_again_by_itself(by, sign_in, result, queue):
    client = sign_in(by)
    address = url("district_pdf", result.pk)
    response = client.get(address)
    assert response.status_code == 202
    assert len(queue) == 1
    (job,) = queue
    assert "Laporan EM KLA 2026 Kabupaten Tabalong.pdf terbuka sendiri begitu siap" in text_of(response)
    refresh = f'<meta http-equiv="refresh" content="3;url={address}?tugas={job.id}">'
    assert refresh in response.content.decode()
    again = client.get(address, {"tugas": job.id})
    assert again.status_code == 202
    assert refresh in again.content.decode()
    assert len(queue) == 1, "nothing is put into the queue twice"


def test_what_the_worker_made_is_served(by, sign_in, result, queue, quick_press):
    client = sign_in(by)
    address = url("district_pdf", result.pk)
    client.get(address)
    (job,) = queue
    assert job.task == tasks.render_result
    tasks.render_result.call(*job.args)
    object.__setattr__(job, "status", TaskResultStatus.SUCCESSFUL)
    response = client.get(address, {"tugas": job.id})
    assert response.status_code == 200
    assert content(response).startswith(b"%PDF")
    assert len(queue) == 1


def test_what_changed_while_it_was_made_is_made_anew(evaluation, by, sign_in, queue, quick_press):
    """The concept that came out is not the one asked for any more; waiting on would never end."""
    client = sign_in(by)
    address = url("draft_pdf", evaluation.pk)
    client.get(address)
    (job,) = queue
    tasks.render_draft.call(*job.args)
    object.__setattr__(job, "status", TaskResultStatus.SUCCESSFUL)
    save(evaluation, HEALTH, VALUE, by=by)
    response = client.get(address, {"tugas": job.id})
    assert response.status_code == 202
    assert len(queue) == 2
    assert f"tugas={queue[1].id}" in response.content.decode()


def test_a_failed_job_says_so_and_how_to_go_on(by, sign_in, result, queue):
    client = sign_in(by)
    address = url("receipt_pdf", result.pk)
    client.get(address)
    (job,) = queue
    object.__setattr__(job, "status", TaskResultStatus.FAILED)
    response = client.get(address, {"tugas": job.id})
    assert response.status_code == 500
    assert "Laporan tidak dapat dibuat" in text_of(response)
    assert "tidak ada data yang berubah" in text_of(response)
    assert f'<a href="{address}">Coba lagi</a>' in main_of(response)
    assert "http-equiv" not in response.content.decode()
    client.get(address)
    assert len(queue) == 2, "trying again begins anew"


def test_a_press_that_breaks_says_so(by, sign_in, result, monkeypatch, caplog):
    def breaks(report, seal):
        raise RuntimeError("rahasia dalam jejak")

    monkeypatch.setattr("evaluations.reports.pdf.receipt_pdf", breaks)
    response = sign_in(by).get(url("receipt_pdf", result.pk))
    assert response.status_code == 500
    assert "Laporan tidak dapat dibuat" in text_of(response)
    assert "rahasia" not in response.content.decode()
    assert not StoredReport.objects.exists()


def test_a_paper_that_cannot_be_signed_says_why(by, sign_in, result, monkeypatch):
    def breaks(report, seal):
        raise SigningFailed("Sertifikat penanda tangan berakhir 1 Januari 2026.")

    monkeypatch.setattr("evaluations.reports.pdf.receipt_pdf", breaks)
    response = sign_in(by).get(url("receipt_pdf", result.pk))
    assert response.status_code == 500
    assert "Sertifikat penanda tangan berakhir 1 Januari 2026." in text_of(response)
    assert "Traceback" not in response.content.decode()


@pytest.mark.parametrize("job", ["tidak-ada", "0", "../.."])
def test_a_job_that_nobody_began(by, sign_in, result, queue, job):
    assert sign_in(by).get(url("receipt_pdf", result.pk), {"tugas": job}).status_code == 404


def test_a_job_id_opens_nothing_to_outsiders(cast, by, result, queue):
    signed_in(by).get(url("receipt_pdf", result.pk))
    outsider = signed_in(cast.coordinator_tanahbumbu)
    assert outsider.get(url("receipt_pdf", result.pk), {"tugas": queue[0].id}).status_code == 404


def test_a_stored_paper_is_gated_too(cast, by, result, quick_press):
    signed_in(by).get(url("receipt_pdf", result.pk))
    assert documents.receipt_document(documents.result_report(result)).stored()
    for who, status in (
        ("coordinator_tanahbumbu", 404),
        ("contributor_health_tabalong", 403),
        ("stranger", 404),
    ):
        assert signed_in(getattr(cast, who)).get(url("receipt_pdf", result.pk)).status_code == status
