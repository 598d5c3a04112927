"""Where to look in a document: its pages as they are kept, and whether the quoted phrase stands there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol
from uuid import UUID

from evaluations.files.faults import EvidenceRefused
from evaluations.files.phrases import MOST_PAGES, PhraseFound, Presence, look_for, page_numbers
from evaluations.models import Evidence, EvidenceFile, FileReading

PAGES_LIMIT = 40
QUOTE_LIMIT = 300

_BEST = (Presence.FOUND_HERE, Presence.FOUND_ELSEWHERE, Presence.NOT_FOUND, Presence.NO_TEXT)

UNPAGED = frozenset({"application/vnd.openxmlformats-officedocument.wordprocessingml.document"})
"""Kinds of files whose pages nobody can count: they come about on paper only."""


def clean_pages(text: str, evidence: Evidence) -> str:
    """``"hlm 9, 4 - 6"`` -> ``"4-6, 9"``; empty stays empty.

    Raises ``EvidenceRefused`` for what names no pages, and for pages that the document does not have. One query.
    """
    if not text.strip():
        return ""
    numbers = page_numbers(text)
    if not numbers:
        raise EvidenceRefused("Tulis halaman sebagai angka, misalnya 4-6, 9. Urutkan dari yang kecil.")
    kept = _ranges(numbers)
    if len(numbers) >= MOST_PAGES or len(kept) > PAGES_LIMIT:
        raise EvidenceRefused("Halamannya terlalu banyak. Sebutkan hanya halaman yang perlu dilihat.")
    last = page_count(evidence)
    if last and numbers[-1] > last:
        raise EvidenceRefused(
            f"Dokumen ini hanya {last} halaman; halaman {numbers[-1]} tidak ada. Periksa nomor halamannya."
        )
    return kept


def clean_quote(text: str) -> str:
    """One line. Raises ``EvidenceRefused`` when it is too long to be looked up."""
    quote = " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
    if len(quote) > QUOTE_LIMIT:
        raise EvidenceRefused(
            f"Kutipan paling panjang {QUOTE_LIMIT} huruf (sekarang {len(quote)}). Kutip satu kalimat saja."
        )
    return quote


def page_count(evidence: Evidence) -> int | None:
    """Pages of the longest file in force; ``None`` while a file is unread or has none to count. One query."""
    files = EvidenceFile.objects.filter(evidence=evidence, retired_at__isnull=True)
    rows = list(files.values_list("content_type", "reading__pages", "reading__fault"))
    known = [pages for kind, pages, fault in rows if pages and not fault and kind not in UNPAGED]
    return max(known) if known and len(known) == len(rows) else None


def reading_of(file: EvidenceFile) -> FileReading | None:
    """What was read in the file, if it was read. A query unless the reading came with the file."""
    found: FileReading | None = getattr(file, "reading", None)
    return found


class Quoted(Protocol):
    """A link, or what was read of it."""

    @property
    def pk(self) -> int: ...
    @property
    def evidence_id(self) -> UUID: ...
    @property
    def pages(self) -> str: ...
    @property
    def quote(self) -> str: ...


def presences(links: Iterable[Quoted]) -> dict[int, PhraseFound]:
    """Link id -> whether its quoted phrase is in the document's text. No entry without a quote, or while unread.

    One query where something is quoted, however many links; of several files the best finding counts.
    """
    quoted = [link for link in links if link.quote]
    if not quoted:
        return {}
    texts = texts_of(link.evidence_id for link in quoted)
    found = {}
    for link in quoted:
        pages = page_numbers(link.pages)
        looks = [
            look_for(link.quote, file, [page for page in pages if page <= len(file)])
            for file in texts.get(link.evidence_id, ())
        ]
        if looks:
            found[link.pk] = min(looks, key=lambda look: _BEST.index(look.presence))
    return found


def texts_of(evidence: Iterable[object]) -> dict[object, list[Sequence[str]]]:
    """Document -> per file in force that was read, one text per page (empty: a page without text). One query."""
    rows = (
        FileReading.objects.filter(file__evidence__in=set(evidence), file__retired_at__isnull=True, fault="")
        .order_by("file__number", "file__page_texts__page")
        .values_list("file__evidence", "file", "pages", "file__page_texts__page", "file__page_texts__text")
    )
    files: dict[object, dict[object, list[str]]] = {}
    for document, file, count, page, text in rows:
        texts = files.setdefault(document, {}).setdefault(file, [""] * count)
        if page is not None:
            texts.extend([""] * (page - len(texts)))
            texts[page - 1] = text
    return {document: list(found.values()) for document, found in files.items()}


def _ranges(numbers: Sequence[int]) -> str:
    """``(4, 5, 6, 9)`` -> ``"4-6, 9"``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
