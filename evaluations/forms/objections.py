"""Sanggah: the district's reason and documents; the decider's choice, value and reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from evaluations.domain.verification import REASON_LIMIT
from evaluations.files.inspection import ACCEPT_ATTRIBUTE
from evaluations.forms.answer import AnswerForm
from evaluations.forms.evidence import FilesField, FilesInput
from evaluations.models import Decision, Evidence
from indicators.spec import QuestionSpec
from kla_portal.accounts.forms import PortalForm

REASON = forms.Textarea(attrs={"rows": 5, "maxlength": REASON_LIMIT})


class ObjectionForm(PortalForm):
    reason = forms.CharField(
        label="Alasan sanggah",
        max_length=REASON_LIMIT,
        widget=REASON,
        error_messages={"required": "Tulis alasan sanggah, dan sebut bagian dokumen yang menunjukkannya."},
    )
    evidence = forms.ModelMultipleChoiceField(
        Evidence.objects.none(),
        required=False,
        error_messages={
            "invalid_choice": "Ada dokumen yang tidak ada di pustaka Anda. Muat ulang halaman, lalu pilih lagi.",
            "invalid_pk_value": "Ada dokumen yang tidak ada di pustaka Anda. Muat ulang halaman, lalu pilih lagi.",
        },
    )

    def __init__(self, *args: Any, documents: QuerySet[Evidence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelMultipleChoiceField, self.fields["evidence"]).queryset = documents

    @property
    def picked(self) -> set[str]:
        """Ids of the ticked documents, whether they can be read or not."""
        return set(self.data.getlist("evidence")) if self.is_bound else set()

    def tick(self, documents: Iterable[Evidence]) -> None:
        """Put these documents to the ticked ones, before the form is read."""
        self.data = self.data.copy()
        self.data.setlist("evidence", [*self.picked, *(str(document.pk) for document in documents)])


class ProofForm(PortalForm):
    """Files that come with an objection; whether each will do, the verb decides."""

    files = FilesField(  # type: ignore[assignment]
        label="Berkas baru (boleh kosong)",
        widget=FilesInput(attrs={"accept": ACCEPT_ATTRIBUTE}),
    )


CHOICES = [
    ("accept", "Kabulkan: klaim diterima"),
    ("change", "Kabulkan: nilai diubah"),
    ("refuse", "Tolak: putusan tetap"),
]


class DecideForm(PortalForm):
    """``answer`` reads the fields of the question's own form, for "nilai diubah" only."""

    choice = forms.ChoiceField(
        label="Putusan",
        choices=CHOICES,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Pilih salah satu putusan.",
            "invalid_choice": "Pilih salah satu putusan.",
        },
    )
    reason = forms.CharField(
        label="Alasan putusan",
        max_length=REASON_LIMIT,
        widget=REASON,
        error_messages={"required": "Tulis alasan putusan; kabupaten/kota membacanya."},
    )

    def __init__(self, *args: Any, question: QuestionSpec, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answer = AnswerForm(question, self.data.dict()) if self.is_bound else None

    def clean(self) -> None:
        if self.cleaned_data.get("choice") == "change" and self.answer and not self.answer.is_valid():
            for _, message in self.answer.faults:
                self.add_error(None, message)

    @property
    def granted(self) -> bool:
        return bool(self.cleaned_data["choice"] != "refuse")

    @property
    def decision(self) -> Decision:
        return Decision.CHANGE if self.cleaned_data["choice"] == "change" else Decision.ACCEPT

    @property
    def value(self) -> Mapping[str, Any] | None:
        return self.answer.value if self.answer and self.decision == Decision.CHANGE else None
