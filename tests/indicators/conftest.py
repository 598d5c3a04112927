from pathlib import Path

import pytest
from django.conf import settings

from indicators.domain.importing import load_instrument, parse_instrument
from indicators.domain.publishing import publish
from tests.indicators.small import small


@pytest.fixture(scope="session")
def kla_2023_text() -> str:
    path = Path(settings.BASE_DIR) / "fixtures" / "instruments" / "kla-2023.yaml"
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def kla_2023(kla_2023_text):
    return parse_instrument(kla_2023_text, name="kla-2023.yaml")


@pytest.fixture
def draft(db):
    return load_instrument(small(), by=None)[0]


@pytest.fixture
def published(db):
    instrument, _ = load_instrument(small("terbit"), by=None)
    return publish(instrument, by=None)
