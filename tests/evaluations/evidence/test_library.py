"""The library's verbs: who sees what, and how a document leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from evaluations.domain import closing, returns, submission
from evaluations.domain.actions.content import Content
from evaluations.domain.actions.editing import add
from evaluations.domain.actions.tracking import prove, unprove
from evaluations.domain.evidence import library, slots, store
from evaluations.files.faults import EvidenceRefused
from evaluations.models import Decision, Evidence, EvidenceLink, FileReading, Stage, StageRecord
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.events import log
from kla_portal.events.models import Event, EventAction
from tests.evaluations.cycle import close_va, decide, fresh, save
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.evidence.shelf import placed, shelved, stand, submit


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def kept(evaluation, by, upload):
    """A document with a real file, in no slot any more."""
    link = slots.add_file(evaluation=evaluation, code=HEALTH, slot_number=1, upload=upload(), by=by)
    slots.detach(link=link, by=by)
    return link.evidence


def actions():
    return list(
        Event.objects.filter(district="63.09", action__startswith="evidence.")
        .order_by("pk")
        .values_list("action", flat=True)
    )


# Into the basket and back


def test_an_unused_document_goes_to_the_basket_and_comes_back(kept, by, evaluation, on_disk):
    library.discard(evidence=kept, by=by)
    kept.refresh_from_db()
    assert (kept.discarded_by, kept.discarded_at is None) == (by, False)
    assert len(on_disk()) == 1, "nothing is lost yet"
    assert list(library.visible_to(by, evaluation.district_id)) == []
    assert list(library.visible_to(by, evaluation.district_id, discarded=True)) == [kept]
    with pytest.raises(Refused, match="tidak ada di pustaka"):
        slots.attach(evaluation=evaluation, code=HEALTH, slot_number=1, evidence=kept, by=by)
    library.discard(evidence=kept, by=by)
    library.restore(evidence=kept, by=by)
    library.restore(evidence=kept, by=by)
    assert list(library.visible_to(by, evaluation.district_id)) == [kept]
    expected = [EventAction.EVIDENCE_DISCARDED, EventAction.EVIDENCE_RESTORED]
    assert actions()[-2:] == expected, "twice is once"
    assert list(log.verify()) == []


def test_what_is_used_is_not_discarded(evaluation, by):
    link = placed(evaluation, "Rekap", by=by)
    with pytest.raises(EvidenceRefused, match="masih dipakai"):
        library.discard(evidence=link.evidence, by=by)


@pytest.fixture
def proving(kept, evaluation, by):
    """An action that the document shows to be done."""
    action = add(evaluation=evaluation, content=Content("Menyusun profil anak"), by=by)
    prove(action=action, documents=[kept], by=by)
    return action


def test_what_proves_an_action_is_discarded_only_after_it_was_taken_off(kept, proving, by):
    with pytest.raises(EvidenceRefused, match="bukti aksi “Menyusun profil anak”"):
        library.discard(evidence=kept, by=by)
    unprove(action=proving, evidence=kept, by=by)
    library.discard(evidence=kept, by=by)
    kept.refresh_from_db()
    assert kept.discarded_at is not None


def test_purge_leaves_what_proves_an_action(kept, proving, by, settings):
    """Discarded by whatever way before it became a proof."""
    moment = clock.now() - timedelta(days=settings.EVIDENCE_RETENTION_DAYS + 1)
    Evidence.objects.filter(pk=kept.pk).update(discarded_at=moment, discarded_by=by)
    assert library.purge() == 0
    assert Evidence.objects.filter(pk=kept.pk).exists()
    unprove(action=proving, evidence=kept, by=by)
    assert library.purge() == 1


# What was handed in


ANSWERED = "1.1"


@pytest.fixture
def answered(evaluation, by):
    save(evaluation, ANSWERED, {"option": 0}, by)
    return evaluation


@pytest.fixture
def handed_in(answered, by):
    """A document that stood when the evaluation was submitted."""
    link = placed(answered, "Rekap", ANSWERED, by=by)
    submission.submit(evaluation=fresh(answered), by=by, incomplete_accepted=True)
    return link


def returned(evaluation, cast):
    returns.send_back(
        evaluation=fresh(evaluation),
        stage=Stage.VA,
        needed={ANSWERED: "Lengkapi."},
        due_at=clock.now() + timedelta(hours=48),
        by=cast.verifier_kalsel,
    )
    return fresh(evaluation)


def holds(document, by):
    """It can be neither discarded nor purged, only withdrawn."""
    with pytest.raises(EvidenceRefused, match="pernah diajukan"):
        library.discard(evidence=document, by=by)
    Evidence.objects.filter(pk=document.pk).update(discarded_at=clock.now(), discarded_by=by)
    with passed(4000):
        assert library.purge() == 0
    Evidence.objects.filter(pk=document.pk).update(discarded_at=None, discarded_by=None)
    return True


def test_what_was_handed_in_is_held_also_after_it_was_taken_out_in_a_return(handed_in, by, cast):
    evaluation = returned(handed_in.evaluation, cast)
    slots.detach(link=handed_in, by=by)
    assert holds(handed_in.evidence, by)
    returns.resubmit(evaluation=evaluation, by=by)
    assert holds(handed_in.evidence, by)
    library.withdraw(evidence=handed_in.evidence, reason="Salah lampiran.", by=by)


def test_what_was_handed_in_is_held_also_after_it_was_taken_out_of_the_opened_self_assessment(
    handed_in, by, cast
):
    closing.reopen(
        evaluation=fresh(handed_in.evaluation), stage=Stage.EM, reason="Keliru.", by=cast.admin_kalsel
    )
    slots.detach(link=handed_in, by=by)
    assert holds(handed_in.evidence, by)


def test_what_was_resubmitted_is_held(handed_in, by, cast):
    evaluation = returned(handed_in.evaluation, cast)
    link = placed(evaluation, "Perda", ANSWERED, 2, by=by)
    returns.resubmit(evaluation=evaluation, by=by)
    evaluation = returned(evaluation, cast)
    slots.detach(link=link, by=by)
    assert holds(link.evidence, by), "the verifier could read it, though no stored result names it"


def test_what_a_return_that_was_taken_back_held_is_held(handed_in, by, cast):
    evaluation = returned(handed_in.evaluation, cast)
    link = placed(evaluation, "Perda", ANSWERED, 2, by=by)
    with clock.at(clock.now() + timedelta(hours=49)):
        returns.take_back(evaluation=evaluation, by=cast.verifier_kalsel)
    with clock.at(clock.now() + timedelta(hours=50)):
        returned(evaluation, cast)
        slots.detach(link=link, by=by)
    assert holds(link.evidence, by)


def test_what_was_taken_out_before_the_submission_is_erased(answered, kept, by, on_disk):
    """A wrong list of children, noticed in time: that the evaluation is submitted meanwhile holds nothing."""
    library.discard(evidence=kept, by=by)
    submission.submit(evaluation=fresh(answered), by=by, incomplete_accepted=True)
    with passed(400):
        assert library.purge() == 1
    assert not Evidence.objects.filter(pk=kept.pk).exists()


def test_what_was_taken_out_within_the_return_is_discarded(handed_in, by, cast):
    evaluation = returned(handed_in.evaluation, cast)
    link = placed(evaluation, "Salah", ANSWERED, 2, by=by)
    slots.detach(link=link, by=by)
    library.discard(evidence=link.evidence, by=by)
    returns.resubmit(evaluation=evaluation, by=by)
    with passed(400):
        assert library.purge() == 1


def test_the_governors_letters_of_every_closing_stay_out_of_the_library_and_are_held(va_reclosed, by):
    for record in StageRecord.objects.filter(evaluation=va_reclosed):
        letter = record.letter
        assert letter not in library.visible_to(by, va_reclosed.district_id)
        with pytest.raises(Refused):
            library.discard(evidence=letter, by=by)
        Evidence.objects.filter(pk=letter.pk).update(discarded_at=clock.now(), discarded_by=by)
    with passed(4000):
        assert library.purge() == 0


@pytest.fixture
def va_reclosed(handed_in, cast):
    """Closed with a letter, taken up again, closed with another."""
    evaluation, verifier = fresh(handed_in.evaluation), cast.verifier_kalsel
    decide(evaluation, Stage.VA, ANSWERED, Decision.ACCEPT, verifier)
    close_va(fresh(evaluation), verifier)
    closing.reopen(evaluation=fresh(evaluation), stage=Stage.VA, reason="Keliru.", by=cast.admin_kalsel)
    close_va(fresh(evaluation), verifier)
    assert StageRecord.objects.filter(evaluation=evaluation).count() == 2
    return fresh(evaluation)


def test_the_same_file_again_is_a_new_document(kept, by, evaluation, upload, on_disk):
    """What lies in the basket is used for nothing new."""
    file = kept.current_files[0]
    data = store.storage().open(file.storage_name).read()
    library.discard(evidence=kept, by=by)
    link = slots.add_file(
        evaluation=evaluation, code=HEALTH, slot_number=1, upload=upload("lagi.pdf", data), by=by
    )
    assert link.evidence != kept
    assert len(on_disk()) == 2
    library.restore(evidence=kept, by=by)
    assert library.with_content(evaluation.district_id, {file.sha256}).count() == 2


@pytest.mark.parametrize(
    "who", ["contributor_health_tabalong", "leader_tabalong", "coordinator_tanahbumbu", "verifier_kalsel"]
)
def test_only_who_manages_it_may(kept, cast, who):
    for verb in (library.discard, library.restore):
        with pytest.raises(Refused, match="hanya diubah oleh koordinator"):
            verb(evidence=kept, by=getattr(cast, who))
    with pytest.raises(Refused):
        library.withdraw(evidence=kept, reason="Keliru.", by=getattr(cast, who))


def test_a_contributor_manages_what_they_added(cast, evaluation):
    health = cast.contributor_health_tabalong
    mine = shelved(evaluation, "Rekap", by=health)
    library.discard(evidence=mine, by=health)
    assert list(library.visible_to(health, evaluation.district_id, discarded=True)) == [mine]


# For good


def passed(days):
    return clock.at(clock.now() + timedelta(days=days))


def test_purge_takes_rows_files_and_small_pictures_after_the_retention(
    kept, by, evaluation, on_disk, settings, django_capture_on_commit_callbacks
):
    from io import BytesIO

    file = kept.current_files[0]
    FileReading.objects.filter(file=file).delete()
    small = store.keep(BytesIO(b"kecil"), "thumbnails", "webp")
    FileReading.objects.create(file=file, thumbnail=small, read_at=clock.now())
    other = placed(evaluation, "Tetap", by=by).evidence
    library.discard(evidence=kept, by=by)
    with passed(settings.EVIDENCE_RETENTION_DAYS - 1):
        assert library.purge() == 0
    assert len(on_disk()) == 2
    with passed(settings.EVIDENCE_RETENTION_DAYS + 1), django_capture_on_commit_callbacks(execute=True):
        assert library.purge() == 1
        assert library.purge() == 0
    assert on_disk() == []
    assert list(Evidence.objects.all()) == [other]
    event = Event.objects.get(action=EventAction.EVIDENCE_DELETED)
    assert (event.by, event.data) == (None, {"sha256": [file.sha256]})


def test_purge_leaves_what_someone_came_to_hold(kept, by, evaluation, settings):
    library.discard(evidence=kept, by=by)
    stand(evaluation, kept, by=by)
    with passed(settings.EVIDENCE_RETENTION_DAYS + 1):
        assert library.purge() == 0
    assert Evidence.objects.filter(pk=kept.pk).exists()


# Withdrawn


def test_a_submitted_document_is_withdrawn_with_its_reason_and_stays(evaluation, by):
    link = placed(evaluation, "Rekap", by=by)
    submit(evaluation, by)
    library.withdraw(evidence=link.evidence, reason="  Salah  lampiran. ", by=by)
    document = Evidence.objects.get()
    assert (document.withdrawn_reason, document.withdrawn_by) == ("Salah lampiran.", by)
    assert EvidenceLink.objects.get().removed_at is None, "it stays where it stands"
    library.withdraw(evidence=document, reason="Lagi.", by=by)
    document.refresh_from_db()
    assert document.withdrawn_reason == "Salah lampiran."
    assert actions().count(EventAction.EVIDENCE_WITHDRAWN) == 1
    assert "Salah" not in str(Event.objects.get(action=EventAction.EVIDENCE_WITHDRAWN).data)
    assert list(library.visible_to(by, evaluation.district_id)) == [document]
    assert list(library.offered_to(by, evaluation.district_id)) == []


def test_withdrawing_needs_a_submission_and_a_reason(evaluation, by):
    link = placed(evaluation, "Rekap", by=by)
    with pytest.raises(EvidenceRefused, match="belum pernah diajukan"):
        library.withdraw(evidence=link.evidence, reason="Keliru.", by=by)
    submit(evaluation, by)
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(EvidenceRefused, match="Tulis alasan"):
            library.withdraw(evidence=link.evidence, reason=reason, by=by)
    assert Evidence.objects.get().withdrawn_at is None


def test_a_web_address_that_was_withdrawn_is_a_new_document_next_time(evaluation, by):
    def add(slot):
        return slots.add_web_link(
            evaluation=evaluation, code=HEALTH, slot_number=slot, url="https://a.go.id/kla", by=by
        )

    first = add(1).evidence
    assert add(2).evidence == first
    Evidence.objects.filter(pk=first.pk).update(
        withdrawn_at=clock.now(), withdrawn_by=by, withdrawn_reason="Keliru."
    )
    EvidenceLink.objects.update(removed_at=clock.now(), removed_by=by)
    assert add(1).evidence != first


def test_seeing_takes_no_query_per_edition(cast, evaluation, django_assert_max_num_queries):
    health = cast.contributor_health_tabalong
    document = placed(evaluation, "Rekap", by=cast.coordinator_tabalong).evidence
    placed(evaluation, "Akta", code="4.1", by=cast.coordinator_tabalong)
    list(library.visible_to(health, evaluation.district_id))
    with django_assert_max_num_queries(4):
        assert list(library.visible_to(health, evaluation.district_id)) == [document]
