"""Reference data once per session; a named cast and two editions for every test that asks."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from django.utils import timezone

from kla_portal.operations import maintenance
from tests.cast import TABALONG, TANAH_BUMBU, Cast, enter

pytest_plugins = ["tests.leftout", "tests.order"]

NEW_OBJECTS = 20_000
"""More than before, until the garbage collector looks at them. Python's own 700 and all that a run loads and collects,
gone through again and again, took a sixth of the processor time."""

INSTRUMENT = Path(settings.BASE_DIR) / "fixtures" / "instruments" / "kla-2023.yaml"


def pytest_configure() -> None:
    gc.set_threshold(NEW_OBJECTS)


def pytest_collection_finish() -> None:
    """What stands by now stays until the end: the collector leaves it alone."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What holds only on PostgreSQL is named as left out where the suite runs on SQLite."""
    if connection.vendor != "postgresql":
        for item in items:
            if item.get_closest_marker("postgresql"):
                item.add_marker(pytest.mark.skip(reason="only on PostgreSQL: .ci/with-postgres make test"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """Regions, the published kla-2023, editions 2024 (closed) and 2026 (open now) for all districts."""
    with django_db_blocker.unblock():
        load_reference_data()


def load_reference_data() -> None:
    from evaluations.domain import editions
    from evaluations.models import Stage
    from indicators.models import Instrument

    call_command("load_regions", verbosity=0)
    call_command("load_instrument", str(INSTRUMENT), publish=True, verbosity=0)
    instrument = Instrument.objects.get(code="kla-2023")
    today = timezone.localdate()
    previous = None
    for code, years, opens, closes in (
        ("2024", (2022, 2023), date(2024, 2, 1), date(2024, 6, 30)),
        ("2026", (2024, 2025), today - timedelta(days=30), today + timedelta(days=60)),
    ):
        edition = editions.create_edition(
            code=code,
            name=f"Evaluasi KLA {code}",
            instrument=instrument,
            evidence_years=years,
            previous=previous,
            by=None,
        )
        editions.set_window(
            edition=edition, stage=Stage.EM, opens=(opens, time(8)), closes=(closes, time(23, 59)), by=None
        )
        editions.open_edition(edition=edition, by=None)
        previous = edition


@pytest.fixture(scope="session", autouse=True)
def _data_folder() -> Iterator[None]:
    yield
    shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _kept_connection() -> Iterator[None]:
    """Closing an answer ends its request, and Django then closes the connection: not inside a test's transaction,
    which would be lost with it on PostgreSQL. The test client spares it only while it asks."""
    close = BaseDatabaseWrapper.close_if_unusable_or_obsolete
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            BaseDatabaseWrapper,
            "close_if_unusable_or_obsolete",
            lambda connection: None if connection.in_atomic_block else close(connection),
        )
        yield


@pytest.fixture(autouse=True)
def _open_shop() -> None:
    """No maintenance, without asking the database: what one test began is not the next one's."""
    maintenance.remember(None)


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.fixture
def instrument(db: None):
    """kla-2023, published."""
    from indicators.models import Instrument

    return Instrument.objects.get(code="kla-2023")


@pytest.fixture
def spec(instrument):
    """kla-2023 as frozen values."""
    from indicators.domain.spec import loaded

    return loaded(instrument).spec


@pytest.fixture
def edition(db: None):
    """2026, open now; its previous edition is 2024."""
    from evaluations.models import Edition

    return Edition.objects.select_related("instrument", "previous").get(code="2026")


def _evaluation(edition_code: str, district: str):
    from evaluations.models import Evaluation

    return (
        Evaluation.objects.with_place()
        .prefetch_related("edition__windows")
        .get(edition__code=edition_code, district=district)
    )


@pytest.fixture
def evaluation(db: None):
    """Kabupaten Tabalong in 2026: nothing filled yet."""
    return _evaluation("2026", TABALONG)


@pytest.fixture
def neighbour_evaluation(db: None):
    """Kabupaten Tanah Bumbu in 2026."""
    return _evaluation("2026", TANAH_BUMBU)


@pytest.fixture
def sign_in(client: Client) -> Callable[..., Client]:
    """``sign_in(user)`` -> the test client, signed in, the password just given."""
    return partial(enter, client)
