"""The villages of Tabalong, which the reference data of the tests leaves out."""

from __future__ import annotations

from functools import cache

import pytest

from kla_portal.regions.loading import load_villages
from kla_portal.regions.models import Village
from tests.cast import TABALONG


@cache
def _kept() -> list[Village]:
    """Read from the packed file once per process."""
    load_villages((TABALONG,))
    return list(Village.objects.filter(kecamatan__district=TABALONG))


@pytest.fixture
def villages(db) -> dict[str, list[str]]:
    """All 131 villages of Tabalong are loaded: kecamatan code -> their codes."""
    rows = _kept()
    Village.objects.bulk_create(rows, ignore_conflicts=True)
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.kecamatan_id, []).append(row.code)
    return found
