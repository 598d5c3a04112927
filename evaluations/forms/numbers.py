"""Numbers as people type them: 4120, 4.120.000, 12,5. What reads two ways is asked about, never guessed."""

from __future__ import annotations

import re
from decimal import Decimal

from kla_portal.indonesian import angka

_PLAIN = re.compile(r"-?[0-9]+")
_DECIMAL = re.compile(r"-?[0-9]+[.,][0-9]+")
_ONE_GROUP = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")
_FIRST = "-?[1-9][0-9]{0,2}"
_GROUPED = re.compile(
    rf"{_FIRST}(?:\.[0-9]{{3}}){{2,}}|{_FIRST}(?:,[0-9]{{3}}){{2,}}|{_FIRST}(?: [0-9]{{3}})+"
)
_GROUPED_WITH_FRACTION = re.compile(rf"{_FIRST}(?:\.[0-9]{{3}})+,[0-9]+|{_FIRST}(?:,[0-9]{{3}})+\.[0-9]+")


class NotANumber(ValueError):
    """``str`` is the message for the field."""


class Ambiguous(NotANumber):
    """``1.000`` may be a thousand or one. ``choices`` are the two readings as plain numbers."""

    def __init__(self, text: str) -> None:
        digits = text.replace(".", "").replace(",", "")
        fraction = Decimal(text.replace(",", "."))
        small = f"{fraction:f}".rstrip("0").rstrip(".")
        # A choice that is sent back must not be asked about again: 1.234 goes as 1.2340.
        self.choices = [digits, f"{small}0" if _ONE_GROUP.fullmatch(small) else small]
        super().__init__(
            f"{text} dapat berarti {angka(digits)} atau {angka(fraction)}. Yang mana yang Anda maksud?"
        )


def read_typed(text: str) -> str | None:
    """The number as plain text for scoring (``"4120"``, ``"12.5"``); ``None`` for an empty field.

    Raises ``Ambiguous`` or ``NotANumber``. Whether fractions or minus signs make sense is the rule's word.
    """
    text = text.strip().replace("\u00a0", " ").replace("\u202f", " ").replace("−", "-")
    if not text:
        return None
    if _PLAIN.fullmatch(text):
        return text
    if _ONE_GROUP.fullmatch(text):
        raise Ambiguous(text)
    if _GROUPED.fullmatch(text):
        return re.sub(r"[., ]", "", text)
    if _GROUPED_WITH_FRACTION.fullmatch(text):
        mark = max(text.rfind("."), text.rfind(","))
        return f"{re.sub('[.,]', '', text[:mark])}.{text[mark + 1 :]}"
    if _DECIMAL.fullmatch(text):
        return text.replace(",", ".")
    raise NotANumber("Tulis angka saja, misalnya 4120.")
