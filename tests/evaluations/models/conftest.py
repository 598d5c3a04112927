"""The rows that the tests of the models spoil."""

from __future__ import annotations

import pytest

from tests.evaluations.models.rows import Rows


@pytest.fixture
def rows(evaluation, cast):
    return Rows(evaluation, cast)
