"""What the document says of its time does not touch the edition's evidence years."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.documents.base import Concern, Library, Paper, warning
from kla_portal.indonesian import tanggal


def check(library: Library) -> Iterator[Concern]:
    if not library.evidence_years:
        return
    for paper, codes in library.placed():
        said = _said(paper)
        if not said or _touches(paper, library.evidence_years):
            continue
        yield warning(
            "outside_years",
            paper,
            codes,
            f"Dokumen ini bertanda {said}, di luar tahun data dukung {library.years()}. Ganti dengan dokumen salah "
            "satu tahun itu; bila masih berlaku, isi masa berlaku atau tahun yang dibuktikannya.",
            library.evidence_years,
            *_time(paper),
        )


def _time(paper: Paper) -> tuple[object, ...]:
    return paper.years, paper.document_date, paper.valid_from, paper.valid_until


def _touches(paper: Paper, years: tuple[int, ...]) -> bool:
    """By the years it is said to prove, by its date, or by its validity, open at an end that is not given."""
    if set(paper.years) & set(years):
        return True
    if paper.document_date and paper.document_date.year in years:
        return True
    if paper.valid_from is None and paper.valid_until is None:
        return False
    begins, ends = paper.valid_from or paper.document_date, paper.valid_until
    return (begins is None or begins.year <= max(years)) and (ends is None or ends.year >= min(years))


def _said(paper: Paper) -> str:
    parts = []
    if paper.years:
        parts.append(f"tahun {', '.join(str(year) for year in sorted(paper.years))}")
    if paper.document_date:
        parts.append(f"tanggal {tanggal(paper.document_date)}")
    if paper.valid_from:
        parts.append(f"berlaku mulai {tanggal(paper.valid_from)}")
    if paper.valid_until:
        parts.append(f"berlaku sampai {tanggal(paper.valid_until)}")
    return ", ".join(parts)
