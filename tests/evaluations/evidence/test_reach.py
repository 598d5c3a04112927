"""What a contributor can come by of another agency's documents: by sending a file that one of them holds, by what lies
in the basket, by what was accepted before. Nothing that the gate does not open."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from evaluations.domain import assignments
from evaluations.domain.evidence import catalogue, library, quotas, reuse, slots, uploads
from evaluations.domain.evidence.uploads import Place
from evaluations.files.faults import EvidenceRefused
from evaluations.models import Evaluation, Evidence, EvidenceFile, EvidenceLink, State, Upload, UploadState
from kla_portal import clock
from kla_portal.accounts.access import Refused
from tests.cast import agency, enter
from tests.evaluations.evidence import corpus
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.evidence.sending import arrived, begun, sha256
from tests.evaluations.evidence.shelf import placed, shelved, submit
from tests.evaluations.evidence.stock import Stock
from tests.evaluations.evidence.test_access import opens

DECREE = corpus.pdf(mark="SK yang ada di mana-mana")
LIST = corpus.pdf(mark="daftar yang bukan untuk semua")


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def registry(cast):
    return cast.contributor_registry_tabalong


@pytest.fixture
def own(evaluation, registry) -> Place:
    """The first slot of a question of the registry's."""
    return Place(min(assignments.codes_open_to(registry, evaluation)), 1)


@pytest.fixture
def theirs(evaluation, by) -> EvidenceLink:
    """The health agency's document: the decree."""
    return Stock(evaluation, by).put(HEALTH, DECREE, "SK dan lampirannya")


def settled(evaluation, by, place, data=DECREE):
    return uploads.settle(upload=arrived(evaluation, by, data, place=place), by=by)


# Sending what one file of a document is


@pytest.mark.parametrize("retired", [False, True], ids=["beside it", "before it"])
def test_one_file_of_a_document_does_not_open_its_others(evaluation, by, registry, own, theirs, retired):
    stock = Stock(evaluation, by)
    gone = {"retired_at": clock.now(), "retired_by": by} if retired else {}
    stock.file(theirs.evidence, LIST, number=2, **gone)
    outcome = settled(evaluation, registry, own)
    assert (outcome.evidence.title, outcome.known) == ("rekap", False)
    assert not opens(registry, theirs.evidence)
    assert opens(registry, outcome.evidence)
    assert quotas.district_bytes(evaluation.district_id) == len(DECREE) + (0 if retired else len(LIST))


def test_nor_does_it_in_the_plain_form(evaluation, by, registry, own, theirs, upload):
    Stock(evaluation, by).file(theirs.evidence, LIST, number=2)
    sent = {"code": own.code, "slot_number": own.slot, "upload": upload("milik sendiri.pdf", DECREE)}
    link = slots.add_file(evaluation=evaluation, by=registry, **sent)
    assert link.evidence.title == "milik sendiri"
    assert not opens(registry, theirs.evidence)


def test_who_sees_the_document_uses_it_whatever_it_holds(evaluation, by, theirs, cast):
    Stock(evaluation, by).file(theirs.evidence, LIST, number=2)
    for person in (by, cast.contributor_health_tabalong):
        outcome = settled(evaluation, person, Place(HEALTH, 2))
        assert (outcome.evidence, outcome.known) == (theirs.evidence, True)


def test_a_document_that_is_this_file_alone_is_shared(evaluation, registry, own, theirs, on_disk):
    outcome = settled(evaluation, registry, own)
    assert (outcome.evidence, outcome.known) == (theirs.evidence, True)
    kept = [name for name in on_disk() if name.startswith("evidence/")]
    assert kept == [EvidenceFile.objects.get().storage_name]


def test_without_a_slot_what_one_does_not_see_is_not_used(evaluation, registry, theirs):
    """Else the file would be in the library and its sender could not find it there."""
    outcome = settled(evaluation, registry, None)
    assert (outcome.evidence == theirs.evidence, outcome.known) == (False, False)
    assert list(library.visible_to(registry, evaluation.district_id)) == [outcome.evidence]


def test_a_known_document_that_was_purged_meanwhile_is_refused_for_good(evaluation, by, settings):
    settings.EVIDENCE_RETENTION_DAYS = 1
    document = settled(evaluation, by, None).evidence
    upload = begun(evaluation, by, DECREE, sha256=sha256(DECREE), place=None)
    assert (upload.state, upload.evidence) == (UploadState.RECEIVED, document)
    library.discard(evidence=document, by=by)
    Evidence.objects.update(discarded_at=clock.now() - timedelta(days=2))
    assert library.purge() == 1
    upload = Upload.objects.get(pk=upload.pk)
    assert "Unggah lagi" in uploads.inspect_only(upload=upload, by=by).refusal
    assert "Unggah lagi" in uploads.settle(upload=Upload.objects.get(pk=upload.pk), by=by).refusal


# The basket


def test_the_basket_is_listed_for_those_who_may_take_out_of_it(evaluation, by, registry, cast, client):
    shelved(evaluation, "Daftar Nama", by=by, discarded_at=clock.now(), discarded_by=by)
    shelved(evaluation, "Milik Dukcapil", by=registry, discarded_at=clock.now(), discarded_by=by)
    wanted = catalogue.Wanted(status=catalogue.BASKET)
    readers = (cast.leader_tabalong, cast.verifier_kalsel, cast.auditor_kalsel, cast.admin_national)
    for reader in readers:
        assert list(catalogue.find(evaluation, wanted, by=reader)) == []
        enter(client, reader)
        page = client.get(f"{reverse('evaluations:library', args=[evaluation.pk])}?status=keranjang")
        assert "Daftar Nama" not in page.content.decode()
    assert {one.title for one in catalogue.find(evaluation, wanted, by=by)} == {
        "Daftar Nama",
        "Milik Dukcapil",
    }
    assert [one.title for one in catalogue.find(evaluation, wanted, by=registry)] == ["Milik Dukcapil"]


# What was accepted before


def test_a_question_that_changed_hands_proposes_nothing_that_its_new_agency_does_not_see(
    evaluation, by, registry, client, cast
):
    """Such a proposal could be neither opened nor attached, and told a title."""
    before = Evaluation.objects.with_place().get(edition__code="2024", district=evaluation.district_id)
    placed(before, "Kasus Anak B", by=by, kind="regulation", document_date=date(2021, 3, 1))
    placed(before, "SK Bersama", by=by, kind="regulation", document_date=date(2021, 3, 1), added_by=registry)
    submit(before, by, State.FINAL)
    health = cast.contributor_health_tabalong
    assert [one.document.title for one in reuse.proposals(evaluation, by=health)] == [
        "Kasus Anak B",
        "SK Bersama",
    ]
    assignments.assign(
        evaluation=evaluation, codes=[HEALTH], agency=agency(evaluation.district_id, "dukcapil"), by=by
    )
    assert [one.document.title for one in reuse.proposals(evaluation, by=registry)] == ["SK Bersama"]
    assert len(reuse.proposals(evaluation, by=by)) == 2
    enter(client, registry)
    for name, more in (("evidence_reuse", []), ("evidence_slots", [HEALTH])):
        page = client.get(reverse(f"evaluations:{name}", args=[evaluation.pk, *more])).content.decode()
        assert ("SK Bersama" in page, "Kasus Anak B" in page) == (True, False)


# At the same time


def test_a_document_discarded_while_its_lock_was_waited_for_is_not_attached(evaluation, by, monkeypatch):
    """PostgreSQL looks at the locked row anew, at what led to it not: ``offered_to`` still held it."""
    document = shelved(evaluation, "SK", by=by, discarded_at=clock.now(), discarded_by=by)
    monkeypatch.setattr(slots, "offered_to", lambda *_: Evidence.objects.all())
    with pytest.raises(Refused, match="tidak ada di pustaka"):
        slots.attach(evaluation=evaluation, code=HEALTH, slot_number=1, evidence=document, by=by)
    assert not EvidenceLink.objects.exists()


@pytest.mark.parametrize("deed", [library.discard, library.restore])
def test_a_document_purged_meanwhile_is_a_refusal(evaluation, by, deed):
    document = shelved(evaluation, "SK", by=by)
    Evidence.objects.filter(pk=document.pk).delete()
    with pytest.raises((EvidenceRefused, Refused), match="sudah dihapus"):
        deed(evidence=document, by=by)
