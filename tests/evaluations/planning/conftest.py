"""Tabalong's coordinator, and an evaluation with room upwards."""

from __future__ import annotations

import pytest

from tests.evaluations.domain.claims import best, fill


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def half(evaluation, by, spec):
    """Clusters K0 to K3 at their best: 585 points, Pratama."""
    values = best(spec)
    return fill(evaluation, {q.code: values[q.code] for c in spec.clusters[:4] for q in c.questions()}, by=by)
