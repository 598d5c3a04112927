"""Whole rupiah as people type them. What reads two ways is asked about, never guessed."""

from __future__ import annotations

import re
from decimal import Decimal

from kla_portal.indonesian import angka

MOST = 10**15
"""No district spends a thousand trillion on one action; beyond it a digit was held down too long."""

_PLAIN = re.compile(r"[0-9]+")
_LONGEST = 40
"""Characters; nobody writes an amount of rupiah with more."""
_FIRST = "[1-9][0-9]{0,2}"
_GROUPED = re.compile(rf"{_FIRST}(?:\.[0-9]{{3}})+|{_FIRST}(?: [0-9]{{3}})+|{_FIRST}(?:,[0-9]{{3}}){{2,}}")
_CENTS = re.compile(r"[.,]-$|,0{1,2}$")
_IN_WORDS = re.compile(
    r"([0-9]+(?:[.,][0-9]+)?)\s*(ribu|rb|juta|jt|miliar|milyar|m|triliun|t)\.?", re.IGNORECASE
)
_WORTH = {
    "ribu": 10**3, "rb": 10**3, "juta": 10**6, "jt": 10**6, "miliar": 10**9, "milyar": 10**9, "m": 10**9,
    "triliun": 10**12, "t": 10**12,
}  # fmt: skip


class NotRupiah(ValueError):
    """``str`` is the message for the field, with the next step."""


def rupiah(amount: int) -> str:
    """``Rp1.250.000.000``."""
    return f"Rp{angka(amount)}"


def read_rupiah(text: str) -> int | None:
    """``"1.250.000.000"``, ``"Rp 1250000000,00"`` -> 1250000000; ``None`` for an empty field.

    Raises ``NotRupiah`` for words (``1,25 miliar``), for parts of a rupiah and for more than ``MOST``.
    """
    text = " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())
    bare = re.sub(r"^rp\.?\s*", "", text, flags=re.IGNORECASE)
    if not bare:
        return None
    words = _IN_WORDS.fullmatch(bare)
    if words:
        raise NotRupiah(_asked(text, words))
    whole = _CENTS.sub("", bare)
    if len(whole) > _LONGEST or not (_PLAIN.fullmatch(whole) or _GROUPED.fullmatch(whole)):
        raise NotRupiah("Tulis rupiah penuh dengan angka, misalnya 1.250.000.000.")
    amount = int(re.sub(r"[., ]", "", whole))
    if amount > MOST:
        raise NotRupiah(f"Paling banyak {rupiah(MOST)}. Periksa jumlah nolnya.")
    return amount


def _asked(text: str, words: re.Match[str]) -> str:
    number = words[1].replace(",", ".")
    amount = Decimal(number) * _WORTH[words[2].lower()]
    # "1.500 juta" is mostly 1500 million, yet may be 1.5: nothing is proposed.
    two_ways = re.fullmatch(r"[1-9][0-9]{0,2}\.[0-9]{3}", number)
    if two_ways or amount != int(amount) or amount > MOST:
        return "Tulis rupiah penuh dengan angka, misalnya 1.250.000.000."
    return f"Apakah {text} berarti {rupiah(int(amount))}? Bila ya, tulis {angka(int(amount))}."
