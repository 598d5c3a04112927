"""One of everything in Tabalong, for the tests that walk all addresses."""

from __future__ import annotations

import pytest

from tests.architecture.matrix.things import made


@pytest.fixture
def things(evaluation, cast):
    with made(evaluation, cast) as keys:
        yield keys
