"""A thick document under several questions, and nobody says where to look."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.documents.base import Concern, Library, note


def check(library: Library) -> Iterator[Concern]:
    silent: dict[object, dict[str, None]] = {}
    for placement in library.placements:
        if not placement.pages.strip():
            silent.setdefault(placement.evidence_id, {})[placement.code] = None
    for paper, codes in library.placed():
        without = tuple(silent.get(paper.evidence_id, ()))
        if len(codes) < 2 or paper.pages < 2 or not without:
            continue
        yield note(
            "shared_without_pages",
            paper,
            without,
            f"Dokumen {paper.pages} halaman ini dipakai di {len(codes)} pertanyaan tanpa nomor halaman. "
            "Tulis halamannya agar verifikator langsung menemukannya.",
            without,
        )
