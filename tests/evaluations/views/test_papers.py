"""The papers people sign: as a page, as a PDF, and for whom."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from evaluations.domain.submission import store_result
from evaluations.models import ReportKind, Stage, StageResult, StoredReport
from kla_portal.indonesian import angka
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, hand_in, save
from tests.evaluations.explaining.test_rivals import announce, finals
from tests.evaluations.history import scenes
from tests.evaluations.views.common import PROBE, main_of, put_evidence, same_queries, signed_in, text_of, url

VALUE = ONE_OF_EACH["percentage"][1]
OF_A_RESULT = ("lhe", "lhe_pdf", "card", "card_pdf")


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def result(evaluation, by):
    save(evaluation, HEALTH, VALUE, by=by)
    return hand_in(evaluation, by=by)


@pytest.fixture
def press(monkeypatch):
    """A press that prints at once what it is told."""

    def prints(report, seal=None) -> bytes:
        return f"%PDF-1.7 {report.district.digest}".encode()

    for name in ("evaluation_report_pdf", "card_pdf"):
        monkeypatch.setattr(f"evaluations.reports.pdf.{name}", prints)


def printed(response):
    assert response.status_code == 200
    return PdfReader(io.BytesIO(b"".join(response.streaming_content)))


# The pages


def test_the_lhe_as_a_page_says_what_the_paper_says(evaluation, cast):
    final = scenes.whole_way(evaluation, cast)
    row = StageResult.objects.get(evaluation=final, stage=Stage.VF)
    response = signed_in(cast.coordinator_tabalong).get(url("lhe", row.pk))
    text, main = text_of(response), main_of(response)
    for words in (
        "Bab I. Dasar",
        "Bab VIII. Penutup",
        scenes.VA_REASON,
        "Forum Anak 12 orang",
        "Nama dan NIP",
    ):
        assert words in text
    for total in ("20,00", "15,00", "17,00"):
        assert total in text
    assert f'href="{url("lhe_pdf", row.pk)}"' in main
    assert f'href="{url("stages", final.pk)}"' in main
    assert "kla-report:" not in main
    assert "<style" not in main
    assert ' style="' not in main


def test_the_rapor_as_a_page(by, sign_in, result):
    response = sign_in(by).get(url("card", result.pk))
    text = text_of(response)
    assert f"{angka(result.total, 2)} dari 1.000" in text
    assert "Lima hal untuk diputuskan" in text
    assert "Disebut sesudah tahap ini selesai di seluruh provinsi" in text
    assert f'href="{url("card_pdf", result.pk)}"' in main_of(response)
    assert ' style="' not in main_of(response)


def test_a_district_reads_no_verdict_of_a_stage_that_runs(evaluation, cast):
    """The verdict is there, and the verifiers read it; the paper of the claim does not carry it."""
    running = scenes.judged(scenes.submitted(evaluation, cast), cast)
    assert running.verdicts.filter(reason=scenes.VA_REASON).exists()
    row = StageResult.objects.get(evaluation=running)
    for who in (cast.coordinator_tabalong, cast.verifier_kalsel):
        for name in ("lhe", "card"):
            text = text_of(signed_in(who).get(url(name, row.pk)))
            assert "20,00" in text
            assert scenes.VA_REASON not in text


def test_typed_text_and_titles_of_evidence(evaluation, by, sign_in):
    """What was typed is shown as typed; titles of documents are not shown at all."""
    save(evaluation, HEALTH, VALUE, by=by, note=PROBE)
    put_evidence(evaluation, [HEALTH], by=by, title="Rahasia anak")
    row = hand_in(evaluation, by=by)
    for name in ("lhe", "card"):
        page = sign_in(by).get(url(name, row.pk)).content.decode()
        assert "Rahasia anak" not in page
        assert PROBE not in page


@pytest.mark.parametrize("name", ["lhe", "card"])
def test_as_many_queries_for_one_result_as_for_three(evaluation, by, result, name):
    def more():
        store_result(evaluation, stage=Stage.VA, by=by)
        store_result(evaluation, stage=Stage.VL, by=by)

    assert same_queries(signed_in(by), url(name, result.pk), more) <= 24


# The files


def test_both_papers_are_rendered_sealed_and_kept(by, sign_in, result):
    client = sign_in(by)
    lhe, card = (
        printed(client.get(url("lhe_pdf", result.pk))),
        printed(client.get(url("card_pdf", result.pk))),
    )
    assert len(card.pages) == 2
    assert len(lhe.pages) > 8
    kept = {row.kind: row for row in StoredReport.objects.all()}
    assert kept.keys() == {ReportKind.EVALUATION, ReportKind.CARD}
    assert kept[ReportKind.CARD].number in card.pages[1].extract_text()
    client.get(url("card_pdf", result.pk))
    assert StoredReport.objects.count() == 2


def test_the_draft_says_so_and_its_name_too(evaluation, by, sign_in):
    save(evaluation, HEALTH, VALUE, by=by)
    response = sign_in(by).get(url("card_draft_pdf", evaluation.pk))
    assert "Konsep rapor KLA 2026" in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-store"
    reader = printed(response)
    assert len(reader.pages) == 2
    assert all("KONSEP" in page.extract_text() for page in reader.pages)


@pytest.mark.parametrize("name", ["lhe", "card"])
def test_the_page_compares_with_what_is_announced_and_keeps_the_points(cast, by, sign_in, result, name):
    """Until the neighbours' results are out, their median is in nobody's picture."""
    client, path = sign_in(by), url(name, result.pk)
    finals("2024", ("82", "164", "0"), cast.admin_national)
    hidden = client.get(path)
    assert "median provinsi" not in text_of(hidden)
    assert 'class="middle"' not in main_of(hidden)
    announce("2024")
    shown = client.get(path)
    assert "belah ketupat: median provinsi (Evaluasi KLA 2024, 3 kabupaten/kota)" in text_of(shown)
    assert main_of(shown).count('class="middle"') == 7
    assert "K3 2 150 1,3%" in text_of(shown)
    assert ' style="' not in main_of(shown)


@pytest.mark.parametrize("name", ["lhe_pdf", "card_pdf"])
def test_while_a_worker_is_busy_a_page_waits(by, sign_in, result, queue, name):
    response = sign_in(by).get(url(name, result.pk))
    assert response.status_code == 202
    assert len(queue) == 1
    assert queue[0].args == [result.pk, by.pk]


# Who


@pytest.mark.parametrize("name", OF_A_RESULT)
def test_for_whom(cast, result, press, name):
    for who, status in (
        ("coordinator_tabalong", 200),
        ("leader_tabalong", 200),
        ("verifier_kalsel", 200),
        ("coordinator_tanahbumbu", 404),
        ("verifier_kalteng", 404),
        ("stranger", 404),
        ("contributor_health_tabalong", 403),
    ):
        assert signed_in(getattr(cast, who)).get(url(name, result.pk)).status_code == status, who


def test_a_contributor_is_told_why(cast, result):
    response = signed_in(cast.contributor_health_tabalong).get(url("lhe", result.pk))
    assert "membaca seluruh evaluasi" in text_of(response)


@pytest.mark.parametrize("name", OF_A_RESULT)
def test_what_is_not_there(by, sign_in, result, name):
    assert sign_in(by).get(url(name, result.pk + 1)).status_code == 404
    assert sign_in(by).post(url(name, result.pk)).status_code == 405


# The list


def test_the_list_leads_to_them(evaluation, by, sign_in):
    client = sign_in(by)
    assert f'href="{url("card_draft_pdf", evaluation.pk)}"' in main_of(
        client.get(url("reports", evaluation.pk))
    )
    save(evaluation, HEALTH, VALUE, by=by)
    row = hand_in(evaluation, by=by)
    main = main_of(client.get(url("reports", evaluation.pk)))
    for name in OF_A_RESULT:
        assert f'href="{url(name, row.pk)}"' in main
