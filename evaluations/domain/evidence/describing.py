"""What a document is: its kind, number, dates and the years it proves. Filled in when it is known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from evaluations.domain.evidence import library
from evaluations.domain.evidence.handed_in import was_handed_in
from evaluations.domain.evidence.library import clean_title, subject_of
from evaluations.domain.evidence.quotes import reading_of
from evaluations.domain.workflow import zone_of
from evaluations.files.faults import EvidenceRefused
from evaluations.models import Evaluation, Evidence
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction
from kla_portal.indonesian import tanggal

FIRST_YEAR = 2000
LIMITS = {"title": 200, "number": 120, "issuer": 200, "description": 1000}
WORDS = {
    "title": "judul",
    "kind": "jenis",
    "number": "nomor",
    "issuer": "penerbit",
    "document_date": "tanggal dokumen",
    "valid_from": "berlaku mulai",
    "valid_until": "berlaku sampai",
    "years": "tahun",
    "description": "keterangan",
}
"""The parts of a description as people call them."""

TOLD = ("number", "document_date", "valid_from", "valid_until", "years")
"""Parts whose values the event tells; the others may name a child."""


class DescriptionRefused(EvidenceRefused):
    """``field`` is the part that will not do."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


# One document


def describe(*, evidence: Evidence, by: User, **parts: Any) -> Evidence:
    """Set parts of the description (keys of ``WORDS``); dates are ``date | None``, ``years`` numbers.

    Raises ``DescriptionRefused`` for a value that makes no sense or a title that is fixed, ``Refused`` when ``by``
    does not manage the document or no evaluation of the district is open to them. The same again changes nothing.
    """
    return _described([evidence], lambda _: parts, by=by)[0][0]


def mark_years(
    *, evidence: Evidence, add: Iterable[int] = (), drop: Iterable[int] = (), by: User
) -> Evidence:
    """Put years to what the document proves, and take others away. Raises as ``describe``."""
    more, less = set(add), set(drop)
    return _described([evidence], lambda row: {"years": (set(row.years) | more) - less}, by=by)[0][0]


def adopt(*, evidence: Evidence, by: User) -> Evidence:
    """Fill the empty parts with what the text proposes. Raises as ``describe``."""
    return _described([evidence], lambda row: proposal_of(row, row.current_files), by=by)[0][0]


def describe_many(
    *,
    documents: Sequence[Evidence],
    years: Iterable[int] = (),
    kind: str = "",
    issuer: str = "",
    by: User,
) -> int:
    """Put the years to each document's own, and set kind and issuer where given. Returns how many changed.

    All or none. Raises as ``describe``; nothing to set is a ``DescriptionRefused`` too.
    """
    more = set(years)
    parts = {name: text for name, text in (("kind", kind), ("issuer", issuer)) if text.strip()}
    if not documents:
        raise DescriptionRefused("documents", "Centang dokumennya dahulu, lalu terapkan lagi.")
    if not more and not parts:
        raise DescriptionRefused("years", "Isi tahun, jenis, atau penerbit yang akan diterapkan.")
    _, changed = _described(
        documents, lambda row: parts | ({"years": set(row.years) | more} if more else {}), by=by
    )
    return changed


# Proposals


@dataclass(frozen=True)
class Proposal:
    """What the text proposes for parts that are empty; ``parts`` as ``describe`` takes them."""

    parts: Mapping[str, Any]

    @property
    def words(self) -> str:
        """``"nomor 463/12, 12 Januari 2025, tahun 2024"``."""
        said = []
        if "number" in self.parts:
            said.append(f"nomor {self.parts['number']}")
        if "document_date" in self.parts:
            said.append(tanggal(self.parts["document_date"]))
        if "years" in self.parts:
            said.append(f"tahun {', '.join(map(str, self.parts['years']))}")
        return ", ".join(said)


def proposal(evidence: Evidence) -> Proposal | None:
    """What the files propose; no query when they were read with their readings."""
    parts = proposal_of(evidence, evidence.current_files)
    return Proposal(parts) if parts else None


def proposal_of(evidence: Evidence, files: Iterable[Any]) -> dict[str, Any]:
    """The empty parts that the files' texts fill: the first that knows it, the years of all together."""
    found: dict[str, Any] = {}
    years: set[int] = set()
    for file in files:
        reading = reading_of(file)
        if reading is None:
            continue
        if reading.number_clue and not evidence.number:
            found.setdefault("number", reading.number_clue)
        day = reading.date_clue or reading.taken_on
        if day and not evidence.document_date and _has_come(day, evidence):
            found.setdefault("document_date", day)
        years.update(year for year in reading.year_clues if FIRST_YEAR <= year <= clock.now().year + 1)
    if years and not evidence.years:
        found["years"] = sorted(years)
    return found


# Inside


def _has_come(day: date, evidence: Evidence) -> bool:
    """In the district's own time. The district is looked at only for a day that has not come in UTC, behind which no
    Indonesian zone lies."""
    now = clock.now()
    return day <= now.date() or day <= now.astimezone(evidence.district.province.zone).date()


def _described(
    documents: Sequence[Evidence], parts_for: Callable[[Evidence], Mapping[str, Any]], *, by: User
) -> tuple[list[Evidence], int]:
    """The rows as they are then, in the given order, and how many changed. Evaluations are locked before documents."""
    with transaction.atomic():
        running = library.lock_attachable(documents[0].district_id, by=by)
        rows = library.all_managed(documents, by)
        changed = [row for row in rows if _change(row, _cleaned(parts_for(row), running), by=by)]
        library.refresh_where_used(changed, running)
    return rows, len(changed)


def _change(evidence: Evidence, parts: Mapping[str, Any], *, by: User) -> bool:
    changed = [name for name, value in parts.items() if getattr(evidence, name) != value]
    if not changed:
        return False
    if "title" in changed and was_handed_in(evidence):
        raise DescriptionRefused(
            "title", "Dokumen ini ada dalam evaluasi atau sanggah yang sudah diajukan; judulnya tetap."
        )
    for name in changed:
        setattr(evidence, name, parts[name])
    if evidence.valid_from and evidence.valid_until and evidence.valid_until < evidence.valid_from:
        raise DescriptionRefused(
            "valid_until",
            f"Berlaku sampai {tanggal(evidence.valid_until)} lebih awal daripada berlaku mulai "
            f"{tanggal(evidence.valid_from)}. Periksa kedua tanggalnya.",
        )
    evidence.save(update_fields=changed)
    record(
        EventAction.EVIDENCE_DESCRIBED,
        by=by,
        district=evidence.district_id,
        subject=subject_of(evidence.pk),
        fields=[WORDS[name] for name in changed],
        **{name: _plain(parts[name]) for name in changed if name in TOLD},
    )
    return True


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _cleaned(parts: Mapping[str, Any], running: Sequence[Evaluation]) -> dict[str, Any]:
    """The parts as they are kept. Raises ``DescriptionRefused`` for the first that will not do."""
    today = clock.now().astimezone(zone_of(running[0])).date()
    kinds = {kind for row in running for kind in loaded(row.edition.instrument).spec.evidence_kind_names}
    cleaned: dict[str, Any] = {}
    for name, value in parts.items():
        if name in LIMITS:
            cleaned[name] = _text(name, value)
        elif name == "kind":
            cleaned[name] = _kind(value, kinds)
        elif name == "years":
            cleaned[name] = clean_years(value, today)
        elif name in WORDS:
            cleaned[name] = _day(name, value, today)
        else:
            raise TypeError(f"a description has no {name}")
    return cleaned


def _text(name: str, value: str) -> str:
    text = " ".join("".join(c for c in value if c.isprintable() or c.isspace()).split())
    if len(text) > LIMITS[name]:
        raise DescriptionRefused(
            name,
            f"{WORDS[name].capitalize()} paling panjang {LIMITS[name]} huruf (sekarang {len(text)}). Pendekkan.",
        )
    if name == "title":
        text = clean_title(text)
        if not text:
            raise DescriptionRefused(name, "Judul belum diisi. Tulis judul dokumen, lalu simpan lagi.")
    return text


def _kind(value: str, kinds: Collection[str]) -> str:
    if value and value not in kinds:
        raise DescriptionRefused("kind", "Jenis ini tidak ada dalam instrumen. Pilih dari daftar.")
    return value


def _day(name: str, value: date | None, today: date) -> date | None:
    if value and value.year < 1945:
        raise DescriptionRefused(name, f"{tanggal(value)} terlalu lama. Periksa tahunnya.")
    if name == "document_date" and value and value > today:
        raise DescriptionRefused(name, f"{tanggal(value)} belum tiba. Periksa tahunnya.")
    return value


def clean_years(years: Iterable[int], today: date) -> list[int]:
    """Ascending, each once. Raises ``DescriptionRefused`` outside 2000 to next year."""
    found = sorted(set(years))
    last = today.year + 1
    wrong = [year for year in found if not FIRST_YEAR <= year <= last]
    if wrong:
        raise DescriptionRefused(
            "years", f"Tahun {wrong[0]} tidak mungkin. Isi tahun antara {FIRST_YEAR} dan {last}."
        )
    return found
