"""Rendering outside the request. Arguments are ids; a task reads what it needs itself."""

from __future__ import annotations

from django_tasks import task

from evaluations.domain import documents
from evaluations.domain.comparison import comparison
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


def _person(pk: int) -> User:
    return User.objects.get(pk=pk)
