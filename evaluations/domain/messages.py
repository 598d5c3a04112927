"""Telling people: messages in the portal, read marks, and what each wants by e-mail.

Everything is plain text. A subject has one line; nothing that a person typed is ever interpreted.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, Subquery
from django.db.models.functions import Coalesce

from evaluations.domain import mailing
from evaluations.models import Evaluation, MailMode, Message, MessageKind, MessagePreference
from kla_portal import clock
from kla_portal.accounts.models import User

AT_ONCE = frozenset({MessageKind.RETURNED, MessageKind.STAGE_CLOSED})
"""Kinds that do not wait for the daily digest: a return and a result. Reminders within 48 hours say so."""

SUBJECT_LIMIT = 200


def one_line(text: str, limit: int = SUBJECT_LIMIT) -> str:
    """The text in one line without control characters: fit for a subject."""
    line = " ".join(_plain(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _plain(text: str) -> str:
    """Without control and direction characters, which a terminal or a mail reader would obey."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in {"Cc", "Cf"})
    return "".join("\n" if letter in "\u2028\u2029" else letter for letter in kept)


def notify(
    *,
    kind: MessageKind,
    to: Iterable[User],
    subject: str,
    body: str,
    url: str,
    evaluation: Evaluation | None = None,
    urgent: bool = False,
    once_key: str = "",
    by: User | None = None,
) -> list[Message]:
    """One message for each person of ``to`` but the doer, inside the deed's transaction.

    E-mail leaves after the commit: at once when ``urgent`` or of such a kind, or when the person wants all at
    once; else with the daily digest.
    """
    people = {person.pk: person for person in to if by is None or person.pk != by.pk}
    messages = Message.objects.bulk_create(
        Message(
            user=person,
            kind=kind,
            subject=one_line(subject),
            body=_plain(body).strip(),
            url=url,
            evaluation=evaluation,
            once_key=once_key,
            created_at=clock.now(),
        )
        for person in people.values()
    )
    _mail_at_once(messages, urgent=urgent or kind in AT_ONCE)
    return messages


def _mail_at_once(messages: list[Message], *, urgent: bool) -> None:
    waiting = [message for message in messages if message.user.email]
    if not waiting:
        return
    wishes = dict(
        MessagePreference.objects.filter(user__in=[m.user_id for m in waiting]).values_list("user", "mail")
    )
    wanted = {MailMode.DIGEST, MailMode.AT_ONCE} if urgent else {MailMode.AT_ONCE}
    now = [m.pk for m in waiting if wishes.get(m.user_id, MailMode.DIGEST) in wanted]
    if now:
        transaction.on_commit(lambda: mailing.send_now.enqueue(now))


def unread_count(user: User) -> int:
    return Message.objects.filter(user=user, read_at__isnull=True).count()


def unread_of(user: User | int) -> Coalesce:
    """The same number as a column of another query; of a person or their number."""
    counted = (
        Message.objects.filter(user=user, read_at__isnull=True)
        .order_by()
        .values("user")
        .annotate(unread=Count("pk"))
        .values("unread")
    )
    return Coalesce(Subquery(counted), 0)


def mark_read(*, by: User, pk: int | None = None) -> int:
    """One of the person's own messages, or all of them. Returns how many were unread."""
    own = Message.objects.filter(user=by, read_at__isnull=True)
    return (own if pk is None else own.filter(pk=pk)).update(read_at=clock.now())


def mail_mode(user: User) -> MailMode:
    """What the person chose; the daily digest for whoever chose nothing."""
    chosen = MessagePreference.objects.filter(user=user).values_list("mail", flat=True).first()
    return MailMode(chosen or MailMode.DIGEST)


def choose_mail(*, mode: MailMode, by: User) -> None:
    MessagePreference.objects.update_or_create(user=by, defaults={"mail": mode})
