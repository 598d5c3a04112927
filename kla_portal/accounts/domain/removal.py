"""Removing a person's data from a closed account. What they did stays, under the account's number.

Whatever hangs on the account by CASCADE is the person's own and goes; whatever is PROTECTed is a deed, which public
accountability keeps, and from now on bears the number. docs/privacy.md names every table; ADR 0021 says why.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from axes.models import AccessAttempt, AccessFailureLog
from django.db import models, transaction
from django.db.models import ForeignObjectRel, QuerySet

from kla_portal import clock
from kla_portal.accounts.domain import notices
from kla_portal.accounts.domain.memberships import home_district, locked, words
from kla_portal.accounts.domain.refusal import AccountRefused
from kla_portal.accounts.domain.sittings import end_sessions
from kla_portal.accounts.domain.tries import hashed, normal
from kla_portal.accounts.models import SessionEnd, User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction

REASON_LENGTH = 200


@dataclass(frozen=True)
class Preview:
    """What a removal would do. ``goes``: (what, how many rows), only what there is. ``deeds``: events that stay.

    ``refusal`` is empty when it can be done.
    """

    name: str
    username: str
    goes: tuple[tuple[str, int], ...]
    deeds: int
    refusal: str


def bare_name(pk: int) -> str:
    """What pages show in place of the person's name."""
    return f"Akun dihapus {pk}"


def preview(*, account: User, by: User) -> Preview:
    """Look, and change nothing. Raises AccountRefused: an account outside the area of ``by``, or removed before."""
    with transaction.atomic():
        row = locked(account, by=by)
    goes = ((str(rows.model._meta.verbose_name), rows.count()) for rows in _own_rows(row))
    tries = sum(rows.count() for rows in _tries_of(row))
    return Preview(
        name=bare_name(row.pk),
        username=_free_username(row.pk),
        goes=tuple((WORDS.get(what, what), count) for what, count in (*goes, ("tries", tries)) if count),
        deeds=row.events.count(),
        refusal=_refusal(row, by),
    )


WORDS = {
    "membership": "peran",
    "known device": "perangkat yang dikenal",
    "signed in session": "catatan sesi",
    "recovery code": "kode pemulihan",
    "TOTP device": "telepon untuk verifikasi dua langkah",
    "message": "pesan",
    "message preference": "pilihan surel",
    "reason phrase": "kalimat alasan tersimpan",
    "tries": "percobaan masuk",
}
"""By the model's own name what the page calls its rows."""


@transaction.atomic
def remove_account(*, account: User, reason: str, by: User) -> User:
    """Take the person's data away for good; the row stays, bare. Needs a reason and an account that was closed before.

    Raises AccountRefused: not yours, still open, your own, removed before, no reason. The last administrator is
    safe by these rules: whoever removes is one, and is never the one who goes.
    """
    row = locked(account, by=by)
    reason = " ".join(reason.split())
    if refusal := _refusal(row, by):
        raise AccountRefused(refusal)
    if not reason:
        raise AccountRefused("Tulis alasannya, misalnya: permintaan tertulis pemilik akun.", field="reason")
    if len(reason) > REASON_LENGTH:
        raise AccountRefused(f"Alasan paling panjang {REASON_LENGTH} huruf ({len(reason)}).", field="reason")
    if told := _says_who(reason, row):
        raise AccountRefused(
            f'Alasan masuk catatan kejadian yang tidak pernah dihapus; hilangkan "{told}" dari alasannya.',
            field="reason",
        )
    held = list(row.memberships.all())
    end_sessions(row, end=SessionEnd.CLOSED)
    notices.account_removed(row)
    removed = _clear(row)
    # The event before the new user name: changing a unique column locks the row as deleting it would, and whoever
    # holds the chain may be about to write a row that names this person.
    record(
        EventAction.ACCOUNT_REMOVED,
        by=by,
        subject=f"akun:{row.pk}",
        district=home_district(held),
        memberships=words(held),
        reason=reason,
        rows=dict(sorted(removed.items())),
    )
    _make_bare(row, by)
    return row


def _refusal(row: User, by: User) -> str:
    if row.pk == by.pk:
        return "Anda tidak dapat menghapus data akun Anda sendiri; minta admin lain melakukannya."
    if row.is_active:
        return "Akun ini masih terbuka. Tutup akunnya lebih dahulu, lalu hapus datanya."
    return ""


def _says_who(reason: str, row: User) -> str:
    """The word of the reason that is the person's name, user name or address; empty when there is none."""
    said = (word for word in (row.name, row.username, row.email) if word)
    return next((w for w in said if re.search(rf"(?<!\w){re.escape(w)}(?!\w)", reason, re.IGNORECASE)), "")


def belongings() -> list[ForeignObjectRel]:
    """Every relation whose rows belong to an account and go with it, also those without a name on the account."""
    pointing = (r for r in User._meta.get_fields(include_hidden=True) if isinstance(r, ForeignObjectRel))
    return [r for r in pointing if not r.many_to_many and r.on_delete is models.CASCADE]


def _own_rows(row: User) -> Iterator[QuerySet[models.Model]]:
    for relation in belongings():
        owner: type[models.Model] = relation.related_model
        yield owner._base_manager.filter(**{relation.field.name: row})


def _tries_of(row: User) -> Iterator[QuerySet[models.Model]]:
    """Tries to sign in or to have a link sent, under the user name or the address."""
    keys = [hashed(normal(text)) for text in (row.username, row.email) if text]
    for table in (AccessFailureLog, AccessAttempt):
        yield table.objects.filter(username__in=keys)


def _clear(row: User) -> Counter[str]:
    removed: Counter[str] = Counter()
    for rows in (*_own_rows(row), *_tries_of(row)):
        removed.update(rows.delete()[1])
    return removed


def _make_bare(row: User, by: User) -> None:
    row.name, row.username, row.email = bare_name(row.pk), _free_username(row.pk), ""
    row.set_unusable_password()
    row.last_login, row.is_superuser, row.must_change_password = None, False, False
    row.removed_at, row.removed_by = clock.now(), by
    row.save()


def _free_username(pk: int) -> str:
    """``dihapus-12``; with further strokes if somebody took that name before such names were kept free."""
    name = f"dihapus-{pk}"
    while User.objects.filter(username=name).exclude(pk=pk).exists():
        name += "-"
    return name
