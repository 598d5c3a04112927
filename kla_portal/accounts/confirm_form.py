"""One field: the password, once more."""

from __future__ import annotations

from django import forms

from kla_portal.accounts.forms import PortalForm

FIELD = "confirm_password"
"""Has "password" in its name, so that no page writes it back and no other form means it."""


class ConfirmForm(PortalForm):
    confirm_password = forms.CharField(
        label="Kata sandi",
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
        error_messages={"required": "Isi kata sandi Anda untuk melanjutkan."},
    )
