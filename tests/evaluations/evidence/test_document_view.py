"""The page of one document and its deeds."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations.domain.evidence import slots
from evaluations.models import Evaluation, Evidence, EvidenceFile, FileReading
from kla_portal.events.models import Event, EventAction
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.evidence.shelf import as_read, placed, shelved, stand, submit
from tests.evaluations.papers import file_row
from tests.evaluations.views.common import PROBE, text_of


def page_of(evaluation, name, *more):
    return reverse(f"evaluations:{name}", args=[evaluation.pk, *more])


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def document(evaluation, by, upload):
    link = slots.add_file(evaluation=evaluation, code=HEALTH, slot_number=1, upload=upload("sk.pdf"), by=by)
    return link.evidence


@pytest.fixture
def office(sign_in, by):
    """The coordinator's browser."""
    return sign_in(by)


def test_the_page_tells_what_it_is_where_it_stands_and_its_files(office, evaluation, document, by):
    stand(evaluation, document, "12.2", by=by, pages="4-6", quote="gugus tugas")
    earlier = Evaluation.objects.get(edition__code="2024", district=evaluation.district_id)
    stand(earlier, document, by=by)
    Evidence.objects.filter(pk=document.pk).update(number="463/12", issuer="Bupati", years=[2025])
    file = document.current_files[0]
    EvidenceFile.objects.filter(pk=file.pk).update(size=1_200_000)
    page = text_of(office.get(page_of(evaluation, "evidence_document", document.pk)))
    for words in (
        "Nomor 463/12", "Penerbit Bupati", "Dipakai di 2 slot", "12.2", "hlm. 4-6", "“gugus tugas”",
        "sk.pdf", "1,2 MB", f"sidik {file.sha256[:12]}", "Juga dipakai dalam Evaluasi KLA 2024",
        "lepaskan dahulu dari semua pertanyaan",
    ):  # fmt: skip
        assert words in page, words


def test_describing_it(office, evaluation, document):
    place = page_of(evaluation, "evidence_describe", document.pk)
    sent = {
        "title": "SK",
        "kind": "regulation",
        "number": "1/2025",
        "document_date": "2025-01-12",
        "years": "2024, 2025",
    }
    answer = office.post(place, sent, follow=True)
    assert "Keterangan dokumen tersimpan" in answer.content.decode()
    row = Evidence.objects.get()
    assert (row.title, row.kind, row.number, row.document_date, row.years) == (
        "SK", "regulation", "1/2025", date(2025, 1, 12), [2024, 2025],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"title": ""}, "Tulis judulnya dahulu."),
        ({"years": "dua ribu"}, "misalnya 2024, 2025"),
        ({"years": "1990"}, "Tahun 1990 tidak mungkin"),
        ({"years": "2025-2021"}, "misalnya 2024, 2025"),
        ({"document_date": "12 Januari"}, "Tulis tanggalnya lengkap"),
        ({"valid_from": "2025-02-01", "valid_until": "2025-01-01"}, "lebih awal"),
        ({"kind": "resep"}, "resep"),
    ],
)
def test_a_bad_description_comes_back_with_its_reason(office, evaluation, document, sent, words):
    answer = office.post(page_of(evaluation, "evidence_describe", document.pk), {"title": "SK"} | sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Evidence.objects.get().title == "sk"


def test_spans_of_years_are_understood(office, evaluation, document):
    place = page_of(evaluation, "evidence_describe", document.pk)
    office.post(place, {"title": "sk", "years": "2021-2023; 2025 dan 2026"})
    assert Evidence.objects.get().years == [2021, 2022, 2023, 2025, 2026]


def test_a_title_that_was_handed_in_stays(office, evaluation, document, by):
    earlier = Evaluation.objects.get(edition__code="2024", district=evaluation.district_id)
    stand(earlier, document, by=by)
    submit(earlier, by)
    page = office.get(page_of(evaluation, "evidence_document", document.pk)).content.decode()
    assert "judulnya tetap" in page
    assert "Unggah versi barunya sebagai dokumen tersendiri" in page
    assert page_of(evaluation, "evidence_add_file", document.pk) not in page
    office.post(page_of(evaluation, "evidence_describe", document.pk), {"title": "Lain", "years": "2025"})
    assert (Evidence.objects.get().title, Evidence.objects.get().years) == ("sk", [2025])


def test_the_texts_proposal_is_taken_by_one_click(office, evaluation, document):
    FileReading.objects.all().delete()
    as_read(document.current_files[0], "teks", number_clue="463/12", year_clues=[2025])
    page = text_of(office.get(page_of(evaluation, "evidence_document", document.pk)))
    assert "Usulan dari isi dokumen: nomor 463/12, tahun 2025" in page
    office.post(page_of(evaluation, "evidence_adopt", document.pk))
    assert (Evidence.objects.get().number, Evidence.objects.get().years) == ("463/12", [2025])


# Files


def test_adding_replacing_and_taking_out_a_file(office, evaluation, document, upload):
    first = document.current_files[0]
    add = page_of(evaluation, "evidence_add_file", document.pk)
    assert "Berkas ditambahkan" in office.post(add, {"file": upload("b.pdf")}, follow=True).content.decode()
    revise = page_of(evaluation, "evidence_revise", document.pk, first.pk)
    page = text_of(office.post(revise, {"file": upload("c.pdf")}, follow=True))
    assert "Versi baru tersimpan" in page
    assert "1 versi lama" in page
    (now, other) = document.current_files
    assert (now.filename, other.filename) == ("c.pdf", "b.pdf")
    retire = page_of(evaluation, "evidence_retire_file", document.pk, other.pk)
    assert "dilepas dari dokumen ini" in office.post(retire, follow=True).content.decode()
    last = office.post(page_of(evaluation, "evidence_retire_file", document.pk, now.pk))
    assert last.status_code == 422
    assert "satu-satunya" in last.content.decode()
    opened = office.get(reverse("evaluations:evidence_file", args=[document.pk, first.pk]))
    assert opened.status_code == 200, "the old version stays readable"


def test_a_file_that_will_not_do_is_refused_on_the_page(office, evaluation, document, upload, on_disk):
    add = page_of(evaluation, "evidence_add_file", document.pk)
    revise = page_of(evaluation, "evidence_revise", document.pk, document.current_files[0].pk)
    for place in (add, revise):
        for sent, words in (({}, "Pilih berkas dahulu."), ({"file": upload("x.exe", b"MZ")}, ".exe")):
            answer = office.post(place, sent)
            assert answer.status_code == 422
            assert words in answer.content.decode()
    assert EvidenceFile.objects.count() == 1
    foreign = shelved(evaluation, "Lain", by=document.added_by)
    place = page_of(evaluation, "evidence_revise", document.pk, foreign.current_files[0].pk)
    assert office.post(place, {"file": upload()}).status_code == 404


# Away


def test_into_the_basket_and_back(office, evaluation, document, by):
    place = page_of(evaluation, "evidence_delete", document.pk)
    refused = office.post(place)
    assert refused.status_code == 422
    assert "masih dipakai" in refused.content.decode()
    slots.detach(link=document.links.get(), by=by)
    assert "masuk keranjang" in office.post(place, follow=True).content.decode()
    page = office.get(page_of(evaluation, "evidence_document", document.pk)).content.decode()
    assert "Di keranjang sejak" in page
    assert page_of(evaluation, "evidence_describe", document.pk) not in page
    office.post(page_of(evaluation, "evidence_restore", document.pk))
    assert Evidence.objects.get().discarded_at is None


def test_withdrawing_after_submission(office, evaluation, document, by):
    place = page_of(evaluation, "evidence_withdraw", document.pk)
    assert office.post(place, {"reason": "Keliru."}).status_code == 422
    submit(evaluation, by)
    assert place in office.get(page_of(evaluation, "evidence_document", document.pk)).content.decode()
    assert office.post(place, {"reason": ""}).status_code == 422
    page = text_of(office.post(place, {"reason": "Salah lampiran."}, follow=True))
    assert "Ditarik" in page
    assert "Salah lampiran." in page
    assert Event.objects.filter(action=EventAction.EVIDENCE_WITHDRAWN).count() == 1


# Who


DEEDS = {
    "evidence_describe": {"title": "Lain"},
    "evidence_adopt": {},
    "evidence_add_file": {},
    "evidence_delete": {},
    "evidence_restore": {},
    "evidence_withdraw": {"reason": "Keliru."},
}


@pytest.mark.parametrize(
    ("who", "seen", "done"),
    [
        ("stranger", 404, {404}),
        ("coordinator_tanahbumbu", 404, {404}),
        ("verifier_kalteng", 404, {404}),
        ("contributor_registry_tabalong", 404, {404}),
        ("contributor_health_tabalong", 200, {403, 422}),
        ("leader_tabalong", 200, {403}),
        ("auditor_kalsel", 200, {403}),
        ("verifier_kalsel", 200, {403}),
    ],
)
def test_who_sees_it_and_who_may_not_change_it(sign_in, cast, evaluation, document, who, seen, done):
    person = sign_in(getattr(cast, who))
    assert person.get(page_of(evaluation, "evidence_document", document.pk)).status_code == seen
    for name, data in DEEDS.items():
        assert person.post(page_of(evaluation, name, document.pk), data).status_code in done, name
    row = Evidence.objects.get()
    assert (row.title, row.discarded_at, row.withdrawn_at) == ("sk", None, None)
    assert EvidenceFile.objects.count() == 1


def test_through_ones_own_evaluation_no_other_districts_document(
    sign_in, cast, neighbour_evaluation, document
):
    person = sign_in(cast.coordinator_tanahbumbu)
    for name in ("evidence_document", *DEEDS):
        place = page_of(neighbour_evaluation, name, document.pk)
        assert person.post(place, {"title": "x"}).status_code in {404, 405}
        assert person.get(place).status_code in {404, 405}


def test_a_contributor_is_not_told_of_other_agencies_questions(sign_in, cast, evaluation, document, by):
    stand(evaluation, document, "4.1", by=by)
    place = page_of(evaluation, "evidence_document", document.pk)
    page = text_of(sign_in(cast.contributor_health_tabalong).get(place))
    assert "Dipakai di 1 slot" in page
    assert "4.1 " not in page
    assert "4.1 " in text_of(sign_in(by).get(place))


def test_after_submission_it_is_read_only(office, evaluation, document, by):
    submit(evaluation, by)
    page = office.get(page_of(evaluation, "evidence_document", document.pk)).content.decode()
    assert "Hanya dapat dibaca" in page
    assert page_of(evaluation, "evidence_describe", document.pk) not in page
    assert (
        office.post(page_of(evaluation, "evidence_describe", document.pk), {"title": "x"}).status_code == 403
    )


def test_names_are_shown_as_text(office, evaluation, by):
    link = placed(evaluation, PROBE, by=by, description=PROBE, number=PROBE[:100])
    EvidenceFile.objects.update(filename=PROBE)
    page = office.get(page_of(evaluation, "evidence_document", link.evidence_id)).content.decode()
    assert PROBE not in page
    assert "&lt;script&gt;" in page


def test_queries_do_not_grow_with_files_versions_and_places(office, evaluation, by):
    document = placed(evaluation, "SK", by=by).evidence
    as_read(document.current_files[0], "teks")
    counts = []
    for step in (0, 1):
        if step:
            for number in (2, 3):
                file_row(document, number=number).save()
            for code in ("12.2", "12.3"):
                stand(evaluation, document, code, by=by)
        with CaptureQueriesContext(connection) as queries:
            assert office.get(page_of(evaluation, "evidence_document", document.pk)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14
