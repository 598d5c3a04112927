"""Proof that the district has only now: new files with an objection, and what becomes of them."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.domain import closing, objections
from evaluations.domain.evidence import describing, exhibits, library, quotas, revisions, slots
from evaluations.files.faults import EvidenceRefused, FileRefused
from evaluations.models import (
    Decision,
    Evidence,
    EvidenceFile,
    EvidenceLink,
    Objection,
    Scan,
    Stage,
    StageResult,
)
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.events.models import Event, EventAction
from tests.evaluations.cycle import close_va, decide, fresh, letter
from tests.evaluations.evidence import corpus
from tests.evaluations.papers import documents
from tests.evaluations.views.common import main_of, queries, signed_in, text_of, url

REASON = "Perda diundangkan 3 Maret; lihat halaman 1."


def paper(name="perda.pdf", mark="perda"):
    return SimpleUploadedFile(name, corpus.pdf(mark=mark), "application/pdf")


def files_on_disk(folders):
    return sorted(path for path in (folders / "evidence").rglob("*") if path.is_file())


def in_library(evaluation):
    return Evidence.objects.filter(district=evaluation.district, letters__isnull=True)


def take_in(evaluation, by, code="1.1", **more):
    more.setdefault("upload", paper())
    return exhibits.take_in(evaluation=fresh(evaluation), stage=Stage.VA, code=code, by=by, **more)


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def coordinator(by):
    return signed_in(by)


@pytest.fixture
def path(va_closed):
    return url("objection_file", va_closed.pk, "va", "1.1")


@pytest.fixture
def filed(va_closed, by):
    document = take_in(va_closed, by)
    return objections.object_to(
        evaluation=fresh(va_closed), stage=Stage.VA, code="1.1", reason=REASON, evidence=[document], by=by
    )


# Sent with the objection


def test_a_file_goes_with_the_objection_and_nowhere_else(coordinator, va_closed, by, path):
    before = list(StageResult.objects.values_list("digest", flat=True))
    response = coordinator.post(path, {"reason": REASON, "files": paper()})
    assert response.status_code == 302
    objection = Objection.objects.get()
    (document,) = objection.evidence.all()
    (file,) = document.current_files
    content = corpus.pdf(mark="perda")
    assert (document.title, file.filename, document.added_by) == ("perda", "perda.pdf", by)
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert not EvidenceLink.objects.exists(), "no slot of the answer"
    assert list(StageResult.objects.values_list("digest", flat=True)) == before
    told = Event.objects.get(action=EventAction.OBJECTION_FILED)
    assert told.data == {"stage": "va", "code": "1.1", "sha256": [file.sha256]}
    assert Event.objects.filter(
        action=EventAction.EVIDENCE_ADDED, subject=f"data-dukung:{document.pk}"
    ).exists()


def test_who_decides_reads_it_beside_what_was_chosen(coordinator, va_closed, cast, path):
    old = Evidence.objects.create(
        district=va_closed.district, form="link", title="Berita daerah", url="https://contoh.go.id/a",
        added_at=clock.now(), added_by=cast.coordinator_tabalong,
    )  # fmt: skip
    coordinator.post(
        path, {"reason": REASON, "evidence": [str(old.pk)], "files": [paper(), paper("b.pdf", "b")]}
    )
    objection = Objection.objects.get()
    decider = signed_in(cast.admin_kalsel)
    page = main_of(decider.get(url("objection_decide", va_closed.pk, objection.pk)))
    for words in ("Berita daerah", ">perda</a>", ">b</a>", "di pustaka sejak"):
        assert words in page, words
    for file in EvidenceFile.objects.filter(evidence__objections=objection):
        opened = url("evidence_page", file.evidence_id, file.pk, 1)
        assert f'href="{opened}"' in page
        assert decider.get(opened).status_code == 200
        assert signed_in(cast.coordinator_tanahbumbu).get(opened).status_code == 404
        assert signed_in(cast.contributor_health_tabalong).get(opened).status_code == 404


def test_what_was_sent_stays_ticked_when_the_reason_is_missing(coordinator, va_closed, path, folders):
    before = len(files_on_disk(folders))
    response = coordinator.post(path, {"reason": " ", "files": paper()})
    (document,) = in_library(va_closed)
    assert response.status_code == 422
    assert f'value="{document.pk}" checked' in response.content.decode()
    assert not Objection.objects.exists()
    response = coordinator.post(path, {"reason": REASON, "evidence": [str(document.pk)]})
    assert response.status_code == 302
    assert list(Objection.objects.get().evidence.all()) == [document]
    assert len(files_on_disk(folders)) == before + 1


@pytest.mark.parametrize("button", ["unggah", "cari"])
def test_uploading_first_keeps_what_is_written(coordinator, va_closed, path, button):
    response = coordinator.post(path, {"reason": REASON, button: "1", "q": "", "files": paper()})
    (document,) = in_library(va_closed)
    content = response.content.decode()
    assert response.status_code == 200
    assert REASON in content
    assert f'value="{document.pk}" checked' in content
    assert "tersimpan di pustaka dan dicentang" in content
    assert not Objection.objects.exists()


def test_a_file_that_came_by_mistake_can_go_again(coordinator, va_closed, by, path):
    document = take_in(va_closed, by)
    response = coordinator.post(
        path, {"reason": REASON, "evidence": [str(document.pk)], "buang": str(document.pk)}
    )
    document.refresh_from_db()
    assert document.discarded_by == by
    assert response.status_code == 200
    assert REASON in response.content.decode()
    assert f'value="{document.pk}"' not in response.content.decode()


def test_what_stood_in_the_library_before_the_verdict_is_not_discarded_here(coordinator, va_closed, by, path):
    with time_machine.travel(clock.now() - timedelta(days=1)):
        (old,) = documents(va_closed.district, ["Lama"], by=by)
    response = coordinator.post(path, {"reason": REASON, "buang": str(old.pk)})
    old.refresh_from_db()
    assert response.status_code == 422
    assert old.discarded_at is None


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("virus.exe", corpus.EXE, ".exe tidak diterima"),
        ("perda.pdf", corpus.EXE, "isinya program"),
        ("kosong.pdf", b"", "kosong (0 byte)"),
        ("rahasia.pdf", corpus.pdf_encrypted(), "kata sandi"),
    ],
)
def test_the_same_files_are_refused_as_everywhere(coordinator, va_closed, path, folders, name, data, words):
    before = files_on_disk(folders)
    sent = [SimpleUploadedFile(name, data, "application/octet-stream"), paper()]
    response = coordinator.post(path, {"reason": REASON, "files": sent})
    assert response.status_code == 422
    assert words in text_of(response)
    assert REASON in response.content.decode()
    assert not Objection.objects.exists(), "not without the file that was meant to go with it"
    (document,) = in_library(va_closed)
    assert f'value="{document.pk}" checked' in response.content.decode(), "the good one is kept"
    assert len(files_on_disk(folders)) == len(before) + 1


def test_too_many_at_once(coordinator, va_closed, path):
    sent = [SimpleUploadedFile(f"{n}.pdf", b"x", "application/pdf") for n in range(21)]
    response = coordinator.post(path, {"reason": REASON, "files": sent})
    assert response.status_code == 422
    assert "Paling banyak 20 berkas" in text_of(response)
    assert not in_library(va_closed).exists()


def test_a_full_library_takes_nothing(va_closed, by, folders, settings):
    settings.EVIDENCE_DISTRICT_MAX_BYTES = 1
    before = files_on_disk(folders)
    with pytest.raises(quotas.Full, match="pustaka kabupaten/kota"):
        take_in(va_closed, by)
    assert files_on_disk(folders) == before


def test_content_that_the_library_has_is_kept_once(va_closed, by, folders):
    first = take_in(va_closed, by)
    before = files_on_disk(folders)
    assert take_in(va_closed, by, upload=paper("lain.pdf")) == first
    assert files_on_disk(folders) == before


def test_it_waits_for_the_scanner_like_any_file(va_closed, by, coordinator, path, settings):
    settings.CLAMAV_SOCKET = "/nowhere"
    coordinator.post(path, {"reason": REASON, "files": paper()})
    file = EvidenceFile.objects.get(evidence__objections__isnull=False)
    assert file.scan == Scan.WAITING
    page = coordinator.get(url("objections", va_closed.pk, "va"))
    assert "sedang diperiksa" in text_of(page)
    assert url("evidence_page", file.evidence_id, file.pk, 1) not in main_of(page)


# Only while objections run


@pytest.mark.parametrize("days", [0, 30])
def test_only_within_the_window(va_closed, by, folders, days):
    before = files_on_disk(folders)
    with time_machine.travel(clock.now() + timedelta(days=settings.OBJECTION_DAYS + days, seconds=5)):
        with pytest.raises(Refused, match="sudah berakhir"):
            take_in(va_closed, by)
        response = signed_in(by).post(
            url("objection_file", va_closed.pk, "va", "1.1"), {"reason": REASON, "files": paper()}
        )
    assert response.status_code == 403
    assert files_on_disk(folders) == before
    assert not in_library(va_closed).exists()


def test_only_for_a_verdict_that_can_be_contested(va_closed, by, filed):
    with pytest.raises(Refused, match="tidak diubah atau ditolak"):
        take_in(va_closed, by, code="4.1")
    with pytest.raises(Refused, match="sudah disanggah"):
        take_in(va_closed, by, upload=paper("baru.pdf", "baru"))
    assert in_library(va_closed).count() == 1


@pytest.mark.parametrize(
    "who", ["leader_tabalong", "contributor_health_tabalong", "verifier_kalsel", "admin_kalsel", "stranger"]
)
def test_only_by_who_may_object(va_closed, cast, who, folders):
    before = files_on_disk(folders)
    with pytest.raises(Refused):
        take_in(va_closed, getattr(cast, who))
    assert files_on_disk(folders) == before


def test_not_before_the_stage_is_closed(submitted, by, cast):
    decide(submitted, Stage.VA, "1.1", Decision.REJECT, cast.verifier_kalsel, reason="Belum.")
    with pytest.raises(Refused):
        take_in(submitted, by)


def test_the_library_itself_stays_locked(va_closed, by):
    with pytest.raises(Refused):
        slots.add_file(evaluation=fresh(va_closed), code="12.1", slot_number=1, upload=paper(), by=by)


# As it was sent


def reopened(evaluation, cast):
    """The district fills in again: now its library is open, and what was attached still does not change."""
    for stage in (Stage.VA, Stage.EM):
        closing.reopen(evaluation=fresh(evaluation), stage=stage, reason="Salah.", by=cast.admin_kalsel)


def test_an_attached_document_does_not_change_any_more(va_closed, cast, by, filed):
    document = filed.evidence.get()
    (file,) = document.current_files
    reopened(va_closed, cast)
    with pytest.raises(EvidenceRefused, match="dilampirkan pada sanggah"):
        revisions.revise(file=file, content=paper("lain.pdf", "lain"), name="lain.pdf", by=by)
    with pytest.raises(EvidenceRefused, match="dilampirkan pada sanggah"):
        revisions.add_file_to(evidence=document, content=paper("lain.pdf", "lain"), name="lain.pdf", by=by)
    with pytest.raises(describing.DescriptionRefused, match="judulnya tetap"):
        describing.describe(evidence=document, title="Judul lain", by=by)
    with pytest.raises(EvidenceRefused, match="tetap disimpan"):
        library.discard(evidence=document, by=by)
    document.refresh_from_db()
    assert (document.title, [one.pk for one in document.current_files]) == ("perda", [file.pk])


def test_one_that_was_not_attached_in_the_end_still_changes(va_closed, cast, by):
    document = take_in(va_closed, by)
    (file,) = document.current_files
    reopened(va_closed, cast)
    new = revisions.revise(file=file, content=paper("lain.pdf", "lain"), name="lain.pdf", by=by)
    assert new.revision == 2


def test_its_page_says_where_it_belongs(coordinator, va_closed, filed):
    document = filed.evidence.get()
    text = text_of(coordinator.get(url("evidence_document", va_closed.pk, document.pk)))
    assert "Dilampirkan pada sanggah" in text
    assert "1.1 Sanggah" in text
    assert "Belum dipakai" not in text
    assert "Tarik dokumen ini" in text


def test_a_discarded_document_is_not_attached(va_closed, by):
    document = take_in(va_closed, by)
    library.discard(evidence=document, by=by)
    with pytest.raises(Refused, match="Pilih dari pustakanya"):
        objections.object_to(
            evaluation=fresh(va_closed), stage=Stage.VA, code="1.1", reason=REASON, evidence=[document], by=by
        )


def test_as_many_queries_for_three_files_as_for_one(va_closed, coordinator, by, path):
    page = url("objections", va_closed.pk, "va")
    coordinator.post(path, {"reason": REASON, "files": paper()})
    one = queries(coordinator, page)
    sent = [paper(f"{n}.pdf", str(n)) for n in range(3)]
    coordinator.post(url("objection_file", va_closed.pk, "va", "12.1"), {"reason": REASON, "files": sent})
    assert Objection.objects.count() == 2
    assert queries(coordinator, page) == one


# Children


@pytest.fixture
def rejected(submitted, cast):
    """A sensitive question whose claim VA rejected."""
    code = next(q.code for q in loaded(submitted.edition.instrument).spec.questions() if q.sensitive)
    verifier = cast.verifier_kalsel
    decide(submitted, Stage.VA, code, Decision.REJECT, verifier, answer_version=0, reason="Kurang.")
    for other in ("1.1", "12.1", "4.1"):
        decide(submitted, Stage.VA, other, Decision.ACCEPT, verifier)
    close_va(submitted, verifier)
    return code


@pytest.fixture
def on_children(submitted, rejected, by):
    """An objection against that verdict, with a file."""
    document = take_in(submitted, by, code=rejected)
    objections.object_to(
        evaluation=fresh(submitted), stage=Stage.VA, code=rejected, reason=REASON, evidence=[document], by=by
    )
    return rejected, document


def test_openings_of_proof_on_children_are_written_down(on_children, cast):
    code, document = on_children
    (file,) = document.current_files
    signed_in(cast.admin_kalsel).get(url("evidence_page", document.pk, file.pk, 1))
    event = Event.objects.get(action=EventAction.EVIDENCE_OPENED)
    assert (event.by, event.subject, event.data) == (
        cast.admin_kalsel, f"data-dukung:{document.pk}", {"codes": [code]}
    )  # fmt: skip


def test_openings_of_other_proof_are_not(va_closed, filed, cast):
    document = filed.evidence.get()
    (file,) = document.current_files
    assert signed_in(cast.admin_kalsel).get(url("evidence_page", document.pk, file.pk, 1)).status_code == 200
    assert not Event.objects.filter(action=EventAction.EVIDENCE_OPENED).exists()


def test_before_a_file_on_children_is_chosen_the_page_warns(coordinator, submitted, rejected):
    page = coordinator.get(url("objection_file", submitted.pk, "va", rejected))
    assert "dapat memuat data anak" in text_of(page)


def test_elsewhere_it_does_not(coordinator, path):
    assert "dapat memuat data anak" not in text_of(coordinator.get(path))


# Together


def test_an_objection_locks_its_documents_so_that_none_is_discarded_meanwhile(va_closed, by):
    document = take_in(va_closed, by)
    evaluation = fresh(va_closed)
    with CaptureQueriesContext(connection) as asked:
        objections.object_to(
            evaluation=evaluation, stage=Stage.VA, code="1.1", reason=REASON, evidence=[document], by=by
        )
    reads = [query["sql"] for query in asked if 'FROM "evaluations_evidence" ' in query["sql"]]
    assert "district_id" in reads[0]
    assert ('FOR UPDATE OF "evaluations_evidence"' in reads[0]) == connection.features.has_select_for_update


def test_a_letter_is_no_proof(va_closed, by, folders):
    """The governor's letter lies in the same store; a file with its content becomes a document of its own."""
    document = take_in(va_closed, by, upload=letter())
    assert document in in_library(va_closed)


def test_refused_files_name_the_reason(va_closed, by):
    with pytest.raises(FileRefused, match="kosong"):
        take_in(va_closed, by, upload=SimpleUploadedFile("a.pdf", b""))
