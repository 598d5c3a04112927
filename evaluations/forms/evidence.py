"""Forms on data dukung. Whether a file, an address or a document will do, the verbs decide."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from evaluations.domain.evidence.library import TITLE_LIMIT
from evaluations.domain.evidence.quotes import PAGES_LIMIT, QUOTE_LIMIT
from evaluations.domain.evidence.slots import URL_LIMIT, clean_url
from evaluations.files.inspection import ACCEPT_ATTRIBUTE, EvidenceRefused
from evaluations.models import Evidence
from kla_portal.accounts.forms import PortalForm

MAX_FILES = 20
"""Files of one sending; more would keep a slow line busy for an hour without a word."""


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; the value is a list. Empty files pass, so that the verb can say which one is empty."""

    widget = FilesInput

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not given:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(given) > MAX_FILES:
            raise forms.ValidationError(f"Paling banyak {MAX_FILES} berkas sekali unggah.", code="max_files")
        return [cast(UploadedFile, super(FilesField, self).clean(one, initial)) for one in given]


class UploadForm(PortalForm):
    files = FilesField(  # type: ignore[assignment]
        label="Berkas",
        error_messages={"required": "Pilih berkas dahulu."},
        widget=FilesInput(attrs={"accept": ACCEPT_ATTRIBUTE}),
    )
    title = forms.CharField(
        label="Judul (boleh kosong)",
        max_length=TITLE_LIMIT,
        required=False,
        help_text="Tanpa judul, nama berkas yang dipakai.",
    )


class LinkForm(PortalForm):
    url = forms.CharField(
        label="Alamat",
        max_length=URL_LIMIT,
        error_messages={"required": "Tulis alamatnya dahulu."},
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text="Hanya alamatnya yang disimpan. Pastikan tetap dapat dibuka sampai verifikasi selesai.",
    )
    title = forms.CharField(label="Judul (boleh kosong)", max_length=TITLE_LIMIT, required=False)

    def clean_url(self) -> str:
        url = cast(str, self.cleaned_data["url"]).strip()
        try:
            return clean_url(url if "://" in url else f"https://{url}")
        except EvidenceRefused as refused:
            raise forms.ValidationError(str(refused)) from refused


class PickForm(PortalForm):
    evidence = forms.ModelChoiceField(
        Evidence.objects.none(),
        error_messages={
            "required": "Pilih satu dokumen dahulu.",
            "invalid_choice": "Dokumen ini tidak ada di pustaka Anda. Muat ulang halaman, lalu pilih lagi.",
        },
    )
    pages = forms.CharField(
        label="Halaman (boleh kosong)",
        max_length=PAGES_LIMIT,
        required=False,
        widget=forms.TextInput({"placeholder": "4-6, 9"}),
    )
    quote = forms.CharField(
        label="Kutipan (boleh kosong)",
        max_length=QUOTE_LIMIT,
        required=False,
        help_text="Kalimat dalam dokumen yang membuktikan jawabannya; verifikator mencarinya di halaman itu.",
    )

    def __init__(self, *args: Any, documents: QuerySet[Evidence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["evidence"]).queryset = documents
