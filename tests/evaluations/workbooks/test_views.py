"""The pages: download, look at what came back, apply."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evaluations.domain import workflow
from evaluations.reports.xlsx import CONTENT_TYPE
from kla_portal.events.models import Event, EventAction
from tests.cast import TABALONG, agency
from tests.evaluations.domain.claims import answer_to, best, fill, hand_in, save
from tests.evaluations.views.common import PROBE, main_of, same_queries, signed_in, text_of, unchanged, url
from tests.evaluations.workbooks.paper import CHOICE, COUNT, PERCENTAGE, Filled, read, small


@pytest.fixture
def client(by, sign_in):
    return sign_in(by)


def upload(client, evaluation, content, name="isian.xlsx"):
    file = SimpleUploadedFile(name, content, content_type=CONTENT_TYPE)
    return client.post(url("workbook_preview", evaluation.pk), {"file": file})


def plan_of(response) -> str:
    return re.search(r'name="rencana" value="([^"]+)"', response.content.decode())[1]


def apply(client, evaluation, plan, *ticked):
    return client.post(url("workbook_apply", evaluation.pk), {"rencana": plan, "pakai": ticked})


def test_three_steps(client, evaluation):
    page = text_of(client.get(url("workbook", evaluation.pk)))
    for words in (
        "1. Unduh",
        "2. Isi",
        "3. Unggah dan periksa",
        "Semua (274 pertanyaan)",
        "Dinas Kesehatan (46)",
    ):
        assert words in page
    assert "K3 Kesehatan Dasar dan Kesejahteraan (47)" in page


def test_linked_from_filling_and_from_tasks(client, evaluation, cast):
    link = f'href="{url("workbook", evaluation.pk)}"'
    assert link in client.get(url("filling", evaluation.pk)).content.decode()
    health = signed_in(cast.contributor_health_tabalong)
    assert link in health.get(url("tasks", evaluation.pk)).content.decode()
    page = text_of(health.get(url("workbook", evaluation.pk)))
    assert "Semua (46 pertanyaan)" in page
    assert "Isian Excel" in text_of(client.get(url("filling", evaluation.pk)))
    assert "Dukcapil" not in page


def test_download(client, evaluation):
    query = {"opd": agency(TABALONG, "kesehatan").pk, "klaster": "K3"}
    response = client.get(url("workbook_download", evaluation.pk), query)
    assert response["Content-Type"] == CONTENT_TYPE
    assert "Isian KLA 2026 Kabupaten Tabalong - Dinas Kesehatan, K3.xlsx" in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-store"
    assert read(response.content).meta["district"] == TABALONG


def test_a_choice_that_does_not_exist(client, evaluation):
    response = client.get(url("workbook_download", evaluation.pk), {"klaster": "K9", "opd": "1"})
    assert response.status_code == 422
    assert "K9" in text_of(response)
    assert not Event.objects.filter(action=EventAction.WORKBOOK_EXPORTED).exists()


def test_looking_saves_nothing(client, evaluation):
    filled = small(evaluation).put(PERCENTAGE, "numerator", 4120).put(PERCENTAGE, "denominator", 4508)
    response = upload(client, evaluation, filled.put(COUNT, "value", 1.234).content)
    page = text_of(response)
    assert response.status_code == 200
    assert "2 dari 3 poin" in page
    assert "0 → 2" in page
    assert "K3!D8 8.1" in page
    assert "Sel berisi pecahan 1,234" in page
    assert "Nilai klaim 0,00 menjadi 2,00" in page
    unchanged(evaluation)


def test_apply(client, evaluation):
    filled = small(evaluation).put(COUNT, "value", 4).put(CHOICE, "option", "Instruksi").note(COUNT, PROBE)
    response = upload(client, evaluation, filled.content)
    assert "<script>alert" not in response.content.decode()
    assert "&lt;script&gt;" in main_of(response)
    page = text_of(apply(client, evaluation, plan_of(response)))
    assert "2 jawaban tersimpan" in page
    assert f"{CHOICE} , {COUNT}" in page
    assert answer_to(evaluation, COUNT).note == PROBE


def test_a_conflict_is_ticked(client, evaluation, by):
    filled = small(evaluation).put(COUNT, "value", 6)
    save(evaluation, COUNT, {"value": "5"}, by=by, note="Dari rapat")
    response = upload(client, evaluation, filled.content)
    page = text_of(response)
    assert re.search(r"Koordinator Tabalong, .* WITA", page)
    assert "Catatan: Dari rapat" in page
    assert "Pakai isian buku kerja" in page
    plan = plan_of(response)
    assert "Dilewati 8.1" in text_of(apply(client, evaluation, plan))
    assert "1 jawaban tersimpan" in text_of(apply(client, evaluation, plan, COUNT))
    assert answer_to(evaluation, COUNT).value == {"value": "6"}


def test_nothing_to_save(client, evaluation):
    page = text_of(upload(client, evaluation, small(evaluation).content))
    assert "Tidak ada yang perlu disimpan" in page
    assert "Terapkan ke portal" not in page


def test_another_agencys_questions_are_named(evaluation, cast):
    content = small(evaluation).put(COUNT, "value", 4).put(PERCENTAGE, "numerator", 3).content
    page = text_of(upload(signed_in(cast.contributor_health_tabalong), evaluation, content))
    assert "3 pertanyaan dibagikan kepada perangkat daerah lain" in page
    assert "Kirim buku kerjanya kepada koordinator" in page


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "isian.xlsx", "kosong (0 byte)"),
        (b"%PDF-1.7", "isian.xlsx", "tetapi isinya"),
        (b"%PDF-1.7", "isian.exe", "tidak diterima"),
        (b"PK\x03\x04rusak", "isian.xlsx", "berakhiran .xlsx, tetapi isinya arsip ZIP"),
    ],
)
def test_a_file_that_is_none_is_told_beside_its_field(client, evaluation, content, name, words):
    response = upload(client, evaluation, content, name)
    assert response.status_code == 422
    assert words in text_of(response)
    assert "is-invalid" in main_of(response)


def test_no_file(client, evaluation):
    response = client.post(url("workbook_preview", evaluation.pk), {})
    assert response.status_code == 422
    assert "Pilih dahulu berkas buku kerjanya" in text_of(response)


def test_a_neighbours_workbook(client, evaluation, neighbour_evaluation):
    response = upload(client, evaluation, small(neighbour_evaluation).content)
    assert response.status_code == 422
    assert "milik kabupaten/kota lain, bukan Kabupaten Tabalong" in text_of(response)


def test_a_plan_that_is_not_ones_own(client, evaluation, cast):
    plan = plan_of(upload(client, evaluation, small(evaluation).put(PERCENTAGE, "numerator", 4).content))
    other = signed_in(cast.contributor_health_tabalong)
    for response in (
        apply(other, evaluation, plan),
        apply(client, evaluation, plan[:-1]),
        apply(client, evaluation, ""),
    ):
        assert response.status_code == 422
        assert "tidak berlaku lagi" in text_of(response)
    unchanged(evaluation)


def test_who_may_only_read_downloads_and_is_told_why_not_more(evaluation, cast):
    leader = signed_in(cast.leader_tabalong)
    page = text_of(leader.get(url("workbook", evaluation.pk)))
    assert "Anda tidak dapat mengubah jawaban" in page
    assert "Periksa isinya" not in page
    assert "Isi sel kuning" not in page
    assert "Unduh Excel" in text_of(leader.get(url("filling", evaluation.pk)))
    response = upload(leader, evaluation, small(evaluation).content)
    assert response.status_code == 403
    assert "Anda tidak dapat mengubah jawaban" in text_of(response)
    assert apply(leader, evaluation, "x").status_code == 403


def test_after_submission_the_page_says_so(client, evaluation, by):
    hand_in(evaluation, by=by)
    page = text_of(client.get(url("workbook", evaluation.pk)))
    assert "isinya terkunci" in page
    assert "Unduh buku kerja" in page


def test_strangers_find_nothing(evaluation, cast):
    stranger = signed_in(cast.coordinator_tanahbumbu)
    for name in ("workbook", "workbook_download"):
        assert stranger.get(url(name, evaluation.pk)).status_code == 404
    assert upload(stranger, evaluation, b"x").status_code == 404
    assert apply(stranger, evaluation, "x").status_code == 404


def test_an_agency_without_questions_is_told_whom_to_ask(evaluation, cast):
    health = agency(TABALONG, "kesehatan")
    cast.contributor_registry_tabalong.memberships.update(
        agency=health.district.agencies.create(name="Badan Riset")
    )
    page = text_of(signed_in(cast.contributor_registry_tabalong).get(url("workbook", evaluation.pk)))
    assert "Hubungi koordinator" in page


def test_as_many_queries_for_one_answer_as_for_three(client, evaluation, by, spec):
    values = best(spec)
    save(evaluation, COUNT, values[COUNT], by=by)

    def more():
        fill(evaluation, {code: values[code] for code in (CHOICE, PERCENTAGE)}, by=by)

    assert same_queries(client, url("workbook", evaluation.pk), more) <= 14
    assert workflow.refusal(evaluation, workflow.Action.ANSWER, by=by) is None


def test_the_file_of_the_page_comes_back(client, evaluation):
    """The download itself, not one made by hand."""
    content = client.get(url("workbook_download", evaluation.pk), {"klaster": "K2"}).content
    response = upload(client, evaluation, Filled(content).put(COUNT, "value", 4).content)
    assert response.context["found"].new[0].question.code == COUNT
    assert len(response.context["found"].same) == 26
