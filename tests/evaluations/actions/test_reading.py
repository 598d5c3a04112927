"""Who sees which actions; the board's sums, columns and filters."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from evaluations.domain import workflow
from evaluations.domain.actions import editing, filling, reading, tracking
from evaluations.domain.actions.reading import Wanted
from evaluations.models import ActionStatus
from kla_portal import clock
from tests.cast import TABALONG, agency
from tests.evaluations.actions.conftest import add, step
from tests.evaluations.cycle import fresh, save
from tests.evaluations.papers import documents

REGISTRY = {"title": "Akta kelahiran", "codes": ("4.1",)}


@pytest.fixture
def two(claimed, coordinator):
    """Health's, and the registry's with health helping."""
    return [
        add(claimed, coordinator),
        add(
            claimed,
            coordinator,
            **REGISTRY,
            agency=agency(TABALONG, "dukcapil"),
            supporting=(agency(TABALONG, "kesehatan"),),
        ),
    ]


def today(evaluation):
    return clock.now().astimezone(workflow.zone_of(evaluation)).date()


def titles(board):
    return {row.action.title for row in board.rows}


@pytest.mark.parametrize(
    ("who", "count"),
    [
        ("coordinator_tabalong", 2), ("leader_tabalong", 2), ("verifier_kalsel", 2),
        ("contributor_health_tabalong", 2), ("contributor_registry_tabalong", 1),
    ],
)  # fmt: skip
def test_who_sees_which(claimed, cast, two, who, count):
    assert len(reading.board(claimed, by=getattr(cast, who)).rows) == count


def test_an_agency_that_is_in_neither_sees_nothing(claimed, cast, coordinator):
    add(claimed, coordinator, agency=None)
    assert not reading.board(claimed, by=cast.contributor_registry_tabalong).rows


def test_removed_actions_are_gone(claimed, coordinator, two):
    editing.remove(action=two[0], by=coordinator)
    assert titles(reading.board(claimed, by=coordinator)) == {"Akta kelahiran"}


def test_reached_moves_with_the_answers(claimed, coordinator, two):
    before = reading.board(claimed, by=coordinator).points
    save(claimed, "12.1", {"numerator": "95", "denominator": "100"}, coordinator, version=1)
    after = reading.board(fresh(claimed), by=coordinator).points
    assert (before.reached, after.reached) == (0, Decimal(1))
    assert before.expected == after.expected


def test_documents_of_a_claim_that_stands_are_not_reached_by_the_claim(claimed, coordinator):
    """One action for the documents of today's 2 points, one for the way to 3: nothing has happened yet."""
    filling.from_plan(evaluation=fresh(claimed), steps=[step("12.1", "0", "2")], by=coordinator)
    add(fresh(claimed), coordinator)
    found = reading.board(fresh(claimed), by=coordinator).points
    assert (found.expected, found.reached, found.fallen) == (Decimal(3), 0, ())


def test_a_fall_is_named(claimed, coordinator, two):
    save(claimed, "12.1", {"numerator": "1", "denominator": "100"}, coordinator, version=1)
    assert reading.board(claimed, by=coordinator).points.fallen == ("12.1",)


def test_dropped_actions_count_nowhere(claimed, coordinator):
    action = add(claimed, coordinator, budget=100)
    assert reading.board(claimed, by=coordinator).budget == 100
    tracking.note(action=action, text="", status=ActionStatus.DROPPED, by=coordinator)
    found = reading.board(claimed, by=coordinator)
    assert (found.budget, found.points.expected, len(found.rows)) == (0, 0, 1)
    assert dict(found.columns)[ActionStatus.DROPPED] == found.rows


def test_filters(claimed, coordinator, two):
    late = add(
        claimed, coordinator, title="Lewat", codes=(), agency=None, due_on=today(claimed) - timedelta(1)
    )
    due = add(claimed, coordinator, title="Hari ini", codes=(), agency=None, due_on=today(claimed))

    def shown(**wanted):
        return titles(reading.board(claimed, by=coordinator, wanted=Wanted(**wanted)))

    assert shown(overdue=True) == {late.title}
    assert shown(cluster="K1") == {"Akta kelahiran"}
    assert shown(cluster="K1", overdue=True) == set()
    assert shown(agency=agency(TABALONG, "kesehatan").pk) == {two[0].title, two[1].title}
    assert due.title in shown()
    assert reading.board(claimed, by=coordinator, wanted=Wanted(cluster="K1")).count == 4


def test_done_is_never_overdue_but_wants_proof(claimed, coordinator):
    action = add(claimed, coordinator, due_on=today(claimed) - timedelta(1))
    tracking.note(action=action, text="", status=ActionStatus.DONE, by=coordinator)
    (row,) = reading.board(claimed, by=coordinator).rows
    assert (row.overdue, row.unproved) == (False, True)
    made = documents(claimed.district, ["SK"], by=coordinator)
    tracking.prove(action=action, documents=made, by=coordinator)
    (row,) = reading.board(claimed, by=coordinator).rows
    assert not row.unproved
