"""A plan's workbook: out, compared with what stands, and applied by the same verbs. All of it or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from evaluations.domain import workflow
from evaluations.domain.actions import editing, tracking
from evaluations.domain.actions.content import ActionRefused, Content, check, clean, content_of
from evaluations.domain.actions.editing import StaleAction
from evaluations.domain.actions.reading import board, visible_to, with_all
from evaluations.domain.actions.rupiah import NotRupiah, read_rupiah
from evaluations.domain.workflow import Action
from evaluations.models import ActionStatus, Evaluation, PlannedAction
from evaluations.reports.action_reader import BookRow, ReadBook
from evaluations.reports.action_xlsx import LETTERS, ActionBook, BookLine
from indicators.domain.spec import loaded
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import Agency, User

NOTE = "Dari buku kerja Excel."
_KEY = re.compile(r"([1-9][0-9]{0,17})-([1-9][0-9]{0,8})")


@dataclass(frozen=True)
class Fault:
    """``cell``: address on the sheet, such as ``G7``."""

    cell: str
    reason: str


@dataclass(frozen=True)
class Line:
    """One row of the workbook. ``kind``: new, changed, same, conflict or rejected."""

    number: int
    kind: str
    title: str
    content: Content | None = None
    status: ActionStatus = ActionStatus.PLANNED
    action: PlannedAction | None = None
    changes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


KINDS = {
    "new": "baru",
    "changed": "berubah",
    "same": "tetap",
    "conflict": "bentrok: sudah diubah orang lain",
    "rejected": "ditolak",
}

NAMES = {
    "title": "aksi", "output": "keluaran", "codes": "pertanyaan", "agency": "penanggung jawab",
    "supporting": "pendukung", "budget": "anggaran", "budget_source": "sumber anggaran", "starts_on": "mulai",
    "due_on": "tenggat",
}  # fmt: skip


@dataclass(frozen=True)
class Preview:
    lines: tuple[Line, ...]

    def count(self, kind: str) -> int:
        return sum(line.kind == kind for line in self.lines)

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        return [(kind, words, self.count(kind)) for kind, words in KINDS.items()]

    @property
    def applicable(self) -> bool:
        """Something to do, and nothing in the way."""
        blocked = self.count("conflict") + self.count("rejected")
        return not blocked and bool(self.count("new") + self.count("changed"))


def origin_of(evaluation: Evaluation) -> dict[str, str]:
    return {
        "kabupaten/kota": evaluation.district_id,
        "periode": evaluation.edition.code,
        "instrumen": evaluation.edition.instrument.digest,
    }


def book_of(evaluation: Evaluation, *, by: User) -> ActionBook:
    """The actions that ``by`` sees, ready to be written."""
    agencies = Agency.objects.filter(district=evaluation.district_id).order_by("name")
    lines = []
    for row in board(evaluation, by=by).rows:
        action, points = row.action, row.points
        cells = {
            "key": f"{action.pk}-{action.version}",
            "title": action.title,
            "output": action.output,
            "codes": ", ".join(question.code for question, _ in row.questions),
            "agency": action.agency.name if action.agency else "",
            "supporting": "; ".join(agency.name for agency in action.supporting.all()),
            "budget": action.budget,
            "budget_source": action.budget_source,
            "starts_on": action.starts_on,
            "due_on": action.due_on,
            "status": str(action.get_status_display()),
            "expected": points.expected,
            "reached": points.reached,
        }
        lines.append(BookLine(cells))
    return ActionBook(
        title=f"Rencana aksi KLA {evaluation.district}, {evaluation.edition}",
        origin=origin_of(evaluation),
        lines=lines,
        agencies=[agency.name for agency in agencies],
        statuses=[str(status.label) for status in ActionStatus],
    )


def must_be_of(evaluation: Evaluation, origin: Mapping[str, str]) -> None:
    """Raise ``Refused`` for the workbook of another district, edition or instrument."""
    for name, own in origin_of(evaluation).items():
        if origin.get(name, "") != own:
            raise Refused(
                f"Buku kerja ini dari {name} lain. Unduh buku kerja {evaluation.district}, {evaluation.edition}, "
                "lalu isi di sana."
            )


def compare(evaluation: Evaluation, book: ReadBook, *, by: User) -> Preview:
    """What the workbook would change. Nothing is written. Raises ``Refused`` for a foreign workbook."""
    must_be_of(evaluation, book.origin)
    actions = {action.pk: action for action in with_all(visible_to(by, evaluation))}
    agencies = {
        _plain(agency.name): agency for agency in Agency.objects.filter(district=evaluation.district_id)
    }
    seen: set[str] = set()
    lines = []
    for row in book.rows:
        key = row.cells.get("key", "")
        if not key and not set(row.cells) - {"expected", "reached"}:
            continue
        lines.append(_line(evaluation, row, actions, agencies, repeated=bool(key) and key in seen))
        seen.add(key)
    return Preview(tuple(lines))


def _line(
    evaluation: Evaluation,
    row: BookRow,
    actions: Mapping[int, PlannedAction],
    agencies: Mapping[str, Agency],
    *,
    repeated: bool,
) -> Line:
    title = row.cells.get("title", "")[:200]
    action, version, faults = _keyed(row, actions, repeated=repeated)
    reader = _Reader(evaluation, row, agencies)
    content, status = reader.content(), reader.status(action)
    faults += reader.faults
    if faults:
        return Line(row.number, "rejected", title, faults=tuple(faults))
    if action is None:
        # Read twice, sent twice: what stands in the plan word for word is not added again.
        there = any(not _changes(evaluation, one, content, status) for one in actions.values())
        return Line(row.number, "same" if there else "new", title, content, status)
    changes = _changes(evaluation, action, content, status)
    kind = "same" if not changes else "conflict" if version != action.version else "changed"
    return Line(row.number, kind, title, content, status, action, tuple(changes))


def _keyed(
    row: BookRow, actions: Mapping[int, PlannedAction], *, repeated: bool
) -> tuple[PlannedAction | None, int, list[Fault]]:
    key = row.cells.get("key", "")
    if not key:
        return None, 0, []
    found = _KEY.fullmatch(key)
    action = actions.get(int(found[1])) if found else None
    cell = f"{LETTERS['key']}{row.number}"
    if found is None or action is None:
        reason = "Aksi ini tidak ada di rencana. Kosongkan kuncinya untuk menambahkannya sebagai aksi baru."
        return None, 0, [Fault(cell, reason)]
    if repeated:
        return action, 0, [Fault(cell, "Kunci ini sudah dipakai baris lain. Kosongkan untuk aksi baru.")]
    return action, int(found[2]), []


class _Reader:
    """Reads one row; what cannot be read is gathered in ``faults``."""

    def __init__(self, evaluation: Evaluation, row: BookRow, agencies: Mapping[str, Agency]) -> None:
        self.evaluation, self.row, self.agencies = evaluation, row, agencies
        self.faults: list[Fault] = []

    def fault(self, name: str, reason: str) -> None:
        self.faults.append(Fault(f"{LETTERS.get(name, 'A')}{self.row.number}", reason))

    def text(self, name: str) -> str:
        return self.row.cells.get(name, "")

    def content(self) -> Content:
        names = [part.strip() for part in self.text("supporting").split(";") if part.strip()]
        content = Content(
            title=clean(self.text("title")),
            output=clean(self.text("output")),
            codes=self._codes(),
            agency=self._agency("agency", self.text("agency")),
            supporting=tuple(found for name in names if (found := self._agency("supporting", name))),
            budget=self._budget(),
            budget_source=clean(self.text("budget_source")),
            starts_on=self._day("starts_on"),
            due_on=self._day("due_on"),
        )
        if not self.faults:
            try:
                check(content, self.evaluation)
            except ActionRefused as refused:
                self.fault(refused.field, str(refused))
        return content

    def status(self, action: PlannedAction | None) -> ActionStatus:
        """An empty cell leaves the status as it is."""
        label = _plain(self.text("status"))
        if not label:
            return ActionStatus(action.status) if action else ActionStatus.PLANNED
        for status in ActionStatus:
            if _plain(str(status.label)) == label:
                return status
        self.fault("status", f"Status: {', '.join(str(s.label) for s in ActionStatus)}. Pilih salah satu.")
        return ActionStatus.PLANNED

    def _codes(self) -> tuple[str, ...]:
        text = self.text("codes")
        if "codes" in self.row.numeric and _may_have_lost_a_zero(self.evaluation, text):
            self.fault(
                "codes",
                f"Excel membaca {text} sebagai angka. Tulis sebagai teks: awali dengan tanda petik '.",
            )
        return tuple(dict.fromkeys(filter(None, re.split(r"[,;\s]+", text))))

    def _agency(self, name: str, text: str) -> Agency | None:
        found = self.agencies.get(_plain(text))
        if text and found is None:
            self.fault(name, f"Tidak ada perangkat daerah “{text[:80]}”. Pilih namanya dari lembar Daftar.")
        return found

    def _budget(self) -> int | None:
        try:
            if "budget" in self.row.numeric and not self.text("budget").isdigit():
                # A number's point is no separator of thousands.
                raise NotRupiah("Tulis rupiah penuh tanpa pecahan, misalnya 1250000000.")
            return read_rupiah(self.text("budget"))
        except NotRupiah as refused:
            self.fault("budget", str(refused))
            return None

    def _day(self, name: str) -> date | None:
        try:
            return _day(self.text(name))
        except ValueError:
            self.fault(name, "Tulis tanggalnya lengkap, misalnya 31/01/2027.")
            return None


def _may_have_lost_a_zero(evaluation: Evaluation, text: str) -> bool:
    return f"{text}0" in loaded(evaluation.edition.instrument).spec.by_code


def _changes(
    evaluation: Evaluation, action: PlannedAction, content: Content, status: ActionStatus
) -> list[str]:
    """Which parts differ, in words."""
    now = content_of(action, loaded(evaluation.edition.instrument).question_codes)
    found = []
    for name, words in NAMES.items():
        before, after = getattr(now, name), getattr(content, name)
        if name in {"codes", "supporting"}:
            before, after = set(before), set(after)
        if before != after:
            found.append(words)
    return [*found, "status"] if status != action.status else found


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007  a day has no zone


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def apply(*, evaluation: Evaluation, book: ReadBook, by: User) -> tuple[int, int]:
    """Everything the preview shows, in one transaction. Returns how many are new and how many changed.

    Raises ``Refused`` when something stands in the way now; then nothing is written.
    """
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.PLAN, by=by)
        preview = compare(evaluation, book, by=by)
        if not preview.applicable:
            raise Refused("Rencana berubah sesudah pratinjau. Baca buku kerjanya sekali lagi.")
        try:
            _write(evaluation, preview.lines, by=by)
        except (StaleAction, ActionRefused) as fault:
            raise Refused("Rencana berubah sesudah pratinjau. Baca buku kerjanya sekali lagi.") from fault
    return preview.count("new"), preview.count("changed")


def _write(evaluation: Evaluation, lines: Sequence[Line], *, by: User) -> None:
    for line in lines:
        if line.content is None or line.kind not in {"new", "changed"}:
            continue
        if line.action is None:
            action = editing.add(evaluation=evaluation, content=line.content, by=by)
        elif line.changes == ("status",):
            action = line.action
        else:
            action = editing.change(
                action=line.action, content=line.content, version=line.action.version, by=by
            )
        if line.status != action.status:
            tracking.note(action=action, text=NOTE, status=line.status, by=by)
