"""Meja verifikasi: the documents beside a question, page by page, and what is known of them."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.domain.evidence import readings, slots
from evaluations.models import (
    Decision,
    Evidence,
    EvidenceFile,
    EvidenceLink,
    FileReading,
    Scan,
    Stage,
)
from evaluations.views.desk_viewer import papers_of
from kla_portal import clock
from kla_portal.events.models import Event, EventAction
from tests.evaluations.cycle import decide
from tests.evaluations.domain.claims import best, fill, hand_in
from tests.evaluations.files import papers
from tests.evaluations.papers import file_row
from tests.evaluations.views.common import (
    HTMX,
    PROBE,
    main_of,
    put_evidence,
    same_queries,
    signed_in,
    text_of,
    url,
)


@pytest.fixture
def client(submitted, cast):
    return signed_in(cast.verifier_kalsel)


def desk_of_12(submitted, client, **query):
    return client.get(url("desk", submitted.pk, "va", "12.1"), query)


def picture_of(document, page=1):
    return f'<img src="{url("evidence_picture", document.pk, document.current_files[0].pk, page)}?lebar=720"'


def test_the_first_document_opens_in_place_and_others_are_links(with_papers, submitted, client):
    main = main_of(desk_of_12(submitted, client))
    assert picture_of(with_papers["pdf"]) in main
    assert f'dok={with_papers["photo"].pk}"' in main
    picked = main_of(desk_of_12(submitted, client, dok=with_papers["photo"].pk))
    assert picture_of(with_papers["photo"]) in picked
    assert picture_of(with_papers["pdf"]) not in picked


def test_the_papers_are_those_of_the_slots_with_every_file(with_papers, submitted, spec, cast):
    second = file_row(with_papers["pdf"], number=2)
    gone = file_row(
        with_papers["pdf"], number=3, retired_at=clock.now(), retired_by=cast.coordinator_tabalong
    )
    EvidenceFile.objects.bulk_create([second, gone])
    for code in ("12.1", "1.1", "2.3"):
        question = spec.by_code[code]
        found = papers_of(submitted, question)
        fills = slots.fills_of(submitted, question)
        assert [(p.slot, p.link, p.files) for p in found] == [
            (f.slot, link, link.evidence.current_files) for f in fills for link in f.links
        ]
    (pdf, photo) = papers_of(submitted, spec.by_code["12.1"])
    assert (second in pdf.files, gone in pdf.files) == (True, False)
    assert gone in pdf.every
    assert gone not in photo.every


@pytest.mark.parametrize("dok", ["bukan-uuid", "00000000-0000-4000-8000-000000000000", ""])
@pytest.mark.parametrize("hal", ["0", "-1", "²", "satu", "99999999999"])
def test_what_is_picked_and_is_not_here(with_papers, submitted, client, dok, hal):
    main = main_of(desk_of_12(submitted, client, dok=dok, berkas=dok, hal=hal))
    assert (
        f'href="{url("evidence_file", with_papers["pdf"].pk, with_papers["pdf"].current_files[0].pk)}' in main
    )
    assert "Halaman 1 " in text_of(desk_of_12(submitted, client, dok=dok, berkas=dok, hal=hal))


@pytest.fixture
def quoted(evaluation, cast, with_papers):
    """A decree of three pages and a scanned one at 12.1, read; the phrase is quoted from page 2."""
    by = cast.coordinator_tabalong
    data = papers.joined(
        papers.letter("Menimbang", "Gugus tugas dibentuk", "Ditetapkan di Tanjung"), papers.scan(96)
    )
    upload = SimpleUploadedFile("sk.pdf", data, content_type="application/pdf")
    placed = slots.add_file(evaluation=evaluation, code="12.1", slot_number=1, upload=upload, by=by)
    readings.take(str(placed.evidence.current_files[0].pk))
    EvidenceLink.objects.filter(pk=placed.pk).update(quote="gugus tugas dibentuk", pages="2")
    return EvidenceLink.objects.select_related("evidence").get(pk=placed.pk)


def test_the_document_opens_at_the_named_page_with_ways_to_its_neighbours(quoted, submitted, client):
    document, file = quoted.evidence, quoted.evidence.current_files[0]
    response = desk_of_12(submitted, client, dok=document.pk)
    main = main_of(response)
    assert picture_of(document, 2) in main
    assert "Halaman 2 dari 4" in text_of(response)
    for page in (1, 3):
        assert f'href="?dok={document.pk}&amp;berkas={file.pk}&amp;hal={page}"' in main
    assert f'{url("evidence_file", document.pk, file.pk)}#page=2"' in main
    last = main_of(desk_of_12(submitted, client, dok=document.pk, hal="4"))
    assert picture_of(document, 4) in last
    assert "hal=5" not in last
    assert picture_of(document, 4) in main_of(desk_of_12(submitted, client, dok=document.pk, hal="77"))


@pytest.mark.parametrize(
    ("quote", "pages", "words"),
    [
        ("gugus tugas dibentuk", "2", "Kutipan: “gugus tugas dibentuk” ditemukan di hlm. 2 "),
        ("gugus tugas dibentuk", "", "” ditemukan di hlm. 2 "),
        ("ditetapkan di tanjung", "1-2", "ditemukan di hlm. 3, bukan hlm. 1-2"),
        ("dana desa", "2", "tidak ditemukan dalam teks"),
        ("dana desa", "", "tidak ditemukan dalam teks; hlm. 4 tidak memuat teks yang dapat dicari"),
        (
            "gugus tugas",
            "4",
            "hlm. 4 hasil pindai atau gambar: tidak ada teks yang dapat dicari; kutipan ditemukan",
        ),
    ],
)
def test_whether_the_quoted_phrase_is_there(quoted, submitted, client, quote, pages, words):
    EvidenceLink.objects.filter(pk=quoted.pk).update(quote=quote, pages=pages)
    assert words in text_of(desk_of_12(submitted, client, dok=quoted.evidence_id))


def test_an_unread_file_says_so(quoted, submitted, client):
    FileReading.objects.all().delete()
    response = desk_of_12(submitted, client, dok=quoted.evidence_id)
    assert "berkas belum dibaca; kutipan belum dapat dicari" in text_of(response)
    assert picture_of(quoted.evidence, 2) in main_of(response)


def test_what_the_document_says_of_itself_is_beside_it(quoted, submitted, client):
    Evidence.objects.filter(pk=quoted.evidence_id).update(
        number="188.45/12", issuer="Bagian Hukum", years=[2024, 2025], description=f"Pembentukan {PROBE}"
    )
    response = desk_of_12(submitted, client, dok=quoted.evidence_id)
    assert "Nomor 188.45/12. Penerbit Bagian Hukum. Membuktikan tahun 2024, 2025." in text_of(response)
    assert PROBE not in response.content.decode()


def test_several_files_are_tabs_and_earlier_ones_are_listed(quoted, submitted, client, cast):
    document, first = quoted.evidence, quoted.evidence.current_files[0]
    by = cast.coordinator_tabalong
    replaced = file_row(
        document, number=2, filename="lampiran-lama.pdf", retired_at=clock.now(), retired_by=by
    )
    replaced.save()
    second = file_row(document, number=2, revision=2, filename="lampiran.pdf")
    second.save()
    response = desk_of_12(submitted, client, dok=document.pk)
    main = main_of(response)
    assert f'href="?dok={document.pk}&amp;berkas={second.pk}"' in main
    assert "1 versi lama" in text_of(response)
    assert url("evidence_page", document.pk, replaced.pk, 1) in main
    other = main_of(desk_of_12(submitted, client, dok=document.pk, berkas=second.pk))
    assert url("evidence_picture", document.pk, second.pk, 2) in other
    old = desk_of_12(submitted, client, dok=document.pk, berkas=replaced.pk)
    assert "versi lama" in text_of(old)
    assert url("evidence_picture", document.pk, first.pk, 1) not in main_of(old)


@pytest.mark.parametrize(
    ("scan", "words"),
    [(Scan.WAITING, "sedang diperiksa pemindai virus"), (Scan.INFECTED, "Pemindai virus menolak berkas ini")],
)
def test_what_the_scanner_has_not_let_pass_is_named_not_shown(with_papers, submitted, client, scan, words):
    file = with_papers["pdf"].current_files[0]
    EvidenceFile.objects.filter(pk=file.pk).update(scan=scan)
    response = desk_of_12(submitted, client, dok=with_papers["pdf"].pk)
    assert words in text_of(response)
    assert "<img" not in main_of(response)
    assert "Buka berkas asli" not in text_of(response)


def test_a_withdrawn_document_is_marked(with_papers, submitted, client, cast):
    Evidence.objects.filter(pk=with_papers["pdf"].pk).update(
        withdrawn_at=clock.now(), withdrawn_by=cast.coordinator_tabalong, withdrawn_reason="Salah unggah."
    )
    response = desk_of_12(submitted, client)
    assert "ditarik" in text_of(response)
    assert "Salah unggah." in text_of(response)


def test_an_office_file_is_saved_not_framed(with_papers, submitted, client):
    main = main_of(client.get(url("desk", submitted.pk, "va", "1.1")))
    workbook = with_papers["workbook"]
    assert url("evidence_file", workbook.pk, workbook.current_files[0].pk) in main
    assert "<img" not in main


def test_documents_that_may_name_children_wait_for_a_click(evaluation, cast, spec):
    code = next(q.code for q in spec.questions() if q.sensitive and q.slots)
    values = best(spec)
    fill(evaluation, {code: values[code]}, by=cast.coordinator_tabalong)
    put_evidence(evaluation, [code], by=cast.coordinator_tabalong)
    hand_in(evaluation, by=cast.coordinator_tabalong)
    client = signed_in(cast.verifier_kalsel)
    response = client.get(url("desk", evaluation.pk, "va", code))
    assert "<img" not in main_of(response)
    assert "setiap pembukaan dicatat" in text_of(response)
    opened = Event.objects.filter(action=EventAction.EVIDENCE_OPENED)
    assert not opened.exists()
    document = evaluation.evidence_links.first().evidence
    response = client.get(url("desk", evaluation.pk, "va", code) + f"?dok={document.pk}")
    assert picture_of(document, 4) in main_of(response), "the link names pages 4-6"
    assert [(event.by, event.subject) for event in opened] == [
        (cast.verifier_kalsel, f"data-dukung:{document.pk}")
    ]


def test_missing_evidence_is_said(submitted, client, spec):
    page = text_of(client.get(url("desk", submitted.pk, "va", "12.1")))
    assert "Belum ada data dukung" in page
    assert "Wajib, kosong" in page


# Numbers


def test_queries_at_one_and_sixty_three_questions(quoted, submitted, client, cast):
    path = url("desk", submitted.pk, "va", "12.1") + f"?dok={quoted.evidence_id}"

    def more():
        for code in ("1.1", "2.3"):
            decide(submitted, Stage.VA, code, Decision.ACCEPT, cast.verifier_kalsel)
        put_evidence(submitted, ["12.1", "1.1"], by=cast.coordinator_tabalong)
        EvidenceLink.objects.filter(evaluation=submitted).update(quote="gugus tugas dibentuk")

    assert same_queries(client, path, more) <= 28


def test_turning_a_page_asks_the_documents_no_questions_again(quoted, submitted, client):
    path = url("desk", submitted.pk, "va", "12.1") + f"?dok={quoted.evidence_id}"
    assert "Untuk ditanyakan" in text_of(client.get(path))
    with CaptureQueriesContext(connection) as seen:
        turned = client.get(path + "&hal=3", headers=HTMX | {"HX-Boosted": "true"})
    assert picture_of(quoted.evidence, 3) in main_of(turned)
    assert "Untuk ditanyakan" not in text_of(turned)
    assert len(seen) <= 18
