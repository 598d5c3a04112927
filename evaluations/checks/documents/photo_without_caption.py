"""A photo that does not say what is seen on it."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.documents.base import Concern, Library, warning


def check(library: Library) -> Iterator[Concern]:
    for paper, codes in library.placed():
        if paper.is_photo and not paper.description.strip():
            yield warning(
                "photo_without_caption",
                paper,
                codes,
                "Foto ini belum berketerangan. Tulis kegiatan, tempat, dan tanggalnya di keterangan dokumen.",
            )
