"""An answer as typed, read against its rule: raw JSON value <-> frozen dataclass.

The raw value has the shape of the command's answers file: ``{"option": 0}``,
``{"numerator": "950", "denominator": "1000"}``, ``{"value": "6"}``, ``{"previous": "12", "current": "10"}``,
``{"rows": [0, 1, null]}``. Options count from 0, best first. Numbers are whole and not negative: the
instrument (Kepmen PPPA 21/2023) counts children, births, offices, never parts of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from indicators.spec import ChangeRule, ChoiceRule, CountRule, MatrixRule, PercentageRule, Rule
from kla_portal.indonesian import angka

MAX_DIGITS = 12

_WHOLE = re.compile(r"-?[0-9]+")
_FRACTION = re.compile(r"-?[0-9]+[.,][0-9]+")


@dataclass(frozen=True, slots=True)
class ChoiceAnswer:
    option: int | None


@dataclass(frozen=True, slots=True)
class PercentageAnswer:
    numerator: int | None
    denominator: int | None


@dataclass(frozen=True, slots=True)
class CountAnswer:
    value: int | None


@dataclass(frozen=True, slots=True)
class ChangeAnswer:
    """Last year's number and this year's."""

    previous: int | None
    current: int | None


@dataclass(frozen=True, slots=True)
class MatrixAnswer:
    rows: tuple[int | None, ...]


Answer = ChoiceAnswer | PercentageAnswer | CountAnswer | ChangeAnswer | MatrixAnswer

FIELDS: dict[str, tuple[str, ...]] = {
    "choice": ("option",),
    "percentage": ("numerator", "denominator"),
    "count": ("value",),
    "change": ("previous", "current"),
    "matrix": ("rows",),
}
"""Keys of the raw value per kind of rule."""

FIELD_NAMES = {
    "option": "Pilihan",
    "numerator": "Pembilang",
    "denominator": "Penyebut",
    "value": "Jumlah",
    "previous": "Angka tahun lalu",
    "current": "Angka tahun ini",
    "rows": "Baris",
}


class AnswerError(ValueError):
    """What is wrong with one answer: field -> Indonesian message; field ``""`` for the answer as a whole.

    A matrix row's field is ``rows.0``, ``rows.1`` and so on.
    """

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


def read_answer(rule: Rule, raw: Mapping[str, object] | None, *, strict: bool = False) -> Answer | None:
    """The answer in ``raw``, or ``None`` when nothing was answered (``None`` or an empty mapping).

    Parts that are null, missing or an empty text are incomplete, which is legal: people save half-typed
    answers. With ``strict`` (answers files) missing keys, empty texts and option numbers written as text are
    refused. Raises ``AnswerError`` with every fault found.
    """
    if raw is None:
        return None
    _check_keys(rule, raw, strict=strict)
    if not raw:
        return None
    reader = _Reader(raw, strict=strict)
    answer: Answer
    match rule:
        case ChoiceRule():
            answer = ChoiceAnswer(reader.option("option", raw.get("option"), len(rule.options)))
        case PercentageRule():
            answer = PercentageAnswer(reader.number("numerator"), reader.number("denominator"))
            reader.check_share(answer)
        case CountRule():
            answer = CountAnswer(reader.number("value"))
        case ChangeRule():
            answer = ChangeAnswer(reader.number("previous"), reader.number("current"))
        case MatrixRule():
            answer = MatrixAnswer(reader.rows(rule))
    if reader.errors:
        raise AnswerError(reader.errors)
    return answer


def answer_to_value(answer: Answer) -> dict[str, object]:
    """The canonical raw value: numbers as text, options as whole numbers. Inverse of ``read_answer``."""
    match answer:
        case ChoiceAnswer(option):
            return {"option": option}
        case MatrixAnswer(rows):
            return {"rows": list(rows)}
        case PercentageAnswer(numerator, denominator):
            return {"numerator": _text(numerator), "denominator": _text(denominator)}
        case CountAnswer(value):
            return {"value": _text(value)}
        case ChangeAnswer(previous, current):
            return {"previous": _text(previous), "current": _text(current)}


def is_blank(answer: Answer | None) -> bool:
    """Nothing of it is filled in: unanswered, whether never touched or emptied again."""
    return answer is None or all(part is None for part in parts(answer))


def parts(answer: Answer) -> tuple[int | None, ...]:
    """The typed numbers of an answer in the order of its fields (a matrix: its rows)."""
    match answer:
        case ChoiceAnswer(option):
            return (option,)
        case MatrixAnswer(rows):
            return rows
        case PercentageAnswer(numerator, denominator):
            return numerator, denominator
        case CountAnswer(value):
            return (value,)
        case ChangeAnswer(previous, current):
            return previous, current


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _check_keys(rule: Rule, raw: Mapping[str, object], *, strict: bool) -> None:
    wanted = FIELDS[rule.kind]
    shape = " dan ".join(wanted)
    if not isinstance(raw, Mapping):
        raise AnswerError({"": f"Isi jawaban butir ini harus memuat {shape}."})
    unknown = sorted(str(key) for key in raw if key not in wanted)
    if unknown:
        raise AnswerError({"": f"Isi jawaban butir ini hanya {shape}; tidak dikenal: {', '.join(unknown)}."})
    missing = [key for key in wanted if key not in raw]
    if strict and missing:
        raise AnswerError({"": f"Isi jawaban butir ini harus memuat {shape}; kurang: {', '.join(missing)}."})


class _Fault(Exception):
    """One part cannot be read; the text says why."""


class _Reader:
    """Reads the parts of one raw value and gathers the faults instead of stopping at the first."""

    def __init__(self, raw: Mapping[str, object], *, strict: bool) -> None:
        self.raw = raw
        self.strict = strict
        self.errors: dict[str, str] = {}

    def is_empty(self, value: object) -> bool:
        return value is None or (value == "" and not self.strict)

    def number(self, field: str) -> int | None:
        value = self.raw.get(field)
        if self.is_empty(value):
            return None
        try:
            return _whole_number(value, FIELD_NAMES[field])
        except _Fault as fault:
            self.errors[field] = str(fault)
            return None

    def option(self, field: str, value: object, count: int, name: str = "Pilihan") -> int | None:
        if self.is_empty(value):
            return None
        if isinstance(value, str) and not self.strict and re.fullmatch(r"[0-9]{1,4}", value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            self.errors[field] = f"{name} harus nomor pilihan, bilangan bulat mulai dari 0."
            return None
        if not 0 <= value < count:
            self.errors[field] = f"{name} harus nomor 0 sampai {count - 1}."
            return None
        return value

    def rows(self, rule: MatrixRule) -> tuple[int | None, ...]:
        rows = self.raw.get("rows")
        if self.is_empty(rows):
            return (None,) * len(rule.rows)
        if not isinstance(rows, list | tuple) or len(rows) != len(rule.rows):
            self.errors["rows"] = f"Baris harus berupa daftar {len(rule.rows)} nomor pilihan."
            return ()
        return tuple(
            self.option(f"rows.{number}", value, len(row.options), f"Pilihan “{row.label}”")
            for number, (row, value) in enumerate(zip(rule.rows, rows, strict=True))
        )

    def check_share(self, answer: PercentageAnswer) -> None:
        """A part cannot be larger than its whole."""
        top, bottom = answer.numerator, answer.denominator
        if top is not None and bottom is not None and top > bottom:
            self.errors["numerator"] = (
                f"Pembilang tidak boleh lebih besar dari penyebut ({angka(top)} > {angka(bottom)})."
            )


def _whole_number(value: object, name: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        # No text is made of a number that is too long: Python itself refuses from 4,300 digits on.
        number, too_long = value, abs(value) >= 10**MAX_DIGITS
    elif isinstance(value, str) and _WHOLE.fullmatch(value):
        too_long = len(value.lstrip("-")) > MAX_DIGITS
        number = 0 if too_long else int(value)
    elif isinstance(value, str) and _FRACTION.fullmatch(value):
        raise _Fault(f"{name} harus bilangan bulat; pecahan seperti 12,5 tidak diterima.")
    else:
        raise _Fault(f"{name} harus bilangan bulat, ditulis dengan angka saja.")
    if too_long:
        raise _Fault(f"{name} paling panjang {MAX_DIGITS} angka.")
    if number < 0:
        raise _Fault(f"{name} tidak boleh kurang dari 0 ({angka(number)}).")
    return number
