"""Proposals for a document's description, read from its text. The person confirms each; in doubt there is none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from datetime import date

from kla_portal.indonesian import DAYS, MONTHS

FIRST_PAGE = 4_000
"""Characters in which a document says its own number."""

NUMBER_LIMIT = 100

_PREAMBLE = re.compile(
    r"^\s*(?:menimbang|mengingat|memperhatikan|membaca|dasar|dengan hormat|berdasarkan)\b", re.I | re.M
)
"""Here a document begins to name others."""

_PIECE = r"[A-Za-z0-9][\w.()-]*"
_OWN = re.compile(
    rf"""
    ^[ \t]*
    (?: nomor | (?P<short>no\.?)                        # "Nomor : 463/12/DP3A"
      | (?:salinan[ \t]+)?(?:keputusan|peraturan|instruksi|surat|berita\s+acara|perjanjian|nota)\b[^\n]*?\bnomor
    )
    [ \t]*[:.]?[ \t]*
    (?P<number>{_PIECE}(?:[ \t]*/[ \t]*{_PIECE})*)
    (?P<unfilled>[ \t]*/)?
    (?:[ \t\n]+tahun[ \t]+(?P<year>\d{{4}})\b)?
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)

_SPELLINGS = {
    name: number
    for number, month in enumerate(MONTHS, 1)
    for name in (month.casefold(), month.casefold()[:3])
} | {"pebruari": 2, "peb": 2, "agt": 8, "ags": 8, "sept": 9, "nopember": 11, "nop": 11}
_MONTH = "|".join(sorted(_SPELLINGS, key=len, reverse=True))
_SPELT = rf"(?P<day>\d{{1,2}})[ \t]+(?P<month>{_MONTH})\.?[ \t]+(?P<year>\d{{4}})(?!\d)"
_FIGURES = r"(?P<day>\d{1,2})(?P<mark>[ ]?[-/.][ ]?)(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4})(?!\d)"
_MADE = r"\b(?:ditetapkan|dikeluarkan|dibuat)\b[^\d]{0,80}?tanggal[ \t]*:?\s*"
_LABEL = r"^[ \t]*(?:tanggal|tgl\.?)[ \t]*:?[ \t]*"
_WEEKDAY = "|".join([*DAYS, "Jum['’]at", "Ahad"])
_PLACE = rf"^(?!.*\blahir\b)(?:.*[ \t])?(?!(?:{_WEEKDAY}),)(?-i:[A-Z])[\w.'-]+,[ \t]*(?:tanggal[ \t]+)?"
_BARE = r"(?<![\d./-])"


def _date(*patterns: str) -> re.Pattern[str]:
    return re.compile("".join(patterns), re.IGNORECASE | re.MULTILINE)


_SURE = (
    _date(_MADE, _SPELT),
    _date(_MADE, _FIGURES),
    _date(r"(?<!lahir )\bpada[ \t]+tanggal[ \t]*:?\s*", _SPELT),
)
_LIKELY = (
    (_date(_PLACE, _SPELT),),
    (_date(_LABEL, _SPELT), _date(_LABEL, _FIGURES)),
    (_date(_BARE, _SPELT), _date(_BARE, _FIGURES)),
)
"""One after the other; each counts where it leads to a single day."""

_YEAR = re.compile(
    r"""
    (?:\btahun(?:[ \t\n]+(?:anggaran|pelajaran|ajaran|evaluasi|data))?|\bt\.?[ ]?a\.?)[ \t\n:]*
    (?P<list>(?:19|20)\d\d(?:[ ]*(?:,?[ ]*dan|,|&|/|-|–|s\.?d\.?|sampai(?:[ ]dengan)?)[ ]*(?:19|20)\d\d)*)(?!\d)
  | (?<![\d/.-])(?P<pair>(?:19|20)\d\d/(?:19|20)\d\d)(?![\d/])
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NUMBERED = re.compile(r"\b(?:nomor|no\.?)[ \t]*:?[ \t]*\S+(?:[ \t]*/[ \t]*\S+)*[ \t\n]*$", re.IGNORECASE)
"""What stands before the year of a law: "Nomor 35 Tahun 2014" is its name."""

EARLIEST, LATEST = 1945, 2099


def number_in(text: str) -> str:
    """The document's own number: ``"188.45/12/KUM/2025"``, ``"25 Tahun 2021"``; ``""`` where the first page has none.

    Laws that the document names in its preamble are not its own.
    """
    head = unicodedata.normalize("NFKC", text).split("\f", 1)[0][:FIRST_PAGE]
    preamble = _PREAMBLE.search(head)
    for found in _OWN.finditer(head[: preamble.start()] if preamble else head):
        number = re.sub(r"[ \t]*/[ \t]*", "/", found["number"]).rstrip(".-(")
        if found["unfilled"] or not re.search(r"\d", number) or (found["short"] and "/" not in number):
            continue
        return f"{number} Tahun {found['year']}"[:NUMBER_LIMIT] if found["year"] else number[:NUMBER_LIMIT]
    return ""


def date_in(text: str) -> date | None:
    """The day on which the document was made: where it says so, else the one date in it; in doubt ``None``."""
    plain = unicodedata.normalize("NFKC", text)
    for pattern in _SURE:
        for day in _days(pattern, plain):
            return day
    for patterns in _LIKELY:
        named = {day for pattern in patterns for day in _days(pattern, plain)}
        if named:
            return named.pop() if len(named) == 1 else None
    return None


def _days(pattern: re.Pattern[str], text: str) -> Iterator[date]:
    return (day for found in pattern.finditer(text) if (day := _day(found)))


def _day(found: re.Match[str]) -> date | None:
    month = found["month"].casefold()
    year = int(found["year"])
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        return date(year, _SPELLINGS.get(month) or int(month), int(found["day"]))
    except ValueError:
        return None


def years_in(text: str, among: Collection[int]) -> tuple[int, ...]:
    """Which of ``among`` the text names: "tahun 2024", "TA 2025", "2024/2025", "tahun 2021-2026"; ascending.

    The year in a law's name ("Nomor 35 Tahun 2014") is not named.
    """
    plain = unicodedata.normalize("NFKC", text)
    named = {year for found in _YEAR.finditer(plain) if not _is_name(plain, found) for year in _years(found)}
    return tuple(sorted(named & set(among)))


def _is_name(text: str, found: re.Match[str]) -> bool:
    return bool(_NUMBERED.search(text[max(found.start() - 60, 0) : found.start()]))


def _years(found: re.Match[str]) -> Iterator[int]:
    said = found["list"] or found["pair"]
    years = [int(year) for year in re.findall(r"\d{4}", said)]
    yield from years
    if re.search(r"[-–]|s\.?d|sampai", said, re.IGNORECASE) and years[0] < years[-1] <= years[0] + 30:
        yield from range(years[0], years[-1])
