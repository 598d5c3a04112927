"""The district itself took the document back."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.documents.base import Concern, Library, warning


def check(library: Library) -> Iterator[Concern]:
    for paper, codes in library.placed():
        if paper.withdrawn:
            yield warning(
                "withdrawn",
                paper,
                codes,
                "Dokumen ini sudah ditarik dari pustaka. Lepaskan, lalu pasang penggantinya.",
            )
