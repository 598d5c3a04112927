"""Preparing an edition: its name, years and instrument; and the windows of its stages."""

from __future__ import annotations

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from evaluations.models import Edition
from indicators.models import Instrument, InstrumentState

YEAR = [MinValueValidator(2006), MaxValueValidator(2100)]


class EditionForm(forms.Form):
    code = forms.SlugField(label="Kode", max_length=20, help_text="Biasanya tahunnya, misalnya 2026.")
    name = forms.CharField(label="Nama", max_length=120, help_text='Misalnya "Evaluasi KLA 2026".')
    instrument = forms.ModelChoiceField(
        label="Instrumen", queryset=Instrument.objects.none(), help_text="Hanya instrumen yang sudah terbit."
    )
    first_year = forms.IntegerField(label="Tahun data dukung pertama", validators=YEAR)
    last_year = forms.IntegerField(label="Tahun data dukung terakhir", validators=YEAR)
    previous = forms.ModelChoiceField(
        label="Periode sebelumnya", queryset=Edition.objects.none(), required=False, empty_label="Tidak ada"
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["instrument"].queryset = Instrument.objects.filter(state=InstrumentState.PUBLISHED)  # type: ignore[attr-defined]
        self.fields["previous"].queryset = Edition.objects.all()  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if Edition.objects.filter(code=code).exists():
            raise forms.ValidationError(f"Periode {code} sudah ada. Pakai kode lain.")
        return code

    def clean(self) -> None:
        first, last = self.cleaned_data.get("first_year"), self.cleaned_data.get("last_year")
        if first and last and last < first:
            self.add_error(
                "last_year", f"Tahun terakhir ({last}) tidak boleh sebelum tahun pertama ({first})."
            )


class WindowForm(forms.Form):
    opens_on = forms.DateField(
        label="Dibuka tanggal", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    opens_time = forms.TimeField(label="pukul", widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    closes_on = forms.DateField(
        label="Ditutup tanggal", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    closes_time = forms.TimeField(
        label="pukul",
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text="Waktu setempat tiap provinsi: WIB, WITA, atau WIT.",
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Div("opens_on", "opens_time", css_class="number-row"),
            Div("closes_on", "closes_time", css_class="number-row"),
        )

    def clean(self) -> None:
        data = self.cleaned_data
        if len(data) == 4 and (data["closes_on"], data["closes_time"]) <= (
            data["opens_on"],
            data["opens_time"],
        ):
            self.add_error("closes_on", "Waktu tutup harus sesudah waktu buka.")
