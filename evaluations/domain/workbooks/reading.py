"""What came back in a workbook, held against what stands now. Nothing is saved here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from evaluations.domain import workflow
from evaluations.domain.assignments import codes_open_to
from evaluations.domain.progress import answer_values
from evaluations.domain.workflow import Action
from evaluations.models import Answer, AnswerRevision, Evaluation
from evaluations.reports.workbook.layout import note_text
from evaluations.scoring.rules import (
    QuestionPoints,
    answer_to_value,
    is_blank,
    read_answer,
    score_answer,
)
from evaluations.scoring.totals import Totals, totals
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec
from kla_portal.accounts.models import User

Value = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One question as it came back. ``version``: the answer's at export; ``address``: its first cell."""

    code: str
    value: Value
    note: str
    version: int
    address: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A cell that could not be read, or a question that cannot be changed, and why."""

    code: str
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of two answers side by side. ``by`` and ``at`` only for what is stored."""

    points: QuestionPoints
    note: str
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """``seen`` is the version that stands now: saving goes against it, so that a third person is not overwritten."""

    question: QuestionSpec
    entry: Entry
    before: Side
    after: Side
    seen: int

    @property
    def note_changed(self) -> bool:
        return self.before.note != self.after.note

    @property
    def emptied(self) -> bool:
        return self.after.points.state == "unanswered" != self.before.points.state


@dataclass
class Sorted:
    """``untouched``: codes whose cells say what was exported while the portal has something newer, which stays.

    ``outside``: codes of questions that are not the person's; their cells were not looked at.
    """

    new: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    conflicts: list[Change] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    untouched: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    claimed: Decimal = Decimal(0)
    """The claimed total now, and after ``new`` and ``changed``."""
    reached: Decimal = Decimal(0)

    @property
    def saves(self) -> bool:
        return bool(self.new or self.changed or self.conflicts)


def sort_out(
    *, evaluation: Evaluation, entries: Sequence[Entry], rejected: Iterable[Rejected], by: User
) -> Sorted:
    """Every entry in its group. Raises ``Refused`` when ``by`` can change nothing here now."""
    workflow.ensure(evaluation, Action.ANSWER, by=by)
    open_codes = codes_open_to(by, evaluation)
    found = Sorted()
    mine: list[Entry] = []
    parts: list[Entry | Rejected] = [*entries, *rejected]
    for part in parts:
        if open_codes is not None and part.code not in open_codes:
            if part.code not in found.outside:
                found.outside.append(part.code)
        elif isinstance(part, Rejected):
            found.rejected.append(part)
        else:
            mine.append(part)
    desk = _Desk(evaluation, mine, by)
    for entry in mine:
        desk.place(entry, found)
    found.claimed, found.reached = desk.totals(found)
    return found


class _Desk:
    """The answers that stand, and those that were exported: two queries for any number of entries."""

    def __init__(self, evaluation: Evaluation, entries: Sequence[Entry], by: User) -> None:
        self.evaluation, self.by = evaluation, by
        self.instrument = loaded(evaluation.edition.instrument)
        ids = self.instrument.question_ids
        rows = Answer.objects.filter(evaluation=evaluation, question__in=[ids[e.code] for e in entries])
        codes = self.instrument.question_codes
        self.stored = {codes[row.question_id]: row for row in rows.select_related("updated_by")}
        self.exported = self._exported(entries)

    def _exported(self, entries: Sequence[Entry]) -> dict[str, tuple[Value, str]]:
        """Code -> (value, note) as exported, where the answer has moved on since."""
        moved = Q()
        for entry in entries:
            row = self.stored.get(entry.code)
            if row is not None and entry.version not in {0, row.version}:
                moved |= Q(answer=row.pk, version=entry.version)
        if not moved:
            return {}
        codes = self.instrument.question_codes
        rows = AnswerRevision.objects.filter(moved).values_list("answer__question_id", "value", "note")
        return {codes[question_id]: (value, note) for question_id, value, note in rows}

    def place(self, entry: Entry, found: Sorted) -> None:
        question = self.instrument.spec.by_code[entry.code]
        row = self.stored.get(entry.code)
        standing = (row.value, row.note) if row else (None, "")
        version = row.version if row else 0
        if _says(question, entry, standing):
            found.same.append(entry.code)
            return
        if entry.version != version and _says(question, entry, self.exported.get(entry.code, (None, ""))):
            found.untouched.append(entry.code)
            return
        refused = workflow.refusal(
            self.evaluation,
            Action.ANSWER,
            by=self.by,
            question_id=self.instrument.question_ids[entry.code],
        )
        if refused:
            found.rejected.append(Rejected(entry.code, entry.address, refused))
            return
        change = _change(question, entry, row)
        if entry.version != version:
            found.conflicts.append(change)
        elif change.before.points.state == "unanswered" and not change.before.note:
            found.new.append(change)
        else:
            found.changed.append(change)

    def totals(self, found: Sorted) -> tuple[Decimal, Decimal]:
        values: dict[str, Value] = dict(answer_values(self.evaluation, self.instrument))
        before: Totals = totals(self.instrument.spec, values)
        values |= {change.entry.code: change.entry.value for change in [*found.new, *found.changed]}
        return before.total, totals(self.instrument.spec, values).total


def _says(question: QuestionSpec, entry: Entry, content: tuple[Value, str]) -> bool:
    """Whether the cells hold this answer. Notes are compared as cells hold them."""
    value, note = content
    return _canonical(question, entry.value) == _canonical(question, value) and entry.note == note_text(note)


def _canonical(question: QuestionSpec, value: Value) -> Value:
    answer = read_answer(question.rule, value)
    return None if answer is None or is_blank(answer) else answer_to_value(answer)


def note_to_save(entry: Entry, standing: str) -> str:
    """An untouched note stays to the letter: a cell cannot hold every character that a note can."""
    return standing if entry.note == note_text(standing) else entry.note


def _change(question: QuestionSpec, entry: Entry, row: Answer | None) -> Change:
    before = Side(_points(question, None), "")
    if row is not None:
        before = Side(_points(question, row.value), row.note, row.updated_by.name, row.updated_at)
    after = Side(_points(question, entry.value), note_to_save(entry, before.note))
    return Change(question, entry, before, after, row.version if row else 0)


def _points(question: QuestionSpec, value: Value) -> QuestionPoints:
    return score_answer(question, read_answer(question.rule, value))
