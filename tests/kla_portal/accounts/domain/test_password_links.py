from __future__ import annotations

import re
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from django.utils import timezone

from kla_portal.accounts.domain import AccountRefused, change_own_email, close_account
from kla_portal.accounts.domain.password_links import (
    MOST_ACCOUNTS,
    choose_password_by_link,
    holders,
    link_for,
    send_links,
)
from kla_portal.accounts.domain.sittings import begin
from kla_portal.accounts.models import SessionEnd, User
from kla_portal.events.models import Event, EventAction

NEW = "kucing-payung-ombak"


@pytest.fixture
def owner(cast):
    user = cast.coordinator_tabalong
    user.email = "koor@tabalong.example"
    user.save(update_fields=["email"])
    return user


def token_of(user):
    return default_token_generator.make_token(user)


def fresh(user):
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize(
    "text", ["koor.tabalong", " KOOR.Tabalong ", "koor@tabalong.example", "Koor@Tabalong.Example "]
)
def test_name_and_address_in_any_case(owner, text):
    assert holders(text) == [owner]


def test_closed_accounts_and_those_without_an_address_get_none(cast, owner):
    _ = cast.coordinator_tanahbumbu
    assert holders("koor.tanahbumbu") == []
    assert holders("") == []
    assert holders("%") == []
    close_account(account=owner, by=cast.admin_kalsel)
    assert holders("koor.tabalong") == holders("koor@tabalong.example") == []


def test_an_address_of_many_accounts_is_no_mail_bomb(db):
    for n in range(MOST_ACCOUNTS + 3):
        User.objects.create_user(f"orang{n}", "x", name="Orang", email="satu@contoh.go.id")
    assert send_links.call("satu@contoh.go.id") == MOST_ACCOUNTS
    assert len({re.search(r"/lupa/\S+", letter.body)[0] for letter in mail.outbox}) == MOST_ACCOUNTS


def test_the_letter(owner, settings):
    settings.PORTAL_URL = "https://kla.example.go.id/"
    assert send_links.call("koor.tabalong") == 1
    (letter,) = mail.outbox
    assert letter.to == ["koor@tabalong.example"]
    assert "https://kla.example.go.id/akun/lupa/" in letter.body
    assert "dalam 60 menit" in letter.body
    assert "Abaikan surel ini" in letter.body
    event = Event.objects.get(action=EventAction.PASSWORD_LINK_SENT)
    assert (event.subject, event.by) == (f"akun:{owner.pk}", None)
    assert re.search(r"/lupa/[^/]+/([^/]+)/", letter.body)[1] not in str(event.data)


def test_a_name_with_html_and_lines_stays_plain(owner):
    User.objects.filter(pk=owner.pk).update(name="A & <b>\nBcc: x@y.example")
    send_links.call("koor.tabalong")
    assert "Yth. A & <b> Bcc: x@y.example," in mail.outbox[0].body


def test_a_mail_server_that_fails_harms_nobody(owner, monkeypatch, caplog):
    def broken(self, **kwargs):
        raise SMTPServerDisconnected("koor@tabalong.example")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", broken)
    assert send_links.call("koor.tabalong") == 0
    assert f"user {owner.pk}" in caplog.text
    assert "tabalong.example" not in caplog.text


def test_choosing_ends_sessions_and_tells(owner, django_capture_on_commit_callbacks):
    sitting = begin(user=owner, session_key="k" * 32, agent="Firefox", address=None, device=None)
    with django_capture_on_commit_callbacks(execute=True):
        choose_password_by_link(account=owner, token=token_of(owner), password=NEW)
    assert fresh(owner).check_password(NEW)
    assert not fresh(owner).must_change_password
    sitting.refresh_from_db()
    assert sitting.end == SessionEnd.CREDENTIALS
    assert Event.objects.filter(action=EventAction.PASSWORD_CHANGED, subject=f"akun:{owner.pk}").count() == 1
    assert [letter.to for letter in mail.outbox] == [["koor@tabalong.example"]]
    assert NEW not in mail.outbox[0].body


def used(user):
    choose_password_by_link(account=user, token=token_of(user), password="payung-kucing-ombak")


def signed_in(user):
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())


def new_address(user):
    change_own_email(email="lain@tabalong.example", by=user)


def closed(user):
    User.objects.filter(pk=user.pk).update(is_active=False, closed_at=timezone.now(), closed_by=user)


@pytest.mark.parametrize("meanwhile", [used, signed_in, new_address, closed])
def test_a_link_dies(owner, meanwhile):
    token = token_of(owner)
    meanwhile(owner)
    before = fresh(owner).password
    with pytest.raises(AccountRefused, match="tidak berlaku lagi"):
        choose_password_by_link(account=owner, token=token, password=NEW)
    assert fresh(owner).password == before


@pytest.mark.parametrize(("minutes", "opens"), [(59, True), (61, False)])
def test_a_link_lives_for_an_hour(owner, minutes, opens):
    with time_machine.travel("2026-11-20 02:00:00+00:00", tick=False) as hour:
        token = token_of(owner)
        hour.shift(timedelta(minutes=minutes))
        assert default_token_generator.check_token(owner, token) is opens


def test_another_accounts_token_opens_nothing(cast, owner):
    with pytest.raises(AccountRefused):
        choose_password_by_link(account=cast.coordinator_tanahbumbu, token=token_of(owner), password=NEW)
    assert link_for(owner) != link_for(cast.coordinator_tanahbumbu)
