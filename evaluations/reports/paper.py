"""What every paper shares: the sender's lines, clean text, and how many digits a column of points needs."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from evaluations.scoring.tree import digest

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First characters with which a spreadsheet takes a text for a formula."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Lines of the sender. ``place`` is where the signature is given; empty leaves a dotted line."""

    government: str
    agency: str = ""
    address: str = ""
    signatory_title: str = ""
    place: str = ""


class Printed(ABC):
    """A paper of its own: when it was made is in its data, and its digest is that of what it says."""

    @property
    @abstractmethod
    def moment(self) -> datetime:
        """The time that stands for the paper's making."""

    @abstractmethod
    def content(self) -> dict[str, Any]:
        """What it says as JSON-ready values, without the time of printing and the letterhead."""

    @property
    def created(self) -> str:
        return w3c_time(self.moment)

    @property
    def digest(self) -> str:
        """sha256 of the content: two prints with the same digest say the same."""
        return digest(self.content())


def printable(text: str) -> str:
    """Typed text without control and direction characters: these can hide or reorder what is read."""
    return _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


def w3c_time(moment: datetime) -> str:
    """``2026-06-30T15:59:00Z``: the time of creation in the PDF, from the data and not from the clock."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def places_for(points: Iterable[Decimal]) -> int:
    """Digits after the comma in a column of points: at least two, and as many as keep every number exact."""
    return max([2, *(_places(number) for number in points)])


def _places(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
