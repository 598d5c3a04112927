"""What a verifier writes: a verdict, the reasons used often, and who verifies what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from evaluations.forms.answer import AnswerForm
from evaluations.models import Decision, ReasonPhrase, VerifierAssignment
from indicators.spec import ClusterSpec, QuestionSpec
from kla_portal.accounts.forms import PortalForm
from kla_portal.accounts.models import User


def token(version: int, answer_version: int) -> str:
    """What a verdict is made against: the verdict's version and the claim's, as one field.

    One field, because the outbox keeps exactly one version with what was typed; a verdict that waited for
    the network must not meet a newer claim unseen.
    """
    return f"{version}-{answer_version}"


@dataclass
class VerdictForm:
    """Reads the desk's fields. Not a crispy form, like the answer form whose fields it takes in."""

    question: QuestionSpec
    data: Mapping[str, str]
    decision: Decision | None = None
    value: dict[str, Any] | None = None
    errors: dict[str, str] = field(default_factory=dict)

    def is_valid(self) -> bool:
        if self.data.get("decision") not in Decision.values:
            self.errors["decision"] = "Pilih putusan: terima, ubah, tolak, atau tunda."
            return False
        self.decision = Decision(self.data["decision"])
        if self.decision is Decision.CHANGE:
            answer = AnswerForm(self.question, {**self.data, "note": ""})
            answer.is_valid()
            self.value, self.errors = answer.value, answer.errors
        return not self.errors

    @property
    def reason(self) -> str:
        """The typed reason, with the picked phrase below it where it does not stand there yet."""
        typed, phrase = self.data.get("reason", ""), self.data.get("phrase", "").strip()
        if not phrase or phrase in typed:
            return typed
        return f"{typed.rstrip()}\n{phrase}".strip()

    @property
    def versions(self) -> tuple[int, int]:
        """(Of the verdict, of the claim); zeros for anything else than a token."""
        parts = self.data.get("version", "").split("-")
        if len(parts) != 2 or not all(p.isascii() and p.isdigit() and len(p) < 9 for p in parts):
            return 0, 0
        return int(parts[0]), int(parts[1])

    @property
    def faults(self) -> list[tuple[str, str]]:
        """(field, message) for the page."""
        return list(self.errors.items())


class PhraseForm(PortalForm):
    text = forms.CharField(
        label="Alasan",
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text="Misalnya: Dokumen belum ditandatangani pejabat yang berwenang.",
    )

    def __init__(self, *args: Any, owner: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner

    def clean_text(self) -> str:
        text = " ".join(self.cleaned_data["text"].split())
        if ReasonPhrase.objects.filter(owner=self.owner, text=text).exists():
            raise forms.ValidationError("Alasan ini sudah ada dalam daftar Anda. Pakai yang sudah ada.")
        return text


@dataclass(frozen=True)
class VerifierRow:
    """One line of the table: the whole district, or a cluster."""

    label: str
    first: forms.BoundField
    second: forms.BoundField


class VerifiersForm(forms.Form):
    """A select per cluster and reading. Named people who have left the choices stay until another is chosen."""

    def __init__(
        self,
        *args: Any,
        clusters: Iterable[ClusterSpec],
        people: Iterable[User],
        assigned: Mapping[tuple[str, int], VerifierAssignment],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.people = {str(person.pk): person for person in people}
        for row in assigned.values():
            self.people.setdefault(str(row.verifier_id), row.verifier)
        choices = [("", "Siapa pun")] + [(pk, p.name) for pk, p in self.people.items()]
        seconds = [("", "Tidak ada"), *choices[1:]]
        self.parts = [("", "Seluruh kabupaten/kota"), *((c.code, f"{c.code} {c.name}") for c in clusters)]
        for cluster, label in self.parts:
            for reading, options in ((1, choices), (2, seconds)):
                kept = assigned.get((cluster, reading))
                self.fields[self._name(cluster, reading)] = forms.ChoiceField(
                    label=f"{label}, pembacaan {'pertama' if reading == 1 else 'kedua'}",
                    choices=options,
                    required=False,
                    initial=str(kept.verifier_id) if kept else "",
                    widget=forms.Select({"class": "form-select"}),
                )

    @staticmethod
    def _name(cluster: str, reading: int) -> str:
        return f"{cluster or 'semua'}-{reading}"

    @property
    def rows(self) -> list[VerifierRow]:
        return [
            VerifierRow(label, self[self._name(cluster, 1)], self[self._name(cluster, 2)])
            for cluster, label in self.parts
        ]

    @property
    def wanted(self) -> dict[tuple[str, int], User | None]:
        return {
            (cluster, reading): self.people.get(self.cleaned_data[self._name(cluster, reading)])
            for cluster, _ in self.parts
            for reading in (1, 2)
        }
