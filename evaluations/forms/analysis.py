"""Which districts and editions stand side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms

from evaluations.domain.analysis.compare import FEWEST, MOST, chosen
from evaluations.domain.analysis.totals import CLAIM, CLAIM_NAME
from evaluations.models import Edition, Evaluation, Stage
from kla_portal.accounts.access import Area
from kla_portal.accounts.forms import PortalForm

NOT_KNOWN = (
    "Kabupaten/kota ini tidak ada di wilayah Anda. Pilih dari daftar atau tulis kodenya, misalnya 63.09."
)
NOT_THERE = "Kabupaten/kota ini tidak ikut dalam periode itu. Pilih periode lain."
TWICE = "Pasangan ini sudah dipilih di atas. Pilih kabupaten/kota atau periode lain."


class CompareForm(PortalForm):
    """``d1`` ... ``d6``: a district by code, by the list's entry or by name; ``e1`` ... its edition.

    ``tahap``: ``klaim`` or a stage. ``evaluations`` and ``basis`` hold once the form is valid. One query, within
    ``area``.
    """

    NUMBERS: ClassVar[range] = range(1, MOST + 1)
    tahap = forms.ChoiceField(label="Nilai", choices=[(CLAIM, CLAIM_NAME), *Stage.choices], required=False)

    def __init__(
        self,
        *args: Any,
        area: Area,
        districts: Mapping[str, str],
        editions: Sequence[Edition],
        initial_edition: str,
        initial_basis: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.area, self.districts = area, districts
        self.evaluations: list[Evaluation] = []
        self.fields["tahap"].initial = initial_basis
        choices = [(edition.code, edition.name) for edition in editions]
        for number in self.NUMBERS:
            self.fields[f"d{number}"] = forms.CharField(
                label=f"Kabupaten/Kota {number}", required=False, max_length=120
            )
            self.fields[f"e{number}"] = forms.ChoiceField(
                label=f"Periode {number}", choices=choices, required=False, initial=initial_edition
            )

    @property
    def pairs(self) -> list[tuple[Any, str, Any]]:
        """Each line: the district's field, what it shows (a code with its name), the edition's field."""
        return [
            (self[f"d{number}"], self._shown(self[f"d{number}"].value()), self[f"e{number}"])
            for number in self.NUMBERS
        ]

    @property
    def basis(self) -> str:
        return self.cleaned_data.get("tahap") or str(self.fields["tahap"].initial)

    @property
    def basis_name(self) -> str:
        return CLAIM_NAME if self.basis == CLAIM else str(Stage(self.basis).label)

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

    def _shown(self, typed: Any) -> str:
        text = str(typed or "").strip()
        return f"{text} {self.districts[text]}" if text in self.districts else text

    def _by_name(self) -> dict[str, str]:
        """Name in small letters -> code; also without "Kabupaten" or "Kota" where only one is called so."""
        full = {name.casefold(): code for code, name in self.districts.items()}
        bare = [(name.partition(" ")[2], code) for name, code in full.items()]
        count = Counter(name for name, _ in bare)
        return {name: code for name, code in bare if count[name] == 1} | full

    def _wanted(self) -> dict[int, tuple[str, str]]:
        """Line number -> (district code, edition code) of the lines that are filled in."""
        by_name = self._by_name()
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
