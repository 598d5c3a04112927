"""Actions of Tabalong's plan."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from evaluations.domain.actions import editing
from evaluations.domain.actions.content import Content
from evaluations.scoring.planner import Alternative
from tests.cast import TABALONG, agency
from tests.evaluations.cycle import save
from tests.evaluations.views.conftest import folders, queue  # noqa: F401

CLINIC = {"title": "Persalinan di fasilitas kesehatan", "codes": ("12.1",)}


def content(**more) -> Content:
    return Content(**{**CLINIC, "agency": agency(TABALONG, "kesehatan"), **more})


def add(evaluation, by, **more):
    return editing.add(evaluation=evaluation, content=content(**more), by=by)


def step(code="12.1", before="0", after="3", aim=None, words="capai 95%") -> Alternative:
    return Alternative(code, Decimal(before), Decimal(after), aim, 3, "activity", words)


@pytest.fixture
def coordinator(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def claimed(evaluation, coordinator):
    """12.1 has 2 of its 3 points."""
    save(evaluation, "12.1", {"numerator": "4120", "denominator": "4508"}, coordinator)
    return evaluation


@pytest.fixture
def action(evaluation, coordinator):
    """Health's action on 12.1, police helping; due 30 June 2027."""
    return add(
        evaluation,
        coordinator,
        supporting=(agency(TABALONG, "polres"),),
        budget=1_250_000_000,
        budget_source="APBD",
        due_on=date(2027, 6, 30),
    )
