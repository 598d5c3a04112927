"""Is the quoted phrase in the text of the pages that were named? A help for the eye, no verdict."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

MOST_PAGES = 200
"""Page numbers that one note can name."""

_WORD = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_]+")
"""A number with what stands between its digits (12,5 is not 125), or a run of letters."""

_RANGE = re.compile(r"(\d{1,5})(?:(?:-|s/d|sd|sampai(?:dengan)?)(\d{1,5}))?")
_PAGE_WORDS = re.compile(r"\b(?:halaman|hlm|hal|pages?|pp?)\b\.?")


class Presence(Enum):
    FOUND_HERE = "found_here"
    FOUND_ELSEWHERE = "found_elsewhere"
    NOT_FOUND = "not_found"
    NO_TEXT = "no_text"
    """None of the pages to look at has text: they are pictures."""


@dataclass(frozen=True, slots=True)
class PhraseFound:
    """``pages`` (from 1): where the phrase is; with FOUND_HERE only those that were named, else the others.

    ``without_text``: the pages looked at that have no text, and may hold the phrase as a picture.
    """

    presence: Presence
    pages: tuple[int, ...]
    without_text: tuple[int, ...] = ()


def look_for(phrase: str, texts: Sequence[str], pages: Collection[int]) -> PhraseFound:
    """Whether whole words of ``phrase`` follow one another on ``pages`` (from 1; none named: on any page).

    ``texts`` holds one text per page. Case, blanks, hyphens, quotes, dashes and other punctuation between words do
    not count; a phrase may run on to the next page and stands on both.
    """
    looked_at = sorted(set(pages)) or list(range(1, len(texts) + 1))
    written = _Squeezed(texts)
    silent = tuple(page for page in looked_at if page not in written.pages)
    found = sorted(set(written.find(phrase)))
    here = tuple(page for page in found if page in looked_at)
    if len(silent) == len(looked_at):
        return PhraseFound(Presence.NO_TEXT, tuple(found), silent)
    if here:
        return PhraseFound(Presence.FOUND_HERE, here, silent)
    presence = Presence.FOUND_ELSEWHERE if found else Presence.NOT_FOUND
    return PhraseFound(presence, tuple(found), silent)


class _Squeezed:
    """All pages as one run of letters and digits, with where words and pages begin.

    Without blanks and hyphens it does not matter where a line ends, a word is broken or letters are spaced out.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        words: list[str] = []
        self.edges = {0}
        self.starts: list[int] = []
        size = 0
        self.pages: set[int] = set()
        for page, text in enumerate(texts, 1):
            self.starts.append(size)
            for word in _words(text):
                words.append(word)
                size += len(word)
                self.edges.add(size)
                self.pages.add(page)
        self.run = "".join(words)

    def find(self, phrase: str) -> Iterator[int]:
        """Each page on which the phrase begins or ends."""
        wanted = "".join(_words(phrase))
        place = self.run.find(wanted) if wanted else -1
        while place != -1:
            end = place + len(wanted)
            if place in self.edges and end in self.edges:
                yield bisect_right(self.starts, place)
                yield bisect_right(self.starts, end - 1)
            place = self.run.find(wanted, place + 1)


def _words(text: str) -> Iterator[str]:
    """Numbers carry a mark, lest 1 and 2 in neighbouring cells read as 12."""
    plain = unicodedata.normalize("NFKC", text).replace("\u00ad", "").casefold()
    for found in _WORD.finditer(plain):
        word = found.group()
        yield f"#{word}" if word[0].isdigit() else word


def page_numbers(text: str) -> tuple[int, ...]:
    """``"hlm. 4-6, 9"`` -> ``(4, 5, 6, 9)``: ascending, each once, at most ``MOST_PAGES``.

    Nothing where any part makes no sense (``6-4``, ``0``, ``bab II``): a wrong page helps nobody.
    """
    plain = re.sub(r"[‐-―−]", "-", unicodedata.normalize("NFKC", text).casefold())
    plain = _PAGE_WORDS.sub(" ", plain).replace("s.d.", "-").replace("s.d", "-")
    parts = [re.sub(r"\s+", "", part) for part in re.split(r"[,;&+]|\bdan\b", plain)]
    numbers: set[int] = set()
    for part in filter(None, parts):
        found = _RANGE.fullmatch(part)
        first = int(found[1]) if found else 0
        last = int(found[2] or first) if found else 0
        if not 0 < first <= last:
            return ()
        numbers.update(range(first, min(last, first + MOST_PAGES) + 1))
    return tuple(sorted(numbers))[:MOST_PAGES]
