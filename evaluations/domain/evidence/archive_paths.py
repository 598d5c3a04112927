"""Names inside the ZIP that every system unpacks: Windows, its length limits and its reserved words included."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

from indicators.spec import ClusterSpec, IndicatorSpec, QuestionSpec, Slot

CLUSTER, INDICATOR, SLOT, FILE = 30, 40, 45, 55
"""Characters of each part. Together below 180, so that a folder to unpack into fits before them (260 in Windows)."""

FORBIDDEN = dict.fromkeys(map(ord, '<>:"/\\|?*'), "-")
RESERVED = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{name}{n}" for name in ("com", "lpt") for n in "0123456789¹²³"}
)


def safe_part(text: str, limit: int) -> str:
    """One part of a path, at most ``limit`` characters: no control, direction or reserved characters, no bare dots."""
    plain = unicodedata.normalize("NFC", text).translate(FORBIDDEN)
    printable = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in plain)
    words = " ".join(printable.split())[:limit].strip(" .")
    if words.partition(".")[0].strip().casefold() in RESERVED:
        words = f"_{words}"[:limit]
    return words or "tanpa judul"


def folder_of(cluster: ClusterSpec, indicator: IndicatorSpec, question: QuestionSpec, slot: Slot) -> str:
    """``K1 Hak Sipil/1 Akta kelahiran/1.2a - 1 SK tim``."""
    return "/".join(
        (
            safe_part(f"{cluster.code} {cluster.name}", CLUSTER),
            safe_part(f"{indicator.number} {indicator.name}", INDICATOR),
            safe_part(f"{question.code} - {slot.number} {slot.label}", SLOT),
        )
    )


def file_name(number: int, title: str, extension: str) -> str:
    """``07 SK Bupati.pdf``; the number keeps the names of one folder apart."""
    ending = f".{extension}" if extension else ""
    return safe_part(f"{number:02d} {title}", FILE - len(ending)) + ending


def extension_of(filename: str) -> str:
    """Of the kept file, in plain lower-case letters and digits; empty when it has none."""
    ending = PurePosixPath(filename).suffix[1:].casefold()
    return ending if ending.isascii() and ending.isalnum() and len(ending) <= 5 else ""
