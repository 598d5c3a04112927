"""Rendering outside the request. Arguments are ids; a task reads what it needs itself."""

from __future__ import annotations

from django_tasks import task

from evaluations.domain import documents
from evaluations.domain.actions import papers as plan_papers
from evaluations.domain.actions.meeting import Meeting
from evaluations.domain.comparison import comparison
from evaluations.domain.papers.card import draft_card, result_card
from evaluations.domain.papers.documents import card_document, evaluation_document, gaps_document
from evaluations.domain.papers.gaps import gaps_report
from evaluations.domain.papers.lhe import evaluation_report
from evaluations.domain.shortfall import returns_of
from evaluations.models import Edition, Evaluation, Stage, StageResult
from kla_portal.accounts.models import User
from kla_portal.regions.models import Province


@task(queue_name="reports")
def render_result(result_pk: int, kind: str, user_pk: int) -> int:
    """District report or receipt of a stored result. Returns the stored report's id."""
    result = StageResult.objects.select_related(
        "evaluation__edition__instrument", "evaluation__district__province"
    ).get(pk=result_pk)
    report = documents.result_report(result)
    make = {"district": documents.district_document, "receipt": documents.receipt_document}[kind]
    return make(report).ensure(by=_person(user_pk)).pk


@task(queue_name="reports")
def render_draft(evaluation_pk: int, user_pk: int) -> int:
    evaluation = Evaluation.objects.with_place().get(pk=evaluation_pk)
    report = documents.draft_report(evaluation)
    return documents.district_document(report).ensure(by=_person(user_pk)).pk


@task(queue_name="reports")
def render_ranking(edition_pk: int, stage: str, province_code: str | None, form: str, user_pk: int) -> int:
    edition = Edition.objects.select_related("instrument", "previous__instrument").get(pk=edition_pk)
    province = Province.objects.get(pk=province_code) if province_code else None
    document = documents.ranking_document_of(edition, Stage(stage), province, form)
    return document.ensure(by=_person(user_pk)).pk


@task(queue_name="reports")
def render_stages(evaluation_pk: int, stages: list[str], closed: list[str], form: str, user_pk: int) -> int:
    """``stages`` and ``closed`` are what the person who asked may see."""
    evaluation = Evaluation.objects.with_place().prefetch_related("edition__windows").get(pk=evaluation_pk)
    report = comparison(evaluation, [Stage(s) for s in stages], [Stage(s) for s in closed])
    return documents.stages_document(report, form).ensure(by=_person(user_pk)).pk


@task(queue_name="reports")
def render_shortfall(evaluation_pk: int, sequence: int, user_pk: int) -> int:
    """The list of one return as this person sees it."""
    evaluation = Evaluation.objects.with_place().get(pk=evaluation_pk)
    person = _person(user_pk)
    sent = next(one for one in returns_of(evaluation) if one.row.sequence == sequence)
    return (
        documents.shortfall_document(documents.shortfall_report(evaluation, sent, by=person))
        .ensure(by=person)
        .pk
    )


@task(queue_name="reports")
def render_plan(evaluation_pk: int, user_pk: int) -> int:
    """The action plan of someone who reads all of it."""
    evaluation = Evaluation.objects.with_place().get(pk=evaluation_pk)
    person = _person(user_pk)
    return plan_papers.plan_document(evaluation, by=person).ensure(by=person).pk


@task(queue_name="reports")
def render_meeting(evaluation_pk: int, typed: dict[str, str], user_pk: int) -> int:
    """``typed``: what the meeting's form took, as plain text."""
    evaluation = Evaluation.objects.with_place().get(pk=evaluation_pk)
    document = plan_papers.meeting_document(evaluation, Meeting.typed(typed))
    return document.ensure(by=_person(user_pk)).pk


@task(queue_name="reports")
def render_evaluation_report(result_pk: int, user_pk: int) -> int:
    """The Laporan Hasil Evaluasi of a stored result."""
    return evaluation_document(evaluation_report(_result(result_pk))).ensure(by=_person(user_pk)).pk


@task(queue_name="reports")
def render_card(result_pk: int, user_pk: int) -> int:
    """The rapor of a stored result."""
    return card_document(result_card(_result(result_pk))).ensure(by=_person(user_pk)).pk


@task(queue_name="reports")
def render_draft_card(evaluation_pk: int, user_pk: int) -> int:
    evaluation = Evaluation.objects.with_place().prefetch_related("edition__windows").get(pk=evaluation_pk)
    return card_document(draft_card(evaluation)).ensure(by=_person(user_pk)).pk


@task(queue_name="reports")
def render_gaps(evaluation_pk: int, user_pk: int) -> int:
    """What is open before submission, as this person sees it."""
    evaluation = Evaluation.objects.with_place().prefetch_related("edition__windows").get(pk=evaluation_pk)
    person = _person(user_pk)
    return gaps_document(gaps_report(evaluation, by=person)).ensure(by=person).pk


def _result(pk: int) -> StageResult:
    """With all that a paper reads beside the snapshot."""
    result = StageResult.objects.get(pk=pk)
    result.evaluation = (
        Evaluation.objects.with_place().prefetch_related("edition__windows").get(pk=result.evaluation_id)
    )
    return result


def _person(pk: int) -> User:
    return User.objects.get(pk=pk)
