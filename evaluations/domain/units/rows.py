"""The cells as they stand, and saving a page of them: everything or nothing, nothing overwritten unseen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from evaluations.domain import workflow
from evaluations.domain.units.places import Places, places_of
from evaluations.domain.units.scope import refusals
from evaluations.domain.workflow import Action
from evaluations.models import Evaluation, UnitAnswer
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction

Key = tuple[str, str]
"""(question code, place code)"""

WORDS: dict[bool | None, str] = {True: "ya", False: "tidak", None: "belum"}


@dataclass(frozen=True)
class Change:
    """One cell as the person saw it and as they want it; ``None`` is "belum".

    A cell has three values, so what was seen says all: a row that was cleared and set anew in between starts
    again at version 1, and a version alone would not tell.
    """

    code: str
    place: str
    seen: bool | None
    holds: bool | None

    @property
    def key(self) -> Key:
        return self.code, self.place


class Conflict(Exception):
    """Cells that were changed otherwise since they were read. ``cells``: what stands there now; ``own``: which of them
    the same person changed, in another window.
    """

    def __init__(self, cells: Mapping[Key, bool | None], own: Collection[Key] = ()) -> None:
        super().__init__("Sebagian isian sudah diubah orang lain sejak halaman ini dibuka.")
        self.cells = dict(cells)
        self.own = frozenset(own)


def cells_of(evaluation: Evaluation, only: Collection[str] | None = None) -> dict[Key, bool]:
    """What the places of the district, or of some kecamatan (codes), have said. One query."""
    codes = loaded(evaluation.edition.instrument).question_codes
    return {(codes[row.question_id], _place(row)): row.holds for row in _rows(evaluation, only)}


def _rows(evaluation: Evaluation, only: Collection[str] | None = None) -> Iterable[UnitAnswer]:
    rows = UnitAnswer.objects.filter(evaluation=evaluation)
    return rows if only is None else rows.filter(kecamatan__in=only)


def _place(row: UnitAnswer) -> str:
    return row.village_id or row.kecamatan_id


def cell_places(question: QuestionSpec, places: Places, kecamatan: str) -> list[str]:
    """The codes of the places of one kecamatan that a question asks."""
    if question.level == "kecamatan":
        return [kecamatan]
    return [village.code for village in places.villages[kecamatan]]


def save_rows(*, evaluation: Evaluation, kecamatan: str, changes: Iterable[Change], by: User) -> int:
    """Write what changed in one kecamatan's cells; returns how many did.

    Raises ``Refused`` when a cell is not theirs, not there, or locked, and ``Conflict`` when someone else
    changed one of these cells to something else since it was seen: then nothing is written.
    """
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.ENTER_UNITS, by=by)
        wanted = [change for change in changes if change.holds != change.seen]
        _must_be_open(evaluation, kecamatan, wanted, by)
        codes = loaded(evaluation.edition.instrument).question_codes
        rows = {(codes[row.question_id], _place(row)): row for row in _rows(evaluation, [kecamatan])}
        now: dict[Key, bool | None] = {key: row.holds for key, row in rows.items()}
        taken = {
            c.key: now.get(c.key) for c in wanted if now.get(c.key) != c.seen and now.get(c.key) != c.holds
        }
        if taken:
            raise Conflict(taken, [key for key in taken if key in rows and rows[key].updated_by_id == by.pk])
        todo = [change for change in wanted if now.get(change.key) != change.holds]
        _write(evaluation, kecamatan, todo, rows, by)
        if todo:
            _log(evaluation, kecamatan, todo, now, by)
    return len(todo)


def _must_be_open(evaluation: Evaluation, kecamatan: str, wanted: Iterable[Change], by: User) -> None:
    """Every cell exists in this kecamatan, and its question is theirs and not locked."""
    places = places_of(evaluation.district_id, [kecamatan])
    if not places.kecamatan:
        raise Refused(f"Kecamatan ini bukan bagian dari {evaluation.district}.")
    by_code = loaded(evaluation.edition.instrument).spec.by_code
    questions = {change.code: by_code[change.code] for change in wanted if change.code in by_code}
    locked = refusals(by, evaluation, kecamatan, list(questions.values()))
    for change in wanted:
        question = questions.get(change.code)
        if question is None or change.place not in cell_places(question, places, kecamatan):
            raise Refused(f"Isian {change.code} untuk tempat {change.place} tidak ada. Muat ulang halaman.")
        if change.code in locked:
            raise Refused(locked[change.code])


def _write(
    evaluation: Evaluation,
    kecamatan: str,
    todo: Iterable[Change],
    rows: Mapping[Key, UnitAnswer],
    by: User,
) -> None:
    now, ids = clock.now(), loaded(evaluation.edition.instrument).question_ids
    new, changed, cleared = [], [], []
    for change in todo:
        row = rows.get(change.key)
        if change.holds is None:
            cleared += [row.pk] if row else []
            continue
        if row is None:
            village = None if change.place == kecamatan else change.place
            row = UnitAnswer(
                evaluation=evaluation,
                question_id=ids[change.code],
                kecamatan_id=kecamatan,
                village_id=village,
                version=0,
            )
            new.append(row)
        else:
            changed.append(row)
        row.holds, row.updated_at, row.updated_by = change.holds, now, by
        row.version += 1
    UnitAnswer.objects.filter(pk__in=cleared).delete()
    UnitAnswer.objects.bulk_create(new, batch_size=500)
    UnitAnswer.objects.bulk_update(changed, ["holds", "version", "updated_at", "updated_by"], batch_size=200)


def _log(
    evaluation: Evaluation,
    kecamatan: str,
    todo: Iterable[Change],
    before: Mapping[Key, bool | None],
    by: User,
) -> None:
    """One event: question code -> place code -> [before, after]."""
    changes: dict[str, dict[str, list[str]]] = {}
    for change in todo:
        changes.setdefault(change.code, {})[change.place] = [
            WORDS[before.get(change.key)],
            WORDS[change.holds],
        ]
    record(
        EventAction.UNITS_SAVED,
        by=by,
        district=evaluation.district_id,
        subject=f"evaluasi:{evaluation.pk}",
        kecamatan=kecamatan,
        changes=changes,
    )
