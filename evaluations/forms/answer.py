"""What is posted for one question -> the raw value that scoring reads, or messages beside the fields.

Not a crispy form: a page holds up to 63 of these cards and must stay light (docs/adr/0006).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evaluations.domain.answers import clean_note
from evaluations.forms.numbers import NotANumber, read_whole
from evaluations.scoring.rules import AnswerError, read_answer
from indicators.spec import MatrixRule, QuestionSpec

FIELDS: dict[str, tuple[str, ...]] = {
    "percentage": ("numerator", "denominator"),
    "count": ("value",),
    "change": ("previous", "current"),
}


@dataclass
class AnswerForm:
    """``typed`` keeps every field as the person wrote it, so that a refused save can show it again."""

    question: QuestionSpec
    data: Mapping[str, str]
    value: dict[str, Any] | None = None
    errors: dict[str, str] = field(default_factory=dict)

    def is_valid(self) -> bool:
        self.value = self._read()
        if not self.errors:
            try:
                read_answer(self.question.rule, self.value)
            except AnswerError as error:
                self.errors = dict(error.errors)
        try:
            clean_note(self.note)
        except AnswerError as error:
            self.errors |= error.errors
        return not self.errors

    @property
    def note(self) -> str:
        return self.data.get("note", "")

    @property
    def version(self) -> int:
        text = self.data.get("version", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0

    @property
    def typed(self) -> dict[str, str]:
        return {
            name: text for name, text in self.data.items() if name not in {"csrfmiddlewaretoken", "version"}
        }

    @property
    def faults(self) -> list[tuple[str, str]]:
        """(field, message) for the page."""
        return list(self.errors.items())

    def _read(self) -> dict[str, Any] | None:
        if self.data.get("clear"):
            return None
        kind = self.question.rule.kind
        if kind == "choice":
            option = self._index("option")
            return None if option is None else {"option": option}
        if kind == "matrix":
            return self._rows()
        numbers = {name: self._number(name) for name in FIELDS[kind]}
        return numbers if any(number is not None for number in numbers.values()) else None

    def _rows(self) -> dict[str, Any] | None:
        if not isinstance(self.question.rule, MatrixRule):
            return None
        rows = [self._index(f"rows.{place}") for place in range(len(self.question.rule.rows))]
        return {"rows": rows} if any(row is not None for row in rows) else None

    def _index(self, name: str) -> int | None:
        text = self.data.get(name, "").strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 4):
            self.errors[name] = "Pilih salah satu pilihan yang tersedia."
            return None
        return int(text)

    def _number(self, name: str) -> str | None:
        """Every rule counts whole things (scoring/answers.py), so that 1.234 is a thousand and more."""
        try:
            return read_whole(self.data.get(name, ""))
        except NotANumber as error:
            self.errors[name] = str(error)
        return None


def typed_again(value: Mapping[str, Any]) -> dict[str, str]:
    """A stored value as the form's fields: the inverse of reading them."""
    fields = {name: str(part) for name, part in value.items() if name != "rows" and part is not None}
    rows = {f"rows.{place}": str(row) for place, row in enumerate(value.get("rows", [])) if row is not None}
    return fields | rows
