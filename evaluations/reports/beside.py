"""What a district's clusters are compared with: in percent of each one's own maximum, because weights differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class Series:
    """``name`` says whose and of when; cluster code -> exact percent (0 to 100)."""

    name: str
    clusters: Mapping[str, Fraction]

    def payload(self) -> list[Any]:
        return [self.name, {code: str(share) for code, share in self.clusters.items()}]


@dataclass(frozen=True, slots=True)
class Beside:
    """The district's own last edition, and the province's median; ``None``: not known, or not to be told."""

    last: Series | None
    middle: Series | None

    def __bool__(self) -> bool:
        return bool(self.last or self.middle)

    @property
    def legend(self) -> str:
        """How to read the marks, in one sentence."""
        marks = [
            f"{shape}: {series.name}"
            for shape, series in (("garis tegak", self.last), ("belah ketupat", self.middle))
            if series
        ]
        return f"Batang: nilai laporan ini terhadap nilai maksimumnya; {'; '.join(marks)}."

    def payload(self) -> dict[str, Any]:
        """For ``report_key``."""
        return {
            "last": self.last.payload() if self.last else None,
            "middle": self.middle.payload() if self.middle else None,
        }
