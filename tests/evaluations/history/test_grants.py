"""The rights that docs/operations.md gives the portal's database role, tried as they are written there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from evaluations.domain import submission
from kla_portal.events.log import verify
from kla_portal.events.models import Event
from tests.evaluations.cycle import save

pytestmark = pytest.mark.postgresql

APPEND_ONLY = [
    "events_event",
    "evaluations_answerrevision",
    "evaluations_verdictrevision",
    "evaluations_statechange",
    "evaluations_stageresult",
    "evaluations_stagerecord",
    "evaluations_actionnote",
]


def statements():
    """The SQL of the section on the event log."""
    text = (Path(settings.BASE_DIR) / "docs" / "operations.md").read_text(encoding="utf-8")
    section = text[text.index("## Catatan kejadian") :]
    block = re.search(r"```sql\n(.*?)```", section, re.DOTALL)
    return [part.strip() for part in block[1].split(";") if part.strip()]


@pytest.fixture
def as_portal(evaluation, cast):
    """From here on the connection acts as ``kla_app``; the test's transaction takes role and rights back."""
    people = [cast.coordinator_tabalong]
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE kla_app")
        for statement in statements():
            cursor.execute(statement)
        cursor.execute("SET LOCAL ROLE kla_app")
    yield people[0]
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def test_the_portal_works_with_these_rights(as_portal, evaluation):
    before = Event.objects.count()
    save(evaluation, "1.1", {"option": 0}, as_portal)
    save(evaluation, "1.1", {"option": 1}, as_portal, version=1)
    submission.submit(evaluation=evaluation, by=as_portal, incomplete_accepted=True)
    assert Event.objects.count() == before + 3
    assert list(verify()) == []


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("deed", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_role_has_no_right_to_rewrite_history(as_portal, evaluation, table, deed):
    """Refused for want of the right, before the trigger is asked."""
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(deed.format(table))
