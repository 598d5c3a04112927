"""Di mana poin hilang: by question, theme, agency and cluster; claimed, safe and verified."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain.comparison import visible_stages
from evaluations.domain.explaining import losses as reading
from evaluations.domain.explaining.rivals import Shares, last_edition, province_median
from evaluations.domain.workflow import Action
from evaluations.reports.charts import NARROW, SCREEN, Compared, comparison_chart_svg
from evaluations.scoring.score import percent_of
from evaluations.views.frame import page

TABS = {
    "pertanyaan": "Pertanyaan",
    "tema": "Tema",
    "perangkat": "Perangkat daerah",
    "klaster": "Klaster",
}

FIRST = 25
"""Questions that stand open; the lighter rest is folded."""


@require_GET
def losses(request: HttpRequest, pk: int) -> HttpResponse:
    """``?menurut=tema`` chooses the tab, ``?nilai=aman`` the reading."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    visible = visible_stages(evaluation, request.user)
    found = reading.losses(evaluation, visible, request.GET.get("nilai", ""))
    chosen = request.GET.get("menurut", "")
    tab = chosen if chosen in TABS else "pertanyaan"
    context = {
        "losses": found,
        "tabs": TABS,
        "tab": tab,
        "heading": TABS[tab],
        "first": found.questions[:FIRST],
        "rest": found.questions[FIRST:],
        "groups": {"tema": found.themes, "perangkat": found.agencies, "klaster": found.clusters}.get(tab),
    }
    if tab == "klaster":
        last = last_edition(evaluation)
        middle = province_median(evaluation, found.chosen.stage, access.signed_in(request.user))
        context |= {"last": last, "middle": middle, **_chart(found.chosen, last, middle)}
    return page(request, "evaluations/explaining/losses.html", evaluation, context)


def _chart(chosen: reading.Reading, last: Shares, middle: Shares) -> dict[str, object]:
    """The picture, and the same numbers as rows of a table."""
    rows = [
        Compared(
            name=f"{part.code} {part.name}",
            percent=percent_of(part.points, part.weight),
            last=last.clusters.get(part.code),
            middle=middle.clusters.get(part.code),
        )
        for part in chosen.tree.clusters
    ]
    chart = comparison_chart_svg(
        rows, last_name=last.name, middle_name=middle.name, palette=SCREEN, width=NARROW
    )
    return {"rows": rows, "chart": chart, "absences": [part.absent for part in (last, middle) if part.absent]}
