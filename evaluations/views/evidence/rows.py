"""A document as the slot panels and the library show it: years at hand, proposals, the quoted phrase, warnings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evaluations.checks.documents import Concern
from evaluations.domain.evidence import describing, quotes, raised
from evaluations.domain.evidence.library import may_manage
from evaluations.domain.evidence.standing import Standing
from evaluations.domain.notices import listed
from evaluations.files.phrases import PhraseFound, Presence
from evaluations.models import Evaluation, Evidence, EvidenceFile, EvidenceLink, Scan
from kla_portal.accounts.models import User

UNREAD = "berkas belum dibaca; kutipan belum dapat dicari"


@dataclass(frozen=True)
class Chip:
    """One evidence year as a button; ``on``: the document proves it."""

    year: int
    on: bool


@dataclass(frozen=True)
class Quote:
    """What the text says of a quoted phrase; ``kind``: ok, warn or quiet."""

    kind: str
    words: str


@dataclass(frozen=True)
class Row:
    """A document with what can be done about it; ``manageable``: by this person, now."""

    document: Evidence
    manageable: bool
    chips: Sequence[Chip] = ()
    proposal: describing.Proposal | None = None
    link: EvidenceLink | None = None
    quote: Quote | None = None
    concerns: Sequence[Concern] = ()
    codes: Sequence[str] = ()

    @property
    def undated(self) -> bool:
        """Nothing says which year it proves."""
        document = self.document
        dates = (document.document_date, document.valid_from, document.valid_until)
        return not document.years and not any(dates)

    @property
    def first(self) -> EvidenceFile | None:
        """The file whose small picture stands beside the title."""
        return next(iter(self.document.current_files), None)

    @property
    def pictured(self) -> bool:
        reading = quotes.reading_of(self.first) if self.first else None
        return bool(self.first and self.first.openable and reading and reading.thumbnail)

    @property
    def warned(self) -> str:
        """``2 peringatan``; empty when there are notes at most."""
        count = sum(concern.blocks for concern in self.concerns)
        return f"{count} peringatan" if count else ""

    @property
    def scanning(self) -> bool:
        files = self.document.current_files
        return any(file.scan == Scan.WAITING and not file.erased_at for file in files)

    @property
    def erased(self) -> list[EvidenceFile]:
        """Files in force whose content is gone."""
        return [file for file in self.document.current_files if file.erased_at]


def slot_rows(
    evaluation: Evaluation,
    links: Iterable[EvidenceLink],
    *,
    by: User,
    writable: bool,
    held: Standing | None = None,
) -> dict[int, Row]:
    """Link id -> its row. Four queries at most beside the links with their files and readings; ``held``: what stands
    in the evaluation, where it is known."""
    links = list(links)
    found = quotes.presences(links)
    concerns = raised.of_links(evaluation, links, found, held)
    rows = {}
    for link in links:
        manageable = writable and may_manage(by, link.evidence)
        rows[link.pk] = Row(
            link.evidence,
            manageable,
            chips_of(link.evidence, evaluation),
            describing.proposal(link.evidence) if manageable else None,
            link,
            quote_of(link, found.get(link.pk)),
            concerns.get(link.pk, ()),
        )
    return rows


def chips_of(document: Evidence, evaluation: Evaluation) -> list[Chip]:
    return [Chip(year, year in document.years) for year in evaluation.edition.evidence_years]


def quote_of(link: EvidenceLink, found: PhraseFound | None) -> Quote | None:
    """``None`` without a quoted phrase."""
    if not link.quote:
        return None
    if found is None:
        gone = any(file.erased_at for file in link.evidence.current_files)
        why = "berkasnya dihapus; kutipan tidak dapat dicari lagi" if gone else UNREAD
        return Quote("quiet", why)
    where = f"hlm. {listed(map(str, found.pages), 6)}"
    match found.presence:
        case Presence.FOUND_HERE:
            return Quote("ok", f"kutipan ditemukan di {where}")
        case Presence.FOUND_ELSEWHERE:
            return Quote("warn", f"kutipan ada di {where}, bukan hlm. {link.pages}; betulkan halamannya")
        case Presence.NO_TEXT:
            return Quote(
                "quiet", "halaman hasil pindai; kutipan tidak dapat dicari, verifikator membacanya sendiri"
            )
    return Quote("warn", "kutipan tidak ditemukan dalam teks; salin kalimatnya persis")
