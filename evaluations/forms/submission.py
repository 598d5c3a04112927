"""The last step before handing in: the person's own password once more."""

from __future__ import annotations

from crispy_forms.helper import FormHelper
from django import forms
from django.http import HttpRequest

from kla_portal.accounts.backends import is_own_password


class SubmitForm(forms.Form):
    password = forms.CharField(
        label="Kata sandi Anda",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text="Diminta sekali lagi, karena sesudah diajukan jawaban terkunci.",
    )

    def __init__(self, *args: object, request: HttpRequest, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.request = request
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not is_own_password(self.request, password):
            raise forms.ValidationError(
                "Kata sandi tidak cocok. Tulis kata sandi yang Anda pakai untuk masuk."
            )
        return password
