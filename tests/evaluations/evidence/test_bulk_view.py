"""The bulk page: many files, a list, one button; with and without JavaScript."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations.models import Evidence, EvidenceLink, Upload, UploadState
from tests.evaluations.evidence import corpus
from tests.evaluations.evidence.sending import arrived, begun, sha256

HTMX = {"HTTP_HX_REQUEST": "true"}


def address(evaluation, name="bulk_upload", *more):
    return reverse(f"evaluations:{name}", args=[evaluation.pk, *more])


@pytest.fixture
def coordinator(sign_in, cast):
    return sign_in(cast.coordinator_tabalong)


@pytest.fixture
def stage(evaluation, cast):
    def put(path: str, data: bytes | None = None, by=None) -> Upload:
        data = data or corpus.pdf(mark=path)
        return arrived(
            evaluation, by or cast.coordinator_tabalong, data, path, place=None, sha256=sha256(data)
        )

    return put


def ticked(page: str) -> list[str]:
    return re.findall(r'name="ambil" value="([\w-]+)" checked', page)


def test_an_empty_page_says_what_to_choose(coordinator, evaluation):
    page = coordinator.get(address(evaluation)).content.decode()
    assert "Pilih banyak berkas atau satu folder" in page
    assert "paling besar 20,0 MB per berkas" in page
    assert "Ruang tersisa di pustaka: 10,0 GB" in page
    assert "1.2a/1 Peraturan atau kebijakan tentang akta kelahiran anak" in page
    assert "Cara menghitamkan" in page, "some of these questions are about children"


def test_without_javascript_the_files_of_a_form_come_into_the_list(coordinator, evaluation, upload):
    files = [upload("1.2a SK.pdf"), upload("rekap.pdf"), upload("jahat.pdf", corpus.EXE)]
    answer = coordinator.post(address(evaluation), {"files": files})
    assert answer.status_code == 302
    page = coordinator.get(answer.url).content.decode()
    assert not Evidence.objects.exists()
    assert 'value="1.2a/1 Peraturan' in page
    assert "isinya program yang dapat dijalankan" in page
    assert len(ticked(page)) == 2
    assert "Simpan <span data-ticked>2</span> dokumen" in page


def test_what_is_known_to_fail_is_said_at_once(coordinator, evaluation, upload):
    files = [upload("arsip.zip"), upload("kosong.pdf", b"")]
    answer = coordinator.post(address(evaluation), {"files": files})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Berkas .zip tidak diterima." in page
    assert "Berkas ini kosong (0 byte)." in page
    assert "Pilih berkas dahulu." in coordinator.post(address(evaluation)).content.decode()
    assert not Upload.objects.exists()


def test_saving_without_javascript(coordinator, evaluation, stage):
    placed, idle = stage("12.1 rekap.pdf"), stage("notulen.pdf")
    answer = coordinator.post(
        address(evaluation, "bulk_save"),
        {
            "berkas": [placed.pk, idle.pk, "bukan-uuid"],
            "ambil": [placed.pk, idle.pk],
            f"judul-{placed.pk}": "Rekap 2025",
            f"tempat-{placed.pk}": "12.1/1 Rekapitulasi",
        },
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<b>12.1 rekap.pdf</b> tersimpan dan dipasang di 12.1." in page
    assert "<b>notulen.pdf</b> tersimpan di pustaka, belum dipasang" in page
    assert {evidence.title for evidence in Evidence.objects.all()} == {"Rekap 2025", "notulen"}
    assert EvidenceLink.objects.get().evidence.title == "Rekap 2025"
    assert ticked(page) == []


def test_what_fails_stays_with_what_was_typed(coordinator, evaluation, stage):
    upload = stage("rekap.pdf")
    typed = {
        "berkas": [upload.pk],
        "ambil": [upload.pk],
        f"judul-{upload.pk}": "Ini",
        f"tempat-{upload.pk}": "99",
    }
    answer = coordinator.post(address(evaluation, "bulk_save"), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“99” bukan pertanyaan yang terbuka bagi Anda" in page
    assert 'value="Ini"' in page
    assert 'value="99"' in page
    assert not Evidence.objects.exists()


def test_the_script_gets_the_list_alone(coordinator, evaluation, stage):
    upload = stage("12.1 rekap.pdf")
    page = coordinator.post(
        address(evaluation, "bulk_save"), {"berkas": [upload.pk]}, **HTMX
    ).content.decode()
    assert page.lstrip().startswith('<div id="daftar">')
    assert "12.1 rekap.pdf" in page, "not ticked, so it stays"


def test_a_file_that_arrived_gets_its_row(coordinator, evaluation, stage):
    good, bad = stage("12.1 rekap.pdf"), stage("12.1 jahat.pdf", corpus.pdf_with_javascript())
    row = coordinator.post(address(evaluation, "bulk_look", good.pk), **HTMX).content.decode()
    assert row.strip().startswith(f'<tr data-row="{good.pk}">')
    assert 'value="12.1/1 Rekapitulasi' in row
    row = coordinator.post(address(evaluation, "bulk_look", bad.pk), **HTMX).content.decode()
    assert "JavaScript" in row
    assert "checkbox" not in row
    bad.refresh_from_db()
    assert bad.state == UploadState.REFUSED


def test_a_half_file_is_not_looked_at(coordinator, evaluation, cast):
    upload = begun(evaluation, cast.coordinator_tabalong, corpus.pdf(), place=None)
    answer = coordinator.post(address(evaluation, "bulk_look", upload.pk), **HTMX)
    assert answer.status_code == 409
    assert "belum lengkap terkirim" in answer.content.decode()


def test_throwing_one_away(coordinator, evaluation, stage, on_disk):
    first, second = stage("a.pdf"), stage("b.pdf")
    page = coordinator.post(address(evaluation, "bulk_discard", first.pk)).content.decode()
    assert "b.pdf" in page
    assert "a.pdf" not in page
    assert coordinator.post(address(evaluation, "bulk_discard", second.pk), **HTMX).status_code == 204
    assert not Upload.objects.exists()


@pytest.mark.parametrize("name", ["bulk_look", "bulk_discard"])
def test_only_ones_own(coordinator, evaluation, neighbour_evaluation, cast, stage, name):
    theirs = stage("12.1 rekap.pdf", by=cast.contributor_health_tabalong)
    mine = stage("12.1 rekap.pdf")
    placed = arrived(evaluation, cast.coordinator_tabalong, corpus.pdf(mark="x"))
    for there, upload in (
        (evaluation, theirs.pk),
        (neighbour_evaluation, mine.pk),
        (evaluation, placed.pk),
        (evaluation, uuid4()),
    ):
        assert coordinator.post(address(there, name, upload)).status_code == 404
    assert Upload.objects.filter(state=UploadState.RECEIVED).count() == 3


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("contributor_health_tabalong", 200),
        ("leader_tabalong", 403),
        ("auditor_kalsel", 403),
        ("coordinator_tanahbumbu", 404),
        ("stranger", 404),
    ],
)
def test_who_comes_in(sign_in, cast, evaluation, stage, who, status):
    upload = stage("12.1 rekap.pdf")
    client = sign_in(getattr(cast, who))
    answer = client.get(address(evaluation))
    assert answer.status_code == status
    assert client.post(address(evaluation, "bulk_save")).status_code == status
    if status == 200:
        page = answer.content.decode()
        assert str(upload.pk) not in page
        assert 'value="12.1/1 Rekapitulasi' in page
        assert 'value="4.1/1' not in page, "another agency's question"
    assert client.get(address(evaluation, "bulk_save")).status_code == 405


def test_a_path_is_text(coordinator, evaluation, stage):
    stage("<b>12.1</b>/<script>x.pdf")
    page = coordinator.get(address(evaluation)).content.decode()
    assert "<script>x" not in page
    assert "&lt;b&gt;12.1&lt;/b&gt;" in page


@pytest.mark.parametrize("who", ["coordinator_tabalong", "contributor_health_tabalong"])
def test_queries_and_weight_do_not_grow_with_the_files(sign_in, cast, evaluation, stage, who):
    by = getattr(cast, who)
    client = sign_in(by)
    counts, weights = [], []
    for rows in (1, 20):
        while Upload.objects.count() < rows:
            stage(f"12.1 berkas {Upload.objects.count()}.pdf", by=by)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address(evaluation))
        assert len(answer.context["rows"]) == rows
        counts.append(len(queries))
        weights.append(len(answer.content))
    assert counts[0] == counts[1] <= 20
    assert (weights[1] - weights[0]) / 19 < 1700, "two hundred files stay below 350 kB"
