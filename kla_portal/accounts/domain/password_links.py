"""A new password by a link in an e-mail. Who asks is told the same, whoever they name; the link opens once."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_tasks import task

from kla_portal.accounts.domain import notices
from kla_portal.accounts.domain.memberships import log_account
from kla_portal.accounts.domain.refusal import AccountRefused
from kla_portal.accounts.domain.sittings import end_sessions
from kla_portal.accounts.domain.tries import lift
from kla_portal.accounts.models import SessionEnd, User
from kla_portal.events.models import EventAction

log = logging.getLogger(__name__)

MOST_ACCOUNTS = 5
"""That one e-mail address may hold: each gets its own link."""
LINK_OVER = "Tautan ini sudah dipakai atau tidak berlaku lagi. Minta tautan baru."


def holders(text: str) -> list[User]:
    """Open accounts with an e-mail address that ``text``, a user name or an address, stands for."""
    text = text.strip()
    accounts = User.objects.filter(is_active=True).exclude(email="")
    return list(accounts.filter(Q(username=text.lower()) | Q(email__iexact=text))[:MOST_ACCOUNTS])


@task()
def send_links(text: str) -> int:
    """One e-mail per account that ``text`` stands for. Returns how many went; a mail server that fails is logged
    without the address."""
    return sum(_send(account) for account in holders(text))


def _send(account: User) -> bool:
    with transaction.atomic():
        log_account(EventAction.PASSWORD_LINK_SENT, account, by=None)
    context = {
        "name": " ".join(account.name.split()),
        "username": account.username,
        "link": link_for(account),
        "minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
    }
    mail = EmailMessage(
        subject="Portal KLA: tautan kata sandi baru",
        body=render_to_string("accounts/reset_mail.txt", context),
        to=[account.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        mail.send()
    except (SMTPException, OSError, ValueError) as error:
        log.warning("Password link to user %s failed: %s", account.pk, type(error).__name__)
        return False
    return True


def link_for(account: User) -> str:
    """On the portal's configured address: the request's own host is whatever the asker wrote."""
    key = urlsafe_base64_encode(force_bytes(account.pk))
    token = default_token_generator.make_token(account)
    return settings.PORTAL_URL.rstrip("/") + reverse("accounts:reset_confirm", args=[key, token])


@transaction.atomic
def choose_password_by_link(*, account: User, token: str, password: str) -> User:
    """Store the password (validated by the form) of whoever holds the link. All their sessions end, and a lock on
    signing in is lifted. Raises AccountRefused: the link was used meanwhile, or the account closed."""
    row = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    if not row.is_active or not default_token_generator.check_token(row, token):
        raise AccountRefused(LINK_OVER)
    row.set_password(password)
    row.must_change_password = False
    row.save(update_fields=["password", "must_change_password"])
    end_sessions(row, end=SessionEnd.CREDENTIALS)
    lift(row.username)
    log_account(EventAction.PASSWORD_CHANGED, row, by=row, way="link")
    notices.password_changed(row)
    return row
