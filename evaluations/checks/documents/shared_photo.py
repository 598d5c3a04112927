"""One photo for several answers: the first thing a verifier sees."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.base import listed
from evaluations.checks.documents.base import Concern, Library, warning
from evaluations.checks.documents.shared import by_content, codes_of


def check(library: Library) -> Iterator[Concern]:
    photos = by_content(library, lambda paper: paper.is_photo)
    for sha256, papers in photos.items():
        every = codes_of(library, papers)
        if len(every) < 2:
            continue
        for key, paper in papers.items():
            yield warning(
                "shared_photo",
                paper,
                library.codes[key],
                f"Foto yang sama dipakai di pertanyaan {listed(every, 6)}. Pakai foto lain untuk tiap pertanyaan, atau "
                "jelaskan mengapa satu foto membuktikan semuanya.",
                sha256,
                every,
            )
