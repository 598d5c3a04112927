"""The arithmetic without words agrees with the explained score, always."""

from __future__ import annotations

import pytest
from hypothesis import given

from evaluations.scoring.rules import best_answer
from evaluations.scoring.score import UnknownQuestion, score
from evaluations.scoring.totals import points_of, totals
from tests.evaluations.scoring.build import BIRTHS, CHOICE, answered_instruments, instrument, question


@given(answered_instruments())
def test_totals_are_those_of_the_explained_score(made) -> None:
    spec, answers = made
    tree, found = score(spec, answers), totals(spec, answers)
    assert (found.total, found.predikat) == (tree.total, tree.predikat)
    assert found.of([question.code for question in spec.questions()]) == tree.total_exact
    assert len(found.answered) == tree.answered
    for explained in tree.questions():
        assert found.of([explained.code]) == explained.points
    for indicator in tree.indicators():
        assert found.of([part.code for part in indicator.questions]) == indicator.points


def test_best_answers_bring_the_whole_weight() -> None:
    spec = instrument(((question(CHOICE, "1.1"), question(BIRTHS, "1.2")),))
    found = totals(spec, {part.code: best_answer(part.rule) for part in spec.questions()})
    assert found.total == spec.total
    assert found.answered == {"1.1", "1.2"}


def test_unknown_code_is_refused() -> None:
    with pytest.raises(UnknownQuestion):
        totals(instrument(((question(CHOICE, "1.1"),),)), {"9.9": {"option": 0}})


def test_no_answer_brings_nothing_and_is_not_complete() -> None:
    assert points_of(question(CHOICE), None) == (0, False)
