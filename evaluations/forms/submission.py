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


class HandInForm(SubmitForm):
    """The self-assessment's: with a box to tick where ``unanswered`` questions go in as 0."""

    field_order = ["incomplete", "password"]

    def __init__(self, *args: object, unanswered: int, request: HttpRequest, **kwargs: object) -> None:
        super().__init__(*args, request=request, **kwargs)
        if unanswered:
            self.fields["incomplete"] = forms.BooleanField(
                label=f"Saya tetap mengajukan dengan {unanswered} pertanyaan tanpa jawaban, yang dihitung 0.",
                error_messages={
                    "required": "Centang bahwa Anda tetap mengajukan, atau jawab dahulu yang masih kosong."
                },
            )
            self.order_fields(self.field_order)
