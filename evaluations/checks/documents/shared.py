"""Which questions a file's content stands at. A shared reading, not a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from evaluations.checks.documents.base import Library, Paper


def by_content(
    library: Library, counts: Callable[[Paper], bool] = lambda paper: True
) -> dict[str, dict[UUID, Paper]]:
    """sha256 -> the documents with that file."""
    found: dict[str, dict[UUID, Paper]] = {}
    for paper, _ in library.placed():
        if counts(paper):
            for file in paper.files:
                found.setdefault(file.sha256, {})[paper.evidence_id] = paper
    return found


def codes_of(library: Library, keys: Iterable[UUID]) -> list[str]:
    """The questions at which any of the documents stand, in the instrument's order."""
    wanted = set(keys)
    return list(dict.fromkeys(place.code for place in library.placements if place.evidence_id in wanted))
