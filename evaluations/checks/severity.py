"""How grave a finding is."""

from __future__ import annotations

from enum import Enum


class Severity(Enum):
    """Gravest first; ``value`` is the word on screen. Only errors keep an evaluation from being submitted."""

    ERROR = "harus diperbaiki"
    WARNING = "sebaiknya diperbaiki"
    NOTE = "catatan"

    @property
    def order(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)

    def __lt__(self, other: Severity) -> bool:
        return self.order < other.order
