"""The two forms of "Lupa kata sandi"."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm

from kla_portal.accounts.forms import PortalForm


class AskForLinkForm(PortalForm):
    who = forms.CharField(
        label="Nama pengguna atau surel",
        max_length=254,
        error_messages={"required": "Isi nama pengguna atau surel Anda."},
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "autocomplete": "username", "spellcheck": "false"}
        ),
    )


class PasswordByLinkForm(SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = "Kata sandi baru"
        self.fields["new_password2"].label = "Kata sandi baru, sekali lagi"
        self.fields["new_password2"].help_text = ""

    def validate_password_for_user(self, user: Any, password_field_name: str = "") -> None:
        """Beside the first field, under its rules; Django says it beside the repetition."""
        super().validate_password_for_user(user, "new_password1")
