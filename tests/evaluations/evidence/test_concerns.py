"""What is asked about documents that stand in an evaluation, and the district's answers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.domain.evidence import concerns, slots
from evaluations.files.faults import EvidenceRefused
from evaluations.models import ConcernAnswer, Evidence, EvidenceFile, EvidenceLink, Scan
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.events.models import Event, EventAction
from tests.evaluations.domain.claims import ONE_OF_EACH, fresh, hand_in, save
from tests.evaluations.evidence.raising import put, signature

OLD = {"valid_until": date(2024, 12, 31)}
REASON = "Masih berlaku menurut pasal 5."


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


def rules(evaluation):
    return {concern.rule for concern in concerns.of_evaluation(fresh(evaluation))}


def only(evaluation, rule):
    (found,) = [c for c in concerns.of_evaluation(fresh(evaluation)) if c.rule == rule]
    return found


def reply(evaluation, evidence, concern, by, reason=REASON):
    return concerns.answer(
        evaluation=evaluation, evidence=evidence, rule=concern.rule, basis=concern.basis, reason=reason, by=by
    )


def withdraw(evaluation, evidence, concern, by):
    concerns.take_back(
        evaluation=evaluation, evidence=evidence, rule=concern.rule, basis=concern.basis, by=by
    )


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"years": []}, "undated"),
        ({"years": [2019]}, "outside_years"),
        (OLD, "expired"),
        ({"kind": "photo"}, "photo_without_caption"),
        ({"reading": {"text_pages": 0, "lowest_dpi": 72}}, "unreadable"),
        ({"reading": {"identity_numbers": 3}}, "identity_numbers"),
        ({"reading": {"children_list": True}}, "children_list"),
        ({"reading": None, "file": {"scan": Scan.INFECTED}}, "scanning"),
        ({"link": {"quote": "anggaran anak"}, "reading": {"texts": ("Lain sekali.",)}}, "quote_not_found"),
    ],
)
def test_rows_become_concerns(evaluation, by, more, rule):
    put(evaluation, "12.1", by=by)
    assert rules(evaluation) == set(), "a good document"
    put(evaluation, "12.1", by=by, **more)
    assert rules(evaluation) == {rule}


def test_withdrawn_and_shared(evaluation, by):
    evidence = put(evaluation, "12.1 12.2", by=by, reading={"texts": ("satu", "dua")})
    assert rules(evaluation) == {"shared_without_pages"}
    Evidence.objects.filter(pk=evidence.pk).update(
        withdrawn_at=clock.now(), withdrawn_by=by, withdrawn_reason="Salah unggah."
    )
    assert rules(evaluation) == {"shared_without_pages", "withdrawn"}


def test_a_retired_file_and_a_removed_link_say_nothing(evaluation, by):
    evidence = put(evaluation, "12.1", by=by, reading={"identity_numbers": 1})
    assert rules(evaluation) == {"identity_numbers"}
    EvidenceFile.objects.filter(evidence=evidence).update(retired_at=clock.now(), retired_by=by)
    assert rules(evaluation) == set()
    EvidenceFile.objects.filter(evidence=evidence).update(retired_at=None, retired_by=None)
    EvidenceLink.objects.update(removed_at=clock.now(), removed_by=by)
    assert rules(evaluation) == set()


def test_near_copies_by_their_texts(evaluation, by):
    put(evaluation, "12.1", by=by, reading={"signature": signature()})
    put(evaluation, "4.1", by=by, reading={"signature": signature(5)})
    put(evaluation, "2.1", by=by, reading={"signature": signature(12)})
    found = [c for c in concerns.of_evaluation(fresh(evaluation)) if c.rule == "alike"]
    assert sorted(c.codes for c in found) == [("12.1",), ("4.1",)], "0,84 alike, 0,63 not"


def test_each_link_has_its_own(evaluation, by):
    put(evaluation, "12.1 12.2", by=by, **OLD)
    put(evaluation, "4.1", by=by)
    quoted = put(evaluation, "2.1", by=by, link={"quote": "tidak ada"}, reading={"texts": ("lain",)})
    links = EvidenceLink.objects.select_related("slot__question")
    found = concerns.of_links(fresh(evaluation), links)
    said = {link.slot.question.code: [c.rule for c in found[link.pk]] for link in links}
    assert said == {"12.1": ["expired"], "12.2": ["expired"], "4.1": [], "2.1": ["quote_not_found"]}
    assert quoted.pk in {c.evidence_id for cs in found.values() for c in cs}


def test_the_same_queries_for_one_document_as_for_many(evaluation, by):
    more = {"reading": {"signature": signature(), "texts": ("a",)}, "link": {"quote": "b"}}
    put(evaluation, "12.1", by=by, **more)
    put(evaluation, "4.1", by=by, **more)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            concerns.of_evaluation(row)
        return len(seen)

    row = fresh(evaluation)
    concerns.of_evaluation(row)
    before = queries()
    for code in ("2.1", "1.1", "12.2", "12.3"):
        put(evaluation, code, by=by, **more)
    assert queries() == before == 4


# Answers


def test_an_answer_closes_the_warning_and_stays_readable(evaluation, by):
    save(evaluation, "12.1", ONE_OF_EACH["percentage"][1], by=by)
    evidence = put(evaluation, "12.1", by=by, **OLD)
    assert fresh(evaluation).unready["12.1"] == ["expired"]
    reply(evaluation, evidence, only(evaluation, "expired"), by, "  Masih berlaku\nmenurut pasal 5. ")
    answered = only(evaluation, "expired")
    assert (answered.answered.reason, answered.answered.by) == (REASON, by.name)
    assert not answered.blocks
    assert "12.1" not in fresh(evaluation).unready
    assert fresh(evaluation).safe_total == 2
    event = Event.objects.get(action=EventAction.CONCERN_ANSWERED)
    assert event.data == {"evaluation": evaluation.pk, "rule": "expired", "codes": ["12.1"]}


def test_taken_back_it_is_open_again_and_twice_is_once(evaluation, by):
    evidence = put(evaluation, "12.1", by=by, **OLD)
    concern = only(evaluation, "expired")
    reply(evaluation, evidence, concern, by)
    reply(evaluation, evidence, concern, by)
    assert ConcernAnswer.objects.count() == 1
    withdraw(evaluation, evidence, concern, by)
    withdraw(evaluation, evidence, concern, by)
    assert only(evaluation, "expired").blocks
    assert fresh(evaluation).unready["12.1"] == ["expired"]
    assert Event.objects.filter(action=EventAction.CONCERN_TAKEN_BACK).count() == 1
    reply(evaluation, evidence, concern, by, "Kali ini lain.")
    assert ConcernAnswer.objects.count() == 2


def test_other_facts_ask_again(evaluation, by):
    evidence = put(evaluation, "12.1", by=by, **OLD)
    reply(evaluation, evidence, only(evaluation, "expired"), by)
    Evidence.objects.filter(pk=evidence.pk).update(valid_until=date(2024, 12, 30))
    assert only(evaluation, "expired").blocks


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 501, "\u202e"])
def test_a_reason_is_needed(evaluation, by, reason):
    evidence = put(evaluation, "12.1", by=by, **OLD)
    with pytest.raises(EvidenceRefused):
        reply(evaluation, evidence, only(evaluation, "expired"), by, reason)
    assert not ConcernAnswer.objects.exists()


def test_what_a_deed_must_close_and_what_is_gone(evaluation, by):
    undated = put(evaluation, "12.1", by=by, years=[])
    with pytest.raises(EvidenceRefused, match="tidak dapat dijawab"):
        reply(evaluation, undated, only(evaluation, "undated"), by)
    old = put(evaluation, "12.2", by=by, **OLD)
    concern = only(evaluation, "expired")
    Evidence.objects.filter(pk=old.pk).update(valid_until=None)
    with pytest.raises(EvidenceRefused, match="sudah berubah"):
        reply(evaluation, old, concern, by)


def test_another_answer_over_the_first_is_refused(evaluation, by):
    evidence = put(evaluation, "12.1", by=by, **OLD)
    concern = only(evaluation, "expired")
    reply(evaluation, evidence, concern, by)
    with pytest.raises(EvidenceRefused, match="sudah dijawab"):
        reply(evaluation, evidence, concern, by, "Lain.")


def test_who_may_answer(evaluation, cast, by):
    """Those who may attach, at one of the questions at least."""
    evidence = put(evaluation, "12.1 4.1", by=by, **OLD)
    concern = only(evaluation, "expired")
    for who in ("leader_tabalong", "auditor_kalsel", "verifier_kalsel", "coordinator_tanahbumbu"):
        with pytest.raises(Refused):
            reply(evaluation, evidence, concern, getattr(cast, who))
    reply(evaluation, evidence, concern, cast.contributor_health_tabalong)
    withdraw(evaluation, evidence, concern, cast.contributor_registry_tabalong)
    other = put(evaluation, "1.1", by=by, valid_until=date(2023, 1, 1))
    concern = next(c for c in concerns.of_evaluation(fresh(evaluation)) if c.evidence_id == other.pk)
    with pytest.raises(Refused, match="perangkat daerah lain"):
        reply(evaluation, other, concern, cast.contributor_health_tabalong)


def test_after_submission_nothing_is_answered(evaluation, by):
    evidence = put(evaluation, "12.1", by=by, **OLD)
    concern = only(evaluation, "expired")
    hand_in(evaluation, by=by)
    with pytest.raises(Refused, match="terkunci"):
        reply(evaluation, evidence, concern, by)


def test_the_edition_decides_and_not_today(evaluation, by):
    put(evaluation, "12.1", by=by, **OLD)
    row = fresh(evaluation)
    today = concerns.of_evaluation(row)
    with clock.at(clock.now() + timedelta(days=4000)):
        assert concerns.of_evaluation(row) == today


def test_a_web_address_is_asked_for_its_year_only(evaluation, by):
    slots.add_web_link(evaluation=evaluation, code="12.1", slot_number=1, url="https://contoh.go.id/a", by=by)
    assert rules(evaluation) == {"undated"}
