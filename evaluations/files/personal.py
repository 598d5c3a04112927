"""Does the text name people who should not be named? A warning before upload; nothing found here is ever kept."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from itertools import groupby

NUMBER_LENGTH = 16
"""Digits of a NIK and of a family card's number, which is built alike."""

_PROVINCES = frozenset(
    [
        *range(11, 20),
        21,
        *range(31, 37),
        *range(51, 54),
        *range(61, 66),
        *range(71, 77),
        81,
        82,
        *range(91, 98),
    ]
)
"""The first two digits: where the number was given out."""

_CHAIN = re.compile(r"(?<!\d)\d+(?:(?:\.|-|–| [-–] | )\d+)*(?!\d)")
"""Digits, and what people put between groups of them."""

_FRACTION = re.compile(r"(?<!\d)\d{1,3}\.\d{10,}(?!\d)")
"""A number that a spreadsheet worked out."""


def identity_numbers(text: str) -> int:
    """How many different plausible 16-digit identity numbers (NIK, family card) are in the text.

    Plausible: a province, day 1-31 (women + 40) of a month, as long as that month is. Also in groups with a blank,
    dot or dash between. Longer runs of digits (an official's 18-digit NIP) do not count.
    """
    plain = _FRACTION.sub("", text)
    return len({number for chain in _CHAIN.finditer(plain) for number in _numbers(chain.group())})


def _numbers(chain: str) -> Iterator[str]:
    groups = re.findall(r"\d+", chain)
    for lone, run in groupby(groups, lambda group: len(group) == 1):
        together = list(run)
        # A lone digit is a row's number or part of an official's NIP; sixteen of them stand in a form's boxes.
        yield from filter(_plausible, ["".join(together)] if lone else _joined(together))


def _joined(groups: list[str]) -> Iterator[str]:
    """Neighbouring groups that have the length together."""
    for first in range(len(groups)):
        number = ""
        for group in groups[first : first + NUMBER_LENGTH // 2]:
            number += group
            if len(number) >= NUMBER_LENGTH:
                yield number
                break


def _plausible(number: str) -> bool:
    if len(number) != NUMBER_LENGTH:
        return False
    province, day, month = int(number[:2]), int(number[6:8]), int(number[8:10])
    day -= 40 if day > 40 else 0
    # 2000 was a leap year: the century is not in the number.
    return province in _PROVINCES and 1 <= month <= 12 and 1 <= day <= monthrange(2000, month)[1]


_NAME = re.compile(
    r"\bnama(?:\s+lengkap)?\s+(?:anak|siswa|siswi|peserta\s+didik|pelajar|murid|santri|santriwati|balita|baduta|bayi"
    r"|korban|abh)(?:\s*/\s*\w+|\(i\))?(?!\w)",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"""
    (?P<column>
        \b(?:no|nomor)\b\.?(?:\s*urut)?(?!\s*[:/])
      | \b(?:nik|nisn|nis|kk)\b
      | \b(?:tempat\s*(?:[/,&]|dan)?\s*)?(?:tanggal|tgl\.?)\s*lahir\b | \bttl\b | \btempat\s+lahir\b
      | \b(?:umur|usia|alamat|kelas|sekolah|jk)\b | \bjenis\s+kelamin\b | \bl\s*/\s*p\b
      | \b(?:nama\s+)?(?:orang\s*tua|ayah|ibu|wali)\b | \bket(?:erangan)?\b
    )
  | (?P<end>,\s | [;:?!] | (?<=\w{4})\.\s
      | \b(?:dan|atau|yang|untuk|dengan|dalam|di|ke|dari|pada|oleh|agar|serta|tidak|harus|wajib|dapat|akan|adalah
         |ialah|memuat|berisi|meliputi|tanpa|sesuai|bahwa|sebagai|setiap|bagi|kepada|telah|jika|maka)\b)
  | (?P<word>[^\s|,;:?!.]+)
    """,
    re.IGNORECASE | re.VERBOSE,
)

_NEAR = 160
"""Characters before and after the names in which the heading's other columns stand."""

_STRAY = 2
"""Unknown words between two columns of one heading."""

_COLUMNS = 2
"""Columns beside the names that make a heading; with one, numbered rows must follow."""

_ROW = re.compile(r"\s*[1-9]\d?[.)]?\s+\S")


def children_list(text: str) -> bool:
    """Whether a table's heading announces names of children: "No Nama Anak NIK Umur", also one cell per line.

    Prose that speaks of a child's name is none: its other words and commas end the heading.
    """
    for found in _NAME.finditer(text):
        before = [*_TOKEN.finditer(text, max(found.start() - _NEAR, 0), found.start())]
        after = [*_TOKEN.finditer(text, found.end(), found.end() + _NEAR)]
        behind = list(_columns(after))
        beside = {column.group().casefold() for column in (*_columns(before[::-1]), *behind)}
        if len(beside) >= _COLUMNS:
            return True
        end = behind[-1].end() if behind else found.end()
        rows = [line for line in text[end : end + _NEAR].splitlines() if line.strip(" .")]
        if beside and sum(bool(_ROW.match(row)) for row in rows[:4]) >= _COLUMNS:
            return True
    return False


def _columns(tokens: Sequence[re.Match[str]]) -> Iterator[re.Match[str]]:
    """The columns that stand beside the names, going outwards, until the heading ends."""
    stray = 0
    for token in tokens:
        if token.lastgroup == "column":
            stray = 0
            yield token
        else:
            stray += 1
        if token.lastgroup == "end" or stray > _STRAY:
            return
