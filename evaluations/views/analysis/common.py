"""What the pages of analysis share: the basis that is chosen, and the frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse

from evaluations.domain.analysis.totals import CLAIM, CLAIM_NAME, bases
from evaluations.domain.ranking import NATIONAL
from evaluations.models import Edition, Stage
from evaluations.views.frame import area_page
from kla_portal.regions.models import Province

Row = TypeVar("Row")

AT_ONCE = 50
"""Rows per page."""


def basis_of(request: HttpRequest, available: list[str]) -> str:
    """``?tahap=``; without one that is there, the newest stage with results, else the claims."""
    wanted = request.GET.get("tahap", "")
    return wanted if wanted in available else available[-1]


def stage_of(
    request: HttpRequest, edition: Edition, province: Province | None
) -> tuple[Stage | None, list[str]]:
    """The stage whose stored results count, and all that have any; ``None`` without any."""
    available = [basis for basis in bases(edition, province) if basis != CLAIM]
    return (Stage(basis_of(request, available)) if available else None), available


def labelled(available: list[str]) -> list[tuple[str, str]]:
    """(Value, word) of each basis."""
    return [(basis, CLAIM_NAME if basis == CLAIM else str(Stage(basis).label)) for basis in available]


def part_of(request: HttpRequest, rows: Sequence[Row]) -> Page[Row]:
    """``?page=``: a province fits on one page; the country's 514 rows do not."""
    return Paginator(rows, AT_ONCE).get_page(request.GET.get("page"))


def analysis_page(
    request: HttpRequest, name: str, edition: Edition, province: Province | None, context: dict[str, Any]
) -> HttpResponse:
    """``templates/evaluations/analysis/<name>.html`` with its tab marked."""
    place = province.code if province else NATIONAL
    common = {"tab": name, "place_code": place, "place_name": str(province) if province else "Nasional"}
    return area_page(request, f"evaluations/analysis/{name}.html", edition, province, common | context)
