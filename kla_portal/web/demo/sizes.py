"""How large the numbers are that a district would type: for believable demo answers, nothing else.

Rough proportions of an Indonesian district. No number here is anybody's statistic.
"""

from __future__ import annotations

from random import Random

BIRTHS_PER_PERSON = 0.0175

# Question -> (measured in people, births, kecamatan, or plainly in ones; from, to).
DENOMINATORS: dict[str, tuple[str, float, float]] = {
    "2.2": ("ones", 28, 58),
    "4.1": ("people", 0.305, 0.325),
    "4.2": ("people", 0.305, 0.325),
    "4.3": ("people", 0.285, 0.300),
    "4.5": ("ones", 8, 24),
    "5.6": ("ones", 6, 20),
    "6.4": ("ones", 18, 36),
    "8.2": ("people", 0.155, 0.175),
    "8.5": ("ones", 10, 30),
    "9.2": ("ones", 60, 220),
    "10.2": ("ones", 4, 14),
    "10.4": ("ones", 24, 80),
    "11.3": ("ones", 5, 16),
    "11.6": ("ones", 6, 24),
    "12.1": ("births", 0.99, 1.01),
    "12.2": ("births", 5.2, 5.6),
    "12.3": ("births", 0.96, 0.985),
    "13.1": ("births", 4.0, 4.3),
    "13.2": ("births", 3.8, 4.0),
    "13.3": ("births", 1.7, 1.85),
    "14.1": ("births", 0.42, 0.48),
    "14.2": ("births", 0.985, 0.999),
    "14.3": ("births", 0.42, 0.48),
    "14.4": ("births", 1.25, 1.4),
    "14.5": ("ones", 60, 240),
    "14.6": ("ones", 40, 150),
    "15.1": ("kecamatan", 1.0, 1.6),
    "16.2": ("people", 0.262, 0.278),
    "16.5": ("people", 0.262, 0.278),
    "19.2a": ("people", 0.0008, 0.0011),
    "19.2b": ("people", 0.0009, 0.0012),
    "19.2c": ("people", 0.0002, 0.00028),
    "19.2d": ("people", 0.00012, 0.00016),
    "19.2e": ("ones", 1, 4),
    "21A.8": ("ones", 24, 70),
}
LAST_YEAR: dict[str, tuple[str, float, float]] = {
    "5.3": ("people", 0.015, 0.03),
    "12.4": ("births", 0.007, 0.011),
    "12.5": ("births", 0.0011, 0.0018),
}
ELSE = ("ones", 20, 120)
"""For questions that a later instrument adds."""

OPEN_UNITS = frozenset({"orang", "konselor", "PKA", "RIRA", "puskesmas", "satuan pendidikan", "jenis media"})
"""Things there can be more of than the best tier asks for; of "bidang" there are six and no more."""


class Sizes:
    """The sizes of one district, the same however often they are asked for."""

    def __init__(self, *, people: int, kecamatan: int, growth: float, seed: str) -> None:
        self._rng = Random(seed)  # noqa: S311  invented numbers, no secret
        people = round(people * growth)
        self._bases = {
            "ones": 1.0,
            "people": float(people),
            "births": people * BIRTHS_PER_PERSON,
            "kecamatan": float(kecamatan),
        }
        self._drawn: dict[str, int] = {}

    def denominator(self, code: str, label: str) -> int:
        """Questions with the same label get the same number."""
        return self._draw(label, DENOMINATORS.get(code, ELSE))

    def last_year(self, code: str) -> int:
        return self._draw(f"last year {code}", LAST_YEAR.get(code, ELSE))

    def _draw(self, key: str, size: tuple[str, float, float]) -> int:
        if key not in self._drawn:
            base, low, high = size
            self._drawn[key] = max(1, round(self._bases[base] * self._rng.uniform(low, high)))
        return self._drawn[key]
