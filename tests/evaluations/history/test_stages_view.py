"""The comparison on the page, as PDF and as XLSX; the score page at each stage."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from evaluations.domain import objections, returns
from evaluations.models import Stage, StoredReport
from kla_portal import clock
from tests.evaluations.cycle import decide, fresh
from tests.evaluations.history import scenes
from tests.evaluations.reports import tags
from tests.evaluations.views.common import PROBE, main_of, queries, signed_in, text_of, url
from tests.evaluations.views.conftest import folders, queue

__all__ = ["folders", "queue"]


@pytest.fixture
def running(evaluation, cast):
    return scenes.judged(scenes.submitted(evaluation, cast), cast)


@pytest.fixture
def final(running, cast):
    return scenes.finished(scenes.vl_running(scenes.va_closed(running, cast), cast), cast)


def body(response):
    return b"".join(response.streaming_content)


def test_four_stages_with_differences_and_reasons(final, cast):
    response = signed_in(cast.coordinator_tabalong).get(url("stages", final.pk))
    page = text_of(response)
    for words in (
        "EM Evaluasi Mandiri",
        "VF Verifikasi Final",
        "20,00",
        "15,00",
        "−5,00",
        "17,00",
        "Inisiasi",
    ):
        assert words in page
    assert "EM 3,00 VA 0,00" in page, "a cluster's sums"
    report = response.context["report"]
    steps = {part.line.code: part.line.step_text for part in report.clusters}
    assert (steps["K0"], steps["K1"], steps["K3"]) == ("−2,00", "0,00", "−1,00")
    assert [(line.step_text, line.step_exact) for line in report.changed] == [
        ("−2,00", "−2"),
        ("−1,00", "−1"),
    ]
    assert f"VA Ditolak: {scenes.VA_REASON}" in page
    assert f"VL Diubah: {scenes.VL_REASON}" in page
    assert "berjalan" not in page


def test_only_what_changed_most_lost_first(final, cast):
    response = signed_in(cast.coordinator_tabalong).get(url("stages", final.pk) + "?berubah")
    main = main_of(response)
    assert [line.code for line in response.context["changed"]] == ["2.3", "12.1"]
    assert main.index("pertanyaan/2.3/") < main.index("pertanyaan/12.1/")
    assert "pertanyaan/1.1/" not in main


def test_the_district_reads_nothing_of_a_running_stage(running, cast):
    client = signed_in(cast.coordinator_tabalong)
    for path in (
        url("stages", running.pk),
        url("score", running.pk) + "?tahap=va",
        url("question", running.pk, "12.1"),
    ):
        content = client.get(path).content.decode()
        assert scenes.VA_REASON not in content
        assert "Ditolak" not in content
    page = text_of(client.get(url("stages", running.pk)))
    assert "Baru Evaluasi Mandiri yang dapat dilihat" in page
    assert "15,00" not in page


def test_the_verifier_reads_it_marked_as_running(running, cast):
    page = text_of(signed_in(cast.verifier_kalsel).get(url("stages", running.pk)))
    assert "Verifikasi Administrasi masih berjalan" in page
    assert scenes.VA_REASON in page
    assert "15,00" in page


def test_pdf_and_workbook_are_of_what_the_person_may_see(running, cast):
    district, verifier = signed_in(cast.coordinator_tabalong), signed_in(cast.verifier_kalsel)
    assert body(district.get(url("stages_download", running.pk, "pdf"))).startswith(b"%PDF-")
    sheet = load_workbook(BytesIO(body(district.get(url("stages_download", running.pk, "xlsx")))))[
        "Pertanyaan"
    ]
    assert scenes.VA_REASON not in {cell.value for row in sheet.iter_rows() for cell in row}
    sheet = load_workbook(BytesIO(body(verifier.get(url("stages_download", running.pk, "xlsx")))))[
        "Pertanyaan"
    ]
    assert scenes.VA_REASON in {cell.value for row in sheet.iter_rows() for cell in row}
    assert StoredReport.objects.filter(kind="stages").count() == 3


def test_the_workbook_holds_numbers_and_no_formula(running, cast):
    decide(
        fresh(running), Stage.VA, "1.1", "reject", cast.verifier_kalsel, version=1,
        reason='=HYPERLINK("http://127.0.0.1","klik")',
    )  # fmt: skip
    content = body(signed_in(cast.verifier_kalsel).get(url("stages_download", running.pk, "xlsx")))
    book = load_workbook(BytesIO(content))
    sums, questions = book["Nilai"], book["Pertanyaan"]
    head = [cell.value for cell in sums[5]]
    row = [cell.value for cell in sums[6]]
    assert head == ["Kode", "Klaster atau indikator", "Maksimum", "EM", "VA", "Selisih"]
    assert [Decimal(str(value)) for value in row[2:]] == [
        Decimal(1000),
        Decimal(20),
        Decimal(3),
        Decimal(-17),
    ]
    titles = [cell.value for cell in questions[5]]
    line = next(r for r in questions.iter_rows(min_row=6) if r[2].value == "1.1")
    reason = line[titles.index("Alasan VA")]
    assert reason.value.startswith("=HYPERLINK")
    assert (reason.data_type, reason.quotePrefix) == ("s", True)
    assert line[titles.index("Poin EM")].data_type == "n"
    assert sum(1 for r in questions.iter_rows(min_row=6) if r[2].value) == 274


def test_the_pdf_says_what_changed_and_why(final, cast):
    response = signed_in(cast.auditor_kalsel).get(url("stages_download", final.pk, "pdf"))
    content = body(response)
    assert tags.faults(content) == []
    pages = PdfReader(BytesIO(content)).pages
    words = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "Kabupaten Tabalong" in words
    assert "Ditolak: Rekapitulasi tidak ditandatangani" in words
    assert "VF Verifikasi Final" in words


def test_while_it_is_rendered_a_page_waits(final, cast, queue):
    response = signed_in(cast.auditor_kalsel).get(url("stages_download", final.pk, "pdf"))
    assert response.status_code == 202
    (job,) = queue
    assert job.args == [
        final.pk,
        ["em", "va", "vl", "vf"],
        ["em", "va", "vf", "vl"],
        "pdf",
        cast.auditor_kalsel.pk,
    ]


def test_user_text_is_text(running, cast):
    decide(fresh(running), Stage.VA, "1.1", "reject", cast.verifier_kalsel, version=1, reason=PROBE)
    for path in (url("stages", running.pk), url("score", running.pk), url("question", running.pk, "1.1")):
        content = signed_in(cast.verifier_kalsel).get(path).content.decode()
        assert "<script>alert" not in content
        assert "alert(" in content


def test_an_unknown_form_is_404(final, cast):
    assert signed_in(cast.auditor_kalsel).get(url("stages_download", final.pk, "docx")).status_code == 404


@pytest.mark.parametrize("name", ["stages", "stages_download", "as_of"])
def test_who_may_come(final, cast, client, name):
    path = url(name, final.pk, "pdf") if name == "stages_download" else url(name, final.pk)
    assert client.get(path).status_code == 302
    for who, status in (
        ("stranger", 404), ("coordinator_tanahbumbu", 404), ("verifier_kalteng", 404),
        ("contributor_health_tabalong", 403), ("leader_tabalong", 200), ("admin_national", 200),
    ):  # fmt: skip
        response = signed_in(getattr(cast, who)).get(path)
        assert response.status_code == status, who
        assert signed_in(getattr(cast, who)).post(path).status_code == 405
        if response.streaming:
            assert b"".join(response.streaming_content)


def test_as_many_queries_with_one_verdict_as_with_all(evaluation, cast):
    running = scenes.submitted(evaluation, cast)
    decide(running, Stage.VA, "1.1", "accept", cast.verifier_kalsel)
    client = signed_in(cast.verifier_kalsel)
    paths = [
        url("stages", running.pk),
        url("question", running.pk, "12.1"),
        url("as_of", running.pk) + "?saat=2026-01-01T00:00:00%2B00:00",
    ]
    before = [queries(client, path) for path in paths]
    scenes.decide(running, Stage.VA, "12.1", "reject", cast.verifier_kalsel, reason="a")
    scenes.decide(running, Stage.VA, "12.1", "reject", cast.verifier_kalsel, reason="b", version=1)
    scenes.decide(running, Stage.VA, "2.3", "accept", cast.verifier_kalsel)
    after = [queries(client, path) for path in paths]
    assert after[0] == before[0] <= 16
    assert after[2] == before[2] <= 22
    # The first verdict on a question brings its verifier's roles with it: one query, however many follow.
    assert after[1] <= before[1] + 1


# The score page


def test_the_score_page_shows_the_newest_stage_and_each_on_demand(final, cast):
    client = signed_in(cast.coordinator_tabalong)
    newest = client.get(url("score", final.pk))
    assert "hasil Verifikasi Final yang ditutup" in text_of(newest)
    assert "Nilai Verifikasi Final 17,00" in text_of(newest)
    assert f'href="{url("stages", final.pk)}"' in main_of(newest)
    va = text_of(client.get(url("score", final.pk) + "?tahap=va"))
    assert "Nilai Verifikasi Administrasi 15,00" in va
    assert f"Ditolak di VA ({scenes.VA_REASON})" in va
    em = text_of(client.get(url("score", final.pk) + "?tahap=em"))
    assert "Klaim yang diajukan 20,00" in em
    assert scenes.VA_REASON not in em


@pytest.mark.parametrize("stage", ["va", "vf", "xx", "<b>"])
def test_a_stage_that_is_not_shown_leads_to_the_newest(running, cast, stage):
    response = signed_in(cast.coordinator_tabalong).get(url("score", running.pk), {"tahap": stage})
    assert response.status_code == 200
    assert "20,00 Inisiasi" in text_of(response)


def test_a_running_stage_says_so(running, cast):
    page = text_of(signed_in(cast.verifier_kalsel).get(url("score", running.pk)))
    assert "Verifikasi Administrasi masih berjalan; nilai dapat berubah" in page
    assert "VA berjalan" in page


# The question's history


def test_the_question_tells_its_whole_story(final, cast):
    outside = text_of(signed_in(cast.auditor_kalsel).get(url("question", final.pk, "12.1")))
    story = outside[outside.index("Riwayat") :]
    assert story.index(scenes.VL_REASON) < story.index(scenes.VA_REASON) < story.index("95%")
    assert "Verifikator Kalsel (Verifikator provinsi)" in story
    inside = text_of(signed_in(cast.coordinator_tabalong).get(url("question", final.pk, "12.1")))
    assert scenes.VA_REASON in inside
    assert "Verifikator provinsi" in inside
    assert "Verifikator Kalsel" not in inside


def test_a_verdict_that_was_put_off_is_the_verifiers_own(running, cast):
    decide(
        fresh(running), Stage.VA, "1.1", "defer", cast.verifier_kalsel, version=1, reason="Tanya rekan dulu."
    )
    decide(fresh(running), Stage.VA, "1.1", "accept", cast.verifier_kalsel, version=2)
    closed = scenes.va_closed(fresh(running), cast)
    outside = text_of(signed_in(cast.verifier_kalsel).get(url("question", closed.pk, "1.1")))
    assert "Tanya rekan dulu." in outside
    inside = text_of(signed_in(cast.coordinator_tabalong).get(url("question", closed.pk, "1.1")))
    assert "Tanya rekan dulu." not in inside
    assert "Diterima" in inside


def test_returns_and_objections_stand_in_the_story(running, cast):
    returns.send_back(
        evaluation=running, stage=Stage.VA, needed={"12.1": "Lampirkan rekapitulasi."},
        due_at=clock.now() + timedelta(hours=48), by=cast.verifier_kalsel,
    )  # fmt: skip
    returns.resubmit(evaluation=fresh(running), by=cast.coordinator_tabalong)
    closed = scenes.va_closed(fresh(running), cast)
    objection = objections.object_to(
        evaluation=closed, stage=Stage.VA, code="12.1", reason="Ada di hal. 3.", by=cast.coordinator_tabalong
    )
    objections.decide_objection(
        objection=objection, granted=False, reason="Tidak terbaca.", by=cast.admin_kalsel
    )
    story = text_of(signed_in(cast.coordinator_tabalong).get(url("question", closed.pk, "12.1")))
    for words in (
        "Dikembalikan",
        "Lampirkan rekapitulasi.",
        "Disanggah",
        "Ada di hal. 3.",
        "Sanggah ditolak",
        "Tidak terbaca.",
    ):
        assert words in story
    assert "Admin Kalsel" not in story
