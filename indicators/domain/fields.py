"""Reading one mapping of the instrument file field by field, gathering every fault with its line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from decimal import Decimal

from indicators.domain.canonical import number as exact
from indicators.domain.errors import Faults
from indicators.domain.yaml_tree import Mapping, Node, Scalar, Sequence
from kla_portal.indonesian import angka

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")
SLUG = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")

WHOLE_DIGITS = 6
DECIMALS = 4

TEXT = 4000
"""Longest text of a field that names no shorter limit."""


class Fields:
    """The fields of one mapping. A field that is missing or wrong is reported once and reads as a blank:
    ``""``, ``None``, ``False`` or an empty list, so that the reading goes on to the next fault."""

    def __init__(
        self,
        node: Node | None,
        what: str,
        faults: Faults,
        *,
        required: Collection[str],
        optional: Collection[str] = (),
    ) -> None:
        self.line = node.line if node else 1
        self.what = what
        self.faults = faults
        self.nodes: dict[str, Node] = {}
        if node is None:  # reported as missing where it was looked for
            return
        if not isinstance(node, Mapping):
            self.fault(node.line, "harus berisi pasangan nama dan nilai")
            return
        for key, value in node.pairs:
            if key.text not in required and key.text not in optional:
                known = ", ".join([*required, *optional])
                self.fault(key.line, f'isian "{_shown(key.text)}" tidak dikenal; yang dikenal: {known}')
            elif key.text in self.nodes:
                self.fault(key.line, f'isian "{key.text}" ditulis dua kali')
            else:
                self.nodes[key.text] = value
        missing = [key for key in required if key not in self.nodes]
        if missing:
            self.fault(node.line, f"isian kurang: {', '.join(missing)}")

    def fault(self, line: int, message: str) -> None:
        self.faults.add(line, f"{self.what}: {message}")

    def has(self, key: str) -> bool:
        return key in self.nodes

    def line_of(self, key: str) -> int:
        return self.nodes[key].line if key in self.nodes else self.line

    def text(self, key: str, limit: int = TEXT) -> str:
        """A text that is not empty; an unquoted number, true or null is not a text."""
        node = self.nodes.get(key)
        return "" if node is None else read_text(node, f"{self.what}: {key}", self.faults, limit)

    def code(self, key: str, limit: int, *, slug: bool = False) -> str:
        """A short name for machines: letters, digits, ``-``, ``_`` and, unless it is a slug, dots."""
        text = self.text(key, limit)
        if text and not (SLUG if slug else _CODE).fullmatch(text):
            allowed = "huruf, angka, - dan _" if slug else "huruf, angka, titik, - dan _"
            self.fault(self.line_of(key), f'{key} "{_shown(text)}" hanya boleh memuat {allowed}')
            return ""
        return text

    def number(self, key: str, *, negative: bool = False) -> Decimal | None:
        """An exact decimal: at most six digits before the point and four after it."""
        node = self.nodes.get(key)
        if node is None:
            return None
        message = _number_fault(node, negative=negative)
        if message:
            self.fault(node.line, f"{key} {message}")
            return None
        assert isinstance(node, Scalar)  # noqa: S101  (said by _number_fault)
        return exact(node.text)

    def flag(self, key: str, *, default: bool = False) -> bool:
        node = self.nodes.get(key)
        if node is None:
            return default
        if isinstance(node, Scalar) and node.tag == "bool" and node.text.lower() in {"true", "false"}:
            return node.text.lower() == "true"
        self.fault(node.line, f"{key} harus true atau false")
        return default

    def word(self, key: str, known: Collection[str], name: str) -> str:
        """One of the ``known`` words; ``name`` says what they are (``skala``, ``tema``)."""
        text = self.text(key)
        if text and text not in known:
            choices = ", ".join(known) if len(known) <= 12 else f"satu dari {len(known)} yang terdaftar"
            message = (
                f'{name} "{_shown(text)}" tidak dikenal; pilih: {choices or "(belum ada yang terdaftar)"}'
            )
            self.fault(self.line_of(key), message)
            return ""
        return text

    def list(self, key: str, *, may_be_empty: bool = False) -> list[Node]:
        node = self.nodes.get(key)
        if node is None:
            return []
        if not isinstance(node, Sequence):
            self.fault(node.line, f"{key} harus berupa daftar")
            return []
        if not node.items and not may_be_empty:
            self.fault(node.line, f"{key} tidak boleh kosong")
        return node.items

    def check_order(self, key: str, value: Decimal, better: Decimal | None) -> None:
        """Options and tiers stand best first; equal ones may follow each other."""
        if better is not None and value > better:
            message = f"urutan salah, {angka(value)} sesudah {angka(better)}; tulis yang terbaik dahulu"
            self.fault(self.line_of(key), message)

    def is_null(self, key: str) -> bool:
        node = self.nodes.get(key)
        return isinstance(node, Scalar) and node.tag == "null"


def read_text(node: Node, what: str, faults: Faults, limit: int) -> str:
    """The text of ``node``, or ``""`` after reporting what is wrong with it."""
    if not isinstance(node, Scalar):
        faults.add(node.line, f"{what} harus teks")
    elif node.tag == "null" or not node.text.strip():
        faults.add(node.line, f"{what} tidak boleh kosong")
    elif node.tag != "str":
        faults.add(node.line, f'{what} harus teks; tulis di antara tanda petik: "{_shown(node.text)}"')
    elif len(node.text) > limit:
        faults.add(node.line, f"{what} paling panjang {limit} huruf (ada {len(node.text)})")
    elif any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in node.text):
        faults.add(node.line, f"{what} memuat huruf kendali")
    else:
        return node.text
    return ""


def _number_fault(node: Node, *, negative: bool) -> str | None:
    if not isinstance(node, Scalar):
        return "harus bilangan"
    match = _NUMBER.fullmatch(node.text)
    if match is None:
        hint = "; tulis desimal dengan titik" if "," in node.text else ""
        return f'harus bilangan biasa, bukan "{_shown(node.text)}"{hint}'
    whole, decimals = match[1], (match[2] or ".")[1:]
    if len(whole) > WHOLE_DIGITS:
        return f"paling banyak {WHOLE_DIGITS} angka di depan koma"
    if len(decimals) > DECIMALS:
        return f"paling banyak {DECIMALS} angka di belakang koma"
    if node.text.startswith("-") and not negative and exact(node.text):
        return f"tidak boleh negatif ({node.text})"
    return None


def _shown(text: str) -> str:
    """At most forty letters of what the file says, on one line."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= 40 else f"{line[:37]}..."
