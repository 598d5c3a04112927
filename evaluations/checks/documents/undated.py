"""Nobody can tell which years the document proves."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.documents.base import Concern, Library, warning
from kla_portal.indonesian import tanggal


def check(library: Library) -> Iterator[Concern]:
    for paper, codes in library.placed():
        if paper.years or paper.document_date or paper.valid_from or paper.valid_until:
            continue
        taken = next((file.taken_on for file in paper.files if file.taken_on), None)
        hint = f" Menurut berkasnya, foto ini diambil {tanggal(taken)}." if taken else ""
        wanted = f" ({library.years()})" if library.evidence_years else ""
        yield warning(
            "undated",
            paper,
            codes,
            f"Tahun dokumen belum diisi.{hint} Isi tahun yang dibuktikan{wanted}, tanggal dokumen, atau masa "
            "berlakunya.",
            library.evidence_years,
        )
