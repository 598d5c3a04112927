"""Akun saya, Sesi: one's own, nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from kla_portal import clock
from kla_portal.accounts.domain import devices
from kla_portal.accounts.models import KnownDevice, SessionEnd, SignedInSession
from kla_portal.accounts.session_middleware import SITTING
from tests.cast import enter

PAGE, OTHERS = "/akun/sesi/", "/akun/sesi/akhiri-lain/"


@pytest.fixture
def person(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def phone(person):
    """Another browser of the same person."""
    client = enter(Client(), person)
    SignedInSession.objects.filter(pk=client.session[SITTING]).update(
        agent="Chrome di Android", address="2001:db8::7"
    )
    return client


@pytest.fixture
def neighbours(cast):
    client = enter(Client(), cast.coordinator_tanahbumbu)
    SignedInSession.objects.filter(pk=client.session[SITTING]).update(
        agent="Opera di Linux", address="192.0.2.9"
    )
    return client


def end(pk: int) -> str:
    return f"/akun/sesi/{pk}/akhiri/"


def test_my_sessions_and_nobody_elses(sign_in, person, phone, neighbours):
    client = sign_in(person)
    text = client.get(PAGE).content.decode()
    assert "Chrome di Android" in text
    assert "2001:db8::7" in text
    assert text.count("perangkat ini") == 1
    assert end(phone.session[SITTING]) in text
    assert end(client.session[SITTING]) not in text
    assert "Opera di Linux" not in text
    assert "192.0.2.9" not in text
    assert phone.session.session_key not in text
    assert "WITA" in text


def test_one_alone_offers_nothing_to_end(sign_in, person):
    text = sign_in(person).get(PAGE).content.decode()
    assert OTHERS not in text
    assert "Sudah berakhir" not in text
    assert "60 menit tidak dipakai" in text
    assert "12 jam" in text


def test_what_a_browser_says_of_itself_is_escaped(sign_in, person, phone):
    SignedInSession.objects.filter(pk=phone.session[SITTING]).update(agent="<b>x</b>")
    text = sign_in(person).get(PAGE).content.decode()
    assert "&lt;b&gt;x" in text
    assert "<b>x" not in text


def test_ending_one_works_at_once(sign_in, person, phone):
    client = sign_in(person)
    assert phone.get(PAGE).status_code == 200
    answer = client.post(end(phone.session[SITTING]), follow=True)
    text = answer.content.decode()
    assert "Sesi di Chrome di Android sudah diakhiri." in text
    assert "Diakhiri pemilik akun" in text
    assert phone.get(PAGE).status_code == 302
    assert client.get(PAGE).status_code == 200


def test_ending_it_twice_says_so(sign_in, person, phone):
    client, pk = sign_in(person), phone.session[SITTING]
    client.post(end(pk))
    assert "sudah berakhir" in client.post(end(pk), follow=True).content.decode()


def test_ones_own_is_ended_by_signing_out(sign_in, person):
    client = sign_in(person)
    answer = client.post(end(client.session[SITTING]), follow=True)
    assert "pilih Keluar" in answer.content.decode()
    assert SignedInSession.objects.get().ended_at is None


def test_anothers_session_does_not_exist(sign_in, person, neighbours):
    client, pk = sign_in(person), neighbours.session[SITTING]
    assert client.post(end(pk)).status_code == 404
    assert client.get(end(pk)).status_code == 405
    assert SignedInSession.objects.get(pk=pk).ended_at is None
    assert neighbours.get(PAGE).status_code == 200


def test_ending_all_others(sign_in, person, phone, neighbours):
    third = enter(Client(), person)
    client = sign_in(person)
    text = client.post(OTHERS, follow=True).content.decode()
    assert "2 sesi lain sudah diakhiri." in text
    assert [each.get(PAGE).status_code for each in (phone, third, client, neighbours)] == [302, 302, 200, 200]
    assert Session.objects.count() == 2
    assert "Tidak ada sesi lain" in client.post(OTHERS, follow=True).content.decode()
    assert client.get(OTHERS).status_code == 405


def test_a_device_that_joined_known_ones_is_pointed_out(sign_in, person):
    client, now = sign_in(person), clock.now()
    KnownDevice.objects.create(
        user=person, digest="a", agent="Chrome di Windows", first_seen_at=now, last_seen_at=now
    )
    assert "Perangkat baru" not in client.get(PAGE).content.decode()
    newer = now + timedelta(minutes=1)
    KnownDevice.objects.create(
        user=person, digest="b", agent="Firefox di Android", first_seen_at=newer, last_seen_at=newer
    )
    text = client.get(PAGE).content.decode()
    assert text.count("Perangkat baru") == 1
    assert "Perangkat baru: Firefox di Android" in text
    assert "Bukan Anda?" in text
    with clock.at(now + timedelta(days=15)):
        assert "Perangkat baru" not in client.get(PAGE).content.decode()


def test_it_costs_the_same_with_many_rows(sign_in, person, django_assert_max_num_queries):
    client, now = sign_in(person), clock.now()

    def queries() -> int:
        with django_assert_max_num_queries(20) as counted:
            assert client.get(PAGE).status_code == 200
        return len(counted)

    client.get(PAGE)
    once = queries()
    SignedInSession.objects.bulk_create(
        SignedInSession(
            user=person, session_key=f"k{n}", agent=devices.OTHER, signed_in_at=now, seen_at=now,
            **({"ended_at": now, "end": SessionEnd.IDLE} if n % 2 else {}),
        )
        for n in range(12)
    )  # fmt: skip
    assert queries() == once


def test_the_profile_leads_here(sign_in, person):
    assert f'href="{PAGE}"' in sign_in(person).get("/akun/profil/").content.decode()
