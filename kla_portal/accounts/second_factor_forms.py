"""Forms of the second factor. A field of a code is named so that no page shows it again."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core import signing

from kla_portal.accounts.domain.second_factor import CODE_FIELD, REASON_LENGTH
from kla_portal.accounts.forms import PortalForm
from kla_portal.accounts.models import User

_LONGEST = 40
"""Characters: a recovery code with its dashes and some spaces."""

_SALT = "kla.second-factor"
_HOUR = 3600


def seal_key(key: str, user: User) -> str:
    """The secret of a telephone that is being added, for the page's own form: bound to the person, for one hour."""
    return signing.dumps([user.pk, key], salt=_SALT)


def open_key(sealed: str, user: User) -> str | None:
    """The secret; None when the page is too old, or another's."""
    try:
        pk, key = signing.loads(sealed, salt=_SALT, max_age=_HOUR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return cast(str, key) if pk == user.pk else None


class _CodeInput(forms.PasswordInput):
    """Readable while one types, and like a password never written back into the page, right or wrong."""

    input_type = "text"


class CodeForm(PortalForm):
    """A code from the telephone, or with ``recovery=True`` a recovery code."""

    one_time_code = forms.CharField(
        label="Kode dari aplikasi di telepon",
        max_length=_LONGEST,
        help_text="Enam angka; berganti tiap 30 detik.",
        error_messages={"required": "Isi kodenya."},
        widget=_CodeInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, recovery: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields[CODE_FIELD]
        if recovery:
            field.label = "Kode pemulihan"
            field.help_text = "Seperti tercetak, misalnya abcd-efgh-jkmn-pqrs; tiap kode sekali pakai."
            field.widget.attrs |= {"inputmode": "text", "autocapitalize": "none"}


class RemoveFactorForm(PortalForm):
    reason = forms.CharField(
        label="Alasan",
        max_length=REASON_LENGTH,
        required=False,
        help_text="Misalnya: telepon hilang; orangnya sudah ditelepon di kantor. Alasan masuk catatan kejadian.",
    )
