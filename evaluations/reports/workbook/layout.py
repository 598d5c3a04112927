"""What the writer and the reader of a workbook agree upon."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evaluations.reports.paper import printable
from indicators.spec import ChangeRule, ChoiceRule, CountRule, MatrixRule, Option, PercentageRule, Rule

SCHEMA = "kla-isian/1"
"""Name and number of this layout. A workbook of another one is not read."""

META_SHEET, LISTS_SHEET, GUIDE_SHEET = "_kla", "_pilihan", "Petunjuk"
HEAD_ROW = 4
"""Row of the column titles on a cluster's sheet; the rows below are the cells to fill in."""

COLUMNS: tuple[tuple[str, int], ...] = (
    ("Kode", 8),
    ("Pertanyaan", 52),
    ("Yang diisi", 34),
    ("Isian", 40),
    ("Catatan", 40),
    ("Nilai maksimum", 11),
    ("Aturan nilai", 60),
    ("Versi", 7),
    ("Bagian", 12),
)
"""Titles with their widths in characters."""

CODE, QUESTION, ASKED, FILL, NOTE, WEIGHT, RULES, VERSION, PART = range(1, len(COLUMNS) + 1)
"""Columns, from 1."""

HIDDEN = (VERSION, PART)

META = (
    "schema",
    "instrument",
    "instrument_digest",
    "edition",
    "district",
    "evaluation",
    "selection",
    "exported_at",
    "seal",
)
"""Keys of the hidden sheet, in its order; column A the key, column B the value as text."""


@dataclass(frozen=True, slots=True)
class Part:
    """One cell to fill in. ``field`` is its name in the answer form: ``option``, ``numerator``, ``rows.0``."""

    field: str
    asked: str
    choices: tuple[str, ...] = ()
    """Texts of the drop-down in the order of the options; empty for a number."""


def parts_of(rule: Rule) -> tuple[Part, ...]:
    """The cells that a question takes, one row each, in the order of its fields."""
    match rule:
        case ChoiceRule():
            return (Part("option", "Pilih satu", choices_of(rule.options)),)
        case MatrixRule():
            return tuple(
                Part(f"rows.{number}", row.label, choices_of(row.options))
                for number, row in enumerate(rule.rows)
            )
        case CountRule():
            return (Part("value", f"Jumlah ({rule.unit})"),)
        case ChangeRule():
            return (
                Part("previous", f"Tahun sebelumnya ({rule.unit})"),
                Part("current", f"Tahun evaluasi ({rule.unit})"),
            )
        case PercentageRule():
            return (
                Part("numerator", f"Pembilang: {rule.numerator}"),
                Part("denominator", f"Penyebut: {rule.denominator}"),
            )


def choices_of(options: Sequence[Option]) -> tuple[str, ...]:
    """The labels as the drop-down shows them; numbered where two would read alike."""
    labels = tuple(printable(option.label) for option in options)
    if len({plain_label(label) for label in labels}) == len(labels):
        return labels
    return tuple(f"{number}. {label}" for number, label in enumerate(labels, start=1))


def plain_label(text: str) -> str:
    """A label without what retyping changes: capitals and blanks."""
    return " ".join(text.casefold().split())


@dataclass(frozen=True, slots=True)
class Key:
    """What a row of a cluster's sheet is about; the seal is over these."""

    code: str
    field: str
    version: int
    """Version of the stored answer when the workbook was made; 0: there was none."""


def keys_of(code: str, rule: Rule, version: int) -> Iterator[Key]:
    for part in parts_of(rule):
        yield Key(code, part.field, version)


def note_text(note: str) -> str:
    """A stored note as its cell holds it. The reader compares with this, so that an untouched note stays as it is."""
    return printable(note).strip()
