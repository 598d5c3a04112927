"""What changed in a return, from the history."""

from __future__ import annotations

from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from evaluations.domain import returns
from evaluations.domain.differences import LONGEST, Piece, differences, word_diff
from evaluations.domain.evidence import slots
from kla_portal import clock
from tests.evaluations.cycle import fresh, save
from tests.evaluations.evidence import corpus
from tests.evaluations.papers import file_row
from tests.evaluations.returns.conftest import NEEDED


def by_code(evaluation):
    row = evaluation.returns.order_by("-sequence").first()
    return {one.question.code: one for one in differences(evaluation, row)}


def upload(name, mark):
    return SimpleUploadedFile(name, corpus.pdf(mark=mark), "application/pdf")


def attach(evaluation, code, by, mark="a"):
    return slots.add_file(
        evaluation=evaluation, code=code, slot_number=1, upload=upload(f"{mark}.pdf", mark), by=by
    )


def test_nothing_changed_yet(returned):
    found = by_code(returned)
    assert set(found) == set(NEEDED)
    assert not any(one.changed for one in found.values())
    assert found["12.1"].needed == NEEDED["12.1"]
    assert found["12.1"].changed_at is None


def test_answer_note_and_points(returned, cast):
    by = cast.coordinator_tabalong
    save(
        returned, "12.1", {"numerator": "80", "denominator": "100"}, by, version=1,
        note="Angka dari tiga puskesmas.",
    )  # fmt: skip
    found = by_code(returned)
    one = found["12.1"]
    assert one.answer_changed
    assert one.note_changed
    assert (one.before.points, one.after.points) == (Decimal(3), Decimal(1))
    assert one.gain == Decimal(-2)
    assert [(piece.kind, piece.text.strip()) for piece in one.note] == [
        ("same", "Angka dari"),
        ("del", "dua"),
        ("ins", "tiga"),
        ("same", "puskesmas."),
    ]
    assert one.changed_at is not None
    assert not found["4.1"].changed


def test_a_replaced_file_opens_as_it_was(submitted, send, cast):
    by = cast.coordinator_tabalong
    with_document = send(submitted)
    link = attach(with_document, "12.1", by, "rekap")
    returns.resubmit(evaluation=with_document, by=by)
    again = send(fresh(with_document))
    old = link.evidence.files.get()
    type(old).objects.filter(pk=old.pk).update(retired_at=clock.now(), retired_by=by)
    new = file_row(link.evidence, revision=2, added_at=clock.now())
    new.save()
    one = by_code(again)["12.1"]
    assert [(document.evidence, document.file) for document in one.added] == [(link.evidence_id, new.pk)]
    assert [(document.evidence, document.file) for document in one.removed] == [(link.evidence_id, old.pk)]


def test_evidence_added_and_removed(submitted, send, cast):
    by = cast.coordinator_tabalong
    # After submission nothing can be attached any more: a first return brings the first document.
    with_document = send(submitted)
    old = attach(with_document, "12.1", by, "lama")
    returns.resubmit(evaluation=with_document, by=by)
    again = send(fresh(with_document))
    assert not by_code(again)["12.1"].changed
    slots.detach(link=old, by=by)
    new = attach(again, "12.1", by, "baru")
    one = by_code(again)["12.1"]
    assert [document.evidence for document in one.added] == [new.evidence_id]
    assert [document.title for document in one.removed] == ["lama"]
    assert [document.file for document in one.added] == [new.evidence.files.get().pk]
    assert not one.answer_changed
    assert one.changed


def test_taken_out_and_put_back_is_no_change(submitted, send, cast):
    by = cast.coordinator_tabalong
    first = send(submitted)
    link = attach(first, "12.1", by)
    returns.resubmit(evaluation=first, by=by)
    again = send(fresh(first))
    slots.detach(link=link, by=by)
    slots.attach(evaluation=again, code="12.1", slot_number=1, evidence=link.evidence, by=by)
    assert not by_code(again)["12.1"].changed


def test_a_closed_return_stays_as_it_came_back(returned, send, cast):
    by = cast.coordinator_tabalong
    save(returned, "12.1", {"numerator": "80", "denominator": "100"}, by, version=1)
    first = returned.returns.get(sequence=1)
    returns.resubmit(evaluation=returned, by=by)
    again = send(fresh(returned), {"12.1": "Sekali lagi."})
    save(again, "12.1", {"numerator": "70", "denominator": "100"}, by, version=2)
    first.refresh_from_db()
    old = {one.question.code: one for one in differences(again, first)}["12.1"]
    assert "80" in old.after.answer_text
    new = by_code(again)
    assert set(new) == {"12.1"}
    assert "80" in new["12.1"].before.answer_text
    assert "70" in new["12.1"].after.answer_text


def test_as_many_queries_for_one_question_as_for_many(submitted, send, cast, django_assert_num_queries):
    by = cast.coordinator_tabalong
    row = send(submitted, {"12.1": "x"}).returns.get(sequence=1)
    evaluation = fresh(submitted)
    differences(evaluation, row)
    with django_assert_num_queries(8):
        assert len(differences(evaluation, row)) == 1
    returns.resubmit(evaluation=evaluation, by=by)
    evaluation = send(fresh(evaluation), {"1.1": "x", "12.1": "y", "4.1": "z"})
    row = evaluation.returns.get(sequence=2)
    with django_assert_num_queries(8):
        assert len(differences(evaluation, row)) == 3


@given(st.text(alphabet="ab \n", max_size=60), st.text(alphabet="ab \n", max_size=60))
def test_the_pieces_give_both_texts_back(before, after):
    pieces = word_diff(before, after)
    old = "".join(p.text for p in pieces if p.kind != "ins")
    new = "".join(p.text for p in pieces if p.kind != "del")
    assert old.split() == before.split()
    assert new.split() == after.split()
    assert all(piece.text for piece in pieces)
    if before.split() == after.split():
        assert all(piece.kind == "same" for piece in pieces)


def test_very_long_texts_are_shown_whole():
    old, new = "a b " * 500, "b a " * 500
    assert LONGEST < 1000 * 1000
    assert word_diff(old, new) == (Piece("del", old), Piece("ins", new))
