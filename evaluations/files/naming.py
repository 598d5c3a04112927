"""File names to questions: ``1.2a SK Bupati.pdf`` is meant for question 1.2a. A proposal, which a person looks at.

A code counts where a person puts one: first in the name, in brackets, or behind a word that announces it. Elsewhere
only one with a letter does: ``12.3`` in the middle of a name is as likely a date, an article or a size. In doubt, none.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kla_portal.indonesian import MONTHS

_NUMBER = r"[1-9][0-9]{0,2}"
_TOKEN = re.compile(
    rf"{_NUMBER}[a-z]?(?P<dot>[._]){_NUMBER}(?P<letters>[a-z]{{0,2}})|{_NUMBER}-{_NUMBER}(?P<dashed>[a-z]{{1,2}})"
)
_LOOSE = re.compile(rf"(?<![a-z0-9.]){_NUMBER}[a-z]?[._]{_NUMBER}[a-z]{{0,2}}")
_BETWEEN = re.compile(r"[\s_]*(?P<and>[,;&+]|dan(?![a-z]))?[\s_-]*")

_ANNOUNCED = r"(?:pertanyaan|indikator|butir|kode|soal)[\s_.:#-]+"
_DECREED = r"(?:nomor|nomer|no)[\s_.:#-]+"
_LEAD = re.compile(
    r"[\s_]*(?:(?:klaster[\s_-]*|k)[0-9][\s_:-]+)?(?:data dukung[\s_]+)?"
    rf"(?:{_ANNOUNCED}|(?P<decreed>{_DECREED}))?"
)
_CUE = re.compile(rf"(?<![a-z0-9]){_ANNOUNCED}")
_OPENS, _CLOSES = re.compile(r"[(\[]\s*"), re.compile(r"\s*[)\]]")

_MONTHS = "|".join(
    [*(name.lower() for name in MONTHS), "jan|feb|mar|apr|jun|jul|agu|agt|ags|sep|sept|okt|nop|nov|des"]
)
_UNIT = re.compile(
    r"[\s_-]*(?:[%°]|(?:[kmgt]i?b|rb|ribu|juta|jt|miliar|milyar|triliun|persen|km|cm|mm|kg|inci|jam|menit"
    rf"|wib|wita|wit|{_MONTHS})(?![a-z]))"
)
_YEAR = re.compile(r"[\s_]*(?:tahun|thn|th)(?![a-z])")
_NUMBERED = re.compile(
    r"(?:^|[^a-z])(?:v|ver|versi|version|rev|revisi|rp|pasal|ayat|bab|lampiran|tabel|gambar|pukul|jam)[\s._-]*$"
)
_SHORT_UNITS = {"k", "m", "t", "x"}
_LONGEST = 1000
"""Characters of a path that are looked at, from its end."""
_EXTENSION = re.compile(r"(?<=.)\.[a-z][a-z0-9]{1,4}$")
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


@dataclass(frozen=True, slots=True)
class _Place:
    """Codes that stand together as they are written, from ``start`` (with what announces them) to ``end``."""

    codes: tuple[str, ...]
    start: int
    end: int


def codes_in(path: str, known: Collection[str]) -> tuple[str, ...]:
    """The known codes that a file is meant for, as ``known`` spells them, in the order of the name.

    ``path`` is a name or a path with ``/`` or ``\\``. Folders count, the nearest first, where the file's name says
    nothing. A longer code is never read as the shorter one in it: ``12.3a`` is not ``12.3``.
    """
    spelled = {_plain(code): code for code in known}
    for name in reversed(_names(path)):
        written = [code for place in _places(name.translate(_LOWER)) for code in place.codes]
        codes = dict.fromkeys(spelled[code] for code in map(_plain, written) if code in spelled)
        if codes:
            return tuple(codes)
    return ()


def title_of(path: str) -> str:
    """The file's name as a title: without codes, extension and underscores; the bare name where no word is left."""
    stem = (_names(path) or [""])[-1]
    kept, reached = "", 0
    for place in _places(stem.translate(_LOWER), loose=False):
        kept, reached = f"{kept}{stem[reached : place.start]} ", place.end
    title = _tidy(kept + stem[reached:])
    return title if any(c.isalpha() for c in title) else _tidy(stem) or stem


def _plain(code: str) -> str:
    return code.translate(_LOWER).replace("_", ".").replace("-", ".")


def _names(path: str) -> list[str]:
    """Folders and file, the file without its extension."""
    path = unicodedata.normalize("NFC", path[-_LONGEST:])
    text = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in path)
    names = [name.strip() for name in text.replace("\\", "/").split("/")]
    names = [name for name in names if name.strip(".")]
    if names and (extension := _EXTENSION.search(names[-1].translate(_LOWER))):
        names[-1] = names[-1][: extension.start()]
    return names


def _tidy(text: str) -> str:
    return " ".join(text.replace("_", " ").split()).lstrip(" -–—.,;:&+").rstrip(" -–—,;:&+")


def _places(text: str, *, loose: bool = True) -> Iterator[_Place]:
    """Where codes stand in a name of lower-case letters, none twice."""
    reached = 0
    candidates = [*_announced(text), *_bracketed(text), *(_alone(text) if loose else ())]
    for place in sorted(candidates, key=lambda place: (place.start, -place.end)):
        if place.start >= reached:
            yield place
            reached = place.end


def _announced(text: str) -> Iterator[_Place]:
    lead = _LEAD.match(text)
    cues = ([lead] if lead else []) + list(_CUE.finditer(text))
    for cue in cues:
        codes, end = _together(text, cue.end())
        # "No. 5.4 Tahun 2024" is a decree's number.
        decree = cue.groupdict().get("decreed") and _YEAR.match(text, end)
        if codes and not decree:
            yield _Place(codes, cue.start(), end)


def _bracketed(text: str) -> Iterator[_Place]:
    for opening in _OPENS.finditer(text):
        codes, end = _together(text, opening.end())
        closing = _CLOSES.match(text, end)
        if codes and closing and not _NUMBERED.search(text[: opening.start()]):
            yield _Place(codes, opening.start(), closing.end())


def _alone(text: str) -> Iterator[_Place]:
    for found in _LOOSE.finditer(text):
        token = _token(text, found.start())
        if token is None or _NUMBERED.search(text[: found.start()]):
            continue
        letters = re.sub(r"[^a-z]", "", token[0])
        if letters and letters not in _SHORT_UNITS:
            yield _Place((token[0],), token.start(), token.end())


def _together(text: str, start: int) -> tuple[tuple[str, ...], int]:
    """The codes that follow each other from ``start``, and where they end."""
    codes: list[str] = []
    end = start
    token = _token(text, start)
    while token:
        codes.append(token[0])
        end = token.end()
        between = _BETWEEN.match(text, end)
        if between is None or between.end() == end:
            break
        token = _token(text, between.end())
        # Two bare numbers belong together only where a sign or a word says so.
        if token and not between["and"] and token[0][-1].isdigit():
            break
    return tuple(codes), end


def _token(text: str, start: int) -> re.Match[str] | None:
    """A code at ``start`` that is no part of a date, a version, a size or a word."""
    token = _TOKEN.match(text, start)
    if token is None:
        return None
    end = token.end()
    following, next_but_one = text[end : end + 1], text[end + 1 : end + 2]
    if following.isalnum():
        return None
    if following in {".", token["dot"]} and next_but_one.isdigit():
        return None
    if following == "." and next_but_one.isalpha() and not text[end + 2 : end + 3].isalpha():
        return None
    if token[0][-1].isdigit() and _UNIT.match(text, end):
        return None
    return token
