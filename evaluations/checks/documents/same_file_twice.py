"""The same file, kept as two documents."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.base import listed
from evaluations.checks.documents.base import Concern, Library, warning
from evaluations.checks.documents.shared import by_content, codes_of


def check(library: Library) -> Iterator[Concern]:
    for sha256, papers in by_content(library).items():
        if len(papers) < 2:
            continue
        every = codes_of(library, papers)
        if len(every) > 1 and all(paper.is_photo for paper in papers.values()):
            # That is shared_photo's concern already.
            continue
        where = f"pertanyaan {listed(every, 6)}" if len(every) > 1 else f"pertanyaan {every[0]}, dua kali"
        for key, paper in papers.items():
            yield warning(
                "same_file_twice",
                paper,
                library.codes[key],
                f"Berkas yang sama tersimpan sebagai {len(papers)} dokumen dan dipakai di {where}. Pakai satu dokumen "
                "dari pustaka, lalu lepaskan yang lain.",
                sha256,
                sorted(str(other) for other in papers),
            )
