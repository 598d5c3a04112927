"""The two pictures that papers about one district share."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

from evaluations.reports.charts import (
    PAPER,
    WIDTH,
    Compared,
    Palette,
    cluster_chart_svg,
    comparison_chart_svg,
    predikat_scale_svg,
)
from evaluations.reports.data import DistrictReport
from evaluations.scoring.score import percent_of


def pictures(report: DistrictReport) -> dict[str, SafeString]:
    """``scale``: the total on the ruler of predikats; ``chart``: each cluster against its maximum, and what is
    known beside it.
    """
    bands, maximum = report.instrument.bands, report.instrument.total
    return {
        "scale": predikat_scale_svg(report.tree.total, bands, maximum=maximum),
        "chart": compared_chart(report) or cluster_chart_svg(report.clusters),
    }


def compared_chart(report: DistrictReport, *, palette: Palette = PAPER, width: int = WIDTH) -> SafeString:
    """The clusters beside last edition and the province's median, with how to read it; empty where neither is known."""
    beside = report.beside
    if not beside:
        return SafeString("")
    last, middle = beside.last, beside.middle
    rows = [
        Compared(
            name=f"{part.code} {part.name}",
            percent=percent_of(part.points, part.weight),
            last=last.clusters.get(part.code) if last else None,
            middle=middle.clusters.get(part.code) if middle else None,
        )
        for part in report.clusters
    ]
    svg = comparison_chart_svg(
        rows,
        last_name=last.name if last else "",
        middle_name=middle.name if middle else "",
        palette=palette,
        width=width,
    )
    return format_html('{}<p class="quiet">{}</p>', svg, beside.legend)
