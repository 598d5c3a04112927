"""The triggers that hold when everything above them fails: installed, and refusing raw SQL."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.state import ProjectState
from django.utils import timezone

from evaluations.models import Answer, AnswerRevision, Stage, StageResult
from indicators.domain.loading import CHILDREN
from indicators.domain.spec import loaded
from kla_portal import guards
from kla_portal.events.log import record
from kla_portal.events.models import Event, EventAction

pytestmark = pytest.mark.django_db

APPEND_ONLY = [
    "events_event",
    "evaluations_answerrevision",
    "evaluations_verdictrevision",
    "evaluations_statechange",
    "evaluations_stageresult",
    "evaluations_stagerecord",
    "evaluations_actionnote",
]
WITH_INSTRUMENT = [model._meta.db_table for model in CHILDREN]

EXPECTED = {
    *(f"{table}_append_only_{event}" for table in APPEND_ONLY for event in ("update", "delete")),
    *(f"{table}_frozen_{event}" for table in WITH_INSTRUMENT for event in ("insert", "update", "delete")),
    *(f"indicators_instrument_frozen_{event}" for event in ("update", "delete")),
}


def installed() -> set[str]:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall()}


def sql(statement: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


class Editor:
    """What the guards use of a schema editor; SQLite's own cannot be entered inside a test's transaction."""

    connection = connection
    execute = staticmethod(sql)


def refused(deed, message: str) -> None:
    with pytest.raises(IntegrityError, match=message), transaction.atomic():
        deed()


@pytest.fixture
def event(db):
    with transaction.atomic():
        return record(EventAction.EDITION_CHANGED, by=None, subject="uji")


@pytest.fixture
def answer(evaluation, cast):
    question_id = loaded(evaluation.edition.instrument).question_ids["1.1"]
    return Answer.objects.create(
        evaluation=evaluation,
        question_id=question_id,
        value={"option": 0},
        updated_at=timezone.now(),
        updated_by=cast.coordinator_tabalong,
    )


@pytest.fixture
def revision(answer, cast):
    return AnswerRevision.objects.create(
        answer=answer, version=1, value={"option": 0}, at=timezone.now(), by=cast.coordinator_tabalong
    )


@pytest.fixture
def result(evaluation, cast):
    return StageResult.objects.create(
        evaluation=evaluation,
        stage=Stage.EM,
        total="612.40",
        predikat="madya",
        clusters={},
        snapshot={},
        instrument_digest="a" * 64,
        digest="b" * 64,
        receipt_number="UJI-1",
        taken_at=timezone.now(),
        taken_by=cast.coordinator_tabalong,
    )


def test_every_guard_is_in_the_database():
    """SQLite loses triggers when a migration rebuilds their table; that migration must install them again."""
    assert installed() >= EXPECTED
    assert len(EXPECTED) == 46


@pytest.mark.parametrize("name", ["event", "revision", "result"])
def test_history_cannot_be_rewritten(request, name):
    row = request.getfixturevalue(name)
    table, rows = row._meta.db_table, type(row)._default_manager.filter(pk=row.pk)
    column = {"event": "subject", "revision": "note", "result": "predikat"}[name]
    before = rows.values().get()
    refused(lambda: sql(f"UPDATE {table} SET {column} = 'lain' WHERE id = %s", row.pk), guards.APPEND_ONLY)
    refused(lambda: sql(f"DELETE FROM {table} WHERE id = %s", row.pk), guards.APPEND_ONLY)
    refused(lambda: rows.update(**{column: "lain"}), guards.APPEND_ONLY)
    refused(lambda: rows._raw_delete(rows.db), guards.APPEND_ONLY)
    refused(row.delete, guards.APPEND_ONLY)
    setattr(row, column, "lain")
    refused(row.save, guards.APPEND_ONLY)
    assert rows.values().get() == before


def test_answers_themselves_can_change(answer):
    """The positive control: the same statements pass where no guard stands."""
    assert sql("UPDATE evaluations_answer SET note = 'lain' WHERE id = %s", answer.pk) == 1
    assert sql("DELETE FROM evaluations_answer WHERE id = %s", answer.pk) == 1


def test_without_its_guard_the_log_would_give_way(event):
    """The positive control for the log: it is the trigger, and nothing else, that refuses."""
    drop = "DROP TRIGGER events_event_append_only_update"
    sql(drop if connection.vendor == "sqlite" else f"{drop} ON events_event")
    assert sql("UPDATE events_event SET subject = 'lain' WHERE id = %s", event.pk) == 1
    assert Event.objects.get(pk=event.pk).subject == "lain"


def test_a_guard_can_be_taken_off_and_put_on_again(event):
    """What a migration that rebuilds the table does."""
    operation = guards.append_only("events_event")
    operation.database_backwards("events", Editor, None, None)
    assert not {name for name in installed() if name.startswith("events_event")}
    operation.database_forwards("events", Editor, None, None)
    assert installed() >= EXPECTED
    refused(lambda: sql("DELETE FROM events_event WHERE id = %s", event.pk), guards.APPEND_ONLY)


def test_a_guard_is_no_part_of_the_models_and_can_be_shown_as_sql():
    operation, state = guards.append_only("events_event"), ProjectState()
    operation.state_forwards("events", state)
    assert not state.models
    assert operation.reduces_to_sql
    assert operation.describe() == "Guard events_event (append_only)"


def test_frozen_rows_are_refused_with_their_own_words(instrument):
    refused(
        lambda: sql("UPDATE indicators_question SET text = '' WHERE instrument_id = %s", instrument.pk),
        guards.FROZEN,
    )
