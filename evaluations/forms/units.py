"""What is posted for a sheet of cells -> changes for the verb, or messages beside the cells.

Not a crispy form: a page holds a place's 15 questions or a question's 30 villages and must stay light.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django import forms

from evaluations.domain.units.rows import WORDS, Change, Key
from kla_portal.accounts.forms import PortalForm

READ: dict[str, bool | None] = {"ya": True, "tidak": False, "": None}
SEEN = {word: value for value, word in WORDS.items()}


def field_name(key: Key) -> str:
    return "@".join(key)


@dataclass
class UnitForm:
    """``keys``: the cells that the page asked for; whatever else is posted is passed over.

    ``rest`` ("ya" or "tidak") fills the cells that stood at "belum" and were left so: one mark for a whole
    kecamatan, and only the exceptions by hand.
    """

    keys: Iterable[Key]
    data: Mapping[str, str]
    changes: list[Change] = field(default_factory=list)
    errors: dict[Key, str] = field(default_factory=dict)

    def is_valid(self) -> bool:
        rest = READ.get(self.data.get("rest", ""))
        for key in self.keys:
            posted = self.data.get(field_name(key))
            seen = self.data.get(f"seen:{field_name(key)}", WORDS[None])
            if posted is None:
                posted = "" if seen == WORDS[None] else seen
            if posted not in READ or seen not in SEEN:
                self.errors[key] = "Pilih ya, tidak, atau belum."
                continue
            holds = READ[posted]
            if holds is None and SEEN[seen] is None:
                holds = rest
            self.changes.append(Change(*key, seen=SEEN[seen], holds=holds))
        return not self.errors

    def chosen(self) -> dict[Key, bool | None]:
        """What the person marked, to be shown again."""
        return {change.key: change.holds for change in self.changes}


class BookForm(PortalForm):
    file = forms.FileField(
        label="Buku kerja yang sudah diisi (XLSX)",
        help_text="Paling besar 5 MB. Belum ada yang disimpan sebelum Anda menyetujui hasil pemeriksaan.",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )
