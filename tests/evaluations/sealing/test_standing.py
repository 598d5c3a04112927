"""In force, reprinted, superseded, reopened: what a paper is today."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.domain.sealing.standing import State, replaced_by, standing
from evaluations.models import Evaluation, Stage
from evaluations.models import State as Status
from kla_portal import clock
from tests.evaluations.domain.claims import result
from tests.evaluations.sealing.papers import stored


def moved(evaluation, state, by):
    """As the workflow would leave it."""
    submitted = {} if state == Status.FILLING else {"submitted_at": clock.now(), "submitted_by": by}
    empty = {"submitted_at": None, "submitted_by": None}
    Evaluation.objects.filter(pk=evaluation.pk).update(state=state, **(empty | submitted))


def test_the_newest_of_its_series_is_in_force(evaluation):
    first = stored(evaluation, digest="a")
    stored(evaluation, series="lain", digest="b")
    assert standing(first).state == State.IN_FORCE
    second = stored(evaluation, digest="c")
    found = standing(first)
    assert (found.state, found.newer) == (State.SUPERSEDED, second)
    assert standing(second).state == State.IN_FORCE


def test_the_same_data_printed_again_replaces_nothing(evaluation):
    first, second = stored(evaluation, digest="a"), stored(evaluation, digest="a")
    found = standing(first)
    assert (found.state, found.newer) == (State.REPRINTED, second)


def test_only_what_says_something_else_stands_in_a_papers_place(evaluation):
    first = stored(evaluation, digest="a")
    assert replaced_by(first) is None
    second = stored(evaluation, digest="b")
    assert (replaced_by(first), replaced_by(second)) == (second, None)
    stored(evaluation, digest="a")
    assert replaced_by(first) is None, "reprinted: both hold again"


@pytest.mark.parametrize("said", [{}, {"digest": "a", "draft": True}, {"digest": "a", "receipt": "R/1"}])
def test_without_a_digest_as_a_draft_or_of_a_result_nothing_is_printed_anew(evaluation, said):
    first = stored(evaluation, **said)
    stored(evaluation, **(said | {"digest": "b"}))
    assert replaced_by(first) is None


def test_papers_without_a_digest_are_taken_as_different(evaluation):
    first, _ = stored(evaluation), stored(evaluation)
    assert standing(first).state == State.SUPERSEDED


def test_drafts_and_tables_are_never_in_force(evaluation):
    assert standing(stored(evaluation, draft=True)).state == State.DRAFT
    assert standing(stored(evaluation, number="")).state == State.TABLE


@pytest.fixture
def closed(evaluation, cast):
    """EM of Tabalong, handed in."""
    found = result(evaluation, "700.00", by=cast.admin_national)
    moved(evaluation, Status.SUBMITTED, cast.coordinator_tabalong)
    return found


def test_the_paper_of_a_result_holds_while_the_result_stands(evaluation, closed):
    assert standing(stored(evaluation, receipt=closed.receipt_number)).state == State.IN_FORCE


def test_a_reopened_stage_is_said(evaluation, closed, cast):
    paper = stored(evaluation, receipt=closed.receipt_number)
    moved(evaluation, Status.FILLING, cast.coordinator_tabalong)
    assert standing(paper).state == State.REOPENED


def test_a_newer_result_supersedes_before_anyone_has_printed_it(evaluation, closed, cast):
    paper = stored(evaluation, receipt=closed.receipt_number)
    newer = result(evaluation, "710.00", by=cast.admin_national, sequence=2)
    found = standing(paper)
    assert (found.state, found.newer, found.result) == (State.SUPERSEDED, None, newer)
    printed = stored(evaluation, receipt=newer.receipt_number)
    assert standing(paper).newer == printed


def test_an_old_result_printed_late_does_not_replace_the_newer(evaluation, closed, cast):
    newer = result(evaluation, "710.00", by=cast.admin_national, sequence=2)
    right = stored(evaluation, receipt=newer.receipt_number, digest="b")
    late = stored(evaluation, receipt=closed.receipt_number, digest="a")
    assert late.pk > right.pk
    assert standing(right).state == State.IN_FORCE
    assert (standing(late).state, standing(late).newer) == (State.SUPERSEDED, right)


def test_another_stages_result_changes_nothing(evaluation, closed, cast):
    paper = stored(evaluation, receipt=closed.receipt_number)
    result(evaluation, "690.00", by=cast.admin_national, stage=Stage.VA)
    assert standing(paper).state == State.IN_FORCE


def test_as_many_queries_for_one_paper_as_for_many(evaluation, closed):
    def count():
        with CaptureQueriesContext(connection) as seen:
            standing(paper)
        return len(seen)

    paper = stored(evaluation, receipt=closed.receipt_number, digest="a")
    before = count()
    for _ in range(3):
        stored(evaluation, receipt=closed.receipt_number, digest="a")
    assert count() == before <= 6
