"""Sessions: how long they may last, and each way in which they end."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from io import StringIO

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client

from kla_portal import clock
from kla_portal.accounts.domain import (
    AccountRefused,
    change_own_password,
    close_account,
    end_sessions,
    reopen_account,
    reset_password,
    sittings,
)
from kla_portal.accounts.domain.sittings import cause_of_end
from kla_portal.accounts.models import SessionEnd, SignedInSession
from kla_portal.events.models import Event
from tests.cast import enter

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("signed_in", "idle", "cause"),
    [
        (HOUR, timedelta(0), None),
        (2 * HOUR, HOUR - SECOND, None),
        (2 * HOUR, HOUR, SessionEnd.IDLE),
        (12 * HOUR - SECOND, MINUTE, None),
        (12 * HOUR, MINUTE, SessionEnd.TOO_OLD),
        (13 * HOUR, 13 * HOUR, SessionEnd.TOO_OLD),
        (-HOUR, -HOUR, None),
    ],
)
def test_why_a_session_is_over(signed_in, idle, cause):
    now = clock.now()
    assert cause_of_end(signed_in_at=now - signed_in, seen_at=now - idle, now=now) == cause


def test_the_limits_are_settings(settings):
    settings.SESSION_IDLE_MINUTES, settings.SESSION_HOURS = 5, 1
    now = clock.now()
    assert cause_of_end(signed_in_at=now - 10 * MINUTE, seen_at=now - 5 * MINUTE, now=now) == SessionEnd.IDLE
    assert cause_of_end(signed_in_at=now - HOUR, seen_at=now, now=now) == SessionEnd.TOO_OLD


@pytest.fixture
def person(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def two(person):
    """Two browsers of one person, and one of somebody else's, each signed in."""
    clients = [enter(Client(), person), enter(Client(), person)]
    return [SignedInSession.objects.get(session_key=client.session.session_key) for client in clients]


@pytest.fixture
def others(cast):
    client = enter(Client(), cast.coordinator_tanahbumbu)
    return SignedInSession.objects.get(session_key=client.session.session_key)


def lives(sitting) -> bool:
    """Both rows say so: Django's, and ours."""
    sitting.refresh_from_db()
    django = Session.objects.filter(session_key=sitting.session_key).exists()
    assert django == (sitting.ended_at is None)
    return django


@pytest.mark.parametrize(
    ("verb", "cause"),
    [
        (lambda person, cast: reset_password(account=person, by=cast.admin_kalsel), SessionEnd.CREDENTIALS),
        (lambda person, cast: close_account(account=person, by=cast.admin_kalsel), SessionEnd.CLOSED),
        (
            lambda person, cast: change_own_password(password="kata-panjang-42", by=person),
            SessionEnd.CREDENTIALS,
        ),
    ],
)
def test_what_ends_all_of_a_person(person, cast, two, others, verb, cause):
    assert [lives(each) for each in two] == [True, True]
    verb(person, cast)
    assert [lives(each) for each in two] == [False, False]
    assert {each.end for each in two} == {cause}
    assert lives(others)


def test_a_reopened_account_brings_no_session_back(person, cast, two):
    close_account(account=person, by=cast.admin_kalsel)
    reopen_account(account=person, by=cast.admin_kalsel)
    assert sittings.running(person) == []


def test_one_is_kept_where_the_person_changes_it(person, two):
    change_own_password(password="kata-panjang-42", by=person, keep=two[0].pk)
    assert [lives(each) for each in two] == [True, False]


def test_ending_twice_ends_nothing_more(person, two):
    assert end_sessions(person, end=SessionEnd.CREDENTIALS) == 2
    assert end_sessions(person, end=SessionEnd.CLOSED) == 0
    two[0].refresh_from_db()
    assert two[0].end == SessionEnd.CREDENTIALS


def test_a_person_ends_one_and_it_is_an_event(person, two):
    sittings.end_one(sitting=two[1], by=person)
    assert [lives(each) for each in two] == [True, False]
    assert two[1].end == SessionEnd.BY_OWNER
    event = Event.objects.latest("pk")
    assert (event.action, event.by, event.data["sessions"]) == ("session.ended", person, 1)
    assert two[1].session_key not in str(event.data)
    with pytest.raises(AccountRefused, match="sudah berakhir"):
        sittings.end_one(sitting=two[1], by=person)


def test_nobody_ends_anothers(person, others):
    with pytest.raises(AccountRefused):
        sittings.end_one(sitting=others, by=person)
    assert lives(others)


def test_a_person_ends_all_others(person, two, others):
    before = Event.objects.count()
    assert sittings.end_others(by=person, keep=two[0].pk) == 1
    assert [lives(each) for each in two] == [True, False]
    assert lives(others)
    assert sittings.end_others(by=person, keep=two[0].pk) == 0
    assert Event.objects.count() == before + 1


def test_an_end_stays_the_one_it_was(person, two):
    sittings.finish(pk=two[0].pk, end=SessionEnd.IDLE)
    sittings.finish(pk=two[0].pk, end=SessionEnd.SIGNED_OUT)
    assert sittings.end_of(two[0].session_key) == SessionEnd.IDLE
    assert sittings.end_of(two[1].session_key) is None
    assert sittings.end_of("tidak-ada") is None


def test_seen_moves_the_time_and_the_key_of_a_running_one_only(two):
    later = clock.now() + 5 * MINUTE
    with clock.at(later):
        assert sittings.seen(pk=two[0].pk, session_key="kunci-baru")
    two[0].refresh_from_db()
    assert (two[0].seen_at, two[0].session_key) == (later, "kunci-baru")
    sittings.finish(pk=two[0].pk, end=SessionEnd.IDLE)
    with clock.at(later + HOUR):
        assert not sittings.seen(pk=two[0].pk, session_key="x")


def test_the_list_leaves_out_what_opens_nothing_any_more(person, two):
    assert {each.pk for each in sittings.running(person)} == {each.pk for each in two}
    with clock.at(clock.now() + HOUR + SECOND):
        assert sittings.running(person) == []


def test_the_last_ten_that_ended(person):
    now = clock.now()
    SignedInSession.objects.bulk_create(
        SignedInSession(
            user=person, session_key=f"k{n}", agent="Peramban lain", signed_in_at=now - HOUR, seen_at=now,
            ended_at=now + n * MINUTE, end=SessionEnd.IDLE,
        )
        for n in range(12)
    )  # fmt: skip
    assert [each.session_key for each in sittings.ended(person)] == [f"k{n}" for n in range(11, 1, -1)]


def sweep() -> str:
    said = StringIO()
    call_command("sweep_personal_data", stdout=said)
    return said.getvalue()


def test_the_sweep_ends_what_nobody_came_back_to(person, two):
    assert "Dihapus: 0 sesi yang lewat waktunya." in sweep()
    old, idle = two
    SignedInSession.objects.filter(pk=old.pk).update(signed_in_at=clock.now() - 13 * HOUR)
    SignedInSession.objects.filter(pk=idle.pk).update(
        signed_in_at=clock.now() - 2 * HOUR, seen_at=clock.now() - HOUR
    )
    assert "Dihapus: 2 sesi yang lewat waktunya." in sweep()
    assert [lives(old), lives(idle)] == [False, False]
    assert [old.end, idle.end] == [SessionEnd.TOO_OLD, SessionEnd.IDLE]


def test_the_sweep_forgets_after_ninety_days_and_clears_djangos(person, two):
    end_sessions(person, end=SessionEnd.BY_OWNER)
    SignedInSession.objects.filter(pk=two[0].pk).update(ended_at=clock.now() - timedelta(days=91))
    SignedInSession.objects.filter(pk=two[1].pk).update(ended_at=clock.now() - timedelta(days=89))
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store.set_expiry(clock.now() - HOUR)
    store.save()
    assert "1 catatan sesi" in sweep()
    assert list(SignedInSession.objects.values_list("pk", flat=True)) == [two[1].pk]
    assert not Session.objects.filter(session_key=store.session_key).exists()


def test_two_requests_that_begin_one_session_together_get_one_row(cast, person):
    about = {"session_key": "k" * 32, "agent": "Firefox", "address": None, "device": None}
    first = sittings.begin(user=person, **about)
    assert sittings.begin(user=person, **about | {"agent": "Chrome"}) == first
    assert SignedInSession.objects.get(session_key="k" * 32).agent == "Firefox"
    with pytest.raises(IntegrityError), transaction.atomic():
        sittings.begin(user=cast.verifier_kalsel, **about)
