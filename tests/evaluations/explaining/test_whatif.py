"""Andaikan: the score moves as if the answers stood, and nothing stands."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evaluations.domain.explaining.whatif import same, what_if
from evaluations.domain.progress import current_score
from evaluations.forms.what_if import WhatIfForm, fields_of
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, best, fresh, save


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


def test_it_is_the_score_that_saving_would_bring(evaluation, by):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    tried = {code: value for code, value, _ in ONE_OF_EACH.values()}
    found = what_if(fresh(evaluation), tried, by)
    assert (found.before.total, found.after.total, found.gain) == (2, Decimal("20.50"), Decimal("18.50"))
    assert HEALTH not in found.changes, "the answer that stands is no change"
    assert sum(move.gain for move in found.changed) == Decimal("18.5")
    for code, value in tried.items():
        save(evaluation, code, value, by=by)
    assert current_score(evaluation) == found.after


def test_an_answer_can_be_taken_away(evaluation, by):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    found = what_if(fresh(evaluation), {HEALTH: None}, by)
    assert (found.after.total, list(found.changes)) == (0, [HEALTH])


def test_one_answer_however_it_is_written(spec):
    question = spec.by_code[HEALTH]
    assert same(question, {"numerator": "5", "denominator": "6"}, {"numerator": 5, "denominator": "06"})
    assert same(question, None, {"numerator": None, "denominator": None})
    assert not same(question, None, {"numerator": "0", "denominator": None})


def test_fields_carry_every_kind_of_answer_along(spec):
    for code, value in best(spec).items():
        form = WhatIfForm(spec, fields_of(code, value))
        assert form.refused == []
        assert same(spec.by_code[code], form.values[code], value), code
    assert WhatIfForm(spec, fields_of(HEALTH, None)).values == {HEALTH: None}


def test_what_is_no_question_is_left_aside_and_what_cannot_be_read_is_named(spec):
    form = WhatIfForm(
        spec, {"99.9:option": "0", "csrfmiddlewaretoken": "x", "12.1:numerator": "1.23", "1.1:option": "99"}
    )
    assert set(form.forms) == {"12.1", "1.1"}
    assert form.refused == ["12.1", "1.1"]
    assert form.values == {}
    assert "bilangan bulat" in form.forms["12.1"].errors["numerator"]
