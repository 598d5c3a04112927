"""The words of a report's check page. They say what a paper is, never what stands in it: no score, no predikat."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict
from zoneinfo import ZoneInfo

from evaluations.models import Edition, Evaluation

NATION = "NASIONAL"
"""In place of a district's or province's code."""


class About(TypedDict, total=False):
    """JSON-ready. ``place``: code of a district or province; ``taken_at``: ISO time of the data, shown in ``zone``.

    ``digest``: of the data behind the paper, so that a mere reprint is known as one. ``receipt``: number of the
    stored result that the paper prints; it is in force as long as that result stands.
    """

    edition: str
    edition_name: str
    place: str
    place_name: str
    stage: str
    taken_at: str
    zone: str
    draft: bool
    digest: str
    receipt: str


def about(
    *,
    edition: str,
    edition_name: str,
    place: str,
    place_name: str,
    taken_at: datetime,
    zone: ZoneInfo,
    stage: str = "",
    draft: bool = False,
    digest: str = "",
    receipt: str = "",
) -> About:
    return About(
        edition=edition,
        edition_name=edition_name,
        place=place or NATION,
        place_name=place_name,
        stage=stage,
        taken_at=taken_at.isoformat(),
        zone=zone.key,
        draft=draft,
        digest=digest,
        receipt=receipt,
    )


def about_evaluation(
    evaluation: Evaluation,
    *,
    taken_at: datetime,
    stage: str = "",
    draft: bool = False,
    digest: str = "",
    receipt: str = "",
) -> About:
    """Of a paper about one district in one edition."""
    edition: Edition = evaluation.edition
    return about(
        edition=edition.code,
        edition_name=edition.name,
        place=evaluation.district.code,
        place_name=evaluation.district.name,
        taken_at=taken_at,
        zone=evaluation.district.province.zone,
        stage=stage,
        draft=draft,
        digest=digest,
        receipt=receipt,
    )
