"""A receipt says that the submission was late, on the page and on paper, whatever becomes of the deadline later."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from evaluations.domain import documents, returns, submission, workflow
from evaluations.models import Stage, StageResult, StageWindow
from evaluations.reports import pdf
from evaluations.reports.keys import report_key
from kla_portal import clock
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, fresh, save
from tests.evaluations.reports import build, tags
from tests.evaluations.reports import papers_build as papers
from tests.evaluations.reports.test_pdf import Printed
from tests.evaluations.views.common import signed_in, text_of, url

SAID = "Diajukan terlambat"


def report(late=True):
    return replace(build.district_report(), late=late)


def test_on_paper():
    content = pdf.receipt_pdf(report(), papers.SEAL)
    printed = Printed(content)
    assert tags.faults(content) == []
    assert len(printed.pages) == 1
    assert "Diajukanterlambat" in printed.squeezed
    assert content == pdf.receipt_pdf(report(), papers.SEAL), "the same bytes again"


def test_in_time_nothing_is_said_of_it():
    assert "terlambat" not in Printed(pdf.receipt_pdf(report(late=False), papers.SEAL)).squeezed


def test_late_and_in_time_are_two_papers_and_those_in_time_keep_their_key():
    assert report_key("x", report().payload()) != report_key("x", report(late=False).payload())
    assert "late" not in report(late=False).payload()


@pytest.fixture
def extended(evaluation, cast):
    """Two days more to be in time, a third until it locks. Returns the moment between both."""
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=cast.coordinator_tabalong)
    due = workflow.closes_at(evaluation) + timedelta(days=2)
    returns.extend(
        evaluation=evaluation,
        due_at=due,
        locks_at=due + timedelta(days=1),
        reason="Banjir.",
        by=cast.admin_kalsel,
    )
    return due + timedelta(hours=1)


def hand_in(evaluation, by, at) -> StageResult:
    with clock.at(at):
        result = submission.submit(evaluation=fresh(evaluation), by=by, incomplete_accepted=True)
    return StageResult.objects.select_related("evaluation__edition__instrument").get(pk=result.pk)


def test_page_and_paper_say_what_the_log_noted_then(evaluation, extended, cast):
    result = hand_in(evaluation, cast.coordinator_tabalong, extended)
    key = documents.receipt_document(documents.result_report(result)).key
    assert documents.result_report(result).late
    page = signed_in(cast.coordinator_tabalong).get(url("receipt", result.pk))
    assert SAID in text_of(page)
    moved = StageWindow.objects.filter(edition=evaluation.edition, stage=Stage.EM)
    moved.update(closes_on=(extended + timedelta(days=30)).date())
    again = StageResult.objects.get(pk=result.pk)
    assert documents.receipt_document(documents.result_report(again)).key == key, (
        "the same paper, found again"
    )
    assert SAID in text_of(signed_in(cast.coordinator_tabalong).get(url("receipt", result.pk)))


def test_in_time_neither_says_so(evaluation, extended, cast):
    result = hand_in(evaluation, cast.coordinator_tabalong, extended - timedelta(hours=2))
    assert not documents.result_report(result).late
    assert "terlambat" not in text_of(signed_in(cast.coordinator_tabalong).get(url("receipt", result.pk)))
