"""A submitted evaluation, and folders of its own for what closing stores."""

from __future__ import annotations

import pytest

from evaluations.domain import submission
from tests.evaluations.cycle import fresh, save
from tests.evaluations.views.conftest import folders  # noqa: F401


@pytest.fixture
def claimed(evaluation, cast):
    """Tabalong claims 1.1 (12 points), 12.1 (3) and 2.3 (5)."""
    by = cast.coordinator_tabalong
    save(evaluation, "1.1", {"option": 0}, by)
    save(evaluation, "12.1", {"numerator": "95", "denominator": "100"}, by)
    save(evaluation, "2.3", {"value": "6"}, by)
    return fresh(evaluation)


@pytest.fixture
def submitted(claimed, cast):
    submission.submit(evaluation=claimed, by=cast.coordinator_tabalong, incomplete_accepted=True)
    return fresh(claimed)


@pytest.fixture
def mailed(db):
    """``mailed(user)``: gives the person an address and returns them."""

    def give(user, address=None):
        user.email = address or f"{user.username}@contoh.go.id"
        user.save(update_fields=["email"])
        return user

    return give
