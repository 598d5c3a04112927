"""The verbs: what they store, what they refuse, and that nothing half-done stays behind."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import IntegrityError

from evaluations import access
from evaluations.domain import progress
from evaluations.domain.evidence import library, slots, store
from evaluations.domain.evidence.store import StoreDown
from evaluations.files.inspection import EvidenceRefused, FileRefused
from evaluations.models import Evaluation, Evidence, EvidenceLink, State
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.events import log
from kla_portal.events.models import Event, EventAction
from tests.evaluations.evidence import corpus
from tests.evaluations.evidence.conftest import HEALTH, every_question

REGISTRY_CODE = "4.1"


@pytest.fixture
def coordinator(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def add(evaluation, coordinator, upload):
    """Put a new file into a slot of Tabalong's evaluation."""

    def put(**arguments) -> EvidenceLink:
        given = {
            "evaluation": evaluation,
            "code": HEALTH,
            "slot_number": 1,
            "by": coordinator,
            **arguments,
        }
        given.setdefault("upload", upload())
        return slots.add_file(**given)

    return put


def submitted(evaluation: Evaluation, by) -> None:
    Evaluation.objects.filter(pk=evaluation.pk).update(
        state=State.SUBMITTED, submitted_at=clock.now(), submitted_by=by
    )


def events():
    return Event.objects.filter(district="63.09", action__startswith="evidence.").order_by("pk")


def actions() -> list[str]:
    return list(events().values_list("action", flat=True))


def test_a_file_is_stored_under_a_name_that_says_nothing(add, upload, on_disk, evidence_folder, coordinator):
    data = corpus.pdf(mark="sidik")
    link = add(upload=upload("../Akta Anak.PDF", data), title="  Rekap \n akta ")
    document = link.evidence
    assert document.title == "Rekap akta"
    assert document.current_files[0].filename == "Akta Anak.PDF"
    assert (document.current_files[0].content_type, document.size) == ("application/pdf", len(data))
    assert document.current_files[0].sha256 == hashlib.sha256(data).hexdigest()
    assert document.added_by == coordinator
    assert re.fullmatch(r"evidence/[0-9a-f]{2}/[0-9a-f-]{36}\.pdf", document.current_files[0].storage_name)
    assert on_disk() == [document.current_files[0].storage_name]
    assert (evidence_folder / document.current_files[0].storage_name).read_bytes() == data


def test_a_large_upload_on_disk_is_stored_whole(add, evidence_folder):
    data = corpus.picture("PNG", (700, 500))
    file = TemporaryUploadedFile("foto.png", "image/png", len(data), None)
    file.write(data)
    link = add(upload=file)
    file.close()
    assert (evidence_folder / link.evidence.current_files[0].storage_name).read_bytes() == data


def test_the_title_falls_back_to_the_file_name(add, upload):
    assert add(upload=upload("Rekap puskesmas 2025.pdf")).evidence.title == "Rekap puskesmas 2025"


def test_events_tell_what_but_never_the_title(add):
    link = add(title="Akta kelahiran Budi")
    assert actions() == [EventAction.EVIDENCE_ADDED, EventAction.EVIDENCE_LINKED]
    added, linked = events()
    assert added.subject == linked.subject == f"data-dukung:{link.evidence_id}"
    assert added.district_id == "63.09"
    assert added.data["sha256"] == link.evidence.current_files[0].sha256
    assert (linked.data["code"], linked.data["slot"]) == (HEALTH, 1)
    assert "Budi" not in str([added.data, linked.data])
    assert list(log.verify()) == []


def test_the_kept_totals_follow(add, evaluation, coordinator):
    link = add()
    evaluation.refresh_from_db()
    assert evaluation.slots_filled == 1
    assert evaluation.last_activity_at is not None
    slots.detach(link=link, by=coordinator)
    evaluation.refresh_from_db()
    assert evaluation.slots_filled == 0


def test_the_same_content_is_not_kept_twice(add, upload, on_disk):
    first = add(upload=upload("a.pdf", mark="sama"))
    assert not slots.is_shared(first)
    second = add(upload=upload("b.pdf", mark="sama"), code="12.2", title="Judul lain")
    assert slots.is_shared(second)
    assert second.evidence == first.evidence
    assert len(on_disk()) == 1
    assert actions().count(EventAction.EVIDENCE_ADDED) == 1


def test_the_same_content_in_another_district_is_its_own_document(
    add, upload, cast, neighbour_evaluation, on_disk
):
    first = add(upload=upload(mark="sama"))
    second = add(upload=upload(mark="sama"), evaluation=neighbour_evaluation, by=cast.coordinator_tanahbumbu)
    assert first.evidence != second.evidence
    assert len(on_disk()) == 2


def test_the_same_content_twice_in_one_slot_is_refused(add, upload, on_disk):
    add(upload=upload(mark="sama"))
    with pytest.raises(EvidenceRefused, match="sudah ada di slot ini"):
        add(upload=upload(mark="sama"))
    assert EvidenceLink.objects.count() == len(on_disk()) == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("kosong.pdf", b""),
        ("laporan.pdf", corpus.EXE),
        ("foto.png", corpus.SVG),
        ("sk.pdf", corpus.pdf_with_javascript()),
        ("sk.docx", corpus.office(members={"word/vbaProject.bin": b"x"})),
    ],
    ids=["empty", "renamed exe", "svg as png", "pdf with script", "macros"],
)
def test_a_refused_file_leaves_nothing(add, upload, nothing_left, name, data):
    with pytest.raises(FileRefused):
        add(upload=upload(name, data))
    nothing_left()
    assert actions() == []


def test_an_unknown_slot_leaves_nothing(add, nothing_left):
    with pytest.raises(EvidenceRefused, match="tidak mempunyai slot 9"):
        add(slot_number=9)
    nothing_left()


def test_a_storage_that_fails_leaves_nothing(add, nothing_left, monkeypatch):
    def full(self, name, content):
        raise OSError("no space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    with pytest.raises(StoreDown, match=r"sedang terganggu.*belum tersimpan"):
        add()
    nothing_left()


@pytest.mark.parametrize("place", ["library.record", "slots.record", "slots.readiness.refresh"])
def test_a_database_that_fails_after_the_file_leaves_nothing(add, nothing_left, monkeypatch, place, on_disk):
    def broken(*args, **kwargs):
        assert len(on_disk()) == 1, "the file stood there when the database failed"
        raise IntegrityError("disk I/O error")

    monkeypatch.setattr(f"evaluations.domain.evidence.{place}", broken)
    with pytest.raises(IntegrityError):
        add()
    nothing_left()


def test_a_file_that_lost_the_race_for_its_content_is_taken_away(add, upload, on_disk, monkeypatch):
    """Someone stored the same content between our look and our lock."""
    first = add(upload=upload(mark="sama"))
    monkeypatch.setattr("evaluations.domain.evidence.slots.same_content", _blind_once(slots.same_content))
    second = add(upload=upload(mark="sama"), code="12.2")
    assert second.evidence == first.evidence
    assert on_disk() == [first.evidence.current_files[0].storage_name]


def _blind_once(look):
    calls = []

    def see(*args, **more):
        calls.append(args)
        return look(*args, **more) if len(calls) > 1 else Evidence.objects.none()

    return see


def test_nothing_after_submission(add, evaluation, coordinator, nothing_left):
    submitted(evaluation, coordinator)
    with pytest.raises(Refused, match="terkunci"):
        add()
    nothing_left()


def test_a_submission_that_comes_first_wins(add, evaluation, coordinator, nothing_left, monkeypatch):
    """The evaluation was open at the first look and submitted before the lock."""
    real = store.keep

    def submit_meanwhile(*args):
        submitted(evaluation, coordinator)
        return real(*args)

    monkeypatch.setattr("evaluations.domain.evidence.intake.store.keep", submit_meanwhile)
    with pytest.raises(Refused, match="terkunci"):
        add()
    nothing_left()


@pytest.mark.parametrize(
    "who", ["leader_tabalong", "auditor_kalsel", "verifier_kalsel", "coordinator_tanahbumbu"]
)
def test_who_only_reads_cannot_attach(add, cast, nothing_left, who):
    with pytest.raises(Refused):
        add(by=getattr(cast, who))
    nothing_left()


def test_a_contributor_attaches_to_their_own_questions_only(add, cast, evaluation, nothing_left, upload):
    registry = cast.contributor_registry_tabalong
    with pytest.raises(Refused, match="perangkat daerah lain"):
        add(by=registry)
    with pytest.raises(Refused, match="perangkat daerah lain"):
        slots.add_web_link(
            evaluation=evaluation, code=HEALTH, slot_number=1, url="https://tabalong.go.id/a", by=registry
        )
    nothing_left()
    link = add(by=cast.contributor_health_tabalong)
    with pytest.raises(Refused, match="perangkat daerah lain"):
        slots.detach(link=link, by=registry)
    link.refresh_from_db()
    assert link.removed_at is None


def link_to(evaluation, by, url, **more):
    return slots.add_web_link(evaluation=evaluation, code=HEALTH, slot_number=1, url=url, by=by, **more)


def test_a_web_link_is_kept_as_text(evaluation, coordinator, on_disk):
    link = link_to(evaluation, coordinator, " https://tabalong.go.id/berita/kla-2025/ ")
    assert link.evidence.url == "https://tabalong.go.id/berita/kla-2025/"
    assert link.evidence.title == "tabalong.go.id/berita/kla-2025"
    assert on_disk() == []
    again = slots.add_web_link(
        evaluation=evaluation, code="12.2", slot_number=1, url=link.evidence.url, by=coordinator
    )
    assert again.evidence == link.evidence


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "ftp://contoh.go.id/a",
        "https://",
        "tabalong",
        "https://pengguna:rahasia@contoh.go.id/",
        "https://contoh.go.id/a\r\nX: y",
        "https://contoh.go.id/" + "a" * 1000,
        "https://[::1",
    ],
)
def test_a_bad_address_is_refused(evaluation, coordinator, nothing_left, url):
    with pytest.raises(EvidenceRefused):
        link_to(evaluation, coordinator, url)
    nothing_left()


def test_attach_from_the_library_and_detach(add, evaluation, coordinator):
    document = add().evidence
    link = slots.attach(
        evaluation=evaluation, code="12.2", slot_number=1, evidence=document, pages=" 4 - 6 ", by=coordinator
    )
    assert link.pages == "4-6"
    with pytest.raises(EvidenceRefused, match="sudah ada"):
        slots.attach(evaluation=evaluation, code="12.2", slot_number=1, evidence=document, by=coordinator)
    slots.detach(link=link, by=coordinator)
    slots.detach(link=link, by=coordinator)
    link.refresh_from_db()
    assert link.removed_by == coordinator
    assert actions().count(EventAction.EVIDENCE_UNLINKED) == 1, "twice is once"
    slots.attach(evaluation=evaluation, code="12.2", slot_number=1, evidence=document, by=coordinator)
    assert ("12.2", 1) in slots.slots_of(evaluation, every_question(evaluation))


def test_another_districts_document_cannot_be_attached(add, cast, neighbour_evaluation):
    document = add().evidence
    with pytest.raises(Refused, match="tidak ada di pustaka"):
        slots.attach(
            evaluation=neighbour_evaluation,
            code=HEALTH,
            slot_number=1,
            evidence=document,
            by=cast.coordinator_tanahbumbu,
        )


def test_a_contributor_cannot_pick_what_they_do_not_see(add, cast, evaluation):
    hidden = add().evidence
    registry = cast.contributor_registry_tabalong
    with pytest.raises(Refused, match="tidak ada di pustaka"):
        slots.attach(evaluation=evaluation, code=REGISTRY_CODE, slot_number=1, evidence=hidden, by=registry)


def test_slots_in_one_query(add, evaluation, django_assert_num_queries):
    add()
    add(code="12.2")
    removed = add(code="12.2")
    slots.detach(link=removed, by=removed.added_by)
    progress.current_score(evaluation)
    with django_assert_num_queries(1):
        found = slots.slots_of(evaluation, every_question(evaluation))
        titles = {
            place: [(link.evidence.title, str(link.added_by)) for link in links]
            for place, links in found.items()
        }
    assert {place: len(links) for place, links in titles.items()} == {(HEALTH, 1): 1, ("12.2", 1): 1}


def test_what_a_contributor_sees_in_the_library_is_what_the_gate_opens(
    add, cast, evaluation, coordinator, upload
):
    health, registry = cast.contributor_health_tabalong, cast.contributor_registry_tabalong
    at_health, at_registry = add(), add(code=REGISTRY_CODE)
    own = add(by=health)
    slots.detach(link=own, by=health)
    elsewhere = add(code="1.1")
    documents = {"health": at_health, "registry": at_registry, "own": own, "elsewhere": elsewhere}
    seen = {
        who: {
            name
            for name, link in documents.items()
            if library.visible_to(user, "63.09").filter(pk=link.evidence_id).exists()
        }
        for who, user in (("health", health), ("registry", registry), ("coordinator", coordinator))
    }
    assert seen == {
        "health": {"health", "own"},
        "registry": {"registry"},
        "coordinator": set(documents),
    }
    for who, user in (("health", health), ("registry", registry)):
        opened = {name for name, link in documents.items() if access.evidence_open_to(user, link.evidence)}
        assert opened == seen[who]


def test_only_the_coordinator_or_who_added_it_manages_a_document(add, cast, coordinator):
    health = cast.contributor_health_tabalong
    theirs, mine = add().evidence, add(by=health).evidence
    assert library.may_manage(coordinator, theirs)
    assert library.may_manage(health, mine)
    for user in (health, cast.leader_tabalong, cast.auditor_kalsel, cast.coordinator_tanahbumbu):
        assert not library.may_manage(user, theirs)


def test_opening_is_logged_for_questions_on_children_only(add, coordinator, spec):
    sensitive = next(q.code for q in spec.questions() if q.sensitive and q.slots)
    plain, about_children = add(), add(code=sensitive)
    slots.note_opening(evidence=plain.evidence, by=coordinator)
    assert EventAction.EVIDENCE_OPENED not in actions()
    slots.note_opening(evidence=about_children.evidence, by=coordinator)
    event = Event.objects.get(action=EventAction.EVIDENCE_OPENED)
    assert event.data == {"codes": [sensitive]}
    assert event.by == coordinator
