"""Numbers as people type them: 4120, 4.120.000, 12,5. What reads two ways is asked about, never guessed.

Where only whole numbers are possible (``read_whole``) 1.234 reads one way: it is a thousand and more.
"""

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
    text = _plainly(text)
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


def read_whole(text: str) -> str | None:
    """``read_typed`` for a field that takes whole numbers only: one group of three digits is thousands, not a fraction.

    A fraction written as one (12,5) still comes back as such: the rule says why it cannot be. Raises ``NotANumber``.
    """
    bare = _plainly(text)
    return re.sub("[.,]", "", bare) if reads_two_ways(bare) else read_typed(bare)


def reads_two_ways(text: str) -> bool:
    """Digits with one mark and three digits after it, 1.234: of what that may be."""
    return bool(_ONE_GROUP.fullmatch(_plainly(text)))


def _plainly(text: str) -> str:
    """Without the spaces around it, and with the usual signs for a narrow space and a minus."""
    return text.strip().replace("\u00a0", " ").replace("\u202f", " ").replace("−", "-")
