"""The upload of an instrument file."""

from __future__ import annotations

from typing import Any

from django import forms

from kla_portal.accounts.forms import PortalForm

MAX_BYTES = 1_000_000
"""Three times the size of kla-2023."""


class ImportForm(PortalForm):
    """A file, or the text of one that was just checked (``text`` and ``name``, carried by the preview)."""

    file = forms.FileField(
        label="Berkas instrumen (YAML)",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml"}),
        help_text="Paling besar 1 MB, UTF-8. Unduhan instrumen yang ada dapat dijadikan awal.",
    )
    text = forms.CharField(required=False, strip=False, max_length=MAX_BYTES, widget=forms.HiddenInput)
    name = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        upload = cleaned.get("file")
        if upload is not None:
            if upload.size > MAX_BYTES:
                raise forms.ValidationError("Berkas lebih besar dari 1 MB. Periksa apakah berkasnya benar.")
            try:
                cleaned["text"] = upload.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                raise forms.ValidationError(
                    "Berkas bukan UTF-8. Simpan sebagai UTF-8, lalu pilih lagi."
                ) from None
            cleaned["name"] = upload.name
        elif not cleaned.get("text"):
            self.add_error("file", "Pilih berkas instrumen yang akan diperiksa.")
        return cleaned
