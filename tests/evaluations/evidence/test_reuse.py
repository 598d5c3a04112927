"""What last edition accepted is proposed again, never attached by itself."""

from __future__ import annotations

from datetime import date

import pytest

from evaluations.domain.evidence import reuse, standing
from evaluations.domain.evidence.reuse import Fitness, fitness_of
from evaluations.models import Decision, Edition, Evaluation, Evidence, EvidenceLink, Stage, State, Verdict
from indicators.domain.spec import loaded
from kla_portal import clock
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.evidence.shelf import placed, stand, submit


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def before(evaluation):
    """The district's finished evaluation of 2024."""
    return Evaluation.objects.select_related("edition__instrument", "district").get(
        edition__code="2024", district=evaluation.district_id
    )


def judge(before, decision, stage=Stage.VA, code=HEALTH, *, by, reading=1):
    Verdict.objects.create(
        evaluation=before,
        stage=stage,
        question_id=loaded(before.edition.instrument).question_ids[code],
        decision=decision,
        value={"numerator": "1", "denominator": "2"} if decision == Decision.CHANGE else None,
        reason="Alasan." if decision in {Decision.CHANGE, Decision.REJECT} else "",
        answer_version=1,
        reading=reading,
        updated_at=clock.now(),
        updated_by=by,
    )


@pytest.fixture
def accepted(before, by, cast):
    """A decree without an end, accepted in 2024."""
    link = placed(before, "SK Gugus Tugas", by=by, kind="regulation", document_date=date(2021, 3, 1))
    judge(before, Decision.ACCEPT, by=cast.verifier_kalsel)
    return link


def titles(evaluation, by, **more):
    return [one.document.title for one in reuse.proposals(evaluation, by=by, **more)]


def test_what_was_accepted_and_still_holds_is_proposed_with_its_pages(evaluation, by, accepted):
    EvidenceLink.objects.filter(pk=accepted.pk).update(pages="4-6", quote="gugus tugas")
    (one,) = reuse.proposals(evaluation, by=by)
    assert (one.code, one.slot.number, one.pages, one.quote) == (HEALTH, 1, "4-6", "gugus tugas")
    assert (one.valid, one.reason, one.before.code) == (True, "berlaku sejak 1 Maret 2021", "2024")
    assert not EvidenceLink.objects.filter(evaluation=evaluation).exists(), "nothing is attached by itself"


@pytest.mark.parametrize(
    ("decisions", "state", "proposed"),
    [
        ([], State.FINAL, True),
        ([], State.SUBMITTED, False),
        ([(Decision.ACCEPT, Stage.VA)], State.SUBMITTED, True),
        ([(Decision.REJECT, Stage.VA)], State.FINAL, False),
        ([(Decision.CHANGE, Stage.VA)], State.FINAL, False),
        ([(Decision.REJECT, Stage.VA), (Decision.ACCEPT, Stage.VL)], State.FINAL, True),
        ([(Decision.ACCEPT, Stage.VA), (Decision.REJECT, Stage.VF)], State.FINAL, False),
        ([(Decision.ACCEPT, Stage.VA), (Decision.DEFER, Stage.VL)], State.FINAL, True),
        ([(Decision.DEFER, Stage.VA)], State.SUBMITTED, False),
    ],
)
def test_the_last_decision_counts(evaluation, before, by, cast, decisions, state, proposed):
    placed(before, "SK", by=by, years=[2024])
    submit(before, by, state)
    for decision, stage in decisions:
        judge(before, decision, stage, by=cast.verifier_kalsel)
    assert titles(evaluation, by) == (["SK"] if proposed else [])


def test_the_second_readers_mark_decides_nothing(evaluation, before, by, cast):
    placed(before, "SK", by=by, years=[2024])
    submit(before, by)
    judge(before, Decision.ACCEPT, by=cast.verifier_kalsel, reading=2)
    assert titles(evaluation, by) == []


def test_what_is_gone_or_there_already_is_not_proposed(evaluation, by, accepted):
    document = accepted.evidence
    assert titles(evaluation, by) == ["SK Gugus Tugas"]
    gone = {"withdrawn_at": clock.now(), "withdrawn_by": by, "withdrawn_reason": "Keliru."}
    Evidence.objects.filter(pk=document.pk).update(**gone)
    assert titles(evaluation, by) == []
    back = {"withdrawn_at": None, "withdrawn_by": None, "withdrawn_reason": ""}
    Evidence.objects.filter(pk=document.pk).update(**back)
    here = stand(evaluation, document, HEALTH, 2, by=by)
    assert titles(evaluation, by) == [], "another slot of the question holds it"
    here.delete()
    EvidenceLink.objects.filter(pk=accepted.pk).update(removed_at=clock.now(), removed_by=by)
    assert titles(evaluation, by) == [], "in the end it did not stand there"


def test_only_the_same_district_and_ones_own_questions(evaluation, neighbour_evaluation, accepted, cast, by):
    assert titles(neighbour_evaluation, cast.coordinator_tanahbumbu) == []
    assert titles(evaluation, cast.contributor_health_tabalong) == ["SK Gugus Tugas"]
    assert titles(evaluation, cast.contributor_registry_tabalong) == []
    assert titles(evaluation, by, codes=["12.2"]) == []
    assert titles(evaluation, by, codes=[HEALTH]) == ["SK Gugus Tugas"]


def test_the_first_edition_has_nothing_to_propose(before, by):
    assert reuse.proposals(Evaluation.objects.with_place().get(pk=before.pk), by=by) == []


@pytest.mark.parametrize(
    ("parts", "fitness"),
    [
        ({"years": [2023, 2024]}, Fitness.VALID),
        ({"years": [2022, 2023]}, Fitness.EXPIRED),
        ({"document_date": date(2025, 5, 1)}, Fitness.VALID),
        ({"document_date": date(2023, 12, 31)}, Fitness.EXPIRED),
        ({"document_date": date(2021, 1, 1), "kind": "regulation"}, Fitness.VALID),
        ({"document_date": date(2021, 1, 1), "kind": "regulation", "years": [2021]}, Fitness.VALID),
        ({"document_date": date(2026, 1, 1), "kind": "regulation"}, Fitness.EXPIRED),
        ({"document_date": date(2021, 1, 1), "kind": "report"}, Fitness.EXPIRED),
        ({"valid_until": date(2024, 1, 1)}, Fitness.VALID),
        ({"valid_until": date(2023, 12, 31), "kind": "regulation"}, Fitness.EXPIRED),
        ({"valid_from": date(2020, 1, 1), "valid_until": date(2030, 1, 1)}, Fitness.VALID),
        ({"valid_from": date(2026, 1, 1), "valid_until": date(2030, 1, 1)}, Fitness.EXPIRED),
        ({"valid_from": date(2020, 1, 1)}, Fitness.VALID),
        ({}, Fitness.UNDATED),
    ],
)
def test_fit_for_the_new_evidence_years(db, parts, fitness):
    edition = Edition.objects.get(code="2026")
    assert edition.evidence_years == [2024, 2025]
    assert fitness_of(Evidence(**parts), edition)[0] is fitness


def test_a_document_without_a_kind_has_that_of_its_slot(db):
    edition = Edition.objects.get(code="2026")
    document = Evidence(document_date=date(2021, 1, 1))
    assert fitness_of(document, edition, kind="regulation")[0] is Fitness.VALID
    assert fitness_of(document, edition, kind="report")[0] is Fitness.EXPIRED


def test_the_valid_ones_stand_first_and_by_question(evaluation, before, by):
    submit(before, by, State.FINAL)
    placed(before, "Lama", by=by, years=[2022])
    placed(before, "Baru", by=by, years=[2024])
    placed(before, "Awal", code="4.1", by=by, years=[2024])
    assert titles(evaluation, by) == ["Awal", "Baru", "Lama"]


def test_attaching_many_with_an_outcome_for_each(evaluation, before, by):
    submit(before, by, State.FINAL)
    for title, slot, years in (("Satu", 1, [2024]), ("Dua", 2, [2025]), ("Lama", 1, [2020])):
        placed(before, title, HEALTH, slot, by=by, years=years)
    keys = [one.key for one in reuse.proposals(evaluation, by=by)]
    outcomes = reuse.attach_many(evaluation=evaluation, keys=[*keys, "99.9:1:x"], by=by)
    assert [(one.proposal.document.title, one.refusal) for one in outcomes] == [("Satu", ""), ("Dua", "")]
    assert EvidenceLink.objects.filter(evaluation=evaluation).count() == 2, "the expired one was left out"
    assert reuse.attach_many(evaluation=evaluation, keys=keys, by=by) == [], "twice is once"
    assert titles(evaluation, by) == ["Lama"]


def test_after_submission_each_is_refused_with_the_reason(evaluation, by, accepted):
    keys = [one.key for one in reuse.proposals(evaluation, by=by)]
    submit(evaluation, by)
    (outcome,) = reuse.attach_many(evaluation=evaluation, keys=keys, by=by)
    assert "terkunci" in outcome.refusal
    assert not EvidenceLink.objects.filter(evaluation=evaluation).exists()


def test_the_queries_do_not_grow(evaluation, before, by, django_assert_num_queries):
    submit(before, by, State.FINAL)
    placed(before, "Satu", by=by, years=[2024])
    reuse.proposals(evaluation, by=by)
    with django_assert_num_queries(2):
        assert len(reuse.proposals(evaluation, by=by)) == 1
    for code in ("12.2", "4.1"):
        placed(before, f"SK {code}", code, by=by, years=[2024])
    with django_assert_num_queries(2):
        assert len(reuse.proposals(evaluation, by=by)) == 3
    held = standing.of(evaluation)
    with django_assert_num_queries(1):
        assert len(reuse.proposals(evaluation, by=by, held=held)) == 3
