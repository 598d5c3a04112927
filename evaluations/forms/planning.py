"""The target of an evaluation, and the efforts of a cluster's questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.forms.boundfield import BoundField

from evaluations.domain.planning.efforts import Line
from evaluations.forms.numbers import NotANumber, read_typed
from evaluations.models import Need
from evaluations.scoring.bands import CENT, entry_total
from evaluations.scoring.planner import Ease
from indicators.spec import Band, ClusterSpec, IndicatorSpec
from kla_portal.accounts.forms import PortalForm
from kla_portal.indonesian import angka

OWN_TOTAL = "Nilai sendiri"
EFFORTS = {1: "1 · berkas", 2: "2 · ringan", 3: "3 · semusim", 4: "4 · setahun", 5: "5 · lebih lama"}


class TargetForm(PortalForm):
    """A predikat of the instrument, or a score of one's own."""

    predikat = forms.ChoiceField(
        label="Predikat",
        required=False,
        error_messages={"invalid_choice": "Pilih salah satu predikat dari daftar."},
    )
    total = forms.CharField(
        label="Nilai sendiri (bila bukan predikat)",
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text="Misalnya 712,50.",
    )

    def __init__(self, *args: Any, bands: Sequence[Band], most: Decimal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most
        choices = [(band.code, f"{band.name} (mulai {angka(entry_total(band), 2)})") for band in bands]
        self.fields["predikat"].choices = [("", OWN_TOTAL), *choices]  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_total(self) -> Decimal | None:
        try:
            text = read_typed(self.cleaned_data["total"])
        except NotANumber as error:
            raise forms.ValidationError(str(error)) from None
        if text is None:
            return None
        total = Decimal(text)
        if not CENT <= total <= self.most:
            raise forms.ValidationError(
                f"Nilai target antara {angka(CENT)} dan {angka(self.most)}. Tulis nilai di antaranya."
            )
        if total != total.quantize(CENT):
            raise forms.ValidationError("Paling banyak dua angka di belakang koma, misalnya 712,50.")
        return total

    def clean(self) -> None:
        chosen, typed = self.cleaned_data.get("predikat"), self.cleaned_data.get("total")
        if chosen and typed is not None:
            self.add_error(
                "total", f'Pilih predikat, atau pilih "{OWN_TOTAL}" dan tulis nilainya; jangan keduanya.'
            )
        elif not chosen and typed is None and not self.errors:
            self.add_error("predikat", "Pilih predikat, atau tulis nilai yang ingin dicapai.")


@dataclass(frozen=True)
class Row:
    """One question of the table with its two fields."""

    line: Line
    effort: BoundField
    need: BoundField


@dataclass(frozen=True)
class Group:
    """The questions of one indicator; ``faults`` of them were refused."""

    indicator: IndicatorSpec
    rows: list[Row]

    @property
    def own(self) -> int:
        return sum(row.line.own for row in self.rows)

    @property
    def faults(self) -> int:
        return sum(bool(row.effort.errors or row.need.errors) for row in self.rows)


class EffortsForm(PortalForm):
    """Two fields per question, ``usaha-<code>`` and ``perlu-<code>``, as the district's word stands now."""

    def __init__(self, *args: Any, lines: Sequence[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            code = line.question.code
            self.fields[f"usaha-{code}"] = forms.TypedChoiceField(
                choices=list(EFFORTS.items()),
                coerce=int,
                initial=line.ease.effort,
                widget=_select(f"Usaha {code}"),
                error_messages={
                    "required": "Pilih usaha 1 sampai 5.",
                    "invalid_choice": "Pilih usaha 1 sampai 5.",
                },
            )
            self.fields[f"perlu-{code}"] = forms.ChoiceField(
                choices=Need.choices,
                initial=line.ease.need,
                required=False,
                widget=_select(f"Keperluan {code}"),
                error_messages={"invalid_choice": "Pilih keperluan dari daftar."},
            )

    def rows(self) -> Iterator[Row]:
        for line in self.lines:
            code = line.question.code
            yield Row(line, self[f"usaha-{code}"], self[f"perlu-{code}"])

    def groups(self, cluster: ClusterSpec) -> list[Group]:
        rows = {row.line.question.code: row for row in self.rows()}
        return [
            Group(
                indicator, [rows[question.code] for question in indicator.questions if question.code in rows]
            )
            for indicator in cluster.indicators
            if any(question.code in rows for question in indicator.questions)
        ]

    @property
    def efforts(self) -> dict[str, Ease]:
        """What was chosen, by question code; once valid."""
        codes = [line.question.code for line in self.lines]
        chosen = self.cleaned_data
        return {code: Ease(chosen[f"usaha-{code}"], chosen[f"perlu-{code}"]) for code in codes}


def _select(label: str) -> forms.Select:
    return forms.Select(attrs={"class": "form-select", "aria-label": label})
