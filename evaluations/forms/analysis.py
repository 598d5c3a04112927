"""Which districts and editions stand side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms

from evaluations.domain.analysis.compare import FEWEST, MOST, chosen
from evaluations.models import Edition, Evaluation, Stage
from kla_portal.accounts.access import Area
from kla_portal.accounts.forms import PortalForm

NOT_KNOWN = (
    "Kabupaten/kota ini tidak ada di wilayah Anda. Pilih dari daftar atau tulis kodenya, misalnya 63.09."
)
NOT_THERE = "Kabupaten/kota ini tidak ikut dalam periode itu. Pilih periode lain."
TWICE = "Pasangan ini sudah dipilih di atas. Pilih kabupaten/kota atau periode lain."


class CompareForm(PortalForm):
    """``d1`` ... ``d6``: a district by code, or by its name as the list offers it; ``e1`` ... its edition.

    ``evaluations`` and ``stage`` hold once the form is valid. One query, within ``area``.
    """

    NUMBERS: ClassVar[range] = range(1, MOST + 1)
    tahap = forms.ChoiceField(label="Tahap", choices=Stage.choices, required=False)

    def __init__(
        self,
        *args: Any,
        area: Area,
        districts: Mapping[str, str],
        editions: Sequence[Edition],
        initial_edition: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.area, self.districts = area, districts
        self.evaluations: list[Evaluation] = []
        choices = [(edition.code, edition.name) for edition in editions]
        for number in self.NUMBERS:
            self.fields[f"d{number}"] = forms.CharField(
                label=f"Kabupaten/Kota {number}", required=False, max_length=120
            )
            self.fields[f"e{number}"] = forms.ChoiceField(
                label=f"Periode {number}", choices=choices, required=False, initial=initial_edition
            )

    @property
    def pairs(self) -> list[tuple[Any, Any]]:
        """The fields of each line: district, edition."""
        return [(self[f"d{number}"], self[f"e{number}"]) for number in self.NUMBERS]

    @property
    def stage(self) -> Stage:
        return Stage(self.cleaned_data.get("tahap") or Stage.EM)

    def clean(self) -> dict[str, Any]:
        wanted = self._wanted()
        if not self.errors and len(wanted) < FEWEST:
            self.add_error(None, f"Pilih paling sedikit {FEWEST} kabupaten/kota atau periode.")
        if self.errors:
            return self.cleaned_data
        known = chosen(self.area, list(wanted.values()))
        for number, pair in wanted.items():
            if pair in known:
                self.evaluations.append(known[pair])
            else:
                self.add_error(f"d{number}", NOT_THERE)
        return self.cleaned_data

    def _wanted(self) -> dict[int, tuple[str, str]]:
        """Line number -> (district code, edition code) of the lines that are filled in."""
        by_name = {name.casefold(): code for code, name in self.districts.items()}
        found: dict[int, tuple[str, str]] = {}
        for number in self.NUMBERS:
            text = str(self.cleaned_data.get(f"d{number}") or "").strip()
            if not text:
                continue
            first = text.split()[0]
            code = first if first in self.districts else by_name.get(text.casefold())
            pair = (code or "", self.cleaned_data.get(f"e{number}") or self.fields[f"e{number}"].initial)
            if code is None:
                self.add_error(f"d{number}", NOT_KNOWN)
            elif pair in found.values():
                self.add_error(f"d{number}", TWICE)
            else:
                found[number] = pair
        return found
