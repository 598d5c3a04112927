"""A session's life as its owner meets it: through the sign-in page, with the clock moved on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kla_portal import clock
from kla_portal.accounts.domain import devices, end_sessions, sittings
from kla_portal.accounts.models import SessionEnd, SignedInSession
from kla_portal.accounts.session_middleware import PASSWORD as PASSWORD_AT
from kla_portal.accounts.session_middleware import SEEN, SITTING
from tests.cast import PASSWORD

LOGIN, PROFILE = "/akun/masuk/", "/akun/profil/"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:127.0) Gecko/20100101 Firefox/127.0"


@pytest.fixture
def person(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def come_in(person):
    """``come_in()``: a browser that signs in on the page; ``come_in(client)`` the same one again."""

    def enter(client: Client | None = None, agent: str = FIREFOX) -> Client:
        client = client or Client(headers={"User-Agent": agent})
        client.get(LOGIN)
        answer = client.post(LOGIN, {"username": person.username, "password": PASSWORD})
        assert answer.status_code == 302
        return client

    return enter


def row(client) -> SignedInSession:
    return SignedInSession.objects.get(pk=client.session[SITTING])


def after(**time):
    return clock.at(clock.now() + timedelta(**time))


def test_signing_in_makes_one_row_with_the_final_key(come_in, person):
    client = come_in()
    (sitting,) = SignedInSession.objects.all()
    assert (sitting.user, sitting.agent, sitting.address) == (person, "Firefox di Windows", "127.0.0.1")
    assert sitting.session_key == client.cookies["sessionid"].value
    assert Session.objects.get().session_key == sitting.session_key
    assert sitting.signed_in_at == sitting.seen_at


def test_a_wrong_password_makes_no_row(person, client):
    client.post(LOGIN, {"username": person.username, "password": "salah"})
    assert not SignedInSession.objects.exists()
    assert devices.COOKIE not in client.cookies


def test_idle_59_minutes_goes_on_60_does_not(come_in):
    client = come_in()
    with after(minutes=59):
        assert client.get(PROFILE).status_code == 200
    with after(minutes=59 + 58):
        assert client.get(PROFILE).status_code == 200
    with after(minutes=59 + 58 + 61):
        answer = client.get(PROFILE)
        assert answer["Location"] == f"{LOGIN}?next={PROFILE}"
        assert (
            "karena 60 menit tidak dipakai. Masuk lagi; tulisan Anda tetap ada."
            in client.get(answer["Location"]).content.decode()
        )
    assert SignedInSession.objects.get().end == SessionEnd.IDLE
    assert not Session.objects.filter(session_key=SignedInSession.objects.get().session_key).exists()


def test_a_database_that_takes_no_note_keeps_nobody_from_reading(come_in, monkeypatch):
    """As with a full disk. A session that was ended elsewhere is over all the same."""

    def full(**_):
        raise OperationalError("database or disk is full")

    client = come_in()
    monkeypatch.setattr(sittings, "seen", full)
    with after(minutes=2):
        assert client.get(PROFILE).status_code == 200
        SignedInSession.objects.update(ended_at=clock.now(), end=SessionEnd.BY_OWNER)
        assert client.get(PROFILE).status_code == 302


def test_after_twelve_hours_it_ends_however_busy(come_in):
    client = come_in()
    start = clock.now()
    for half_hours in range(1, 24):
        with clock.at(start + half_hours * HOUR / 2):
            assert client.get(PROFILE).status_code == 200, half_hours
    with clock.at(start + 12 * HOUR + MINUTE):
        answer = client.get(PROFILE, follow=True)
        assert "sudah 12 jam sejak Anda masuk" in answer.content.decode()
    assert SignedInSession.objects.get().end == SessionEnd.TOO_OLD


def test_an_idle_form_keeps_its_text_and_says_why(come_in, person):
    client = come_in()
    with after(minutes=61):
        answer = client.post(PROFILE, {"email": "baru@tabalong.go.id"})
    assert answer.status_code == 401
    text = answer.content.decode()
    assert '<input type="hidden" name="email" value="baru@tabalong.go.id">' in text
    assert "karena 60 menit tidak dipakai" in text
    person.refresh_from_db()
    assert person.email == ""


def test_an_idle_htmx_save_gets_401_in_one_line(come_in):
    client = come_in()
    with after(minutes=61):
        answer = client.post(PROFILE, {"email": "x@y.id"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content.decode()[:18]) == (401, "Sesi Anda berakhir")
    assert SITTING not in client.session


def test_an_idle_visit_to_the_sign_in_page_ends_there(come_in):
    client = come_in()
    with after(minutes=61):
        answer = client.get(LOGIN, follow=True)
    assert answer.redirect_chain[-1][0].startswith(LOGIN)
    assert "60 menit tidak dipakai" in answer.content.decode()


def asked(client) -> list[str]:
    """The statements of one more visit that write, or are about sittings."""
    with CaptureQueriesContext(connection) as counted:
        client.get(PROFILE)
    said = [query["sql"] for query in counted]
    return [
        sql.split()[0]
        for sql in said
        if "signedinsession" in sql or not sql.startswith(("SELECT", "EXECUTE"))
    ]


def test_seen_is_written_once_a_minute_and_costs_nothing_between(come_in):
    client = come_in()
    client.get(PROFILE)
    before = row(client).seen_at
    with after(seconds=30):
        assert asked(client) == []
    assert row(client).seen_at == before
    with after(seconds=61):
        assert [word for word in asked(client) if word not in {"SAVEPOINT", "RELEASE"}] == [
            "UPDATE",
            "UPDATE",
        ]
        assert asked(client) == []
    assert row(client).seen_at > before


def test_pages_for_anyone_neither_prolong_nor_set_a_cookie(come_in):
    client = come_in()
    before = client.session[SEEN]
    with after(minutes=30):
        answer = client.get("/data/")
        assert answer.status_code == 200
        assert "sessionid" not in answer.cookies
        assert client.session[SEEN] == before


def test_ended_elsewhere_it_ends_with_the_next_click_and_says_why(come_in, person):
    client = come_in()
    end_sessions(person, end=SessionEnd.CREDENTIALS)
    text = client.get(PROFILE, follow=True).content.decode()
    assert "karena kata sandi atau verifikasi akun ini berubah" in text
    assert "verifikasi akun ini berubah" not in client.get(PROFILE, follow=True).content.decode()


def test_a_row_that_was_ended_ends_a_session_that_lived_on(come_in, person):
    """Two hosts at once: the row is the one that counts."""
    client = come_in()
    SignedInSession.objects.update(ended_at=clock.now(), end=SessionEnd.BY_OWNER)
    with after(minutes=2):
        answer = client.get(PROFILE, follow=True)
    assert "diakhiri dari perangkat lain" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_signing_out_says_so(come_in):
    client = come_in()
    sitting = row(client)
    client.post(reverse("accounts:logout"))
    sitting.refresh_from_db()
    assert sitting.end == SessionEnd.SIGNED_OUT
    assert not Session.objects.filter(session_key=sitting.session_key).exists()


def test_a_changed_password_keeps_this_row_under_its_new_key(come_in):
    client, other = come_in(), come_in()
    old_key = row(client).session_key
    new = "kata-panjang-pilihan-42"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post(reverse("accounts:password_change"), form).status_code == 302
    assert row(client).session_key == client.cookies["sessionid"].value != old_key
    assert row(client).ended_at is None
    assert client.get(PROFILE).status_code == 200
    assert other.get(PROFILE).status_code == 302


def test_another_door_gets_its_row_but_no_fresh_password(client, person):
    """Django's admin site signs people in without our page."""
    client.force_login(person)
    assert client.get(PROFILE).status_code == 200
    assert row(client).session_key == client.cookies["sessionid"].value
    assert client.session[PASSWORD_AT] == 0


def test_the_device_cookie(come_in, settings):
    client = come_in()
    cookie = client.cookies[devices.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", "")
    assert cookie["max-age"] == 400 * 24 * 3600
    assert len(cookie.value) == 32
    settings.SESSION_COOKIE_SECURE = True
    assert come_in(Client(headers={"User-Agent": FIREFOX})).cookies[devices.COOKIE]["secure"]


def test_a_new_device_is_told_on_the_next_page_and_by_mail(
    come_in, person, django_capture_on_commit_callbacks
):
    person.email = "koor@tabalong.go.id"
    person.save()
    first = come_in()
    assert "belum dikenal" not in first.get(PROFILE).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        second = come_in(agent="Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0")
    text = second.get(PROFILE).content.decode()
    assert "perangkat yang belum dikenal (Firefox di Android). Bukan Anda?" in text
    assert len(mail.outbox) == 1
    # The first browser hears of it when it comes again; after that nobody does.
    first.post(reverse("accounts:logout"))
    come_in(first)
    assert "perangkat baru (Firefox di Android)" in first.get(PROFILE).content.decode()
    first.post(reverse("accounts:logout"))
    come_in(first)
    assert "perangkat baru (" not in first.get(PROFILE).content.decode()
    assert len(mail.outbox) == 1


def test_a_sign_in_form_sent_twice_is_one_device(person):
    """A double click: the second request carries the same token and, like the first, no cookie of a device."""
    first, second = (Client(headers={"User-Agent": FIREFOX}) for _ in range(2))
    first.get(LOGIN)
    second.cookies.load({"csrftoken": first.cookies["csrftoken"].value})
    for client in (first, second):
        assert client.post(LOGIN, {"username": person.username, "password": PASSWORD}).status_code == 302
    assert first.cookies[devices.COOKIE].value == second.cookies[devices.COOKIE].value
    assert (person.devices.count(), person.sittings.count()) == (1, 2)
