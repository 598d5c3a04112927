"""Every rewriting of the log is found. The guard is taken away first: it refuses what is tried here."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from kla_portal.events.log import GENERAL, record, seal, verify
from kla_portal.events.models import Event, EventAction, EventChain
from kla_portal.guards import _drop
from tests.cast import TABALONG

A = EventAction


@pytest.fixture
def chain(db):
    """Five events of Tabalong, two of the general chain."""
    with transaction.atomic():
        for n in range(5):
            record(A.ANSWER_SAVED, by=None, subject=f"12.{n}", district=TABALONG, version=n, text="nilai é")
        record(A.EDITION_CREATED, by=None, subject="periode:uji")
        record(A.EDITION_CHANGED, by=None, subject="periode:uji")
    assert list(verify()) == []
    return Event.objects.filter(chain=TABALONG).order_by("-number")[:5][::-1]


@pytest.fixture
def unguarded(chain):
    """The chain, with the trigger gone that refuses UPDATE and DELETE; the transaction brings it back."""
    with connection.cursor() as cursor:
        for event in ("UPDATE", "DELETE"):
            for statement in _drop(connection.vendor, "events_event", "append_only", event):
                cursor.execute(statement)
    return chain


def faults() -> list[str]:
    return [line for line in verify() if line.startswith(TABALONG)]


def test_rows_follow_each_other(chain):
    numbers = [event.number for event in chain]
    assert numbers == list(range(numbers[0], numbers[0] + 5))
    assert [event.previous for event in chain[1:]] == [event.hash for event in chain[:-1]]
    assert len({event.hash for event in chain}) == 5
    end = EventChain.objects.get(key=TABALONG)
    assert (end.length, end.head) == (chain[-1].number, chain[-1].hash)


def test_chains_are_apart(chain):
    general = Event.objects.filter(chain=GENERAL).latest("number")
    assert (general.subject, general.district_id) == ("periode:uji", None)
    assert Event.objects.filter(chain=TABALONG, subject="periode:uji").count() == 0


def test_the_guard_refuses_update_and_delete(chain):
    for deed in (
        lambda: Event.objects.filter(pk=chain[0].pk).update(subject="lain"),
        lambda: Event.objects.filter(pk=chain[0].pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="tidak dapat diubah atau dihapus"), transaction.atomic():
            deed()
    assert list(verify()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "12.9"},
        {"data": {"version": 9}},
        {"action": A.EVIDENCE_DELETED},
        {"district_id": None},
    ],
)
def test_a_changed_row_is_found(unguarded, change):
    row = unguarded[2]
    Event.objects.filter(pk=row.pk).update(**change)
    assert faults() == [f"{TABALONG}#{row.number}: isi berubah sejak dicatat"]


def test_another_doer_or_time_is_found(unguarded, cast):
    row = unguarded[2]
    Event.objects.filter(pk=row.pk).update(by=cast.admin_kalsel)
    assert faults() == [f"{TABALONG}#{row.number}: isi berubah sejak dicatat"]
    Event.objects.filter(pk=row.pk).update(by=None, at=unguarded[3].at.replace(year=2020))
    assert faults() == [f"{TABALONG}#{row.number}: isi berubah sejak dicatat"]


def test_a_changed_row_with_a_new_hash_breaks_the_next_one(unguarded):
    row = unguarded[2]
    row.subject = "12.9"
    Event.objects.filter(pk=row.pk).update(subject=row.subject, hash=seal(row))
    assert faults() == [f"{TABALONG}#{row.number + 1}: tidak menyambung ke baris sebelumnya"]


def test_a_removed_row_is_found(unguarded):
    row = unguarded[2]
    Event.objects.filter(pk=row.pk).delete()
    assert f"{TABALONG}: nomor {row.number} hilang (berikutnya {row.number + 1})" in faults()


def test_a_removed_last_row_is_found(unguarded):
    Event.objects.filter(pk=unguarded[-1].pk).delete()
    (fault,) = faults()
    assert "ujung rantai tidak cocok" in fault


def test_two_rows_that_changed_places_are_found(unguarded):
    one, two = unguarded[1], unguarded[2]
    Event.objects.filter(pk=one.pk).update(number=9_999)
    Event.objects.filter(pk=two.pk).update(number=one.number)
    Event.objects.filter(pk=one.pk).update(number=two.number)
    found = faults()
    assert f"{TABALONG}#{one.number}: tidak menyambung ke baris sebelumnya" in found
    assert f"{TABALONG}#{one.number}: isi berubah sejak dicatat" in found


def test_a_row_slipped_in_at_the_end_is_found(unguarded):
    last = unguarded[-1]
    extra = Event(
        chain_id=TABALONG,
        number=last.number + 1,
        action=A.ANSWER_SAVED,
        at=last.at,
        district_id=TABALONG,
        previous=last.hash,
    )
    extra.hash = seal(extra)
    extra.save()
    (fault,) = faults()
    assert "ujung rantai tidak cocok" in fault


def test_work_that_goes_on_meanwhile_is_no_fault(unguarded, cast):
    """A row that comes after the chain's end was read, and before its rows are."""
    came = []

    def meanwhile(execute, sql, params, many, context):
        if not came and 'FROM "events_event"' in sql and "ORDER BY" in sql:
            came.append(True)
            with transaction.atomic():
                came.append(record(A.ANSWER_SAVED, by=cast.coordinator_tabalong, district=TABALONG))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(meanwhile):
        assert faults() == []
    assert came[1].number == unguarded[-1].number + 1


def test_the_command_says_whole_or_broken(unguarded, capsys):
    call_command("verify_events")
    assert capsys.readouterr().out
    Event.objects.filter(pk=unguarded[2].pk).update(subject="lain")
    with pytest.raises((CommandError, SystemExit)):
        call_command("verify_events")


def test_outside_a_transaction_nothing_is_recorded(monkeypatch):
    monkeypatch.setattr("kla_portal.events.log.connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(transaction.TransactionManagementError):
        record(A.EDITION_CREATED, by=None)


def test_an_event_dies_with_its_deed(db):
    count = Event.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        record(A.EDITION_CREATED, by=None, subject="gagal")
        raise RuntimeError
    assert Event.objects.count() == count
    assert list(verify()) == []


WRITERS = """
import threading
import django
django.setup()
from django.core.management import call_command
from django.db import connection, transaction
from kla_portal.events.log import record, verify
from kla_portal.events.models import Event, EventAction

call_command("migrate", "events", verbosity=0)

def write():
    for _ in range(15):
        with transaction.atomic():
            record(EventAction.EDITION_CHANGED, by=None, subject="bersamaan")
    connection.close()

writers = [threading.Thread(target=write) for _ in range(4)]
for writer in writers:
    writer.start()
for writer in writers:
    writer.join()
numbers = sorted(Event.objects.values_list("number", flat=True))
print(numbers == list(range(1, 61)), list(verify()))
"""


def test_writers_at_the_same_time_queue_for_their_numbers(tmp_path):
    """In a process and a SQLite file of its own: the suite's own data never leaves its transaction."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "kla_portal.settings_test",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'antre.sqlite3'}",
    }
    done = subprocess.run(
        [sys.executable, "-c", WRITERS],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.strip() == "True []", done.stderr[-2000:]
