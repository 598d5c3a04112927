"""The files of a document: one more, a new version, one less; never of what was handed in."""

from __future__ import annotations

import pytest

from evaluations.domain.evidence import library, revisions, slots, store
from evaluations.domain.evidence.store import StoreDown
from evaluations.domain.snapshots import snapshot_at
from evaluations.files.faults import AlreadyThere, EvidenceRefused, FileRefused
from evaluations.models import Evaluation, EvidenceFile, EvidenceLink, Stage
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.events.models import Event, EventAction
from tests.evaluations.domain.claims import fresh
from tests.evaluations.evidence import corpus
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.evidence.shelf import shelved, stand, submit


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def document(evaluation, by, upload):
    """One file, in a slot of the health agency's question."""
    link = slots.add_file(evaluation=evaluation, code=HEALTH, slot_number=1, upload=upload("sk.pdf"), by=by)
    return link.evidence


@pytest.fixture
def send(upload):
    """Arguments of a file that is sent."""
    return lambda name="baru.pdf", data=None: {"content": upload(name, data), "name": name}


def versions():
    """(Number, revision, whether it is in force)."""
    return sorted((file.number, file.revision, not file.retired_at) for file in EvidenceFile.objects.all())


def test_one_more_file(document, by, send, on_disk):
    file = revisions.add_file_to(evidence=document, by=by, **send("lampiran.pdf"))
    assert (file.number, file.revision, file.filename) == (2, 1, "lampiran.pdf")
    assert [kept.filename for kept in document.current_files] == ["sk.pdf", "lampiran.pdf"]
    assert len(on_disk()) == 2
    event = Event.objects.get(action=EventAction.EVIDENCE_FILE_ADDED)
    assert event.data["sha256"] == file.sha256
    assert "lampiran" not in str(event.data)


def test_a_new_version_keeps_the_old_one_readable(document, by, send, on_disk, evaluation):
    (old,) = document.current_files
    new = revisions.revise(file=old, by=by, **send())
    old.refresh_from_db()
    assert (new.number, new.revision, old.retired_by) == (1, 2, by)
    assert document.current_files == [new]
    assert store.storage().open(old.storage_name).read() != store.storage().open(new.storage_name).read()
    third = revisions.revise(file=new, by=by, **send())
    assert third.revision == 3
    assert versions() == [(1, 1, False), (1, 2, False), (1, 3, True)]
    assert Event.objects.filter(action=EventAction.EVIDENCE_REVISED).first().data["replaced"] == new.sha256


def test_the_past_keeps_its_version(document, by, send, evaluation):
    before = clock.now()
    revisions.revise(file=document.current_files[0], by=by, **send("baru.pdf"))
    evaluation = Evaluation.objects.with_place().get(pk=evaluation.pk)

    def names(moment):
        (slot, *_) = snapshot_at(evaluation, moment, stage=Stage.EM)["evidence"][HEALTH]
        return [item["filename"] for item in slot["items"]]

    assert (names(before), names(clock.now())) == (["sk.pdf"], ["baru.pdf"])


def test_replacing_what_was_replaced_is_refused(document, by, send):
    (old,) = document.current_files
    revisions.revise(file=old, by=by, **send())
    with pytest.raises(EvidenceRefused, match="sudah diganti"):
        revisions.revise(file=old, by=by, **send())
    assert len(versions()) == 2


def test_a_file_is_taken_out_but_not_the_last(document, by, send):
    (first,) = document.current_files
    with pytest.raises(EvidenceRefused, match="satu-satunya"):
        revisions.retire_file(file=first, by=by)
    second = revisions.add_file_to(evidence=document, by=by, **send())
    revisions.retire_file(file=first, by=by)
    revisions.retire_file(file=first, by=by)
    assert document.current_files == [second]
    assert Event.objects.filter(action=EventAction.EVIDENCE_FILE_RETIRED).count() == 1
    third = revisions.add_file_to(evidence=document, by=by, **send())
    assert third.number == 3, "a number is given once"


def test_the_same_content_is_no_new_version(document, by, send, on_disk):
    data = store.storage().open(document.current_files[0].storage_name).read()
    for verb, arguments in (
        (revisions.add_file_to, {"evidence": document}),
        (revisions.revise, {"file": document.current_files[0]}),
    ):
        with pytest.raises(AlreadyThere):
            verb(by=by, **arguments, **send(data=data))
    assert len(on_disk()) == len(versions()) == 1


# Refused, and nothing left


def attempts(document, by, send):
    """Every way to change the files."""
    file = document.current_files[0]
    return (
        lambda: revisions.add_file_to(evidence=document, by=by, **send()),
        lambda: revisions.revise(file=file, by=by, **send()),
        lambda: revisions.retire_file(file=file, by=by),
    )


def untouched(document, by, send, on_disk, error, match):
    for attempt in attempts(document, by, send):
        with pytest.raises(error, match=match):
            attempt()
    assert versions() == [(1, 1, True)]
    assert len(on_disk()) == 1


def test_not_once_it_was_handed_in(document, by, send, on_disk, evaluation):
    submit(evaluation, by)
    untouched(document, by, send, on_disk, Refused, "berstatus Diajukan")


def test_not_while_last_editions_evaluation_holds_it(document, by, send, on_disk, evaluation):
    earlier = Evaluation.objects.get(edition__code="2024", district=evaluation.district_id)
    stand(earlier, document, by=by)
    submit(earlier, by)
    untouched(
        document, by, send, on_disk, EvidenceRefused,
        "dalam Evaluasi KLA 2024.*Unggah versi barunya sebagai dokumen tersendiri",
    )  # fmt: skip


def test_a_contributor_not_while_another_agency_uses_it(evaluation, cast, upload, send, by, on_disk):
    health = cast.contributor_health_tabalong
    link = slots.add_file(evaluation=evaluation, code=HEALTH, slot_number=1, upload=upload(), by=health)
    stand(evaluation, link.evidence, "4.1", by=by)
    untouched(link.evidence, health, send, on_disk, EvidenceRefused, "4.1 milik perangkat daerah lain")
    revisions.add_file_to(evidence=link.evidence, by=by, **send())


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        ("contributor_health_tabalong", "Minta salah satunya"),
        ("leader_tabalong", "Yang dapat: Koordinator Gugus Tugas"),
        ("coordinator_tanahbumbu", "Yang dapat: Koordinator Gugus Tugas"),
    ],
)
def test_who_may_not(document, cast, send, on_disk, who, reason):
    untouched(document, getattr(cast, who), send, on_disk, Refused, reason)


def test_not_of_a_withdrawn_or_discarded_document_nor_of_an_address(document, evaluation, by, send, on_disk):
    link = slots.add_web_link(
        evaluation=evaluation, code=HEALTH, slot_number=2, url="https://a.go.id/", by=by
    )
    with pytest.raises(EvidenceRefused, match="tidak mempunyai berkas"):
        revisions.add_file_to(evidence=link.evidence, by=by, **send())
    slots.detach(link=document.links.get(), by=by)
    library.discard(evidence=document, by=by)
    untouched(document, by, send, on_disk, EvidenceRefused, "ditarik atau dibuang")


def test_a_bad_file_leaves_nothing(document, by, send, on_disk):
    with pytest.raises(FileRefused):
        revisions.revise(file=document.current_files[0], by=by, **send("x.pdf", b"MZ jahat"))
    assert versions() == [(1, 1, True)]
    assert len(on_disk()) == 1


def test_a_full_library_or_question_leaves_nothing(document, by, send, on_disk, settings):
    for limit in ("EVIDENCE_DISTRICT_MAX_BYTES", "EVIDENCE_QUESTION_MAX_BYTES"):
        kept = getattr(settings, limit)
        setattr(settings, limit, document.size + 10)
        with pytest.raises(EvidenceRefused):
            revisions.add_file_to(evidence=document, by=by, **send())
        setattr(settings, limit, kept)
    assert len(on_disk()) == len(versions()) == 1


def test_a_store_that_is_down_leaves_nothing(document, by, send, on_disk, monkeypatch):
    def down(*_):
        raise OSError("gone")

    monkeypatch.setattr(store.storage().__class__, "save", down)
    with pytest.raises(StoreDown):
        revisions.revise(file=document.current_files[0], by=by, **send())
    assert versions() == [(1, 1, True)]


def test_a_page_that_knows_the_places_asks_for_no_more(document, by, evaluation, django_assert_num_queries):
    earlier = Evaluation.objects.get(edition__code="2024", district=evaluation.district_id)
    joined = EvidenceLink.objects.select_related(
        "evaluation__edition__instrument", "evaluation__district__province"
    )
    here = fresh(evaluation)
    revisions.closed_place(document, by=by, here=here)
    links = list(joined.filter(evidence=document))
    with django_assert_num_queries(0):
        assert revisions.closed_place(document, by=by, links=links, here=here, attached=False) is None
    stand(earlier, document, by=by)
    submit(earlier, by)
    links = list(joined.filter(evidence=document))
    reason = revisions.closed_place(document, by=by, links=links, here=here)
    assert reason == revisions.closed_place(document, by=by)
    assert "Evaluasi KLA 2024" in reason


def test_an_unused_document_takes_files_too(evaluation, by, upload, send):
    document = shelved(evaluation, "Sisa", by=by)
    assert revisions.closed_place(document, by=by) is None
    assert revisions.add_file_to(evidence=document, by=by, **send("a.pdf", corpus.pdf(mark="x"))).number == 2
