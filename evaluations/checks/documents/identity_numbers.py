"""Numbers that read like a NIK: a document for many eyes should not carry them."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.documents.base import Concern, Library, warning


def check(library: Library) -> Iterator[Concern]:
    for paper, codes in library.placed():
        count = sum(file.identity_numbers for file in paper.files if file.known)
        if not count:
            continue
        yield warning(
            "identity_numbers",
            paper,
            codes,
            f"Teksnya memuat {count} nomor yang mirip nomor identitas (16 angka). Tutup dengan kotak hitam di berkas "
            "aslinya, simpan ulang sebagai PDF, lalu ganti berkas ini; bila bukan nomor identitas, jelaskan.",
            [file.sha256 for file in paper.files if file.identity_numbers],
            count,
        )
