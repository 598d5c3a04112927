"""The public check: what the holder of a report has. Nothing that is sent is kept."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from evaluations.domain.sealing.lookup import sha256_of
from evaluations.reports.seal import read_code
from kla_portal.accounts.forms import PortalForm

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


class ComparedFileField(forms.FileField):
    """A file; its value is the sha256 of its bytes, or ``None`` without a file."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty_file=True, max_length=400, widget=forms.FileInput(), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        return sha256_of(file.chunks()) if file else None


class CompareForm(PortalForm):
    """A file held against one report."""

    file = ComparedFileField(
        label="Berkas laporan (PDF)",
        error_messages={"required": "Pilih berkas yang hendak dibandingkan dahulu."},
    )


class CheckForm(PortalForm):
    """One of three: the code on the paper, the file, or its sha256."""

    code = forms.CharField(
        label="Kode periksa",
        required=False,
        max_length=300,
        help_text="26 huruf dan angka di bawah nomor laporan; tanda hubung boleh ditulis atau tidak.",
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    file = ComparedFileField(
        label="Atau berkasnya",
        required=False,
        help_text="PDF, XLSX, atau CSV dari portal. Berkas hanya dibandingkan, tidak disimpan.",
    )
    sha256 = forms.CharField(
        label="Atau sha256-nya",
        required=False,
        max_length=100,
        help_text="Untuk berkas yang tidak boleh diunggah: 64 angka dan huruf a sampai f.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        text: str = self.cleaned_data["code"]
        code = read_code(text)
        if text and not code:
            raise forms.ValidationError("Kode ini tidak lengkap; tulis ke-26 huruf dan angkanya.")
        return code

    def clean_sha256(self) -> str:
        text = "".join(self.cleaned_data["sha256"].split()).lower()
        if text and not _SHA256.fullmatch(text):
            raise forms.ValidationError("sha256 terdiri atas 64 angka dan huruf a sampai f; periksa kembali.")
        return text

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if not self.errors and sum(bool(found.get(name)) for name in self.fields) != 1:
            self.add_error("code", "Isi salah satu: kode, berkas, atau sha256.")
        return found
