"""Sharing what one does well: only with full points, with documents only where no child can be in them."""

from __future__ import annotations

import pytest

from evaluations.domain import closing, practices
from evaluations.domain.practices import LibraryFilter, PracticeRefused
from evaluations.models import Objection, SharedPractice, Stage
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.events.models import Event, EventAction
from tests.evaluations.analysis.stored import STORY, in_province, link, sensitive_code, stored
from tests.evaluations.domain.claims import best, fresh, hand_in, save
from tests.evaluations.papers import documents


def test_the_claim_counts_until_a_stage_is_closed(claim, cast, spec):
    found = practices.proven(claim)
    assert found.stage is None
    assert {q.code for q in found.questions} == {"1.1", "12.1", sensitive_code(spec)}
    hand_in(claim, by=cast.coordinator_tabalong)
    found = practices.proven(fresh(claim))
    assert found.stage == Stage.EM
    assert {q.code for q in found.questions} == {"1.1", "12.1", sensitive_code(spec)}


def test_a_closed_stage_counts_more_than_the_claim(claim, cast):
    hand_in(claim, by=cast.coordinator_tabalong)
    stored(claim, {"12.1": "1"}, by=cast.admin_kalsel, sequence=2)
    codes = {q.code for q in practices.proven(fresh(claim)).questions}
    assert "12.1" not in codes
    assert "12.2" in codes


def test_shared_and_written_down(claim, cast, share):
    practice = share(with_evidence=True)
    assert (practice.story, practice.with_evidence, practice.withdrawn_at) == (STORY, True, None)
    event = Event.objects.get(action=EventAction.PRACTICE_SHARED)
    assert (event.by, event.district_id, event.subject) == (
        cast.coordinator_tabalong,
        claim.district_id,
        f"praktik:{practice.pk}",
    )
    assert event.data == {"evaluation": claim.pk, "code": "12.1", "with_evidence": True}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"story": "  "}, "story"),
        ({"story": "x" * (practices.STORY_LIMIT + 1)}, "story"),
        ({"code": "12.2"}, "question"),
        ({"code": "99.9"}, "question"),
    ],
)
def test_what_cannot_be_shared(share, more, field):
    with pytest.raises(PracticeRefused) as refused:
        share(**more)
    assert refused.value.field == field
    assert not SharedPractice.objects.exists()
    assert not Event.objects.filter(action=EventAction.PRACTICE_SHARED).exists()


def test_a_question_on_children_is_told_without_its_documents(share, spec):
    code = sensitive_code(spec)
    with pytest.raises(PracticeRefused) as refused:
        share(code, with_evidence=True)
    assert refused.value.field == "with_evidence"
    assert share(code).with_evidence is False


def test_once_per_question_and_again_after_it_was_taken_back(share, cast):
    first = share()
    with pytest.raises(PracticeRefused, match="sudah dibagikan"):
        share()
    practices.withdraw(practice=first, by=cast.coordinator_tabalong)
    practices.withdraw(practice=first, by=cast.coordinator_tabalong)
    assert Event.objects.filter(action=EventAction.PRACTICE_WITHDRAWN).count() == 1
    first.refresh_from_db()
    assert first.withdrawn_by == cast.coordinator_tabalong
    assert share().pk != first.pk


@pytest.mark.parametrize(
    "who", ["contributor_health_tabalong", "leader_tabalong", "admin_kalsel", "coordinator_tanahbumbu"]
)
def test_only_the_districts_coordinator(share, cast, who):
    with pytest.raises(Refused):
        share(by=getattr(cast, who))
    practice = share()
    with pytest.raises(Refused):
        practices.withdraw(practice=practice, by=getattr(cast, who))


def test_the_library_finds_by_words_theme_and_province(share, edition, cast, spec):
    first, second = share(), share("1.1", "Perda disusun bersama forum anak.")

    def found(**wanted):
        return list(practices.library(edition, LibraryFilter(**wanted)))

    assert found() == [second, first]
    assert found(words="12.1") == [first]
    assert found(words="bidan DESA") == [first]
    assert found(words=spec.by_code["1.1"].title) == [second]
    assert found(theme=spec.by_code["12.1"].theme) == [
        row for row, code in ((second, "1.1"), (first, "12.1")) if spec.by_code[code].theme == spec.by_code["12.1"].theme
    ]  # fmt: skip
    assert found(province="63") == [second, first]
    assert found(province="62") == []
    practices.withdraw(practice=first, by=cast.coordinator_tabalong)
    assert found() == [second]


# Documents: what could leak is there


def test_only_what_stands_at_the_question_now_is_shared(shelf):
    practice, found = shelf
    assert [row.title for row in practices.documents_of([practice])[practice.pk]] == ["Boleh"]
    opened = [title for title, row in found.items() if practices.shared_document(practice.pk, row.pk)]
    assert opened == ["Boleh"]


def test_a_document_put_there_later_is_shared_too(shelf, claim, cast):
    practice, _ = shelf
    (later,) = documents(claim.district, ["Nanti"], by=cast.coordinator_tabalong)
    assert practices.shared_document(practice.pk, later.pk) is None
    link(claim, "12.1", later, cast.coordinator_tabalong)
    assert practices.shared_document(practice.pk, later.pk) == later


def test_a_document_that_proves_an_objection_on_children_closes(shelf, claim, cast, spec):
    practice, found = shelf
    assert practices.shared_document(practice.pk, found["Boleh"].pk)
    question = loaded(claim.edition.instrument).question_ids[sensitive_code(spec)]
    objection = Objection.objects.create(
        evaluation=claim, stage=Stage.VA, question_id=question, reason="Lihat halaman 1.", filed_at=clock.now(),
        filed_by=cast.coordinator_tabalong,
    )  # fmt: skip
    objection.evidence.add(found["Boleh"])
    assert practices.shared_document(practice.pk, found["Boleh"].pk) is None


def test_a_document_that_comes_to_a_question_on_children_closes(shelf, claim, cast, spec):
    practice, found = shelf
    link(claim, sensitive_code(spec), found["Boleh"], cast.coordinator_tabalong)
    assert practices.shared_document(practice.pk, found["Boleh"].pk) is None
    assert practices.documents_of([practice]) == {}


def test_taken_back_nothing_is_shared(shelf, cast):
    practice, found = shelf
    practices.withdraw(practice=practice, by=cast.coordinator_tabalong)
    practice.refresh_from_db()
    assert practices.shared_document(practice.pk, found["Boleh"].pk) is None
    assert practices.documents_of([practice]) == {}


def test_without_the_tick_nothing_is_shared(claim, cast, share):
    (document,) = documents(claim.district, ["Boleh"], by=cast.coordinator_tabalong)
    link(claim, "1.1", document, cast.coordinator_tabalong)
    practice = share("1.1")
    assert practices.documents_of([practice]) == {}
    assert practices.shared_document(practice.pk, document.pk) is None


# While it is proven


def seen(practice, document=None):
    """In the library, at its question, and its document."""
    edition = practice.evaluation.edition
    return (
        practice in practices.library(edition, LibraryFilter()),
        practice in practices.shared_at_question(edition, practice.question_id),
        document is not None and practices.shared_document(practice.pk, document.pk) is not None,
    )


def test_a_practice_is_hidden_once_a_closed_stage_took_points_away_and_comes_back_with_them(
    shelf, claim, cast
):
    practice, found = shelf
    assert seen(practice, found["Boleh"]) == (True, True, True)
    hand_in(claim, by=cast.coordinator_tabalong)
    assert seen(practice, found["Boleh"]) == (True, True, True)
    stored(claim, {"12.1": "1"}, by=cast.admin_kalsel, stage=Stage.VA)
    assert seen(practice, found["Boleh"]) == (False, False, False)
    practice.refresh_from_db()
    assert practice.withdrawn_at is None, "the district's words are kept"
    stored(claim, {"12.2": "1"}, by=cast.admin_kalsel, stage=Stage.VA, sequence=2)
    assert seen(practice, found["Boleh"]) == (True, True, True)


def test_a_stage_that_was_taken_up_again_decides_nothing(shelf, claim, cast):
    practice, found = shelf
    hand_in(claim, by=cast.coordinator_tabalong)
    stored(claim, {"12.1": "1"}, by=cast.admin_kalsel, stage=Stage.VA)
    closing.reopen(evaluation=fresh(claim), stage=Stage.VA, reason="Keliru.", by=cast.admin_kalsel)
    assert seen(practice, found["Boleh"]) == (True, True, True), "the claim that was handed in is full"


def test_before_any_stage_the_claim_decides(shelf, claim, cast, spec):
    practice, found = shelf
    save(claim, "12.1", {"numerator": "1", "denominator": "100"}, by=cast.coordinator_tabalong)
    assert seen(practice, found["Boleh"]) == (False, False, False)
    save(claim, "12.1", best(spec)["12.1"], by=cast.coordinator_tabalong)
    assert seen(practice, found["Boleh"]) == (True, True, True)


def test_one_question_of_two_is_hidden(share, claim, cast, edition):
    lost, kept = share("12.1"), share("1.1")
    stored(claim, {"12.1": "1"}, by=cast.admin_kalsel)
    assert list(practices.library(edition, LibraryFilter())) == [kept]
    assert lost.withdrawn_at is None


def test_the_library_takes_as_many_queries_for_many_districts_as_for_one(
    share, claim, cast, edition, django_assert_max_num_queries
):
    share()
    for evaluation in in_province(6):
        if evaluation.pk != claim.pk:
            stored(evaluation, {}, by=cast.admin_kalsel)
            SharedPractice.objects.create(
                evaluation=evaluation,
                question_id=loaded(edition.instrument).question_ids["12.1"],
                story=STORY,
                with_evidence=False,
                shared_at=clock.now(),
                shared_by=cast.admin_kalsel,
            )
    with django_assert_max_num_queries(5):
        first = list(practices.library(edition, LibraryFilter()))
    with django_assert_max_num_queries(4):
        assert list(practices.library(edition, LibraryFilter())) == first
    assert len(first) == 7
