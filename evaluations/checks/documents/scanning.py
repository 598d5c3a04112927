"""What the virus scanner has not let pass yet, or never will."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.documents.base import Concern, Library, note, warning


def check(library: Library) -> Iterator[Concern]:
    for paper, codes in library.placed():
        states = {file.scan for file in paper.files}
        if "infected" in states:
            message = "Berkas ini ditolak pemindai virus, tidak dapat dibuka. Lepaskan, lalu unggah berkas yang bersih."
            yield warning("scanning", paper, codes, message, "infected")
        elif "waiting" in states:
            message = "Berkas sedang diperiksa pemindai virus. Tidak perlu menunggu; waktu unggahnya sudah tercatat."
            yield note("scanning", paper, codes, message, "waiting")
