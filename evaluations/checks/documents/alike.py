"""Nearly the same text at different questions. Side by side at one question it is open: last year's and this year's."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from evaluations.checks.base import listed
from evaluations.checks.documents.base import Concern, Library, warning
from evaluations.checks.documents.shared import codes_of


def check(library: Library) -> Iterator[Concern]:
    others: dict[UUID, set[UUID]] = {}
    for one, two in library.alike:
        if one in library.codes and two in library.codes and _apart(library, one, two):
            others.setdefault(one, set()).add(two)
            others.setdefault(two, set()).add(one)
    for paper, codes in library.placed():
        like = others.get(paper.evidence_id)
        if not like:
            continue
        at = codes_of(library, like)
        yield warning(
            "alike",
            paper,
            codes,
            f"Isinya hampir sama dengan dokumen lain di pertanyaan {listed(at, 6)}. Pastikan ini memang dua dokumen, "
            "lalu jelaskan bedanya; bila sama, pakai satu dokumen saja.",
            sorted(str(other) for other in like),
        )


def _apart(library: Library, one: UUID, two: UUID) -> bool:
    """At different questions, and not the very same file: that is same_file_twice's concern."""
    if set(library.codes[one]) & set(library.codes[two]):
        return False
    first, second = ({file.sha256 for file in library.papers[key].files} for key in (one, two))
    return not first & second
