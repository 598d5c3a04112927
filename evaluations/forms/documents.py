"""Forms on the library and its documents. What a document may be called, the verbs decide."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms

from evaluations.domain.evidence.catalogue import STATUSES, Wanted
from evaluations.domain.evidence.describing import LIMITS, DescriptionRefused
from evaluations.domain.evidence.library import REASON_LIMIT, TITLE_LIMIT
from evaluations.files.inspection import ACCEPT_ATTRIBUTE
from evaluations.models import Evidence
from indicators.spec import InstrumentSpec
from kla_portal.accounts.forms import PortalForm
from kla_portal.accounts.models import Agency

MOST_YEARS = 30
_YEAR = re.compile(r"[0-9]{1,4}")
_SPAN = re.compile(r"([0-9]{4})\s*(?:-|–|s\.?d\.?|sampai)\s*([0-9]{4})")


def years_in(text: str) -> list[int]:
    """``"2021-2023, 2025"`` -> ``[2021, 2022, 2023, 2025]``. Raises ``ValueError`` for anything else."""
    found: set[int] = set()
    for part in filter(None, re.split(r"[,;]|\s+dan\s+", text.strip())):
        span, year = _SPAN.fullmatch(part.strip()), _YEAR.fullmatch(part.strip())
        if not (span or year):
            raise ValueError(part)
        first, last = (int(span[1]), int(span[2])) if span else (int(part), int(part))
        if not 0 <= last - first <= MOST_YEARS:
            raise ValueError(part)
        found.update(range(first, last + 1))
    return sorted(found)


class YearsField(forms.CharField):
    """Years as people write them; the value is a list of numbers."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=120, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        try:
            return years_in(super().clean(value))
        except ValueError:
            raise forms.ValidationError("Tulis tahunnya dengan angka, misalnya 2024, 2025.") from None


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Tulis tanggalnya lengkap, misalnya 12/01/2025."},
    )


def _kinds(spec: InstrumentSpec, empty: str) -> list[tuple[str, str]]:
    return [("", empty), *((kind.code, kind.name) for kind in spec.evidence_kinds)]


class DescribeForm(PortalForm):
    """What a document is. ``fixed``: it was handed in, so that its title stays."""

    title = forms.CharField(
        label="Judul", max_length=TITLE_LIMIT, error_messages={"required": "Tulis judulnya dahulu."}
    )
    kind = forms.ChoiceField(label="Jenis", required=False)
    number = forms.CharField(label="Nomor", max_length=LIMITS["number"], required=False)
    issuer = forms.CharField(label="Penerbit", max_length=LIMITS["issuer"], required=False)
    document_date = _day("Tanggal dokumen")
    valid_from = _day("Berlaku mulai")
    valid_until = _day("Berlaku sampai")
    years = YearsField(label="Tahun yang dibuktikan", widget=forms.TextInput({"placeholder": "2024, 2025"}))
    description = forms.CharField(
        label="Keterangan",
        max_length=LIMITS["description"],
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="Untuk foto: apa, di mana, kapan. Jangan menulis nama anak.",
    )

    def __init__(self, *args: Any, spec: InstrumentSpec, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["kind"]).choices = _kinds(spec, "Belum diisi")
        self.helper = FormHelper()
        self.helper.form_tag, self.helper.disable_csrf = False, True
        self.helper.layout = Layout(
            "title",
            Div("kind", "years", css_class="form-pair"),
            Div("number", "document_date", css_class="form-pair"),
            "issuer",
            Div("valid_from", "valid_until", css_class="form-pair"),
            "description",
        )
        if fixed:
            self.fields["title"].disabled = True
            self.fields["title"].help_text = "Sudah diajukan; judulnya tetap."

    @staticmethod
    def parts_of(document: Evidence) -> dict[str, Any]:
        """The form's initial values."""
        return {name: getattr(document, name) for name in DescribeForm.base_fields}

    def refuse_part(self, refused: DescriptionRefused) -> None:
        self.add_error(refused.field if refused.field in self.fields else None, str(refused))


class DocumentsField(forms.ModelMultipleChoiceField):
    """Ticked documents; whatever is wrong with one of them, the list is out of date."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except forms.ValidationError:
            raise forms.ValidationError(
                "Salah satu dokumen tidak ada lagi. Muat ulang halaman, lalu centang lagi."
            ) from None


class ManyForm(PortalForm):
    """The same for several documents at once."""

    document = DocumentsField(Evidence.objects.none(), required=False)
    years = forms.TypedMultipleChoiceField(coerce=int, required=False)
    kind = forms.ChoiceField(required=False)
    issuer = forms.CharField(max_length=LIMITS["issuer"], required=False)

    def __init__(
        self, *args: Any, spec: InstrumentSpec, years: Iterable[int], documents: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelMultipleChoiceField, self.fields["document"]).queryset = documents
        cast(forms.ChoiceField, self.fields["kind"]).choices = _kinds(spec, "")
        cast(forms.ChoiceField, self.fields["years"]).choices = [(str(y), str(y)) for y in years]


class FileForm(PortalForm):
    """One file for a document."""

    file = forms.FileField(
        label="Berkas",
        allow_empty_file=True,
        max_length=400,
        error_messages={"required": "Pilih berkas dahulu."},
        widget=forms.FileInput({"accept": ACCEPT_ATTRIBUTE}),
    )
    shrink = forms.BooleanField(required=False)


class WithdrawForm(PortalForm):
    reason = forms.CharField(
        label="Alasan penarikan",
        max_length=REASON_LIMIT,
        error_messages={"required": "Tulis alasan penarikannya dahulu."},
    )


class EraseForm(PortalForm):
    reason = forms.CharField(
        label="Alasan penghapusan",
        max_length=REASON_LIMIT,
        error_messages={"required": "Tulis alasan penghapusannya dahulu, tanpa menyebut nama orang."},
    )
    hide_name = forms.BooleanField(required=False)


class LibraryFilter(PortalForm):
    """The library's search and filters, all optional, sent by GET."""

    q = forms.CharField(label="Cari judul, nomor, atau isi dokumen", required=False, max_length=100)
    status = forms.ChoiceField(label="Keadaan", required=False)
    jenis = forms.ChoiceField(label="Jenis", required=False)
    tahun = forms.TypedChoiceField(label="Tahun", required=False, coerce=int, empty_value=None)
    opd = forms.TypedChoiceField(label="Perangkat daerah", required=False, coerce=int, empty_value=None)
    butir = forms.CharField(
        label="Pertanyaan",
        required=False,
        max_length=12,
        widget=forms.TextInput({"placeholder": "Pertanyaan, misalnya 12.1", "size": 12}),
    )

    def __init__(
        self,
        *args: Any,
        spec: InstrumentSpec,
        years: Iterable[int],
        agencies: Iterable[Agency],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        listed: dict[str, list[tuple[Any, str]]] = {
            "status": [("", "Semua keadaan"), *STATUSES.items()],
            "jenis": _kinds(spec, "Semua jenis"),
            "tahun": [("", "Semua tahun"), *((year, str(year)) for year in years)],
            "opd": [("", "Semua perangkat daerah"), *((agency.pk, agency.name) for agency in agencies)],
        }
        for name, choices in listed.items():
            cast(forms.ChoiceField, self.fields[name]).choices = choices
        for field in self.fields.values():
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if select else "form-control"
            field.widget.attrs["aria-label"] = field.label
        self.fields["q"].widget.attrs["placeholder"] = "Judul, nomor, isi dokumen"

    def wanted(self) -> Wanted:
        """What to look for; a filter that makes no sense is left out."""
        self.is_valid()
        found = self.cleaned_data
        return Wanted(
            search=found.get("q", ""),
            kind=found.get("jenis", ""),
            year=found.get("tahun"),
            agency=found.get("opd"),
            code=found.get("butir", "").strip(),
            status=found.get("status", ""),
        )
