"""What is tried in the sandbox: fields named ``12.1:numerator``, of any number of questions at once.

Not a crispy form, for the same reason as ``answer.py``, which reads each question.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluations.forms.answer import AnswerForm, typed_again
from indicators.spec import InstrumentSpec

CLEAR = "clear"
"""A field of its own for an answer that was emptied and is carried along."""


class WhatIfForm:
    """``forms``: question code -> its form, for every question of the instrument that has a field in ``data``.

    Fields of no question are left aside.
    """

    def __init__(self, spec: InstrumentSpec, data: Mapping[str, str]) -> None:
        parts: dict[str, dict[str, str]] = {}
        for name, text in data.items():
            code, colon, field = name.partition(":")
            if colon and code in spec.by_code:
                parts.setdefault(code, {})[field] = text
        self.forms = {code: AnswerForm(spec.by_code[code], fields) for code, fields in parts.items()}
        self.refused = [code for code, form in self.forms.items() if not form.is_valid()]

    @property
    def values(self) -> dict[str, Mapping[str, Any] | None]:
        """What could be read, by question code."""
        return {code: form.value for code, form in self.forms.items() if code not in self.refused}


def fields_of(code: str, value: Mapping[str, Any] | None) -> dict[str, str]:
    """A value as fields, to carry it along: the inverse of reading them."""
    if value is None:
        return {f"{code}:{CLEAR}": "1"}
    return {f"{code}:{name}": text for name, text in typed_again(value).items()}
