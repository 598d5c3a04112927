"""Opening, closing and changing accounts. A password is never part of an event."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.validators import ASCIIUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from kla_portal import clock
from kla_portal.accounts.domain import notices
from kla_portal.accounts.domain.memberships import NewMembership, allowed, locked, log_account
from kla_portal.accounts.domain.passwords import hash_one_time, one_time_password
from kla_portal.accounts.domain.refusal import AccountRefused
from kla_portal.accounts.domain.sittings import end_sessions
from kla_portal.accounts.domain.tries import lift
from kla_portal.accounts.models import Membership, SessionEnd, User
from kla_portal.events.models import EventAction

USERNAME_TAKEN = "Nama pengguna ini sudah dipakai."
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class OpenedAccount:
    """``one_time_password`` is None when the caller chose the password. It is not kept anywhere else."""

    account: User
    one_time_password: str | None


def checked_name(name: str) -> str:
    """The name, trimmed; refused when empty, longer than 120 characters or not one line."""
    name = " ".join(name.split())
    if not name:
        raise AccountRefused("Isi nama orang atau jabatannya.", field="name")
    if len(name) > 120:
        raise AccountRefused(f"Nama paling panjang 120 huruf ({len(name)}).", field="name")
    if _CONTROL.search(name):
        raise AccountRefused("Nama memuat tanda yang tidak dapat dicetak. Ketik ulang namanya.", field="name")
    return name


def checked_username(username: str) -> str:
    """The user name in lower case; refused when empty, too long, or with other signs than a-z, 0-9, @.+-_."""
    username = username.strip().lower()
    if not username:
        raise AccountRefused("Isi nama pengguna.", field="username")
    if len(username) > 60:
        raise AccountRefused(f"Nama pengguna paling panjang 60 huruf ({len(username)}).", field="username")
    if username.startswith("dihapus-"):
        raise AccountRefused(
            'Nama pengguna yang diawali "dihapus-" disediakan untuk akun yang datanya dihapus; pilih nama lain.',
            field="username",
        )
    try:
        ASCIIUsernameValidator()(username)
    except ValidationError as error:
        raise AccountRefused(
            "Nama pengguna hanya boleh berisi huruf, angka, dan tanda @ . + - _ tanpa spasi.",
            field="username",
        ) from error
    return username


def checked_email(email: str) -> str:
    """The address, trimmed, or empty; refused when it is not one."""
    email = email.strip()
    if not email:
        return ""
    try:
        validate_email(email)
    except ValidationError as error:
        raise AccountRefused(
            f'Surel "{email}" tidak lengkap; contoh: nama@tabalongkab.go.id.', field="email"
        ) from error
    if len(email) > 254:
        raise AccountRefused("Surel terlalu panjang. Periksa penulisannya.", field="email")
    return User.objects.normalize_email(email)


@transaction.atomic
def open_account(
    *,
    username: str,
    name: str,
    memberships: Iterable[NewMembership],
    by: User | None,
    email: str = "",
    password: str | None = None,
    must_change_password: bool = True,
) -> OpenedAccount:
    """Open one account. Without ``password`` a one-time password is made and returned, only here.

    ``by=None`` is the system (set-up commands). Raises AccountRefused: name taken or malformed, a role or
    place that ``by`` may not give.
    """
    wanted = allowed(memberships, by=by)
    account = User(username=checked_username(username), name=checked_name(name), email=checked_email(email))
    one_time = None
    if password is None:
        one_time = one_time_password()
        account.password = hash_one_time(one_time)
        account.must_change_password = True
    else:
        account.set_password(password)
        account.must_change_password = must_change_password
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as error:
        raise AccountRefused(USERNAME_TAKEN, field="username") from error
    Membership.objects.bulk_create(new.row(account) for new in wanted)
    log_account(EventAction.ACCOUNT_OPENED, account, by=by)
    return OpenedAccount(account=account, one_time_password=one_time)


@transaction.atomic
def change_details(*, account: User, name: str, email: str, by: User | None) -> User:
    """Correct how the person is shown and reached. The event says which fields changed, not what they say."""
    row = locked(account, by=by)
    return _change(row, by=by, name=checked_name(name), email=checked_email(email))


@transaction.atomic
def change_own_email(*, email: str, by: User) -> User:
    """A person's own address; needs no role."""
    row = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    return _change(row, by=by, email=checked_email(email))


def _change(row: User, *, by: User | None, **values: str) -> User:
    changed = [field for field, value in values.items() if getattr(row, field) != value]
    old_email = row.email
    if changed:
        for field in changed:
            setattr(row, field, values[field])
        row.save(update_fields=changed)
        log_account(EventAction.ACCOUNT_CHANGED, row, by=by, change="details", fields=changed)
    if "email" in changed:
        notices.email_changed(row, old=old_email)
    return row


@transaction.atomic
def close_account(*, account: User, by: User) -> User:
    """Nobody signs in with it any more, and running sessions end. What the person wrote stays under their name."""
    row = locked(account, by=by)
    if row.pk == by.pk:
        raise AccountRefused("Anda tidak dapat menutup akun Anda sendiri; minta admin lain melakukannya.")
    if not row.is_active:
        raise AccountRefused("Akun ini sudah ditutup. Muat ulang halaman untuk melihat keadaannya.")
    row.is_active, row.closed_at, row.closed_by = False, clock.now(), by
    row.save(update_fields=["is_active", "closed_at", "closed_by"])
    end_sessions(row, end=SessionEnd.CLOSED)
    log_account(EventAction.ACCOUNT_CLOSED, row, by=by)
    notices.account_closed(row)
    return row


@transaction.atomic
def reopen_account(*, account: User, by: User | None) -> OpenedAccount:
    """Open a closed account again with a new one-time password: whoever knew the old one may have left."""
    row = locked(account, by=by)
    if row.is_active:
        raise AccountRefused("Akun ini tidak sedang ditutup. Muat ulang halaman untuk melihat keadaannya.")
    row.is_active, row.closed_at, row.closed_by = True, None, None
    one_time = _give_one_time_password(row)
    row.save(update_fields=["is_active", "closed_at", "closed_by", "password", "must_change_password"])
    log_account(EventAction.ACCOUNT_REOPENED, row, by=by)
    return OpenedAccount(account=row, one_time_password=one_time)


@transaction.atomic
def reset_password(*, account: User, by: User | None) -> OpenedAccount:
    """A new one-time password; the person's running sessions end."""
    row = locked(account, by=by)
    if by is not None and row.pk == by.pk:
        raise AccountRefused("Untuk akun Anda sendiri, pakai halaman Ganti kata sandi.")
    if not row.is_active:
        raise AccountRefused("Akun ini ditutup. Buka kembali akunnya; kata sandi baru dibuat saat itu.")
    one_time = _give_one_time_password(row)
    row.save(update_fields=["password", "must_change_password"])
    end_sessions(row, end=SessionEnd.CREDENTIALS)
    log_account(EventAction.PASSWORD_RESET, row, by=by)
    notices.password_reset(row)
    return OpenedAccount(account=row, one_time_password=one_time)


def _give_one_time_password(row: User) -> str:
    one_time = one_time_password()
    row.password, row.must_change_password = hash_one_time(one_time), True
    lift(row.username)
    return one_time


@transaction.atomic
def change_own_password(*, password: str, by: User, keep: int | None = None) -> User:
    """Store the password the person chose (validated by the form). Ends their sessions, but for ``keep``: the pk of
    the sitting in which they do it."""
    row = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    row.set_password(password)
    row.must_change_password = False
    row.save(update_fields=["password", "must_change_password"])
    end_sessions(row, end=SessionEnd.CREDENTIALS, keep=keep)
    log_account(EventAction.PASSWORD_CHANGED, row, by=by)
    notices.password_changed(row)
    return row
