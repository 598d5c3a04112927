"""Guessing at the sign-in page, as the guesser and as the owner see it."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt, AccessFailureLog
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client, RequestFactory

from kla_portal import clock
from kla_portal.accounts import backends
from kla_portal.accounts.domain import reset_password
from kla_portal.accounts.domain.tries import Line, Refusal, forget_attempts
from kla_portal.accounts.lockout import refused_page
from kla_portal.accounts.models import KnownDevice
from kla_portal.events.models import Event, EventAction
from tests.cast import PASSWORD

LOGIN = "/akun/masuk/"
OFFICE, HOME = "203.0.113.7", "198.51.100.4"
NAME = "koor.tabalong"


@pytest.fixture
def hour():
    """A clock that moves only when told."""
    with time_machine.travel("2026-11-20 02:00:00+00:00", tick=False) as traveller:
        yield traveller


def tried(password="salah-sekali", *, name=NAME, at=OFFICE, client=None, **more):
    fields = {"username": name, "password": password, **more}
    return (client or Client()).post(LOGIN, fields, REMOTE_ADDR=at)


def fail(times, hour, **how):
    """So many wrong passwords, each after the wait that the one before asked for. The last answer."""
    for _ in range(times):
        answer = tried(**how)
        hour.shift(timedelta(seconds=20))
    return answer


def known_device(user, secret="ab" * 16):
    now = clock.now()
    KnownDevice.objects.create(
        user=user,
        digest=hashlib.sha256(secret.encode()).hexdigest(),
        agent="Firefox di Windows",
        first_seen_at=now,
        last_seen_at=now,
    )
    client = Client()
    client.cookies["kla-perangkat"] = secret
    return client


def locks():
    return Event.objects.filter(action=EventAction.SIGN_IN_LOCKED)


@pytest.fixture(params=[True, False], ids=["account", "nobody"])
def name(request, cast):
    """Both must see the same."""
    return cast.coordinator_tabalong.username if request.param else "tidak.ada"


def test_from_the_fourth_on_each_try_waits_longer(hour, name):
    waits = []
    for _ in range(7):
        assert tried(name=name).status_code == 200, "the wait before was kept"
        waits.append(wait_of(name))
        hour.shift(timedelta(seconds=waits[-1]))
    assert waits == [0, 0, 0, 2, 4, 8, 16]


def wait_of(name):
    """Seconds that the next try must wait, as the portal counts them; itself no try."""
    refusal = Line(name, OFFICE, "").refusal()
    return refusal.seconds if refusal else 0


def test_a_try_too_early_is_told_and_not_counted(hour, name):
    for _ in range(4):
        tried(name=name)
    before = AccessFailureLog.objects.count()
    for _ in range(10):
        answer = tried(name=name)
    text = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (429, "2")
    assert "coba lagi dalam 2 detik" in text
    assert f'value="{name}"' in text
    assert "salah-sekali" not in text
    assert AccessFailureLog.objects.count() == before


def test_the_right_password_too_early_does_not_open_and_afterwards_does(cast, hour):
    _ = cast.coordinator_tabalong
    for _ in range(4):
        tried()
    client = Client()
    assert tried(PASSWORD, client=client).status_code == 429
    assert "_auth_user_id" not in client.session
    hour.shift(timedelta(seconds=2))
    assert tried(PASSWORD, client=client).status_code == 302
    assert not AccessFailureLog.objects.exists(), "the right password strikes out the wrong ones"


def test_the_eighth_locks_name_and_network(hour, name):
    seventh = fail(7, hour, name=name)
    assert seventh.status_code == 200
    eighth = tried(name=name, next="/akun/profil/")
    text = eighth.content.decode()
    assert eighth.status_code == 429
    assert "Masuk ditunda sementara" in text
    assert "09.15 WIB" in text, "fifteen minutes after the first of the eight, 09.00"
    assert f'value="{name}"' in text
    assert 'value="/akun/profil/"' in text
    assert "/akun/lupa/" in text
    assert "Hubungi admin provinsi" in text
    assert "salah-sekali" not in text
    assert 700 < int(eighth["Retry-After"]) < 900
    assert "no-store" in eighth["Cache-Control"]


def test_the_lock_holds_for_the_right_password_too_and_ends_by_itself(cast, hour):
    _ = cast.coordinator_tabalong
    fail(8, hour)
    client = Client()
    assert tried(PASSWORD, client=client).status_code == 429
    assert "_auth_user_id" not in client.session
    hour.shift(timedelta(minutes=15))
    assert tried(PASSWORD, client=client).status_code == 302


def test_colleagues_in_the_same_office_and_the_owner_elsewhere_get_in(cast, hour):
    _ = cast.coordinator_tabalong, cast.coordinator_tanahbumbu
    fail(8, hour)
    assert tried(PASSWORD, name="koor.tanahbumbu").status_code == 302
    assert tried(PASSWORD, at=HOME).status_code == 302
    assert tried(PASSWORD).status_code == 429


def test_case_spaces_and_browser_make_no_new_name(cast, hour):
    _ = cast.coordinator_tabalong
    for spelt in ("Koor.Tabalong", " koor.tabalong ", "KOOR.TABALONG", NAME) * 2:
        Client(HTTP_USER_AGENT=spelt).post(LOGIN, {"username": spelt, "password": "x"}, REMOTE_ADDR=OFFICE)
        hour.shift(timedelta(seconds=20))
    assert tried(PASSWORD).status_code == 429


def test_one_ipv6_subscriber_has_one_line(cast, hour):
    _ = cast.coordinator_tabalong
    for n in range(8):
        tried(at=f"2001:db8:1:2::{n + 1:x}")
        hour.shift(timedelta(seconds=20))
    assert tried(PASSWORD, at="2001:db8:1:2::99").status_code == 429
    assert tried(PASSWORD, at="2001:db8:1:3::1").status_code == 302


def test_a_false_forwarded_address_is_no_way_round(cast, hour, settings):
    settings.PROXY_COUNT = 1
    _ = cast.coordinator_tabalong
    for n in range(8):
        forged = f"9.9.9.{n}, {HOME}"
        Client().post(LOGIN, {"username": NAME, "password": "x"}, HTTP_X_FORWARDED_FOR=forged)
        hour.shift(timedelta(seconds=20))
    refused = Client().post(
        LOGIN, {"username": NAME, "password": PASSWORD}, HTTP_X_FORWARDED_FOR=f"8.8.8.8, {HOME}"
    )
    assert refused.status_code == 429


def test_a_name_tried_from_everywhere_is_locked_but_not_for_its_owners_device(cast, hour, settings):
    settings.SIGN_IN_NAME_LIMIT = 6
    owner = known_device(cast.coordinator_tabalong)
    for n in range(5):
        assert tried(at=f"192.0.2.{n}").status_code == 200
    assert tried(at="192.0.2.6").status_code == 429
    assert tried(PASSWORD, at="192.0.2.77").status_code == 429, (
        "a browser that this name never signed in from"
    )
    assert tried(PASSWORD, at="192.0.2.77", client=owner).status_code == 302
    hour.shift(timedelta(hours=1))
    assert tried(PASSWORD, at="192.0.2.77").status_code == 302


def test_a_known_device_is_counted_by_itself(cast, hour):
    """Not together with others in the office, but not without end either."""
    owner = known_device(cast.coordinator_tabalong)
    fail(8, hour)
    assert tried(client=owner).status_code == 200
    hour.shift(timedelta(seconds=20))
    for n in range(7):
        answer = tried(client=owner, at=f"192.0.2.{n}")
        hour.shift(timedelta(seconds=20))
    assert answer.status_code == 429
    assert tried(PASSWORD, client=owner, at=HOME).status_code == 429


@pytest.mark.parametrize("secret", ["", "cd" * 16, "0" * 5000, "ab" * 16])
def test_a_cookie_that_is_not_this_names_opens_nothing(cast, hour, secret):
    _ = cast.coordinator_tabalong
    known_device(cast.coordinator_tanahbumbu)
    fail(8, hour)
    client = Client()
    client.cookies["kla-perangkat"] = secret
    assert tried(PASSWORD, client=client).status_code == 429


def test_one_event_per_lock_and_none_for_a_name_that_nobody_has(cast, hour):
    owner = cast.coordinator_tabalong
    fail(8, hour, name="tidak.ada")
    assert not locks().exists()
    fail(8, hour)
    for _ in range(5):
        assert tried().status_code == 429
    event = locks().get()
    assert (event.subject, event.by, event.district_id) == (f"akun:{owner.pk}", None, "63.09")
    assert OFFICE not in str(event.data)
    hour.shift(timedelta(minutes=15))
    fail(8, hour)
    assert locks().count() == 2


def test_what_is_kept_names_nobody_and_no_password(cast, hour):
    _ = cast.coordinator_tabalong
    tried(name="kata-sandi-saya-di-kolom-salah", next="/rahasia/")
    (row,) = AccessFailureLog.objects.values()
    assert "kata-sandi" not in str(row)
    assert "rahasia" not in str(row)
    assert row["ip_address"] == OFFICE
    assert not AccessAttempt.objects.exists()


def test_old_tries_are_forgotten(cast, hour):
    _ = cast.coordinator_tabalong
    tried()
    hour.shift(timedelta(days=2))
    tried()
    assert forget_attempts(clock.now() - timedelta(days=1)) == 1
    assert AccessFailureLog.objects.count() == 1


def test_a_new_one_time_password_lifts_the_lock(cast, hour):
    user = cast.coordinator_tabalong
    fail(8, hour)
    opened = reset_password(account=user, by=cast.admin_kalsel)
    assert tried(opened.one_time_password).status_code == 302


@pytest.mark.parametrize(
    ("command", "arguments"), [("axes_reset_username", ["Koor.Tabalong"]), ("axes_reset_ip", [OFFICE])]
)
def test_the_server_can_lift_a_lock(cast, hour, command, arguments, capsys):
    _ = cast.coordinator_tabalong
    fail(8, hour)
    call_command("axes_reset_ip", "192.0.2.200")
    assert tried(PASSWORD).status_code == 429
    call_command(command, *arguments)
    assert tried(PASSWORD).status_code == 302


def test_many_at_once_are_not_many_guesses(cast, hour, monkeypatch):
    """Each try is written down before its password is looked at: whoever comes in meanwhile finds it counted."""
    _ = cast.coordinator_tabalong
    looked = []

    def look(user, password):
        looked.append(password)
        if len(looked) < 100:
            tried(f"tebakan-{len(looked)}")
        return False

    monkeypatch.setattr(backends, "is_password_of", look)
    tried("tebakan-0")
    assert len(looked) == 4, "the fifth is told to wait"


def test_a_page_that_asks_once_more_gets_its_text_back(cast, hour, sign_in):
    """Not the sign-in page: another form whose password was wrong too often."""
    request = RequestFactory().post(
        "/akun/daftar/3/tutup/", {"reason": "Pindah <tugas>", "password": "rahasia"}
    )
    request.user, request.session = cast.admin_kalsel, sign_in(cast.admin_kalsel).session
    request.sign_in_refusal = Refusal(clock.now() + timedelta(seconds=4), slow=True)
    answer = refused_page(request, HttpResponse("salah"))
    text = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (429, "4")
    assert "Coba lagi dalam 4 detik" in text
    assert 'name="reason" value="Pindah &lt;tugas&gt;"' in text
    assert 'action="/akun/daftar/3/tutup/"' in text
    assert "rahasia" not in text
