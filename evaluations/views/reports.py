"""Downloads of rendered files. What is not rendered yet is rendered by a task, and the page waits for it."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django_tasks import TaskResultStatus, default_task_backend
from django_tasks.exceptions import TaskResultDoesNotExist

from evaluations import access, tasks
from evaluations.domain import documents
from evaluations.domain.documents import Document
from evaluations.domain.eventlog import readable
from evaluations.domain.succession import succession
from evaluations.domain.workflow import Action
from evaluations.views.frame import page


@require_GET
def reports(request: HttpRequest, pk: int) -> HttpResponse:
    """The district's papers: the results in force with their receipts and reports, what they replaced; the concept."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    context = {
        "results": succession(evaluation),
        "reads_log": readable(request.user).covers(evaluation.district),
    }
    return page(request, "evaluations/reports.html", evaluation, context)


@require_GET
def draft_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    document = documents.district_document(documents.draft_report(evaluation))
    name = f"Konsep laporan KLA {evaluation.edition.code} {evaluation.district}.pdf"
    return deliver(request, document, name, tasks.render_draft, evaluation.pk, request.user.pk)


@require_GET
def district_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    result = access.get_result_for(request.user, pk)
    document = documents.district_document(documents.result_report(result))
    name = f"Laporan {result.stage.upper()} KLA {result.evaluation.edition.code} {result.evaluation.district}.pdf"
    return deliver(request, document, name, tasks.render_result, result.pk, "district", request.user.pk)


@require_GET
def receipt_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    result = access.get_result_for(request.user, pk)
    document = documents.receipt_document(documents.result_report(result))
    name = f"Tanda terima {result.receipt_number.replace('/', '-')}.pdf"
    return deliver(request, document, name, tasks.render_result, result.pk, "receipt", request.user.pk)


def deliver(
    request: HttpRequest, document: Document, name: str, task: Any, *arguments: Any
) -> HttpResponseBase:
    """The file if it is there. Else the task is started once and a page waits, asking again by itself."""
    stored = document.stored()
    if stored is None:
        job = _job(request)
        if job is None or job.status == TaskResultStatus.SUCCESSFUL:
            # Nothing began, or what came out is not what stands now: an answer changed meanwhile.
            job = task.enqueue(*arguments)
        stored = document.stored()
        if stored is None:
            failed = job.status == TaskResultStatus.FAILED
            context = {"name": name, "job": job.id, "failed": failed, "reason": _reason(job)}
            return render(request, "evaluations/waiting.html", context, status=500 if failed else 202)
    response = FileResponse(
        storages["reports"].open(stored.storage_name),
        as_attachment="unduh" in request.GET or document.form != "pdf",
        filename=name,
        content_type=stored.content_type,
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-SHA256"] = stored.sha256
    return response


def _reason(job: Any) -> str:
    """Why a paper could not be signed or kept, in words; empty for what only the log should tell."""
    for error in job.errors:
        if error.exception_class_path.endswith((".SigningFailed", ".NotKept")):
            return str(error.traceback.strip().splitlines()[-1].partition(": ")[2])
    return ""


def _job(request: HttpRequest) -> Any:
    """The task this page already waits for."""
    job_id = request.GET.get("tugas", "")
    if not job_id:
        return None
    try:
        return default_task_backend.get_result(job_id)
    except (TaskResultDoesNotExist, NotImplementedError, ValueError) as error:
        raise Http404 from error
