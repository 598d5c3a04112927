"""What the tests of workbooks share."""

from __future__ import annotations

import pytest

from evaluations.domain.workbooks.applying import Step


@pytest.fixture
def rows() -> list[Step]:
    """Two steps, one of them a conflict."""
    return [
        Step("12.1", {"numerator": "4120", "denominator": "4508"}, "Catatan", 0, "K3!D5"),
        Step("8.1", {"value": "4"}, "", 2, "K2!D9", conflict=True),
    ]


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong
