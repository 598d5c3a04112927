"""Constraints of the plan, of unit rows, of shared practices and of numbered reports, each violated."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from evaluations.models import (
    ActionEvidence,
    ActionNote,
    ActionQuestion,
    Effort,
    PlannedAction,
    SharedPractice,
    Target,
    UnitAnswer,
)
from kla_portal.regions.models import Kecamatan, Village
from tests.cast import TABALONG
from tests.evaluations.models.rows import Rows, named_in


def question(rows: Rows) -> int:
    return rows.ids.question_ids["12.1"]


def target(rows, **more):
    row = {"evaluation": rows.evaluation, "total": Decimal(700), "set_at": rows.now, "set_by": rows.user}
    return Target.objects.create(**row | more)


def effort(rows, **more):
    row = {
        "district_id": TABALONG,
        "question_id": question(rows),
        "effort": 3,
        "set_at": rows.now,
        "set_by": rows.user,
    }
    return Effort.objects.create(**row | more)


def action(rows, **more):
    row = {
        "evaluation": rows.evaluation,
        "title": "Kelas ibu hamil",
        "created_at": rows.now,
        "created_by": rows.user,
        "updated_at": rows.now,
        "updated_by": rows.user,
    }
    return PlannedAction.objects.create(**row | more)


def served(rows, **more):
    row = {
        "action": more.pop("action", None) or action(rows),
        "question_id": question(rows),
        "points_before": Decimal(1),
        "points_expected": Decimal(3),
    }
    return ActionQuestion.objects.create(**row | more)


def note(rows, **more):
    row = {"action": action(rows), "status": "running", "at": rows.now, "by": rows.user}
    return ActionNote.objects.create(**row | more)


def proof(rows, **more):
    row = {
        "action": more.pop("action", None) or action(rows),
        "evidence": more.pop("evidence", None) or rows.evidence(),
        "added_at": rows.now,
        "added_by": rows.user,
    }
    return ActionEvidence.objects.create(**row | more)


def unit(rows, **more):
    row = {
        "evaluation": rows.evaluation,
        "question_id": question(rows),
        "kecamatan": Kecamatan.objects.filter(district=TABALONG).order_by("pk").first(),
        "holds": True,
        "updated_at": rows.now,
        "updated_by": rows.user,
    }
    return UnitAnswer.objects.create(**row | more)


def village_row(rows, **more):
    kecamatan = Kecamatan.objects.filter(district=TABALONG).order_by("pk").first()
    village, _ = Village.objects.get_or_create(
        code=f"{kecamatan.pk}.2001", defaults={"kecamatan": kecamatan, "kind": "desa", "name": "Kambitin"}
    )
    return unit(rows, village=village, kecamatan=kecamatan, **more)


def practice(rows, **more):
    row = {
        "evaluation": rows.evaluation,
        "question_id": question(rows),
        "story": "Jemput bola.",
        "shared_at": rows.now,
        "shared_by": rows.user,
    }
    return SharedPractice.objects.create(**row | more)


def numbered(rows, **more):
    row = {"series": "district:1:em", "number": "KLA/1", "code": "A" * 26, "key": "1" * 64}
    return rows.report(**row | more)


def again(make, **second):
    def attempt(rows):
        make(rows)
        make(rows, **second)

    return attempt


def carried_twice(rows):
    first = action(rows)
    action(rows, carried_from=first)
    action(rows, carried_from=first)


def same_question(rows):
    first = served(rows)
    served(rows, action=first.action)


def same_proof(rows):
    first = proof(rows)
    proof(rows, action=first.action, evidence=first.evidence)


OTHER_CODE = {"key": "2" * 64, "code": "B" * 26}
OTHER_NUMBER = {"key": "2" * 64, "number": "KLA/2"}

VIOLATIONS = {
    "target_total_in_range": [
        lambda r: target(r, total=Decimal(0)),
        lambda r: target(r, total=Decimal("1000.01")),
    ],
    "effort_once_per_question": [again(effort)],
    "effort_one_to_five": [lambda r: effort(r, effort=0), lambda r: effort(r, effort=6)],
    "effort_need_known": [lambda r: effort(r, need="xx")],
    "action_has_a_title": [lambda r: action(r, title="")],
    "action_budget_not_negative": [lambda r: action(r, budget=-1)],
    "action_due_after_start": [
        lambda r: action(r, starts_on=date(2027, 1, 2), due_on=date(2027, 1, 1)),
    ],
    "action_status_known": [lambda r: action(r, status="xx")],
    "action_version_from_one": [lambda r: action(r, version=0)],
    "action_removed_at_and_by": [
        lambda r: action(r, removed_at=r.now),
        lambda r: action(r, removed_by=r.user),
    ],
    "action_carried_once": [carried_twice],
    "action_question_once": [same_question],
    "action_points_not_negative": [
        lambda r: served(r, points_before=Decimal(-1)),
        lambda r: served(r, points_expected=Decimal(-1)),
    ],
    "action_note_status_known": [lambda r: note(r, status="xx")],
    "action_evidence_once": [same_proof],
    "unit_once_per_kecamatan": [again(unit)],
    "unit_once_per_village": [again(village_row)],
    "unit_version_from_one": [lambda r: unit(r, version=0)],
    "practice_once_per_question": [again(practice)],
    "practice_has_a_story": [lambda r: practice(r, story="")],
    "practice_withdrawn_at_and_by": [
        lambda r: practice(r, withdrawn_at=r.now),
        lambda r: practice(r, withdrawn_by=r.user),
    ],
    "report_number_once": [again(numbered, **OTHER_CODE)],
    "report_code_once": [again(numbered, **OTHER_NUMBER)],
    "report_number_and_code": [
        lambda r: numbered(r, code=""),
        lambda r: numbered(r, number=""),
        lambda r: numbered(r, series=""),
    ],
}


@pytest.mark.parametrize(
    ("name", "attempt"),
    [
        pytest.param(name, attempt, id=f"{name}-{number}")
        for name, attempts in VIOLATIONS.items()
        for number, attempt in enumerate(attempts)
    ],
)
def test_it_refuses(rows, name, attempt):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        attempt(rows)
    assert named_in(refused.value, name), str(refused.value)


def test_sound_rows_are_taken(rows):
    """Else the refusals above would prove nothing."""
    target(rows)
    effort(rows, need="impossible")
    effort(rows, question_id=rows.ids.question_ids["12.2"], effort=5)
    first = action(rows, budget=0, starts_on=date(2027, 1, 1), due_on=date(2027, 1, 1))
    action(rows, carried_from=first, removed_at=rows.now, removed_by=rows.user)
    action(rows, carried_from=first)
    served(rows, action=first, points_before=Decimal(0))
    served(rows, action=first, question_id=rows.ids.question_ids["12.2"], aim={"option": 0})
    note(rows)
    proof(rows)
    unit(rows)
    village_row(rows)
    practice(rows, withdrawn_at=rows.now, withdrawn_by=rows.user)
    practice(rows)
    numbered(rows)
    numbered(rows, number="KLA/2", **OTHER_CODE)
    rows.report()
    rows.report(key="3" * 64, series="district:1:em")
