"""One page of one file as a person looks at it: on the viewer's page and on the verifier's desk."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from evaluations.domain.evidence import previews, readings
from evaluations.domain.notices import listed
from evaluations.files.phrases import PhraseFound, Presence, page_numbers
from evaluations.models import EvidenceFile, EvidenceLink, FileReading, Scan

PAGE_NAMES = {"xlsx": "lembar", "pptx": "salindia"}
"""What a page is called in files that have none."""

MOST = 6
"""Page numbers named one by one."""


@dataclass(frozen=True)
class Look:
    """A page of a file, from 1. ``reading``: what was read in the file, if it was read."""

    file: EvidenceFile
    reading: FileReading | None
    page: int

    @property
    def obstacle(self) -> str:
        """Why there is no picture to show: ``erased``, ``waiting``, ``refused``, ``unreadable``, ``other``;
        empty: there is."""
        if self.file.erased_at:
            return "erased"
        if self.file.scan == Scan.WAITING:
            return "waiting"
        if not self.file.openable:
            return "refused"
        if not previews.has_pictures(self.file):
            return "other"
        return "unreadable" if self.reading and self.reading.fault else ""

    @property
    def pages(self) -> int | None:
        """How many there are; ``None`` while nobody read the file."""
        return self.reading.pages if self.reading and not self.reading.fault else None

    @property
    def previous(self) -> int | None:
        return self.page - 1 if self.page > 1 else None

    @property
    def next(self) -> int | None:
        return self.page + 1 if self.pages and self.page < self.pages else None

    @property
    def original(self) -> str:
        """The file itself; a PDF at this page."""
        address = reverse("evaluations:evidence_file", args=[self.file.evidence_id, self.file.pk])
        return f"{address}#page={self.page}" if self.is_pdf else address

    @property
    def is_pdf(self) -> bool:
        return previews.kind_of(self.file) == "pdf"

    @property
    def picture(self) -> str:
        return f"{self._address}?lebar=720"

    @property
    def pictures(self) -> str:
        """For ``srcset``."""
        return ", ".join(f"{self._address}?lebar={width} {width}w" for width in previews.WIDTHS)

    @property
    def _address(self) -> str:
        place = [self.file.evidence_id, self.file.pk, self.page]
        return reverse("evaluations:evidence_picture", args=place)


def page_of(wanted: str, link: EvidenceLink | None, reading: FileReading | None) -> int:
    """The page that was asked for, else the first that the link names, else 1; never beyond the last."""
    named = page_numbers(link.pages) if link else ()
    first = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else 0
    page = first or (named[0] if named else 1)
    last = reading.pages if reading and reading.pages else page
    return max(1, min(page, last))


@dataclass(frozen=True)
class Quote:
    """The phrase that a link quotes, and what the file's text says of it. ``kind``: ok, warn or quiet.

    ``page``: where to look, when it is not on the pages that were named.
    """

    text: str
    kind: str
    words: str
    page: int | None = None


def quote_in(look: Look, link: EvidenceLink) -> Quote | None:
    """``None`` without a quote. One query."""
    if not link.quote:
        return None
    if look.file.erased_at:
        return Quote(link.quote, "quiet", "berkasnya dihapus; kutipan tidak dapat dicari lagi")
    if look.reading is None:
        return Quote(link.quote, "quiet", "berkas belum dibaca; kutipan belum dapat dicari")
    if look.reading.fault:
        return Quote(link.quote, "quiet", "teks berkas ini tidak dapat dibaca; carilah sendiri")
    found = readings.find_quote(look.file, look.reading.pages, link.quote, link.pages)
    kind = {Presence.FOUND_HERE: "ok", Presence.NO_TEXT: "quiet"}.get(found.presence, "warn")
    elsewhere = found.pages[0] if found.pages and found.presence != Presence.FOUND_HERE else None
    return Quote(link.quote, kind, _words(look, link, found), elsewhere)


def _words(look: Look, link: EvidenceLink, found: PhraseFound) -> str:
    extension = previews.kind_of(look.file)
    if found.presence == Presence.NO_TEXT:
        where = f"hlm. {link.pages}" if link.pages else "berkas ini"
        beside = f"; kutipan ditemukan di {_pages(found.pages, extension)}" if found.pages else ""
        return f"{where} hasil pindai atau gambar: tidak ada teks yang dapat dicari{beside}"
    unsearched = ""
    if found.without_text:
        unsearched = f"; {_pages(found.without_text, extension)} tidak memuat teks yang dapat dicari"
    if found.presence == Presence.NOT_FOUND:
        return f"tidak ditemukan dalam teks{unsearched}"
    if extension == "docx":
        return "ditemukan dalam teks"
    where = f"ditemukan di {_pages(found.pages, extension)}"
    if found.presence == Presence.FOUND_HERE:
        return where
    return f"{where}, bukan hlm. {link.pages}{unsearched}"


def _pages(pages: tuple[int, ...], extension: str) -> str:
    return f"{PAGE_NAMES.get(extension, 'hlm.')} {listed(map(str, pages), MOST)}"
