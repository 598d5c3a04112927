"""Forms of the action plan. What an action may say, the verbs decide (domain/actions/content.py)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.db.models import QuerySet

from evaluations.domain.actions.content import LIMITS, ActionRefused, Content
from evaluations.domain.actions.reading import Wanted
from evaluations.domain.actions.rupiah import NotRupiah, read_rupiah
from evaluations.domain.actions.tracking import NOTE_LIMIT
from evaluations.forms.numbers import NotANumber, read_typed
from evaluations.models import ActionStatus, Evidence
from evaluations.scoring.bands import CENT
from evaluations.scoring.planner import Mode
from indicators.spec import ClusterSpec, InstrumentSpec
from kla_portal.accounts.forms import PortalForm
from kla_portal.accounts.models import Agency
from kla_portal.indonesian import angka

CODES_LIMIT = 400
MOST_TOTAL = 1000
FILE_LIMIT = 2_000_000
"""Bytes of a workbook that is read back; a plan of 500 actions has some 60 kB."""


def day_field(label: str, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Tulis tanggalnya lengkap, misalnya 12/01/2027."},
        **more,
    )


def codes_in(text: str) -> tuple[str, ...]:
    """``"12.1, 12.3 dan 3.2"`` -> ``("12.1", "12.3", "3.2")``; whether they exist, the verb says."""
    return tuple(dict.fromkeys(filter(None, re.split(r"[,;\s]+|\bdan\b", text.strip()))))


class RupiahField(forms.CharField):
    """Whole rupiah as typed; the value is a whole number or ``None``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput({"inputmode": "numeric", "placeholder": "1.250.000.000"}))
        super().__init__(required=False, max_length=40, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return angka(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        try:
            return read_rupiah(super().clean(value))
        except NotRupiah as refused:
            raise forms.ValidationError(str(refused)) from None


class ActionForm(PortalForm):
    """An action as a coordinator writes it. ``version``: against which; 0 for a new one."""

    title = forms.CharField(
        label="Aksi", max_length=LIMITS["title"], error_messages={"required": "Tulis aksinya dahulu."}
    )
    codes = forms.CharField(
        label="Pertanyaan yang dinaikkan",
        required=False,
        max_length=CODES_LIMIT,
        widget=forms.TextInput({"placeholder": "12.1, 12.3"}),
        help_text="Nomornya, dipisah koma. Boleh kosong bila aksi ini tidak langsung menambah poin.",
    )
    output = forms.CharField(
        label="Keluaran", required=False, max_length=LIMITS["output"], widget=forms.Textarea({"rows": 2})
    )
    agency = forms.ModelChoiceField(
        Agency.objects.none(), label="Penanggung jawab", required=False, empty_label="Belum ditetapkan"
    )
    supporting = forms.ModelMultipleChoiceField(
        Agency.objects.none(),
        label="Perangkat daerah pendukung",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Penanggung jawab sendiri tidak perlu dicentang.",
    )
    budget = RupiahField(label="Anggaran (rupiah)")
    budget_source = forms.CharField(
        label="Sumber anggaran",
        required=False,
        max_length=LIMITS["budget_source"],
        widget=forms.TextInput({"placeholder": "APBD 2027, DAK, CSR"}),
    )
    starts_on = day_field("Mulai")
    due_on = day_field("Tenggat")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("agency", "supporting"):
            cast(forms.ModelChoiceField, self.fields[name]).queryset = agencies
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "title",
            "codes",
            "output",
            "agency",
            Field("supporting", template="evaluations/actions/_supporting.html"),
            Div("budget", "budget_source", css_class="form-pair"),
            Div("starts_on", "due_on", css_class="form-pair"),
            "version",
        )

    @property
    def content(self) -> Content:
        data = self.cleaned_data
        return Content(
            title=data["title"],
            output=data["output"],
            codes=codes_in(data["codes"]),
            agency=data["agency"],
            supporting=tuple(data["supporting"]),
            budget=data["budget"],
            budget_source=data["budget_source"],
            starts_on=data["starts_on"],
            due_on=data["due_on"],
        )

    @staticmethod
    def initial_of(content: Content, version: int) -> dict[str, Any]:
        return {
            "title": content.title,
            "codes": ", ".join(content.codes),
            "output": content.output,
            "agency": content.agency,
            "supporting": list(content.supporting),
            "budget": content.budget,
            "budget_source": content.budget_source,
            "starts_on": content.starts_on,
            "due_on": content.due_on,
            "version": version,
        }

    def refuse_part(self, refused: ActionRefused) -> None:
        self.add_error(refused.field if refused.field in self.fields else None, str(refused))


class ProgressForm(PortalForm):
    status = forms.ChoiceField(label="Status sesudah ini", choices=ActionStatus.choices)
    text = forms.CharField(
        label="Catatan kemajuan",
        required=False,
        max_length=NOTE_LIMIT,
        widget=forms.Textarea({"rows": 3}),
        help_text="Apa yang sudah terjadi dan apa berikutnya. Jangan menulis nama anak.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("text", "status")

    def refuse_part(self, refused: ActionRefused) -> None:
        self.add_error(refused.field if refused.field in self.fields else None, str(refused))


class ProofForm(PortalForm):
    evidence = forms.ModelMultipleChoiceField(
        Evidence.objects.none(),
        error_messages={
            "required": "Centang dokumennya dahulu.",
            "invalid_choice": "Ada dokumen yang tidak ada di pustaka Anda. Muat ulang halaman, lalu pilih lagi.",
            "invalid_pk_value": "Ada dokumen yang tidak ada di pustaka Anda. Muat ulang halaman, lalu pilih lagi.",
        },
    )

    def __init__(self, *args: Any, documents: QuerySet[Evidence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelMultipleChoiceField, self.fields["evidence"]).queryset = documents


class BoardFilter(PortalForm):
    """What narrows the board, by GET. Nonsense is left out."""

    tampilan = forms.ChoiceField(choices=[("", ""), ("daftar", "")], required=False)
    klaster = forms.ChoiceField(label="Klaster", required=False)
    opd = forms.TypedChoiceField(label="Perangkat daerah", required=False, coerce=int, empty_value=None)
    lewat = forms.BooleanField(label="Lewat tenggat", required=False)

    def __init__(
        self, *args: Any, clusters: Iterable[ClusterSpec], agencies: Iterable[Agency], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["klaster"]).choices = [
            ("", "Semua klaster"),
            *((cluster.code, f"{cluster.code} {cluster.name}") for cluster in clusters),
        ]
        cast(forms.ChoiceField, self.fields["opd"]).choices = [
            ("", "Semua perangkat daerah"),
            *((agency.pk, agency.name) for agency in agencies),
        ]
        for name in ("klaster", "opd"):
            field = self.fields[name]
            field.widget.attrs |= {"class": "form-select", "aria-label": field.label}

    def wanted(self) -> Wanted:
        self.is_valid()
        found = self.cleaned_data
        return Wanted(found.get("klaster", ""), found.get("opd"), bool(found.get("lewat")))

    @property
    def as_list(self) -> bool:
        return bool(self.cleaned_data.get("tampilan"))


class WorkbookForm(PortalForm):
    file = forms.FileField(
        label="Buku kerja rencana aksi (.xlsx)",
        max_length=200,
        error_messages={
            "required": "Pilih berkasnya dahulu.",
            "empty": "Berkas ini kosong. Pilih berkas lain.",
        },
        widget=forms.FileInput({"accept": ".xlsx"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > FILE_LIMIT:
            raise forms.ValidationError(
                "Berkas ini lebih besar dari 2 MB; rencana aksi tidak sebesar itu. Unduh ulang buku kerjanya, "
                "lalu isi di sana."
            )
        return file


class FromPlanForm(PortalForm):
    """Which way to which total; the plan itself is computed anew from it. All hidden, from the page of the target."""

    mode = forms.TypedChoiceField(choices=[(mode.value, mode.value) for mode in Mode], coerce=Mode)
    target = forms.CharField(max_length=12)
    agency = forms.ModelChoiceField(Agency.objects.none(), required=False)

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["agency"]).queryset = agencies

    def clean_target(self) -> Decimal:
        try:
            total = Decimal(read_typed(self.cleaned_data["target"]) or "")
        except (NotANumber, InvalidOperation):
            raise forms.ValidationError(
                "Nilai target tidak terbaca. Tulis dengan angka, misalnya 712,50."
            ) from None
        if not 0 < total <= MOST_TOTAL or total != total.quantize(CENT):
            raise forms.ValidationError(
                "Nilai target di luar jangkauan. Tulis nilai sampai nilai maksimum instrumen."
            )
        return total


class MeetingForm(PortalForm):
    """A coordination meeting: which cluster, when, where, and what is on the agenda beside the usual."""

    cluster = forms.ChoiceField(label="Klaster")
    held_on = forms.DateField(
        label="Tanggal rapat",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Isi tanggal rapatnya dahulu.",
            "invalid": "Tulis tanggalnya lengkap, misalnya 12/01/2027.",
        },
    )
    held_at = forms.CharField(
        label="Pukul", required=False, max_length=40, widget=forms.TextInput({"placeholder": "09.00 WITA"})
    )
    place = forms.CharField(
        label="Tempat",
        max_length=160,
        error_messages={"required": "Isi tempat rapatnya dahulu."},
        widget=forms.TextInput({"placeholder": "Aula Bappeda"}),
    )
    agenda = forms.CharField(
        label="Acara tambahan",
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Satu baris satu acara. Acara tetap (jawaban, data dukung, aksi) sudah tertulis di lembarnya.",
    )

    def __init__(self, *args: Any, spec: InstrumentSpec, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["cluster"]).choices = [
            (cluster.code, f"{cluster.code} {cluster.name}") for cluster in spec.clusters
        ]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "cluster", Div("held_on", "held_at", css_class="form-pair"), "place", "agenda"
        )
