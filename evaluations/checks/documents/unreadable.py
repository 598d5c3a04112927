"""Pages that nobody can read, or that only eyes can."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.documents.base import Concern, FileFacts, Library, Paper, note, warning

FEWEST_DPI = 100
"""Below, the letters of a decree run into one another."""

FEWEST_PIXELS = 640
"""Of a photo's long side."""


def check(library: Library) -> Iterator[Concern]:
    for paper, codes in library.placed():
        for file in paper.files:
            yield from _of_file(paper, codes, file)


def _of_file(paper: Paper, codes: tuple[str, ...], file: FileFacts) -> Iterator[Concern]:
    if not file.read:
        return
    if file.fault:
        message = (
            "Portal tidak dapat membaca isi berkas ini. Buka sekali untuk memastikan semua halamannya tampil."
        )
        yield note("unreadable", paper, codes, message, file.sha256, "fault")
    elif file.is_picture:
        side = max(file.width or 0, file.height or 0)
        if 0 < side < FEWEST_PIXELS:
            message = (
                f"Gambar ini hanya {file.width} x {file.height} piksel; isinya sukar dilihat. Unggah gambar aslinya, "
                f"sisi panjang sedikitnya {FEWEST_PIXELS} piksel."
            )
            yield warning("unreadable", paper, codes, message, file.sha256)
    elif file.pages and not file.text_pages and file.lowest_dpi is not None:
        if file.lowest_dpi < FEWEST_DPI:
            message = (
                f"Hasil pindai ini hanya {file.lowest_dpi} dpi dan tidak berteks, sehingga sukar dibaca. Pindai ulang "
                "pada 200 dpi atau lebih, atau unggah berkas aslinya."
            )
            yield warning("unreadable", paper, codes, message, file.sha256)
        else:
            message = (
                "Halaman hasil pindai: teksnya tidak dapat dicari. Bila ada, unggah PDF aslinya; bila tidak, tulis "
                "halaman yang dimaksud."
            )
            yield note("unreadable", paper, codes, message, file.sha256, "scan")
