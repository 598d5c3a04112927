"""The second factor: a code from the telephone (TOTP), and recovery codes for the day it is gone.

A secret or a code is never part of an event, a log line or an e-mail. A code proves once: the device remembers
its last time step, a recovery code when it was used. Wrong ones of both kinds count on the device, which lets
nothing through for 1, 2, 4, 8 ... seconds after each (django-otp's own throttle).
"""

from __future__ import annotations

import math
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

import segno
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from kla_portal import clock
from kla_portal.accounts.access import memberships_of
from kla_portal.accounts.domain.memberships import locked, log_account
from kla_portal.accounts.domain.notices import NOT_YOU, notify
from kla_portal.accounts.domain.passwords import GROUP_LENGTH, hash_one_time, one_time_password
from kla_portal.accounts.domain.refusal import AccountRefused
from kla_portal.accounts.domain.sittings import end_sessions
from kla_portal.accounts.models import RecoveryCode, SessionEnd, User
from kla_portal.accounts.roles import SECOND_FACTOR
from kla_portal.events.models import EventAction

RECOVERY_CODES = 10
FEW_LEFT = 3
"""With fewer recovery codes than this, the page says so."""
REASON_LENGTH = 200
CODE_FIELD = "one_time_code"
"""The form field of every code; ``middleware.typed_fields`` shows no field of such a name again."""

WRONG_CODE = "Kode tidak cocok, atau sudah pernah dipakai. Periksa, lalu coba lagi; di telepon, tunggu kode berikutnya."


class Step(Enum):
    """What stands between a person who gave their password and the portal."""

    NONE = auto()
    CODE = auto()
    SETUP = auto()


@dataclass(frozen=True)
class Standing:
    """What a person sees of their own second factor. ``left``: recovery codes that still open."""

    since: datetime
    last_used: datetime | None
    left: int

    @property
    def few_left(self) -> bool:
        return self.left < FEW_LEFT


@dataclass(frozen=True)
class NewDevice:
    """A telephone to be added. ``key``: 20 random bytes in hex; nothing is stored before a code confirms it."""

    key: str
    username: str

    @property
    def grouped(self) -> str:
        """The secret as one types it into the telephone: base32 in groups of four."""
        secret = b32encode(bytes.fromhex(self.key)).decode()
        return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))

    @property
    def picture(self) -> str:
        """The QR code as a ``data:`` address of an SVG, dark on white in either colour scheme."""
        address = TOTPDevice(user=User(username=self.username), key=self.key).config_url
        return segno.make(address, error="m", micro=False).svg_data_uri(scale=5, border=4, light="#fff")


def new_key() -> str:
    return default_key()


def devices_of(user: User) -> QuerySet[TOTPDevice]:
    return TOTPDevice.objects.filter(user=user, confirmed=True)


def reasons_for(user: User) -> list[str]:
    """Why this portal does not let the person in with a password alone; empty when it does."""
    if not settings.MFA_REQUIRED:
        return []
    if user.is_superuser:
        return list(SECOND_FACTOR.values())
    held = memberships_of(user)
    return [reason for permission, reason in SECOND_FACTOR.items() if any(m.may(permission) for m in held)]


def with_device(people: QuerySet[User]) -> QuerySet[User]:
    """Each with ``has_device`` for ``step_of``, in the query that reads the person: every request asks."""
    return people.annotate(has_device=Exists(TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)))


def step_of(user: User) -> Step:
    """What the person owes in this session; ``otp_device`` is set by django-otp's middleware."""
    if getattr(user, "otp_device", None):
        return Step.NONE
    has_device: bool | None = getattr(user, "has_device", None)
    if devices_of(user).exists() if has_device is None else has_device:
        return Step.CODE
    return Step.SETUP if reasons_for(user) else Step.NONE


def standing_of(user: User) -> Standing | None:
    device = devices_of(user).first()
    if device is None:
        return None
    left = RecoveryCode.objects.filter(user=user, used_at=None).count()
    return Standing(since=device.created_at, last_used=device.last_used_at, left=left)


def add_factor(*, key: str, code: str, by: User, keep: int | None = None) -> tuple[TOTPDevice, list[str]]:
    """The person's telephone, confirmed by its first code, in place of any earlier one; with ten recovery codes.

    The codes are returned here and kept nowhere. ``keep`` is the sitting (pk) that goes on; the person's others
    end. Refused: a wrong code; a secret that is in use already.
    """
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        totp = TOTP(bytes.fromhex(key))
        digits = _digits(code)
        if not digits or not totp.verify(int(digits), tolerance=1):
            raise AccountRefused(
                "Kode tidak cocok. Periksa jam telepon, lalu isi kode yang sedang tampil.", field=CODE_FIELD
            )
        earlier = devices_of(by)
        if earlier.filter(key=key).exists():
            raise AccountRefused(
                "Telepon ini sudah terpasang. Lanjutkan ke halaman berikutnya.", field=CODE_FIELD
            )
        replaced = bool(TOTPDevice.objects.filter(user=by).delete()[0])
        # The confirming code is spent as well.
        device = TOTPDevice.objects.create(
            user=by, name="Telepon", key=key, confirmed=True, last_t=totp.t(), drift=totp.drift
        )
        log_account(EventAction.FACTOR_ADDED, by, by=by, replaced=replaced)
        codes = _new_codes(by)
        end_sessions(by, end=SessionEnd.CREDENTIALS, keep=keep)
        what = "diganti dengan telepon baru" if replaced else "dipasang"
        notify(
            by,
            "verifikasi dua langkah dipasang",
            f"Verifikasi dua langkah akun {by.username} {what}. Setiap kali masuk, portal kini meminta kode dari "
            f"telepon itu.\n\n{NOT_YOU}",
        )
    return device, codes


@transaction.atomic
def make_recovery_codes(*, by: User) -> list[str]:
    """Ten new recovery codes, returned only here; the earlier ones open nothing any more."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if not devices_of(by).exists():
        raise AccountRefused("Pasang verifikasi dua langkah dahulu; kode pemulihan dibuat saat itu.")
    codes = _new_codes(by)
    notify(
        by,
        "kode pemulihan baru dibuat",
        f"Kode pemulihan akun {by.username} dibuat baru. Kode yang lama tidak berlaku lagi.\n\n{NOT_YOU}",
    )
    return codes


def _new_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    # Each has some 79 random bits, like a one-time password, and is hashed as lightly.
    codes = [one_time_password() for _ in range(RECOVERY_CODES)]
    now = clock.now()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, hash=hash_one_time(code), created_at=now) for code in codes
    )
    log_account(EventAction.RECOVERY_MADE, user, by=user, count=len(codes))
    return codes


def prove(*, code: str, by: User) -> TOTPDevice:
    """The person's device, when this is its code now or an unused recovery code; the code is spent.

    Refused with one message for a wrong and a spent code, with the seconds to wait after several. The count
    of wrong ones must outlive the refusal: never call this inside another transaction.
    """
    tried = _try(code, by)
    if tried.wait:
        raise AccountRefused(
            f"Terlalu banyak kode yang salah. Coba lagi dalam {tried.wait} detik.", field=CODE_FIELD
        )
    if tried.device is None:
        raise AccountRefused(WRONG_CODE, field=CODE_FIELD)
    return tried.device


@dataclass(frozen=True)
class _Tried:
    device: TOTPDevice | None = None
    wait: int = 0
    """Seconds."""


@transaction.atomic(durable=True)
def _try(code: str, by: User) -> _Tried:
    device = devices_of(by).select_for_update().first()
    if device is None:
        return _Tried()
    _count_from_now(device)
    allowed, why = device.verify_is_allowed()
    if not allowed:
        return _Tried(wait=max(1, math.ceil((why["locked_until"] - clock.now()).total_seconds())))
    digits = _digits(code)
    fits = device.verify_token(digits) if digits else _recovers(code, device, by)
    return _Tried(device if fits else None)


def _count_from_now(device: TOTPDevice) -> None:
    """A wrong code of "tomorrow", noted before the clock was set right, must not lock until then."""
    now = clock.now()
    if device.throttling_failure_timestamp and device.throttling_failure_timestamp > now:
        device.throttling_failure_timestamp = now
        device.save(update_fields=["throttling_failure_timestamp"])


def _recovers(code: str, device: TOTPDevice, by: User) -> bool:
    signs = "".join(code.replace("-", " ").split()).lower()
    typed = "-".join(signs[at : at + GROUP_LENGTH] for at in range(0, len(signs), GROUP_LENGTH))
    rows = list(RecoveryCode.objects.select_for_update().filter(user=by))
    # All are tried, used ones too, so that the time tells nothing.
    fitting = [row for row in rows if check_password(typed, row.hash)]
    row = next((row for row in fitting if row.used_at is None), None)
    if row is None:
        device.throttle_increment()
        return False
    row.used_at = max(clock.now(), row.created_at)  # the clock may have been set back
    row.save(update_fields=["used_at"])
    device.throttle_reset()
    left = sum(other.used_at is None for other in rows)
    log_account(EventAction.RECOVERY_USED, by, by=by, left=left)
    notify(
        by,
        "kode pemulihan dipakai",
        f"Seseorang masuk ke akun {by.username} dengan kode pemulihan. Tersisa {left} kode.\n\n{NOT_YOU}",
    )
    return True


def _digits(code: str) -> str:
    """The six digits of a telephone's code as typed, spaces inside allowed; empty when it is something else."""
    bare = "".join(code.split())
    return bare if len(bare) == 6 and bare.isascii() and bare.isdigit() else ""


def remove_own_factor(*, code: str, by: User, keep: int | None = None) -> None:
    """Back to the password alone. Refused while a role requires the second factor, and without a code."""
    if reasons_for(by):
        raise AccountRefused(
            "Peran Anda mewajibkan verifikasi dua langkah. Anda dapat mengganti teleponnya, tetapi tidak melepasnya."
        )
    prove(code=code, by=by)
    with transaction.atomic():
        _remove(User.objects.select_for_update(no_key=True).get(pk=by.pk), by=by, keep=keep)


@transaction.atomic
def remove_factor(*, account: User, reason: str, by: User | None) -> None:
    """For somebody whose telephone is gone. ``by=None`` is the server's administrator.

    Refused: an account outside the area, one's own, one without a second factor, no reason.
    """
    row = locked(account, by=by)
    reason = " ".join(reason.split())
    if by is not None and row.pk == by.pk:
        raise AccountRefused("Untuk akun Anda sendiri, pakai halaman Verifikasi dua langkah.")
    if not TOTPDevice.objects.filter(user=row).exists():
        raise AccountRefused("Akun ini tidak memakai verifikasi dua langkah. Tidak ada yang perlu dilepas.")
    if not reason:
        raise AccountRefused(
            "Tulis alasannya, misalnya: telepon hilang, sudah diperiksa lewat telepon kantor.", field="reason"
        )
    if len(reason) > REASON_LENGTH:
        raise AccountRefused(f"Alasan paling panjang {REASON_LENGTH} huruf ({len(reason)}).", field="reason")
    _remove(row, by=by, reason=reason)


def _remove(row: User, *, by: User | None, keep: int | None = None, **data: str) -> None:
    TOTPDevice.objects.filter(user=row).delete()
    RecoveryCode.objects.filter(user=row).delete()
    log_account(EventAction.FACTOR_REMOVED, row, by=by, **data)
    end_sessions(row, end=SessionEnd.CREDENTIALS, keep=keep)
    notify(
        row,
        "verifikasi dua langkah dilepas",
        f"Verifikasi dua langkah akun {row.username} dilepas. Telepon dan kode pemulihan yang lama tidak berlaku "
        f"lagi.\n\n{NOT_YOU}",
    )
