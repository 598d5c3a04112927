"""The daily e-mail: plain text, each message once, one bad address harms nobody else."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command

from evaluations.domain import mailing, messages
from evaluations.models import MailMode, Message, MessageKind
from kla_portal import clock

BAD = "rusak@contoh.go.id"


class Picky(EmailBackend):
    """Refuses one address, as a mail server does."""

    def send_messages(self, letters):
        for letter in letters:
            if BAD in letter.to:
                raise SMTPRecipientsRefused({BAD: (550, b"no such user")})
        return super().send_messages(letters)


def tell(user, subject="Perihal", body="Isi", kind=MessageKind.SUBMITTED):
    return messages.notify(kind=kind, to=[user], subject=subject, body=body, url="/evaluasi/1/")[0]


def digest() -> str:
    said = StringIO()
    call_command("send_digest", stdout=said)
    return said.getvalue()


def test_one_letter_a_person_with_all_that_is_new(cast, mailed, settings):
    settings.PORTAL_URL = "https://kla.contoh.go.id/"
    user, other = mailed(cast.leader_tabalong), mailed(cast.coordinator_tabalong)
    tell(user, "Pertama", "Isi satu")
    tell(user, "Kedua", "Isi dua")
    tell(other, "Ketiga", "Isi tiga")
    assert "2 surel terkirim, 0 gagal" in digest()
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert set(letters) == {user.email, other.email}
    letter = letters[user.email]
    assert letter.subject == "Portal KLA: 2 pesan baru"
    assert letter.body.index("Pertama") < letter.body.index("Kedua")
    assert "Isi dua\nhttps://kla.contoh.go.id/evaluasi/1/" in letter.body
    assert "https://kla.contoh.go.id/pesan/pengaturan/" in letter.body
    assert "Ketiga" not in letter.body
    assert not letter.message().is_multipart()
    assert letter.content_subtype == "plain"


def test_each_message_goes_out_once(cast, mailed):
    tell(mailed(cast.leader_tabalong))
    digest()
    assert "0 surel terkirim" in digest()
    assert len(mail.outbox) == 1


def test_what_was_read_or_is_not_wanted_stays_in_the_portal(cast, mailed):
    read, silent, closed = (
        mailed(user) for user in (cast.leader_tabalong, cast.coordinator_tabalong, cast.verifier_kalsel)
    )
    for user in (read, silent, closed, cast.admin_kalsel):
        tell(user)
    messages.mark_read(by=read)
    messages.choose_mail(mode=MailMode.NONE, by=silent)
    type(closed).objects.filter(pk=closed.pk).update(
        is_active=False, closed_at=clock.now(), closed_by=cast.admin_kalsel
    )
    digest()
    assert mail.outbox == []


def test_an_old_message_is_not_sent_to_a_new_address(cast, mailed):
    with clock.at(clock.now() - mailing.DIGEST_REACH - timedelta(minutes=1)):
        tell(cast.leader_tabalong, "Lama")
    with clock.at(clock.now() - mailing.DIGEST_REACH + timedelta(minutes=1)):
        tell(cast.leader_tabalong, "Baru")
    mailed(cast.leader_tabalong)
    digest()
    assert [letter.subject for letter in mail.outbox] == ["Portal KLA: 1 pesan baru"]
    assert "Baru" in mail.outbox[0].body


def test_one_refused_address_does_not_stop_the_others(cast, mailed, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Picky"
    first = mailed(cast.coordinator_tabalong, BAD)
    last = mailed(cast.leader_tabalong)
    failed, fine = tell(first), tell(last)
    with pytest.raises(CommandError, match="1 surel gagal"):
        call_command("send_digest", stdout=StringIO())
    assert [letter.to for letter in mail.outbox] == [[last.email]]
    failed.refresh_from_db()
    fine.refresh_from_db()
    assert failed.emailed_at is None
    assert fine.emailed_at is not None
    mailed(first, "betul@contoh.go.id")
    digest()
    assert [letter.to for letter in mail.outbox] == [[last.email], ["betul@contoh.go.id"]]


def test_at_once_that_fails_comes_with_the_digest(cast, mailed, settings, django_capture_on_commit_callbacks):
    settings.EMAIL_BACKEND = f"{__name__}.Picky"
    user = mailed(cast.leader_tabalong, BAD)
    with django_capture_on_commit_callbacks(execute=True):
        tell(user, kind=MessageKind.RETURNED)
    assert mail.outbox == []
    mailed(user)
    digest()
    assert len(mail.outbox) == 1


def test_two_runs_never_send_the_same(cast, mailed):
    """What another run marked between reading and sending is left alone."""
    message = tell(mailed(cast.leader_tabalong))
    assert mailing._send([message], "emails/digest.txt", "Portal") is True
    assert mailing._send([message], "emails/digest.txt", "Portal") is True
    assert len(mail.outbox) == 1


def test_nothing_in_a_letter_is_interpreted(cast, mailed, django_capture_on_commit_callbacks):
    user = mailed(cast.leader_tabalong)
    user.name = "Ibu <b>A & B</b>\r\nBcc: korban@contoh.go.id"
    user.save()
    with django_capture_on_commit_callbacks(execute=True):
        tell(
            user,
            "Satu\r\nBcc: korban@contoh.go.id",
            "{{ settings.SECRET_KEY }} {% now 'Y' %} <a href='x'>&amp;</a>",
            MessageKind.RETURNED,
        )
    (letter,) = mail.outbox
    assert letter.to == [user.email]
    assert letter.recipients() == [user.email]
    assert letter.subject == "Satu Bcc: korban@contoh.go.id"
    assert "Yth. Ibu <b>A & B</b> Bcc: korban@contoh.go.id," in letter.body
    assert "{{ settings.SECRET_KEY }} {% now 'Y' %} <a href='x'>&amp;</a>" in letter.body
    assert letter.message().get_content_type() == "text/plain"
    assert letter.message()["Auto-Submitted"] == "auto-generated"


def test_no_address_no_letter(cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        tell(cast.leader_tabalong, kind=MessageKind.RETURNED)
    assert callbacks == []
    assert Message.objects.get().emailed_at is None
