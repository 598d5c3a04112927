"""What a person wants to hear by e-mail."""

from __future__ import annotations

from crispy_forms.helper import FormHelper
from django import forms

from evaluations.models import MailMode
from kla_portal.accounts.forms import PortalForm

EXPLAINED = {
    MailMode.DIGEST: "Ringkasan sekali sehari; pengembalian, batas waktu dalam 48 jam, dan hasil seketika",
    MailMode.AT_ONCE: "Setiap pesan seketika",
    MailMode.NONE: "Tanpa surel; pesan hanya di portal",
}


class PreferenceForm(PortalForm):
    mail = forms.ChoiceField(
        label="Surel dari portal",
        choices=[(mode.value, text) for mode, text in EXPLAINED.items()],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
