"""What the database refuses of a place's answer: each named constraint, violated once."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from evaluations.models import UnitAnswer
from indicators.domain.spec import loaded
from kla_portal import clock
from tests.cast import MURUNG_PUDAK
from tests.evaluations.models.rows import named_in


@pytest.fixture
def row(cast, evaluation, villages):
    """``row(**more)`` stores one answer of Murung Pudak."""

    def make(code="25.2", **more):
        values = {
            "evaluation": evaluation,
            "question_id": loaded(evaluation.edition.instrument).question_ids[code],
            "kecamatan_id": MURUNG_PUDAK,
            "holds": True,
            "updated_at": clock.now(),
            "updated_by": cast.officer_kecamatan,
        }
        return UnitAnswer.objects.create(**values | more)

    return make


def twice(row, villages):
    row()
    row(holds=False)


def twice_in_a_village(row, villages):
    row("26.4", village_id=villages[MURUNG_PUDAK][0])
    row("26.4", village_id=villages[MURUNG_PUDAK][0])


VIOLATIONS = {
    "unit_once_per_kecamatan": twice,
    "unit_once_per_village": twice_in_a_village,
    "unit_version_from_one": lambda row, villages: row(version=0),
}


@pytest.mark.parametrize("name", VIOLATIONS)
def test_nonsense_is_refused(row, villages, name):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        VIOLATIONS[name](row, villages)
    assert named_in(error.value, name), error.value


def test_sound_rows_are_taken(row, villages):
    """Else the refusals above would prove nothing."""
    first, second = villages[MURUNG_PUDAK][:2]
    row()
    row("25.3")
    row("26.4", village_id=first)
    found = row("26.4", village_id=second, version=3)
    assert str(found).endswith(second)
    assert UnitAnswer.objects.count() == 4
