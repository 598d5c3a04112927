"""Looking at an instrument."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from indicators import access
from indicators.domain.exporting import export_yaml
from indicators.domain.spec import loaded
from indicators.models import Instrument, Level
from indicators.rule_text import RuleLine, describe_rule
from indicators.spec import IndicatorSpec, InstrumentSpec, QuestionSpec, Slot
from kla_portal.accounts.roles import Permission


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """A question with its codes put into words."""

    question: QuestionSpec
    lines: tuple[RuleLine, ...]
    level: str
    theme: str
    agencies: tuple[str, ...]
    slots: tuple[tuple[Slot, str], ...]
    """Slot and the name of its kind."""


@dataclass(frozen=True, slots=True)
class IndicatorPage:
    indicator: IndicatorSpec
    questions: tuple[QuestionPage, ...]


@require_safe
def instrument_list(request: HttpRequest) -> HttpResponse:
    access.require(request.user, Permission.MANAGE_INSTRUMENTS)
    instruments = Instrument.objects.select_related("published_by", "retired_by")
    return render(request, "indicators/list.html", {"instruments": instruments})


@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    instrument = access.get_instrument_for(request.user, code)
    spec = loaded(instrument).spec
    questions = list(spec.questions())
    context = {
        "instrument": instrument,
        "spec": spec,
        "question_count": len(questions),
        "estimated_count": sum(question.estimated for question in questions),
        "may_manage": access.may_manage(request.user),
    }
    return render(request, "indicators/detail.html", context)


@require_safe
def cluster(request: HttpRequest, code: str, cluster: str) -> HttpResponse:
    instrument = access.get_instrument_for(request.user, code)
    spec = loaded(instrument).spec
    found = next((each for each in spec.clusters if each.code == cluster), None)
    if found is None:
        raise Http404
    pages = [
        IndicatorPage(indicator, tuple(_page(spec, question) for question in indicator.questions))
        for indicator in found.indicators
    ]
    context = {"instrument": instrument, "spec": spec, "cluster": found, "indicators": pages}
    return render(request, "indicators/cluster.html", context)


@require_safe
def export(request: HttpRequest, code: str) -> HttpResponse:
    instrument = access.get_instrument_for(request.user, code)
    return HttpResponse(
        export_yaml(loaded(instrument).spec),
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{instrument.code}.yaml"'},
    )


def _page(spec: InstrumentSpec, question: QuestionSpec) -> QuestionPage:
    return QuestionPage(
        question=question,
        lines=describe_rule(question),
        level=Level(question.level).label,
        theme=spec.theme_names[question.theme],
        agencies=tuple(spec.agency_names[code] for code in question.agencies),
        slots=tuple((slot, spec.evidence_kind_names[slot.kind]) for slot in question.slots),
    )
