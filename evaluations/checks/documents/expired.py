"""The document is no longer valid when the self-assessment closes."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.documents.base import Concern, Library, warning
from kla_portal.indonesian import tanggal


def check(library: Library) -> Iterator[Concern]:
    for paper, codes in library.placed():
        until, closes = paper.valid_until, library.closes_on
        if until is None or closes is None or until >= closes:
            continue
        yield warning(
            "expired",
            paper,
            codes,
            f"Berlaku sampai {tanggal(until)}, sebelum evaluasi mandiri ditutup {tanggal(closes)}. "
            "Pasang penggantinya, atau jelaskan mengapa dokumen ini masih membuktikan.",
            until,
            closes,
        )
