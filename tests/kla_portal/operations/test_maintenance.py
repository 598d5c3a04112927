"""The switch: who is told what, for how long a process believes it, and what the command says."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from kla_portal import clock
from kla_portal.events.log import verify
from kla_portal.events.models import Event, EventAction
from kla_portal.operations import maintenance
from kla_portal.operations.maintenance import MaintenanceRefused, Notice
from kla_portal.operations.models import Maintenance


def test_on_and_off_leave_a_row_and_two_events(cast):
    until = clock.now() + timedelta(hours=2)
    begun = maintenance.begin(reason=" Pembaruan portal ", until=until, by=cast.admin_national)
    assert maintenance.running() == begun
    assert (begun.reason, begun.begun_by, begun.until) == ("Pembaruan portal", cast.admin_national, until)
    ended = maintenance.end(by=None)
    assert maintenance.running() is None
    assert (ended.ended_by, ended.ended_at >= ended.begun_at) == (None, True)
    first, second = Event.objects.filter(subject=maintenance.SUBJECT).order_by("number")
    assert (first.action, second.action) == (EventAction.MAINTENANCE_BEGUN, EventAction.MAINTENANCE_ENDED)
    assert first.data == {"reason": "Pembaruan portal", "until": until.isoformat()}
    assert (first.by, second.by) == (cast.admin_national, None)
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("reason", "minutes", "said"),
    [("  ", None, "Tulis alasannya"), ("x" * 301, None, "paling banyak 300"), ("Uji", -1, "sudah lewat")],
)
def test_what_cannot_begin(db, reason, minutes, said):
    until = clock.now() + timedelta(minutes=minutes) if minutes else None
    with pytest.raises(MaintenanceRefused, match=said):
        maintenance.begin(reason=reason, until=until, by=None)
    assert not Maintenance.objects.exists()
    assert not Event.objects.filter(subject=maintenance.SUBJECT).exists()


def test_never_two_at_once_and_no_end_without_beginning(db):
    with pytest.raises(MaintenanceRefused, match="Tidak ada"):
        maintenance.end(by=None)
    maintenance.begin(reason="Uji", by=None)
    with pytest.raises(MaintenanceRefused, match="maintenance off"):
        maintenance.begin(reason="Lagi", by=None)
    assert Maintenance.objects.count() == 1


def test_a_process_asks_once_in_five_seconds(db, settings, monkeypatch, django_assert_num_queries):
    settings.MAINTENANCE_SECONDS = 5
    now = [1000.0]
    monkeypatch.setattr(maintenance, "monotonic", lambda: now[0])
    maintenance.forget()
    with django_assert_num_queries(1):
        assert maintenance.known() is None
        assert maintenance.known() is None
    # Another host switches: this process has no word of it yet.
    Maintenance.objects.create(reason="Pindah mesin", begun_at=clock.now())
    now[0] += 4.9
    with django_assert_num_queries(0):
        assert maintenance.known() is None
    now[0] += 0.1
    with django_assert_num_queries(1):
        assert maintenance.known() == Notice("Pindah mesin", None)


def test_the_process_that_switches_knows_at_once(db):
    assert maintenance.known() is None
    maintenance.begin(reason="Uji", by=None)
    assert maintenance.known() == Notice("Uji", None)
    maintenance.end(by=None)
    assert maintenance.known() is None


@pytest.mark.parametrize(
    ("minutes", "seconds"), [(None, 30), (-5, 30), (0.1, 30), (10, 600), (60 * 24, 3600)]
)
def test_when_to_come_back(minutes, seconds):
    now = clock.now()
    until = now + timedelta(minutes=minutes) if minutes is not None else None
    assert Notice("Uji", until).retry_after(now) == seconds


# The command


def said(*words):
    out = StringIO()
    call_command("maintenance", *words, stdout=out)
    return out.getvalue().strip()


def test_the_command_says_where_things_stand(db):
    assert said("status") == "Portal tidak dalam pemeliharaan; semua dapat bekerja."
    text = said("on", "Pembaruan portal", "--until", "2099-11-30 06:00")
    assert text.startswith("Pemeliharaan sejak ")
    assert "30 November 2099" in text
    assert "06.00 WIB" in text
    assert text.endswith(": Pembaruan portal")
    assert said("status") == text
    row = maintenance.running()
    assert timezone.localtime(row.until).strftime("%Y-%m-%d %H:%M") == "2099-11-30 06:00"
    assert said("off") == "Portal tidak dalam pemeliharaan; semua dapat bekerja."


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("on", "Uji", "--until", "besok"), "2026-11-30 06:00"),
        (("on", "Uji", "--until", "2020-01-01 06:00"), "sudah lewat"),
        (("on", ""), "Tulis alasannya"),
        (("off",), "Tidak ada pemeliharaan"),
    ],
    ids=str,
)
def test_the_command_refuses_in_words(db, words, told):
    with pytest.raises(CommandError, match=told):
        call_command("maintenance", *words)
    assert maintenance.running() is None
