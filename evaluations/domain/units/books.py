"""A workbook of rows: made from what stands, and compared with it when it comes back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.core import signing
from django.db import transaction

from evaluations.domain.units.places import Places, places_of
from evaluations.domain.units.rows import WORDS, Change, Key, cell_places, cells_of, save_rows
from evaluations.domain.units.scope import questions_seen, refusals
from evaluations.models import Evaluation
from evaluations.reports.unit_sheet import Filled, Row, Table, write_units
from evaluations.reports.workbook.reading import NotAWorkbook
from indicators.domain.spec import loaded
from indicators.spec import PercentageRule, QuestionSpec
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import User

SALT = "evaluations.units.book"
SHEETS = {"kecamatan": "Kecamatan", "desa": "Desa"}
CELL: dict[bool | None, str] = {True: "Ya", False: "Tidak", None: ""}
READ = {"ya": True, "y": True, "tidak": False, "t": False, "": None, "belum": None}
LETTERS: dict[bool | None, str] = {True: "y", False: "t", None: "-"}
SEEN = {letter: value for value, letter in LETTERS.items()}
TWICE = "Tempat ini tertulis lebih dari sekali; hapus baris salinannya, lalu unggah lagi."


@dataclass(frozen=True)
class Line:
    """One cell that is not as it went out. ``reason`` says why it is left out; empty: it will be written."""

    address: str
    code: str
    place: str
    before: str
    after: str
    reason: str = ""


@dataclass(frozen=True)
class Plan:
    """``changes`` are what the lines without a reason write."""

    lines: tuple[Line, ...]
    changes: tuple[Change, ...]

    @property
    def refused(self) -> int:
        return sum(bool(line.reason) for line in self.lines)


def make_book(evaluation: Evaluation, user: User, only: Collection[str] | None = None) -> bytes:
    """The workbook of the whole district or of some kecamatan (codes), with the questions the person sees."""
    places, questions = places_of(evaluation.district_id, only), _questions(evaluation, user, only)
    cells = cells_of(evaluation, only)
    tables = []
    for level, sheet in SHEETS.items():
        asked = [q for q in questions if q.level == level]
        heads = tuple((q.code, q.title, _meaning(q)) for q in asked)
        tables.append(Table(sheet, heads, tuple(_rows(level, places, asked, cells))))
    title = f"Baris kecamatan dan desa/kelurahan {evaluation.district}, {evaluation.edition}"
    return write_units(title, tuple(tables), _seal(evaluation, questions, places, cells))


def _questions(evaluation: Evaluation, user: User, only: Collection[str] | None) -> list[QuestionSpec]:
    one = next(iter(only)) if only is not None and len(only) == 1 else None
    return questions_seen(user, evaluation, one)


def _meaning(question: QuestionSpec) -> str:
    return question.rule.numerator if isinstance(question.rule, PercentageRule) else ""


def _rows(level: str, places: Places, asked: Sequence[QuestionSpec], cells: dict[Key, bool]) -> Iterable[Row]:
    for k in places.kecamatan:
        codes = [k.code] if level == "kecamatan" else [v.code for v in places.villages[k.code]]
        for code in codes:
            words = tuple(CELL[cells.get((q.code, code))] for q in asked)
            yield Row(code, places.names[code], k.name, words)


def _seal(
    evaluation: Evaluation, questions: Sequence[QuestionSpec], places: Places, cells: dict[Key, bool]
) -> str:
    """What went out, signed: whose rows, of which instrument, and a letter per question and place."""
    seen = {
        q.code: {
            place: LETTERS[cells.get((q.code, place))]
            for k in places.kecamatan
            for place in cell_places(q, places, k.code)
        }
        for q in questions
    }
    return signing.dumps(_identity(evaluation) | {"seen": _packed(seen)}, salt=SALT, compress=True)


def _identity(evaluation: Evaluation) -> dict[str, object]:
    return {"evaluation": evaluation.pk, "digest": loaded(evaluation.edition.instrument).spec.digest}


def _packed(seen: dict[str, dict[str, str]]) -> list[list[str]]:
    """[codes of places, then per question "code" and its letters]; questions of a level share their places."""
    groups: dict[str, list[str]] = {}
    for code, letters in seen.items():
        groups.setdefault(" ".join(letters), []).append(f"{code} {''.join(letters.values())}")
    return [[places, *lines] for places, lines in groups.items()]


def _unpacked(groups: list[list[str]]) -> dict[Key, bool | None]:
    return {
        (line.split(" ")[0], place): SEEN[letter]
        for places, *lines in groups
        for line in lines
        for place, letter in zip(places.split(), line.split(" ")[1], strict=True)
    }


def plan_book(evaluation: Evaluation, user: User, seal: str, filled: Iterable[Filled]) -> Plan:
    """What each changed cell would do; nothing is written. Raises ``NotAWorkbook`` for a book of elsewhere."""
    seen = _opened(evaluation, seal)
    places, now = places_of(evaluation.district_id), cells_of(evaluation)
    home = _home(places)
    by_code = loaded(evaluation.edition.instrument).spec.by_code
    asked: dict[str, dict[str, QuestionSpec]] = defaultdict(dict)
    for code, place in seen:
        if place in home:
            asked[home[place]][code] = by_code[code]
    locked = {k: refusals(user, evaluation, k, list(found.values())) for k, found in asked.items()}
    lines, changes = [], []
    cells, unclear = _once(filled)
    for cell in cells:
        key = cell.code, cell.place
        if key not in seen:
            if cell.text:
                lines.append(_left_out(cell, "Sel ini tidak ada di buku kerja yang diunduh."))
            continue
        holds, before = READ.get(cell.text.casefold(), "?"), seen[key]
        if holds == before:
            continue
        reason = _reason(cell, holds, now.get(key), before, locked.get(home.get(cell.place, ""), {}))
        reason = reason or (TWICE if key in unclear else "")
        name = places.names.get(cell.place, cell.place)
        after = cell.text if isinstance(holds, str) else WORDS[holds]
        lines.append(Line(cell.address, cell.code, name, WORDS[before], after, reason))
        if not reason and not isinstance(holds, str) and now.get(key) != holds:
            changes.append(Change(cell.code, cell.place, seen=before, holds=holds))
    return Plan(tuple(lines), tuple(changes))


def _once(filled: Iterable[Filled]) -> tuple[list[Filled], set[Key]]:
    """The cells without repeats of the same word, and the keys of those that say two things."""
    first: dict[Key, str] = {}
    found, unclear = [], set()
    for cell in filled:
        key, word = (cell.code, cell.place), cell.text.casefold()
        if key not in first:
            first[key] = word
        elif first[key] == word:
            continue
        else:
            unclear.add(key)
        found.append(cell)
    return found, unclear


def _opened(evaluation: Evaluation, seal: str) -> dict[Key, bool | None]:
    try:
        kept = signing.loads(seal, salt=SALT)
    except signing.BadSignature:
        raise NotAWorkbook(
            "Buku kerja ini berubah di luar sel isiannya. Unduh yang baru, lalu salin isiannya."
        ) from None
    if {key: kept[key] for key in ("evaluation", "digest")} != _identity(evaluation):
        raise NotAWorkbook(
            f"Buku kerja ini milik kabupaten/kota atau periode lain, bukan {evaluation.district} "
            f"{evaluation.edition}. Unduh yang baru di halaman ini."
        )
    return _unpacked(kept["seen"])


def _home(places: Places) -> dict[str, str]:
    """Place -> the kecamatan whose rows it belongs to."""
    own = {k.code: k.code for k in places.kecamatan}
    return own | {v.code: code for code, rows in places.villages.items() for v in rows}


def _left_out(cell: Filled, reason: str) -> Line:
    return Line(cell.address, cell.code, cell.place, "", cell.text, reason)


def _reason(
    cell: Filled, holds: object, now: bool | None, before: bool | None, locked: dict[str, str]
) -> str:
    """Why the cell is left out, in words; empty when it can be written."""
    if isinstance(holds, str):
        return "Hanya Ya, Tidak, atau kosong yang terbaca."
    # First whether it is theirs: what stands in others' rows is not told.
    if cell.code in locked:
        return locked[cell.code]
    if now not in {before, holds}:
        return f'Sudah diubah orang lain menjadi "{WORDS[now]}" sejak buku kerja diunduh; ubah di halamannya.'
    return ""


def apply_book(*, evaluation: Evaluation, changes: Iterable[Change], by: User) -> int:
    """Write the agreed changes, all or none; one event per kecamatan. Raises what ``save_rows`` raises."""
    home = _home(places_of(evaluation.district_id))
    groups: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        if change.place not in home:
            raise Refused("Daftar tempat berubah sejak buku kerja diunduh. Unduh yang baru.")
        groups[home[change.place]].append(change)
    with transaction.atomic():
        return sum(
            save_rows(evaluation=evaluation, kecamatan=code, changes=found, by=by)
            for code, found in sorted(groups.items())
        )
