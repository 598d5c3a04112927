"""Each named constraint of a maintenance time is violated once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from kla_portal.operations.models import Maintenance
from tests.kla_portal.accounts.test_models import refuses


@pytest.fixture
def running(db) -> Maintenance:
    return Maintenance.objects.create(reason="Pembaruan portal", begun_at=timezone.now())


def test_one_at_a_time(running):
    with pytest.raises(IntegrityError, match="maintenance_one_at_a_time"), transaction.atomic():
        Maintenance.objects.create(reason="Sekali lagi", begun_at=timezone.now())
    Maintenance.objects.update(ended_at=timezone.now())
    Maintenance.objects.create(reason="Sekali lagi", begun_at=timezone.now())


def test_it_says_why_and_ends_after_it_began(running, cast):
    rows = Maintenance.objects.filter(pk=running.pk)
    refuses("maintenance_has_a_reason", lambda: rows.update(reason=""))
    early = running.begun_at - timedelta(seconds=1)
    refuses("maintenance_ends_after_it_began", lambda: rows.update(ended_at=early))
    refuses("maintenance_ended_by_with_its_end", lambda: rows.update(ended_by=cast.admin_national))
