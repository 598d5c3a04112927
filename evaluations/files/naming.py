"""File names to questions: ``1.2a SK Bupati.pdf`` is meant for question 1.2a. A proposal, which a person looks at.

A code counts where a person puts one: first in the name, in brackets, or behind a word that announces it. Elsewhere
only one with a letter does: ``12.3`` in the middle of a name is as likely a date, an article or a size. In doubt, none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kla_portal.indonesian import MONTHS

_CODE = r"[0-9]{1,3}[a-z]?[._][0-9]{1,3}[a-z]{0,2}|[0-9]{1,3}-[0-9]{1,3}[a-z]{1,2}"
_ANNOUNCED = r"(?:pertanyaan|indikator|butir|kode|soal)(?![a-z])"
_NUMBERED = r"(?:nomor|nomer|no)(?![a-z])"
_CLUSTER = r"(?:klaster[ _-]*[0-9]|k[0-9])(?![0-9a-z.])"
_GAP = r"[\s_.:#-]*"

_LEAD = re.compile(rf"[\s_]*(?:{_CLUSTER}[\s_:/-]*)?(?:data dukung[\s_]+)?(?P<cue>(?:{_ANNOUNCED}|(?P<no>{_NUMBERED})){_GAP})?")
_CUE = re.compile(rf"(?<![a-z0-9]){_ANNOUNCED}{_GAP}")
_BRACKET = re.compile(r"[(\[]\s*")
_TOKEN = re.compile(_CODE)
_NEXT = re.compile(r"[\s_]*(?:[,;&+-]|dan(?![a-z]))?[\s_]*")
_LOOSE = re.compile(rf"(?<![a-z0-9._-])(?:{_CODE})")

_UNITS = "kb|mb|gb|tb|kib|mib|rb|ribu|juta|jt|miliar|milyar|triliun|persen|km|cm|mm|m|kg|ha|inci|jam|menit|wib|wita|wit|x"
_MONTH = "|".join(name.lower() for name in MONTHS) + "|jan|feb|mar|apr|jun|jul|agu|agt|ags|sep|sept|okt|nop|nov|des"
_NO_CODE_BEFORE = re.compile(rf"[\s_-]*(?:%|°|(?:{_UNITS}|{_MONTH})(?![a-z]))")
_DECREE = re.compile(r"[\s_]*(?:tahun|thn|th)(?![a-z])")
_VERSION = re.compile(r"(?:\bv|versi|version|ver|rev|revisi|rp|pasal|ayat|bab|lampiran|tabel|gambar|pukul|jam)[\s._-]*$")
_EXTENSION = re.compile(r"\.[a-z][a-z0-9]{1,4}$")


@dataclass(frozen=True, slots=True)
class _Found:
    """A code as it is written, and where in the name; ``start`` includes what announces it."""

    text: str
    start: int
    end: int


def codes_in(path: str, known: Collection[str]) -> tuple[str, ...]:
    """The known codes that a file is meant for, as ``known`` spells them, in the order of the name.

    ``path`` is a name or a path with ``/`` or ``\\``. Folders count, the nearest first, where the file's name says
    nothing. A longer code is never read as the shorter one in it: ``12.3a`` is not ``12.3``.
    """
    spelled = {_plain(code): code for code in known}
    parts = _parts(path)
    for number, part in enumerate(reversed(parts)):
        name = _stem(part) if number == 0 else part
        written = (spelled.get(_plain(found.text)) for found in _found(name))
        codes = tuple(dict.fromkeys(code for code in written if code))
        if codes:
            return codes
    return ()


def title_of(path: str) -> str:
    """The file's name as a title: without code, extension and underscores; the bare name where nothing is left."""
    parts = _parts(path)
    stem = _stem(parts[-1]) if parts else ""
    kept, place = "", 0
    for found in _found(stem, loose=False):
        kept, place = kept + stem[place : found.start] + " ", found.end
    kept += stem[place:]
    return _tidy(re.sub(r"[(\[]\s*[)\]]", " ", kept)) or _tidy(stem) or stem


def _plain(code: str) -> str:
    return code.lower().replace("_", ".").replace("-", ".")


def _parts(path: str) -> list[str]:
    text = "".join(c for c in unicodedata.normalize("NFC", path) if unicodedata.category(c)[0] != "C")
    return [part.strip() for part in text.replace("\\", "/").split("/") if part.strip(" .")]


def _stem(name: str) -> str:
    return _EXTENSION.sub("", name, count=1) if _EXTENSION.search(name.lower()) is None else name[: _EXTENSION.search(name.lower()).start()]


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("_", " ")).strip(" -–—.,;:&+")
