"""Letters about one's own account: after the deed, without secrets, never in the way."""

from __future__ import annotations

import logging
from smtplib import SMTPException

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from kla_portal.accounts.domain import (
    change_details,
    change_own_email,
    change_own_password,
    close_account,
    notices,
    remove_account,
    reset_password,
)

OLD, NEW = "lama@tabalong.go.id", "baru@tabalong.go.id"
SECRET = "kata-panjang-pilihan-42"


class Down(BaseEmailBackend):
    """A mail server that nobody reaches."""

    fault: Exception = ConnectionRefusedError("koor@tabalong.go.id")

    def send_messages(self, letters):
        raise self.fault


class Refusing(Down):
    fault = SMTPException("koor@tabalong.go.id")


@pytest.fixture
def person(cast):
    user = cast.coordinator_tabalong
    user.email = OLD
    user.save()
    return user


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """``sent(verb, **arguments)``: the letters that the deed sends."""

    def do(verb, *arguments, **named):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            result = verb(*arguments, **named)
        return result, list(mail.outbox)

    return do


def test_the_letter_is_plain_and_says_who_writes(person, sent, settings):
    settings.PORTAL_URL = "https://kla.contoh.go.id/"
    person.name = "Nama\nBaris"
    _, (letter,) = sent(notices.notify, person, "perihal\nBcc: x@y.id", "Isi surat.")
    assert letter.subject == "Portal KLA: perihal Bcc: x@y.id"
    assert letter.body == "Yth. Nama Baris,\n\nIsi surat.\n\nPortal KLA\nhttps://kla.contoh.go.id/\n"
    assert (letter.to, letter.content_subtype) == ([OLD], "plain")
    assert letter.message()["Auto-Submitted"] == "auto-generated"


def test_nothing_without_an_address(person, sent):
    person.email = ""
    assert sent(notices.notify, person, "perihal", "Isi.")[1] == []


def test_nothing_before_the_deed_is_stored(person, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False) as waiting:
        notices.notify(person, "perihal", "Isi.")
        assert mail.outbox == []
    assert len(waiting) == 1


@pytest.mark.parametrize("backend", [Down, Refusing])
def test_a_dead_mail_server_breaks_nothing_and_no_address_is_logged(person, sent, settings, caplog, backend):
    settings.EMAIL_BACKEND = f"{__name__}.{backend.__name__}"
    with caplog.at_level(logging.DEBUG):
        sent(change_own_password, password=SECRET, by=person)
    person.refresh_from_db()
    assert person.check_password(SECRET)
    assert "Notice to user" in caplog.text
    assert "@" not in caplog.text
    assert SECRET not in caplog.text


def test_a_new_password_is_told_without_it(person, sent):
    _, (letter,) = sent(change_own_password, password=SECRET, by=person)
    assert "kata sandi diganti" in letter.subject
    assert SECRET not in letter.body


def test_a_reset_is_told_without_the_one_time_password(person, cast, sent):
    opened, (letter,) = sent(reset_password, account=person, by=cast.admin_kalsel)
    assert "disetel ulang" in letter.subject
    assert opened.one_time_password not in letter.body
    assert opened.one_time_password.replace("-", "") not in letter.body


@pytest.mark.parametrize("by_admin", [False, True])
def test_a_changed_address_is_told_to_both(person, cast, sent, by_admin):
    if by_admin:
        _, letters = sent(change_details, account=person, name=person.name, email=NEW, by=cast.admin_kalsel)
    else:
        _, letters = sent(change_own_email, email=NEW, by=person)
    assert sorted(letter.to[0] for letter in letters) == [NEW, OLD]
    for letter in letters:
        assert NEW not in letter.body
        assert OLD not in letter.body


def test_the_first_address_is_told_once_and_a_removed_one_too(cast, sent):
    user = cast.contributor_health_tabalong
    assert [x.to for x in sent(change_own_email, email=NEW, by=user)[1]] == [[NEW]]
    user.refresh_from_db()
    assert [x.to for x in sent(change_own_email, email="", by=user)[1]] == [[NEW]]


def test_another_name_is_no_letter(person, cast, sent):
    assert sent(change_details, account=person, name="Nama Baru", email=OLD, by=cast.admin_kalsel)[1] == []


def test_closing_is_told(person, cast, sent):
    _, (letter,) = sent(close_account, account=person, by=cast.admin_kalsel)
    assert "ditutup" in letter.subject


def test_removal_is_told_to_the_address_that_was(person, cast, sent):
    close_account(account=person, by=cast.admin_kalsel)
    row, (letter,) = sent(remove_account, account=person, reason="Permintaan tertulis.", by=cast.admin_kalsel)
    assert row.email == ""
    assert letter.to == [OLD]
    assert "dihapus" in letter.subject
    assert person.username in letter.body
    assert OLD not in letter.body
