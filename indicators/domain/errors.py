"""What is wrong with an instrument file, each fault with its line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InstrumentError:
    """One fault. ``line`` counts from 1; ``None`` when the fault is not in the text."""

    line: int | None
    message: str


class InstrumentErrors(ValueError):
    """All faults of one instrument. ``str`` is one line each: ``kla-2023.yaml baris 120: ...``."""

    def __init__(self, errors: Sequence[InstrumentError], name: str = "") -> None:
        self.name = name
        self.errors = sorted(errors, key=lambda error: error.line or 0)
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """The faults in the order of the file."""
        return [f"{self._place(error)}{error.message}" for error in self.errors]

    def _place(self, error: InstrumentError) -> str:
        words = [self.name] if self.name else []
        if error.line is not None:
            words.append(f"baris {error.line}")
        return f"{' '.join(words)}: " if words else ""


class Faults:
    """Gathers faults while a file is read, so that one reading finds them all."""

    def __init__(self) -> None:
        self.found: list[InstrumentError] = []

    def add(self, line: int | None, message: str) -> None:
        self.found.append(InstrumentError(line, message))
