"""E-mail of messages: plain text, each message once, one refused address harms nobody else."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django_tasks import task

from evaluations.models import MailMode, Message
from kla_portal import clock
from kla_portal.accounts.models import User

log = logging.getLogger(__name__)

DIGEST_REACH = timedelta(days=7)
"""A digest tells of the last week: an address given today brings no letters of last year."""


@dataclass
class Sent:
    """E-mails, not messages: a digest holds several."""

    sent: int = 0
    failed: int = 0


@task()
def send_now(message_pks: list[int]) -> int:
    """Each of these messages as an e-mail of its own. What fails waits for the digest. Returns how many went."""
    messages = Message.objects.select_related("user").filter(pk__in=message_pks, user__is_active=True)
    return sum(_send([message], "emails/message.txt", message.subject) for message in messages)


def send_digests() -> Sent:
    """To each person one e-mail with what is unread and was not e-mailed yet."""
    done = Sent()
    waiting = (
        Message.objects.filter(
            emailed_at__isnull=True,
            read_at__isnull=True,
            created_at__gte=clock.now() - DIGEST_REACH,
            user__is_active=True,
        )
        .exclude(user__email="")
        .exclude(user__message_preference__mail=MailMode.NONE)
        .select_related("user")
        .order_by("user", "created_at", "pk")
    )
    for _, group in groupby(waiting, key=lambda message: message.user_id):
        messages = list(group)
        subject = f"Portal KLA: {len(messages)} pesan baru"
        if _send(messages, "emails/digest.txt", subject):
            done.sent += 1
        else:
            done.failed += 1
    return done


def _send(messages: Sequence[Message], template: str, subject: str) -> bool:
    """One e-mail to the messages' one reader. They are marked first, so that two runs never send them twice."""
    user = messages[0].user
    claimed = _claim(message.pk for message in messages)
    messages = [message for message in messages if message.pk in claimed]
    if not messages:
        return True
    mail = EmailMessage(
        subject=" ".join(subject.split()),
        body=_body(template, user, messages),
        to=[user.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        mail.send()
    except (SMTPException, OSError, ValueError) as error:
        Message.objects.filter(pk__in=claimed).update(emailed_at=None)
        log.warning("E-mail to user %s failed: %s", user.pk, type(error).__name__)
        return False
    return True


def _claim(pks: Iterable[int]) -> set[int]:
    """Those of the messages that nobody e-mailed so far; they count as e-mailed from now on."""
    with transaction.atomic():
        free = set(
            Message.objects.select_for_update()
            .filter(pk__in=list(pks), emailed_at__isnull=True)
            .values_list("pk", flat=True)
        )
        Message.objects.filter(pk__in=free).update(emailed_at=clock.now())
    return free


def _body(template: str, user: User, messages: Sequence[Message]) -> str:
    """The templates switch escaping off: nothing reads the text as HTML."""
    portal = settings.PORTAL_URL.rstrip("/")
    parts = [
        {"subject": message.subject, "body": message.body, "link": portal + message.url}
        for message in messages
    ]
    preferences = portal + reverse("evaluations:message_preferences")
    context = {"name": " ".join(user.name.split()), "parts": parts, "preferences": preferences}
    return render_to_string(template, context)
