"""The two pictures that papers about one district share."""

from __future__ import annotations

from django.utils.safestring import SafeString

from evaluations.reports.charts import cluster_chart_svg, predikat_scale_svg
from evaluations.reports.data import DistrictReport


def pictures(report: DistrictReport) -> dict[str, SafeString]:
    """``scale``: the total on the ruler of predikats; ``chart``: each cluster against its maximum."""
    bands, maximum = report.instrument.bands, report.instrument.total
    return {
        "scale": predikat_scale_svg(report.tree.total, bands, maximum=maximum),
        "chart": cluster_chart_svg(report.clusters),
    }
