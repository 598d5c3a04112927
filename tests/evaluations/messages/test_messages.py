"""Messages themselves: who gets one, what its text may hold, read marks, and what the database refuses."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from evaluations.domain import messages
from evaluations.models import MailMode, Message, MessageKind, MessagePreference
from kla_portal import clock

EVIL = "Dinas\r\nBcc: korban@contoh.go.id\x1b[2J\u202e<script>{{ 7 }}"


def tell(*people, kind=MessageKind.SUBMITTED, subject="Perihal", body="Isi", **more):
    return messages.notify(kind=kind, to=people, subject=subject, body=body, url="/pesan/", **more)


def test_everyone_once_and_not_the_doer(cast):
    one, two = cast.coordinator_tabalong, cast.leader_tabalong
    made = tell(one, two, two, by=one)
    assert [message.user for message in made] == [two]
    assert list(Message.objects.values_list("user", flat=True)) == [two.pk]


def test_subject_is_one_plain_line_and_body_keeps_its_lines(cast):
    (message,) = tell(cast.leader_tabalong, subject=EVIL, body=f"Satu\r\nDua\x00\x07\n{EVIL}")
    assert message.subject == "Dinas Bcc: korban@contoh.go.id[2J<script>{{ 7 }}"
    assert message.body.startswith("Satu\nDua\nDinas\nBcc:")
    assert not {"\r", "\x1b", "\x00", "\u202e"} & set(message.subject + message.body)


def test_a_long_subject_is_cut_and_says_so(cast):
    (message,) = tell(cast.leader_tabalong, subject="x" * 500)
    assert (len(message.subject), message.subject[-1]) == (messages.SUBJECT_LIMIT, "…")


def test_reading_is_ones_own(cast):
    (mine,) = tell(cast.leader_tabalong)
    (other,) = tell(cast.coordinator_tabalong)
    assert messages.unread_count(cast.leader_tabalong) == 1
    assert messages.mark_read(by=cast.leader_tabalong, pk=other.pk) == 0
    assert messages.mark_read(by=cast.leader_tabalong, pk=mine.pk) == 1
    assert messages.mark_read(by=cast.leader_tabalong, pk=mine.pk) == 0
    other.refresh_from_db()
    assert other.read_at is None
    assert messages.unread_count(cast.coordinator_tabalong) == 1


def test_the_first_reading_counts(cast):
    (message,) = tell(cast.leader_tabalong)
    messages.mark_read(by=cast.leader_tabalong)
    message.refresh_from_db()
    first = message.read_at
    messages.mark_read(by=cast.leader_tabalong)
    message.refresh_from_db()
    assert message.read_at == first


def test_preference(cast):
    user = cast.leader_tabalong
    assert messages.mail_mode(user) is MailMode.DIGEST
    messages.choose_mail(mode=MailMode.NONE, by=user)
    messages.choose_mail(mode=MailMode.AT_ONCE, by=user)
    assert messages.mail_mode(user) is MailMode.AT_ONCE
    assert messages.mail_mode(cast.coordinator_tabalong) is MailMode.DIGEST


@pytest.mark.parametrize(
    ("mode", "kind", "urgent", "goes"),
    [
        (None, MessageKind.RETURNED, False, True),
        (None, MessageKind.STAGE_CLOSED, False, True),
        (None, MessageKind.REMINDER, True, True),
        (None, MessageKind.REMINDER, False, False),
        (None, MessageKind.SUBMITTED, False, False),
        (None, MessageKind.OBJECTION_DECIDED, False, False),
        (MailMode.AT_ONCE, MessageKind.SUBMITTED, False, True),
        (MailMode.NONE, MessageKind.RETURNED, False, False),
        (MailMode.NONE, MessageKind.REMINDER, True, False),
    ],
)
def test_what_is_mailed_at_once(cast, mailed, django_capture_on_commit_callbacks, mode, kind, urgent, goes):
    user = mailed(cast.leader_tabalong)
    if mode:
        messages.choose_mail(mode=mode, by=user)
    with django_capture_on_commit_callbacks(execute=True):
        (message,) = tell(user, kind=kind, urgent=urgent)
        assert mail.outbox == [], "nothing leaves before the deed is certain"
    assert len(mail.outbox) == goes
    message.refresh_from_db()
    assert (message.emailed_at is not None) == goes


def test_a_deed_that_is_rolled_back_tells_nobody(cast, mailed, django_capture_on_commit_callbacks):
    user = mailed(cast.leader_tabalong)
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RuntimeError), transaction.atomic():
        tell(user, kind=MessageKind.RETURNED)
        raise RuntimeError
    assert mail.outbox == []
    assert not Message.objects.exists()


def test_the_query_count_does_not_grow_with_the_people(cast, django_assert_num_queries):
    people = [cast.coordinator_tabalong, cast.leader_tabalong, cast.verifier_kalsel]
    with django_assert_num_queries(1):
        tell(people[0])
    with django_assert_num_queries(1):
        tell(*people)


@pytest.mark.parametrize(
    ("name", "spoilt"),
    [
        ("message_kind_known", {"kind": "gossip"}),
        ("message_has_a_subject", {"subject": ""}),
        ("message_url_is_a_path", {"url": "https://contoh.go.id/"}),
    ],
)
def test_the_database_refuses(cast, name, spoilt):
    (message,) = tell(cast.leader_tabalong)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**spoilt)


def test_a_key_is_told_once_to_each_person(cast):
    tell(cast.leader_tabalong, once_key="em:1")
    tell(cast.leader_tabalong, once_key="em:2")
    tell(cast.coordinator_tabalong, once_key="em:1")
    tell(cast.leader_tabalong)
    tell(cast.leader_tabalong)
    with pytest.raises(IntegrityError), transaction.atomic():
        tell(cast.leader_tabalong, once_key="em:1")
    assert Message.objects.count() == 5


def test_a_preference_is_one_of_three(cast):
    with pytest.raises(IntegrityError, match="preference_mail_known"), transaction.atomic():
        MessagePreference.objects.create(user=cast.leader_tabalong, mail="pigeon")


def test_created_at_is_the_deeds_moment(cast):
    from datetime import UTC, datetime

    moment = datetime(2024, 3, 1, tzinfo=UTC)
    with clock.at(moment):
        (message,) = tell(cast.leader_tabalong)
    assert message.created_at == moment
