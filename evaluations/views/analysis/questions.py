"""Which questions lose most points, who does well at one, and what a training day should be about."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain import practices
from evaluations.domain.analysis import questions as domain
from evaluations.domain.analysis.points import PointsTable, points_table
from evaluations.models import Edition, Stage
from evaluations.reports.analysis_xlsx import training_xlsx
from evaluations.reports.training import TrainingLine, TrainingList, training_csv
from evaluations.reports.xlsx import CONTENT_TYPE
from evaluations.views.analysis.common import analysis_page, labelled, part_of, stage_of
from indicators.domain.spec import loaded
from kla_portal.regions.models import Province

SIZES = (5, 10, 20, 40)
"""How many questions a training day may take up."""
FORMS = ("xlsx", "csv")


def _table(edition: Edition, stage: Stage | None, province: Province | None) -> PointsTable:
    return points_table(edition, stage, province) if stage else PointsTable((), {})


@require_GET
def questions(request: HttpRequest, code: str, place: str) -> HttpResponse:
    """``?tema=`` narrows the list to one theme."""
    edition, province = access.get_area_for(request.user, code, place)
    stage, available = stage_of(request, edition, province)
    spec, table = loaded(edition.instrument).spec, _table(edition, stage, province)
    theme = request.GET.get("tema", "")
    rows = domain.losses(table, spec)
    if theme in spec.theme_names:
        rows = [row for row in rows if row.question.theme == theme]
    shown = part_of(request, rows)
    context = {
        "stage": stage,
        "bases": labelled(available),
        "districts": len(table.rows),
        "themes": spec.theme_names,
        "theme": theme,
        "page_obj": shown,
        "rows": shown.object_list,
        "forms": FORMS,
    }
    return analysis_page(request, "questions", edition, province, context)


@require_GET
def question(request: HttpRequest, code: str, place: str, question: str) -> HttpResponse:
    """One question: the districts with full points and what they share about it, and those that lack points."""
    edition, province = access.get_area_for(request.user, code, place)
    instrument = loaded(edition.instrument)
    found = instrument.spec.by_code.get(question)
    if found is None:
        raise Http404
    stage, available = stage_of(request, edition, province)
    table = _table(edition, stage, province)
    shared = practices.shared_at_question(edition, instrument.question_ids[question])
    context = {
        "tab": "questions",
        "question": found,
        "stage": stage,
        "bases": labelled(available),
        "districts": len(table.rows),
        "best": domain.best_districts(table, found, shared) if table.rows else [],
        "short": domain.short_districts(table, found) if table.rows else [],
    }
    return analysis_page(request, "question", edition, province, context)


@require_GET
def training(request: HttpRequest, code: str, place: str) -> HttpResponse:
    """``?jumlah=10``: the first ten questions by theme, with the agencies that should come."""
    edition, province = access.get_area_for(request.user, code, place)
    stage, available = stage_of(request, edition, province)
    wanted = request.GET.get("jumlah", "")
    size = int(wanted) if wanted in map(str, SIZES) else SIZES[1]
    table = _table(edition, stage, province)
    rows = domain.losses(table, loaded(edition.instrument).spec)
    sessions = domain.training_day(rows, size)
    context = {
        "tab": "questions",
        "stage": stage,
        "bases": labelled(available),
        "districts": len(table.rows),
        "forms": FORMS,
        "sizes": SIZES,
        "size": size,
        "sessions": sessions,
        "agencies": sorted({agency for session in sessions for agency in session.agencies}),
    }
    return analysis_page(request, "training", edition, province, context)


@require_GET
def download(request: HttpRequest, code: str, place: str, form: str) -> HttpResponse:
    """The whole list as XLSX or CSV."""
    edition, province = access.get_area_for(request.user, code, place)
    stage, _ = stage_of(request, edition, province)
    if form not in FORMS or stage is None:
        raise Http404
    report = _report(edition, stage, province)
    if form == "csv":
        response = HttpResponse(training_csv(report), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(training_xlsx(report), content_type=CONTENT_TYPE)
    name = f"Bahan pelatihan KLA {edition.code} {stage.upper()} {province or 'Nasional'}.{form}"
    response["Content-Disposition"] = content_disposition_header(True, " ".join(name.split())) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


def _report(edition: Edition, stage: Stage, province: Province | None) -> TrainingList:
    rows = domain.losses(points_table(edition, stage, province), loaded(edition.instrument).spec)
    lines = tuple(
        TrainingLine(
            code=row.question.code,
            title=row.question.title,
            theme=row.theme,
            agency=row.agency,
            weight=row.question.weight,
            average=row.average,
            lost=row.lost,
            short_share=row.short_share,
            districts=row.districts,
            full=row.full,
        )
        for row in rows
    )
    place_name = f"Provinsi {province}" if province else "Nasional"
    return TrainingList(place_name, edition.name, str(stage.label), lines)
