"""Choosing how every part is answered so that the points add up to a wanted total, exactly.

First each part is answered as well as its level says (better parts and weaker ones, as in life); then a few
parts are chosen again so that the sum is met to the last unit. The sums that the open parts can reach are
kept as the bits of whole numbers, so the search is exact and takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

Units = int
"""Points in the instrument's smallest step, e.g. hundredths."""

OPEN_AT_FIRST = 60
"""Parts that may be chosen again; doubled until the total can be met."""


class Unreachable(ValueError):
    """No choice of answers adds up to the wanted total."""


def choose(parts: Sequence[Sequence[Units]], total: Units, levels: Sequence[float], rng: Random) -> list[int]:
    """For each part the index of its chosen outcome, such that the outcomes' units add up to ``total``.

    ``levels``: how well a part does beside the others, around 0. Raises ``Unreachable``.
    """
    chosen = _near(parts, total, levels)
    order = list(range(len(parts)))
    rng.shuffle(order)
    count = OPEN_AT_FIRST
    while True:
        open_parts = order[:count]
        if _settle(parts, chosen, open_parts, total):
            return chosen
        if count >= len(parts):
            raise Unreachable(f"no answers add up to {total} units")
        count *= 2


def _near(parts: Sequence[Sequence[Units]], total: Units, levels: Sequence[float]) -> list[int]:
    """The choice whose sum comes nearest to ``total`` when all levels are raised or lowered together."""

    def at(ability: float) -> list[int]:
        return [
            _closest(outcomes, max(outcomes) * min(max(ability + level, 0.0), 1.0))
            for outcomes, level in zip(parts, levels, strict=True)
        ]

    low, high = -1.0 - max(levels, default=0), 2.0 - min(levels, default=0)
    for _ in range(30):
        middle = (low + high) / 2
        if _sum(parts, at(middle)) < total:
            low = middle
        else:
            high = middle
    return at(high)


def _closest(outcomes: Sequence[Units], wanted: float) -> int:
    return min(range(len(outcomes)), key=lambda index: (abs(outcomes[index] - wanted), index))


def _sum(parts: Sequence[Sequence[Units]], chosen: Sequence[int]) -> Units:
    return sum(outcomes[index] for outcomes, index in zip(parts, chosen, strict=True))


def _settle(
    parts: Sequence[Sequence[Units]], chosen: list[int], open_parts: Sequence[int], total: Units
) -> bool:
    """Choose the open parts again so that the sum is ``total``; false where they cannot, nothing changed."""
    fixed = _sum(parts, chosen) - sum(parts[part][chosen[part]] for part in open_parts)
    rest = total - fixed
    if rest < 0:
        return False
    # Bit s of reachable[n]: the first n open parts can add up to s.
    reachable, mask = [1], (1 << (rest + 1)) - 1
    for part in open_parts:
        sums = 0
        for units in set(parts[part]):
            sums |= reachable[-1] << units
        reachable.append(sums & mask)
    if not reachable[-1] >> rest & 1:
        return False
    for part, before in zip(reversed(open_parts), reversed(reachable[:-1]), strict=True):
        wanted = parts[part][chosen[part]]
        fitting = [
            index for index, units in enumerate(parts[part]) if units <= rest and before >> (rest - units) & 1
        ]
        chosen[part] = min(
            fitting, key=lambda index: (abs(parts[part][index] - wanted), index != chosen[part])
        )
        rest -= parts[part][chosen[part]]
    return True
