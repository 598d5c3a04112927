"""The list of a bulk upload as it comes back: one line per upload, its fields named by the upload's id."""

from __future__ import annotations

from uuid import UUID

from django.http import QueryDict

from evaluations.domain.evidence.bulk import Wish
from evaluations.domain.evidence.library import TITLE_LIMIT

PLACE_LIMIT = 400


def wishes_in(data: QueryDict) -> list[Wish]:
    """What was wanted of each upload in ``data``; lines that name no upload are left out.

    ``berkas``: every upload of the list; ``ambil``: those that were ticked; ``judul-ID`` and ``tempat-ID``: as typed.
    """
    ticked = {pk for pk in map(_uuid, data.getlist("ambil")) if pk}
    return [
        Wish(
            pk,
            data.get(f"judul-{pk}", "")[:TITLE_LIMIT],
            data.get(f"tempat-{pk}", "")[:PLACE_LIMIT],
            wanted=pk in ticked,
        )
        for pk in dict.fromkeys(map(_uuid, data.getlist("berkas")))
        if pk
    ]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
