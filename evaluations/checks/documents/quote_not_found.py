"""The quoted phrase is not in the text, or on another page than was said."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.documents.base import Concern, Library, note, warning
from evaluations.files.phrases import Presence

SHOWN = 60
"""Letters of the phrase that are repeated."""


def check(library: Library) -> Iterator[Concern]:
    for placement in library.placements:
        found = placement.phrase
        if found is None or found.presence in {Presence.FOUND_HERE, Presence.NO_TEXT}:
            continue
        paper, codes = library.papers[placement.evidence_id], (placement.code,)
        facts = (placement.code, placement.quote, placement.pages, found.presence.value)
        quote = placement.quote if len(placement.quote) <= SHOWN else f"{placement.quote[:SHOWN].rstrip()}…"
        if found.presence is Presence.FOUND_ELSEWHERE:
            pages = ", ".join(map(str, found.pages[:5]))
            message = (
                f"Kutipan “{quote}” ada di halaman {pages}, bukan di halaman yang disebut. Betulkan nomornya."
            )
            yield note("quote_not_found", paper, codes, message, *facts)
        elif found.without_text:
            message = (
                f"Kutipan “{quote}” tidak ditemukan dalam teks; sebagian halaman hasil pindai tidak dapat dicari. "
                "Pastikan kutipannya tertulis persis begitu."
            )
            yield note("quote_not_found", paper, codes, message, *facts)
        else:
            message = (
                f"Kutipan “{quote}” tidak ditemukan dalam teks dokumen. Salin kutipannya persis dari dokumen, atau "
                "kosongkan."
            )
            yield warning("quote_not_found", paper, codes, message, *facts)
