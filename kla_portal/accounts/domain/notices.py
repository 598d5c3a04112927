"""Letters about one's own account: short, plain, after the deed, and never in its way.

No secret and no link that signs anyone in: whoever reads another person's mail learns that something happened,
and nothing to use.
"""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.indonesian import NATIONAL_ZONE, tanggal_jam

log = logging.getLogger(__name__)

NOT_YOU = (
    "Bukan Anda? Masuk ke portal, ganti kata sandi, lalu akhiri sesi lain di Profil saya, Sesi. "
    "Bila tidak dapat masuk, hubungi admin provinsi Anda (DP3A)."
)


def notify(user: User, subject: str, body: str, *, address: str | None = None) -> None:
    """One plain e-mail to the person once the deed is stored; nothing when there is no address.

    ``address`` is for the one that has just been replaced. A mail server that fails is logged, without the
    address, and disturbs nobody.
    """
    to = user.email if address is None else address
    if not to:
        return
    text = (
        f"Yth. {' '.join(user.name.split())},\n\n{body}\n\nPortal KLA\n{settings.PORTAL_URL.rstrip('/')}/\n"
    )
    mail = EmailMessage(
        subject=" ".join(f"Portal KLA: {subject}".split()),
        body=text,
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
    transaction.on_commit(partial(_send, mail, user.pk))


def _send(mail: EmailMessage, user_pk: int) -> None:
    try:
        mail.send()
    except (SMTPException, OSError, ValueError) as error:
        log.warning("Notice to user %s failed: %s", user_pk, type(error).__name__)


def _now() -> str:
    return tanggal_jam(clock.now(), NATIONAL_ZONE)


def new_device(user: User, *, agent: str, at: datetime) -> None:
    when = tanggal_jam(at, NATIONAL_ZONE)
    notify(
        user,
        "masuk dari perangkat baru",
        f"Akun {user.username} dipakai masuk dari perangkat yang belum dikenal ({agent}) pada {when}.\n\n"
        f"Bila itu Anda, tidak ada yang perlu dilakukan.\n{NOT_YOU}",
    )


def password_changed(user: User) -> None:
    notify(
        user,
        "kata sandi diganti",
        f"Kata sandi akun {user.username} diganti pada {_now()}. Sesi di perangkat lain sudah diakhiri.\n\n{NOT_YOU}",
    )


def password_reset(user: User) -> None:
    notify(
        user,
        "kata sandi disetel ulang",
        f"Admin membuat kata sandi sekali pakai yang baru untuk akun {user.username} pada {_now()}. "
        "Kata sandi lama tidak berlaku lagi dan semua sesi sudah diakhiri. "
        "Mintalah kata sandi itu langsung kepada admin; portal tidak mengirimnya lewat surel.\n\n"
        "Tidak memintanya? Hubungi admin provinsi Anda (DP3A).",
    )


def email_changed(user: User, *, old: str) -> None:
    """To both addresses; neither letter names the other one."""
    body = (
        f"Surel akun {user.username} diubah pada {_now()}. "
        f"Pemberitahuan berikutnya dikirim ke surel yang baru.\n\n{NOT_YOU}"
    )
    for address in dict.fromkeys((old, user.email)):
        notify(user, "surel diubah", body, address=address)


def account_closed(user: User) -> None:
    notify(
        user,
        "akun ditutup",
        f"Akun {user.username} ditutup pada {_now()} dan semua sesinya sudah diakhiri. "
        "Yang sudah Anda kerjakan tetap tersimpan.\n\n"
        "Ada yang keliru? Hubungi admin provinsi Anda (DP3A).",
    )


def account_removed(user: User) -> None:
    """Called while the account still has its name and address: written now, sent after the deed."""
    notify(
        user,
        "data akun dihapus",
        f"Data pribadi akun {user.username} dihapus pada {_now()}. "
        "Ini surel terakhir dari portal ke alamat ini.\n\n"
        "Ada yang keliru? Hubungi admin provinsi Anda (DP3A).",
    )
