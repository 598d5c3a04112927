"""What came back in its groups: nothing is lost, nothing is invented, nobody's work is overwritten unseen."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest
import time_machine

from evaluations.domain import assignments, workflow
from evaluations.domain.workbooks.export import export_workbook
from evaluations.models import Answer
from kla_portal.accounts.access import Refused
from tests.cast import TABALONG, agency
from tests.evaluations.domain.claims import best, fill, fresh, hand_in, save, some_value
from tests.evaluations.workbooks.paper import (
    CHOICE,
    COUNT,
    MATRIX,
    PERCENTAGE,
    Filled,
    looked_at,
    reasons,
    small,
)

ODD_NOTE = "=1+1\ttabel\x0b\u200b, baris\ndua"


def codes(changes) -> list[str]:
    return [change.question.code for change in changes]


@pytest.mark.parametrize("answered", [False, True])
def test_out_and_in_again_changes_nothing(evaluation, by, spec, answered):
    if answered:
        random = Random(7)
        values = {q.code: some_value(q, random) for q in spec.questions()}
        # Touched and emptied again: a row without an answer.
        values |= {CHOICE: {"option": None}, MATRIX: {"rows": [None, None, None]}}
        evaluation = fill(evaluation, values, by=by, note=ODD_NOTE)
    found = looked_at(evaluation, Filled(export_workbook(evaluation=evaluation, by=by).content), by)
    assert len(found.same) == 274
    assert not (found.new or found.changed or found.conflicts or found.rejected or found.untouched)
    assert not found.saves
    assert found.claimed == found.reached == fresh(evaluation).claimed_total


def test_new_and_changed_with_points_before_and_after(evaluation, by):
    save(evaluation, COUNT, {"value": "4"}, by=by)
    save(evaluation, CHOICE, None, by=by, note="Masih dibahas")
    filled = small(evaluation).put(PERCENTAGE, "numerator", 4120).put(PERCENTAGE, "denominator", 4508)
    filled.put(COUNT, "value", None).put(CHOICE, "option", "Instruksi")
    found = looked_at(evaluation, filled, by)
    (new,) = found.new
    assert (new.question.code, new.before.points.points, new.after.points.points) == (PERCENTAGE, 0, 2)
    # A note alone is something that stands: it is shown beside what comes.
    assert codes(found.changed) == [CHOICE, COUNT]
    emptied = found.changed[1]
    assert emptied.emptied
    assert not emptied.note_changed
    assert (emptied.before.points.answer_text[:1], emptied.after.points.answer_text) == ("4", "")
    assert found.claimed == Decimal(5)
    assert found.reached == 2 + found.changed[0].after.points.points
    assert not Answer.objects.filter(question__code=PERCENTAGE).exists()


def test_a_note_that_was_not_touched_stays_to_the_letter(evaluation, by):
    save(evaluation, COUNT, {"value": "4"}, by=by, note=ODD_NOTE)
    stored = Answer.objects.get(question__code=COUNT).note
    (change,) = looked_at(evaluation, small(evaluation).put(COUNT, "value", 6), by).changed
    assert change.after.note == stored
    assert not change.note_changed
    (change,) = looked_at(evaluation, small(evaluation).note(COUNT, "Lain"), by).changed
    assert (change.after.note, change.note_changed) == ("Lain", True)


def test_a_conflict_shows_both_and_who(evaluation, by, cast):
    save(evaluation, COUNT, {"value": "4"}, by=by)
    filled = small(evaluation).put(COUNT, "value", 6).put(PERCENTAGE, "numerator", 1)
    health = cast.contributor_health_tabalong
    assignments.assign(evaluation=evaluation, codes=[COUNT], agency=agency(TABALONG, "kesehatan"), by=by)
    save(evaluation, COUNT, {"value": "5"}, by=health)
    save(evaluation, PERCENTAGE, {"numerator": "2", "denominator": "3"}, by=health)
    found = looked_at(evaluation, filled, by)
    assert codes(found.conflicts) == [PERCENTAGE, COUNT] or codes(found.conflicts) == [COUNT, PERCENTAGE]
    conflict = next(change for change in found.conflicts if change.question.code == COUNT)
    assert (conflict.before.by, conflict.seen, conflict.entry.version) == (health.name, 2, 1)
    assert (conflict.before.points.answer_text[:1], conflict.after.points.answer_text[:1]) == ("5", "6")
    assert found.reached == found.claimed


def test_what_was_not_touched_is_no_conflict(evaluation, by):
    """The portal is newer, the cells still say what was exported: the portal's stays."""
    save(evaluation, COUNT, {"value": "4"}, by=by)
    filled = small(evaluation)
    save(evaluation, COUNT, {"value": "5"}, by=by)
    save(evaluation, PERCENTAGE, {"numerator": "2", "denominator": "3"}, by=by)
    found = looked_at(evaluation, filled, by)
    assert sorted(found.untouched) == [PERCENTAGE, COUNT]
    assert not found.saves


def test_the_same_as_someone_else_saved_is_no_conflict(evaluation, by):
    filled = small(evaluation).put(COUNT, "value", 5)
    save(evaluation, COUNT, {"value": "5"}, by=by)
    assert COUNT in looked_at(evaluation, filled, by).same


def test_another_agencys_question_is_not_looked_at(evaluation, by, cast):
    """A coordinator's whole workbook in a contributor's hands."""
    filled = (
        small(evaluation)
        .put(COUNT, "value", 5)
        .put(CHOICE, "option", "entah")
        .put(PERCENTAGE, "numerator", 7)
    )
    found = looked_at(evaluation, filled, cast.contributor_health_tabalong)
    assert codes(found.new) == [PERCENTAGE]
    assert {COUNT, CHOICE, MATRIX} == set(found.outside)
    assert found.rejected == []


def test_cells_that_cannot_be_read_come_along(evaluation, by):
    found = looked_at(evaluation, small(evaluation).put(COUNT, "value", "lima"), by)
    assert list(reasons(found.rejected)) == ["K3!D8"]


def test_after_the_end_nothing_can_be_changed(evaluation, by):
    filled = small(evaluation).put(COUNT, "value", 5)
    with (
        time_machine.travel(workflow.closes_at(evaluation), tick=False),
        pytest.raises(Refused, match="ditutup"),
    ):
        looked_at(evaluation, filled, by)
    hand_in(evaluation, by=by)
    with pytest.raises(Refused, match="terkunci"):
        looked_at(fresh(evaluation), filled, by)


def test_as_many_queries_for_one_conflict_as_for_three(evaluation, by, spec, django_assert_max_num_queries):
    values = best(spec)
    for code in (COUNT, CHOICE, PERCENTAGE):
        save(evaluation, code, values[code], by=by)
    filled = small(evaluation).put(COUNT, "value", 1)
    save(evaluation, COUNT, {"value": "2"}, by=by)
    looked_at(evaluation, filled, by)
    with django_assert_max_num_queries(3) as one:
        assert len(looked_at(evaluation, filled, by).conflicts) == 1
    filled.put(CHOICE, "option", "Instruksi").put(PERCENTAGE, "numerator", 1).put(
        PERCENTAGE, "denominator", 9
    )
    for code in (CHOICE, PERCENTAGE):
        save(evaluation, code, None, by=by, note="Ditarik")
    with django_assert_max_num_queries(3) as three:
        assert len(looked_at(evaluation, filled, by).conflicts) == 3
    assert len(one) == len(three)
