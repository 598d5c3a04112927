"""A practice to share, and what is looked for in the library of practices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms

from evaluations.domain.practices import STORY_LIMIT, LibraryFilter
from indicators.spec import QuestionSpec
from kla_portal.accounts.forms import PortalForm


class PracticeForm(PortalForm):
    """``offered``: the questions with full points that are not shared yet."""

    question = forms.ChoiceField(
        label="Pertanyaan bernilai penuh",
        error_messages={
            "required": "Pilih pertanyaannya.",
            "invalid_choice": "Pertanyaan ini tidak (lagi) dapat dibagikan. Pilih dari daftar.",
        },
    )
    story = forms.CharField(
        label="Bagaimana caranya",
        max_length=STORY_LIMIT,
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": STORY_LIMIT}),
        help_text="Siapa yang mengerjakan, langkahnya, biayanya, dan apa yang sulit. Jangan sebut nama anak.",
        error_messages={"required": "Ceritakan caranya, supaya daerah lain dapat menirunya."},
    )
    with_evidence = forms.BooleanField(
        label="Bagikan juga data dukungnya",
        required=False,
        help_text="Semua pengguna portal di daerah lain dapat membukanya selama praktik ini dibagikan. "
        "Dokumen pertanyaan yang dapat memuat data anak tidak pernah dibagikan.",
    )

    def __init__(self, *args: Any, offered: Iterable[QuestionSpec], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Pilih…"), *((q.code, f"{q.code} {q.title}") for q in offered)]
        cast(forms.ChoiceField, self.fields["question"]).choices = choices


class LibraryForm(forms.Form):
    """All may stay empty; what is not known counts as empty."""

    q = forms.CharField(label="Kata atau kode", required=False, max_length=80)
    tema = forms.ChoiceField(label="Tema", required=False)
    provinsi = forms.ChoiceField(label="Provinsi", required=False)

    def __init__(
        self, *args: Any, themes: Mapping[str, str], provinces: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["tema"]).choices = [("", "Semua tema"), *themes.items()]
        cast(forms.ChoiceField, self.fields["provinsi"]).choices = [("", "Semua provinsi"), *provinces]

    @property
    def wanted(self) -> LibraryFilter:
        self.is_valid()
        data = self.cleaned_data
        return LibraryFilter(data.get("q", ""), data.get("tema", ""), data.get("provinsi", ""))
