"""The arithmetic without words agrees with the explained score, always."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given

from evaluations.scoring import totals as counting
from evaluations.scoring.answers import AnswerError
from evaluations.scoring.rules import best_answer, read_answer
from evaluations.scoring.score import UnknownQuestion, score
from evaluations.scoring.totals import points_of, totals, totals_of_texts
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


@given(answered_instruments())
def test_stored_texts_bring_what_their_values_bring(made) -> None:
    spec, answers = made
    stored = {code: None if raw is None else json.dumps(raw) for code, raw in answers.items()}
    for spec_kept in (spec, replace(spec, digest=repr(spec))):
        for _ in range(2):
            assert totals_of_texts(spec_kept, stored) == totals(spec_kept, answers)


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


def test_points_are_remembered_per_instrument_and_value(monkeypatch) -> None:
    monkeypatch.setattr(counting, "_known", known := {})
    first = replace(instrument(((question(CHOICE, "1.1"),),)), digest="a")
    other = replace(instrument(((question(BIRTHS, "1.1"),),)), digest="b")
    best_first, best_other = best_answer(CHOICE), best_answer(BIRTHS)
    for _ in range(2):
        assert totals(first, {"1.1": best_first}).total == first.total
        assert totals(other, {"1.1": best_other}).total == other.total
        assert totals(first, {"1.1": None}).total == 0
    assert {digest: len(values) for digest, values in known.items()} == {"a": 2, "b": 1}
    with pytest.raises(AnswerError):
        totals(first, {"1.1": {"option": 99}})
    assert sum(map(len, known.values())) == 3, "what cannot be read is read again"


def test_what_is_remembered_stays_small(monkeypatch) -> None:
    monkeypatch.setattr(counting, "_known", known := {})
    monkeypatch.setattr(counting, "KEPT", 2)
    spec = replace(instrument(((question(CHOICE, "1.1"), question(BIRTHS, "1.2")),)), digest="a")
    for births in range(9):
        numbers = {"numerator": str(births), "denominator": "9"}
        assert (
            totals(spec, {"1.2": numbers}).points["1.2"]
            == points_of(spec.by_code["1.2"], read_answer(BIRTHS, numbers))[0]
        )
        assert sum(map(len, known.values())) <= 2


def test_an_instrument_without_a_digest_is_never_remembered(monkeypatch) -> None:
    monkeypatch.setattr(counting, "_known", known := {})
    totals(instrument(((question(CHOICE, "1.1"),),)), {"1.1": best_answer(CHOICE)})
    assert known == {}
