"""The content of one file erased for good: what goes, what stays, and who may."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations.domain import submission
from evaluations.domain.evidence import (
    archive,
    custody,
    erasing,
    previews,
    quotas,
    readings,
    revisions,
    slots,
    store,
)
from evaluations.files.faults import EvidenceRefused
from evaluations.models import EvidenceFile, FileBand, FileReading, PageText, Scan, StageResult
from evaluations.scoring.score import digest
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.accounts.session_middleware import PASSWORD as PASSWORD_AT
from kla_portal.events.models import Event, EventAction
from tests.cast import PASSWORD, enter
from tests.evaluations.cycle import save
from tests.evaluations.domain.claims import fresh
from tests.evaluations.evidence import corpus
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.evidence.shelf import as_read, submit
from tests.evaluations.files import papers
from tests.evaluations.views.common import text_of

REASON = "Memuat NIK dan alamat anak."


@pytest.fixture
def by(cast):
    return cast.admin_kalsel


@pytest.fixture
def put(evaluation, cast, upload):
    """``put()`` -> a read file of a document at a question, with its pictures."""

    def make(name="sk.pdf", code=HEALTH) -> EvidenceFile:
        content = upload(name, papers.letter("Menimbang", name, "Ditetapkan nama lengkap"))
        link = slots.add_file(
            evaluation=fresh(evaluation),
            code=code,
            slot_number=1,
            upload=content,
            by=cast.coordinator_tabalong,
        )
        file = link.evidence.files.get()
        readings.take(str(file.pk))
        previews.picture(file, 1, 360)
        return EvidenceFile.objects.select_related("evidence__district", "reading").get(pk=file.pk)

    return make


@pytest.fixture
def file(put):
    return put()


def path(name, file, *more):
    return reverse(f"evaluations:{name}", args=[file.evidence_id, file.pk, *more])


def page_of(evaluation, file):
    return reverse("evaluations:evidence_erase", args=[evaluation.pk, file.evidence_id, file.pk])


def document_page(evaluation, file):
    return reverse("evaluations:evidence_document", args=[evaluation.pk, file.evidence_id])


def erase(file, by, reason=REASON, **more):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(erasing.transaction, "on_commit", lambda deed: deed())
        erasing.erase(file=file, reason=reason, by=by, **more)
    file.refresh_from_db()


def test_content_text_and_pictures_go_and_the_row_stays(file, by, on_disk):
    assert len(on_disk()) == 3, "the file, its small picture, a page"
    kept = (file.filename, file.sha256, file.source_sha256, file.size, file.added_at)
    erase(file, by)
    assert on_disk() == []
    assert (file.filename, file.sha256, file.source_sha256, file.size, file.added_at) == kept
    assert (file.erased_by, file.erased_reason, file.openable) == (by, REASON, False)
    for model in (FileReading, PageText, FileBand):
        assert not model.objects.filter(file=file).exists(), model
    event = Event.objects.get(action=EventAction.EVIDENCE_DELETED)
    assert (event.by, event.subject) == (by, f"data-dukung:{file.evidence_id}")
    assert event.data == {"number": 1, "version": 1, "size": file.size, "sha256": file.sha256}


def test_erasing_twice_changes_nothing(file, by, cast):
    erase(file, by)
    first = file.erased_at
    erase(file, cast.admin_national, "Alasan lain.")
    assert (file.erased_at, file.erased_by, file.erased_reason) == (first, by, REASON)
    assert Event.objects.filter(action=EventAction.EVIDENCE_DELETED).count() == 1


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_not_without_a_reason(file, by, reason, on_disk):
    with pytest.raises(EvidenceRefused, match="Tulis alasan"):
        erase(file, by, reason)
    assert len(on_disk()) == 3


@pytest.mark.parametrize(
    "who",
    ["coordinator_tabalong", "contributor_health_tabalong", "leader_tabalong", "verifier_kalsel", "auditor_kalsel",
     "verifier_national", "admin_kalteng", "coordinator_tanahbumbu", "stranger"],
)  # fmt: skip
def test_only_administrators_of_the_area(file, cast, who, on_disk):
    with pytest.raises(Refused, match="admin provinsi"):
        erase(file, getattr(cast, who))
    file.refresh_from_db()
    assert file.erased_at is None
    assert len(on_disk()) == 3


def test_the_national_administrator_may(file, cast):
    erase(file, cast.admin_national)
    assert file.erased_at


def test_an_old_version_goes_and_the_one_in_force_stays(file, by, cast, upload):
    new = revisions.revise(
        file=file, content=upload("baru.pdf"), name="baru.pdf", by=cast.coordinator_tabalong
    )
    erase(file, by)
    new.refresh_from_db()
    assert new.openable
    assert store.storage().exists(new.storage_name)


def test_stored_results_and_their_digests_stay(file, by, evaluation, cast):
    save(fresh(evaluation), "1.1", {"option": 0}, cast.coordinator_tabalong)
    submission.submit(evaluation=fresh(evaluation), by=cast.coordinator_tabalong, incomplete_accepted=True)
    before = list(StageResult.objects.values("digest", "snapshot", "total"))
    erase(file, by)
    after = list(StageResult.objects.values("digest", "snapshot", "total"))
    assert after == before
    assert all(digest(row["snapshot"]) == row["digest"] for row in after)
    assert file.sha256 in str(after[0]["snapshot"])


def test_it_is_opened_by_nobody_and_every_page_says_why(file, by, cast, evaluation):
    submit(evaluation, cast.coordinator_tabalong)
    erase(file, by)
    reader = enter(Client(), cast.verifier_kalsel)
    for name, more in (("evidence_file", ()), ("evidence_picture", (1,)), ("evidence_thumbnail", ())):
        answer = reader.get(path(name, file, *more))
        assert answer.status_code == 403
        assert f"Berkas dihapus: {REASON}" in text_of(answer), name
    for address in (path("evidence_page", file, 1), document_page(evaluation, file)):
        answer = reader.get(address)
        assert answer.status_code == 200
        assert f"Berkas dihapus: {REASON}" in text_of(answer), address
    desk = reader.get(reverse("evaluations:desk", args=[evaluation.pk, "va", HEALTH]))
    assert f"Berkas dihapus: {REASON}" in text_of(desk)
    assert path("evidence_picture", file, 1) not in desk.content.decode()


def test_the_slot_says_so(file, by, cast, evaluation):
    erase(file, by)
    reader = enter(Client(), cast.coordinator_tabalong)
    answer = reader.get(reverse("evaluations:evidence_slots", args=[evaluation.pk, HEALTH]))
    assert f"Berkas dihapus: {REASON}" in text_of(answer)
    assert reader.get(reverse("evaluations:library", args=[evaluation.pk])).status_code == 200


def test_a_quote_is_not_waited_for(file, by, cast, evaluation):
    link = file.evidence.links.get()
    slots.annotate(link=link, quote="Menimbang", by=cast.coordinator_tabalong)
    erase(file, by)
    words = "berkasnya dihapus; kutipan tidak dapat dicari lagi"
    coordinator = enter(Client(), cast.coordinator_tabalong)
    assert words in text_of(
        coordinator.get(reverse("evaluations:evidence_slots", args=[evaluation.pk, HEALTH]))
    )
    assert words in text_of(coordinator.get(path("evidence_page", file, 1)))


def test_nobody_waits_for_the_scanner(file, by, cast, evaluation):
    EvidenceFile.objects.filter(pk=file.pk).update(scan=Scan.WAITING)
    erase(file, by)
    page = enter(Client(), cast.coordinator_tabalong).get(document_page(evaluation, file))
    assert file.scan == Scan.OFF
    assert "sedang diperiksa" not in text_of(page)


def test_the_zip_names_it_in_its_index(file, put, by, evaluation):
    other = put("lain.pdf")
    erase(file, by)
    made = archive.archive_of(fresh(evaluation))
    assert (made.files, made.left_out) == (1, 1)
    assert file.evidence_id not in made.documents
    assert other.evidence_id in made.documents
    packed = zipfile.ZipFile(io.BytesIO(b"".join(archive.stream(made))))
    index = packed.read("indeks.csv").decode()
    assert f"berkas dihapus ({REASON})" in index
    assert file.sha256 in index


def test_custody_misses_nothing_and_sweeps_what_the_store_kept(file, by, evidence_folder, monkeypatch):
    kept = file.storage_name
    with monkeypatch.context() as patch:
        patch.setattr(store, "drop", lambda *names: None)
        erase(file, by)
    assert [fault for fault in custody.verify(custody.Tally()) if fault] == []
    swept = set(custody.delete_orphans(custody.Tally(), before=clock.now() + timedelta(days=1)))
    assert kept in swept
    assert not any(path.is_file() for path in evidence_folder.rglob("*"))


def test_it_is_neither_read_again_nor_counted(file, by):
    erase(file, by)
    assert not readings.pending().filter(pk=file.pk).exists()
    assert readings.take(str(file.pk)) == ""
    assert quotas.district_bytes(file.evidence.district_id) == 0


def test_what_is_erased_while_it_is_read_keeps_nothing(file, by):
    stale = EvidenceFile.objects.select_related("evidence").get(pk=file.pk)
    erase(file, by)
    assert readings._keep(stale, {"pages": 1, "taken_on": None}, ("nama lengkap",)) is False
    assert not PageText.objects.filter(file=file).exists()


def test_the_same_content_can_come_in_again_as_a_new_document(evaluation, cast, by, upload):
    coordinator, content = cast.coordinator_tabalong, corpus.pdf(mark="sama")
    put = {"evaluation": fresh(evaluation), "code": HEALTH, "slot_number": 1, "by": coordinator}
    first = (
        slots.add_file(upload=upload("a.pdf", content), **put).evidence.files.select_related("evidence").get()
    )
    erase(first, by)
    second = slots.add_file(upload=upload("a.pdf", content), **put).evidence
    assert second.pk != first.evidence_id
    assert second.current_files[0].openable


def test_a_name_is_replaced_when_asked(put, by):
    file = put("Siti Aminah.pdf")
    assert file.evidence.title == "Siti Aminah"
    erase(file, by, hide_name=True)
    file.evidence.refresh_from_db()
    assert (file.filename, file.evidence.title) == ("berkas-1-versi-1.pdf", erasing.NAMELESS)


def test_a_title_of_its_own_stays(put, by):
    file = put("Siti Aminah.pdf")
    file.evidence.title = "Rekapitulasi"
    file.evidence.save()
    erase(file, by, hide_name=True)
    file.evidence.refresh_from_db()
    assert file.evidence.title == "Rekapitulasi"


def test_at_questions_on_children_the_name_always_goes(put, by, spec):
    code = next(q.code for q in spec.questions() if q.sensitive and q.slots)
    file = put("Akta Siti.pdf", code)
    erase(file, by)
    file.evidence.refresh_from_db()
    assert "Siti" not in file.filename + file.evidence.title


def test_copies_are_named_and_stay(file, by, cast, evaluation):
    again = EvidenceFile.objects.create(
        evidence=file.evidence, number=2, filename="salinan.pdf", content_type=file.content_type, size=file.size,
        sha256=file.sha256, source_sha256=file.source_sha256, storage_name="evidence/aa/salinan.pdf",
        added_at=clock.now(), added_by=file.added_by,
    )  # fmt: skip
    assert list(erasing.same_elsewhere(file)) == [again]
    text = text_of(enter(Client(), by).get(page_of(evaluation, file)))
    assert "Isi yang sama masih ada pada berkas lain" in text
    assert "salinan.pdf" in text
    erase(file, by)
    again.refresh_from_db()
    assert again.erased_at is None


def test_rows_are_locked_before_they_change(file, by):
    with CaptureQueriesContext(connection) as asked:
        erase(file, by)
    reads = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    locking = [sql for sql in reads if "FOR UPDATE" in sql and ("_evidence" in sql)]
    assert len(locking) >= 2 * connection.features.has_select_for_update
    if connection.features.has_select_for_update:
        assert 'FROM "evaluations_evidence" ' in locking[0]
        assert 'FROM "evaluations_evidencefile" ' in locking[1]


# The page


def test_the_page_asks_for_reason_and_password(
    file, by, evaluation, django_capture_on_commit_callbacks, on_disk
):
    client = enter(Client(), by, password_given=False)
    address = page_of(evaluation, file)
    text = text_of(client.get(address))
    assert "Tidak dapat dibatalkan" in text
    assert client.post(address, {"reason": " "}).status_code == 422
    asked = client.post(address, {"reason": REASON})
    assert "Kata sandi" in text_of(asked)
    file.refresh_from_db()
    assert file.erased_at is None
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(address, {"reason": REASON, "confirm_password": PASSWORD})
    assert done.headers["Location"] == document_page(evaluation, file)
    file.refresh_from_db()
    assert file.erased_reason == REASON
    assert on_disk() == []
    assert client.get(address).status_code == 302, "nothing left to erase"
    assert PASSWORD_AT in client.session


def test_the_way_there_stands_beside_the_file_for_administrators_only(file, by, cast, evaluation):
    link = f'href="{page_of(evaluation, file)}"'
    for person, shown in ((by, True), (cast.coordinator_tabalong, False), (cast.verifier_kalsel, False)):
        assert (
            link in enter(Client(), person).get(document_page(evaluation, file)).content.decode()
        ) == shown


@pytest.mark.parametrize(
    ("who", "status"),
    [("coordinator_tabalong", 403), ("verifier_kalsel", 403), ("auditor_kalsel", 403), ("admin_kalteng", 404),
     ("stranger", 404)],
)  # fmt: skip
def test_who_does_not_get_there(file, cast, who, status, evaluation):
    client = enter(Client(), getattr(cast, who))
    assert client.get(page_of(evaluation, file)).status_code == status
    assert client.post(page_of(evaluation, file), {"reason": REASON}).status_code == status
    file.refresh_from_db()
    assert file.erased_at is None


def test_a_file_of_another_document_is_not_reached(file, put, by, evaluation):
    other = put("lain.pdf")
    address = reverse("evaluations:evidence_erase", args=[evaluation.pk, file.evidence_id, other.pk])
    assert enter(Client(), by).get(address).status_code == 404


def test_reading_facts_of_a_stray_row_go_too(file, by):
    FileReading.objects.filter(file=file).delete()
    PageText.objects.filter(file=file).delete()
    as_read(file, "NIK 6309010101010001")
    erase(file, by)
    assert not PageText.objects.exists()
