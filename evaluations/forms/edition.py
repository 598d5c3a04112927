"""Preparing an edition: its name, years and instrument; and the windows of its stages."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from evaluations.domain.editions import closing_of, doubts, wall_words
from evaluations.forms.days import day_field, time_field
from evaluations.models import Edition, Stage
from indicators.models import Instrument, InstrumentState
from kla_portal.indonesian import angka

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
    """A window of a stage. Times that are probably a slip (``doubts``) are taken once it is ticked that they are meant.

    The tick names the times it is for: with others it is asked for again.
    """

    opens_on = day_field("Pilih tanggal buka.", label="Dibuka tanggal")
    opens_time = time_field("Tulis jam buka, misalnya 08.00.", label="pukul")
    closes_on = day_field("Pilih tanggal tutup.", label="Ditutup tanggal")
    closes_time = time_field(
        "Tulis jam tutup, misalnya 23.59.",
        label="pukul",
        help_text="Waktu setempat tiap provinsi: WIB, WITA, atau WIT.",
    )

    def __init__(self, *args: Any, edition: Edition, stage: Stage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.edition, self.stage = edition, stage
        self.doubts: list[str] = []
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
        elif len(data) == 4:
            self.doubts = doubts(edition=self.edition, stage=self.stage, opens=self.opens, closes=self.closes)
            if self.doubts:
                self._ask()

    @property
    def opens(self) -> tuple[date, time]:
        return self.cleaned_data["opens_on"], self.cleaned_data["opens_time"]

    @property
    def closes(self) -> tuple[date, time]:
        return self.cleaned_data["closes_on"], self.cleaned_data["closes_time"]

    def _ask(self) -> None:
        """Put the tick into the form; refuse unless it was given for these very times."""
        meant = " ".join(map(str, (*self.opens, *self.closes)))
        now = closing_of(self.edition.windows.filter(stage=self.stage).first())
        was = f"semula ditutup {wall_words(now)}, " if now else ""
        count = angka(self.edition.evaluations.count())
        words = f"Ya, benar: {was}menjadi {wall_words(self.closes)}, bagi {count} kabupaten/kota"
        certain = forms.MultipleChoiceField(
            label="Pastikan jadwalnya",
            choices=[(meant, words)],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["certain"] = certain
        self.helper.layout.append("certain")
        if certain.widget.value_from_datadict(self.data, self.files, "certain") != [meant]:
            self.add_error(
                "certain", "Jadwal belum disimpan. Perbaiki waktunya, atau centang bila memang demikian."
            )
