"""Ranks of totals. Ties share a rank and the ranks after them are skipped: 1, 2, 2, 4."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TypeVar

Key = TypeVar("Key")


def rank(rows: Iterable[tuple[Key, Decimal | None]]) -> list[tuple[int | None, Key, Decimal | None]]:
    """``(key, total)`` pairs -> ``(rank, key, total)``, best first.

    Equal totals keep the order in which they came. Keys without a total stand apart, last and without a rank.
    """
    every = list(rows)
    ranked: list[tuple[int | None, Key, Decimal | None]] = []
    with_total = [(key, total) for key, total in every if total is not None]
    place, previous = 0, None
    for position, (key, total) in enumerate(
        sorted(with_total, key=lambda row: row[1], reverse=True), start=1
    ):
        if total != previous:
            place, previous = position, total
        ranked.append((place, key, total))
    return ranked + [(None, key, None) for key, total in every if total is None]
