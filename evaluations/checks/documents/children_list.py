"""A table that names children."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.documents.base import Concern, Library, warning


def check(library: Library) -> Iterator[Concern]:
    for paper, codes in library.placed():
        with_list = [file.sha256 for file in paper.files if file.known and file.children_list]
        if not with_list:
            continue
        yield warning(
            "children_list",
            paper,
            codes,
            "Dokumen ini tampaknya memuat daftar nama anak. Ganti nama dengan inisial dan tutup alamat serta tanggal "
            "lahirnya, lalu ganti berkas ini; bila nama itu bukan nama anak, jelaskan.",
            with_list,
        )
