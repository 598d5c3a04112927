"""A cluster's coordination meeting: what is open at each agency, and what it brings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from evaluations.domain import deadlines
from evaluations.domain.actions.reading import OPEN, Row, rows_of
from evaluations.domain.actions.senders import as_of
from evaluations.domain.assignments import agencies_by_question
from evaluations.domain.letterheads import district_letterhead
from evaluations.domain.progress import current_totals, filled_slots
from evaluations.models import Evaluation, PlannedAction
from evaluations.reports.meeting import AgencySheet, MeetingItem, MeetingReport
from evaluations.reports.paper import printable
from indicators.domain.spec import Loaded, loaded
from indicators.spec import ClusterSpec, QuestionSpec
from kla_portal.indonesian import tanggal

AGENDA = (
    "Pembukaan dan keadaan nilai klaster",
    "Pertanyaan yang belum terjawab dan yang dikembalikan",
    "Data dukung wajib yang belum ada",
    "Kemajuan aksi dan hambatannya",
)
"""What every such meeting goes through; the coordinator's own lines come before the last."""
CLOSING = "Kesepakatan: siapa menyerahkan apa, sampai kapan"

UNASSIGNED = "Belum dibagikan kepada perangkat daerah"


@dataclass(frozen=True)
class Meeting:
    """What a coordinator types. ``agenda``: lines beside the usual ones."""

    cluster: str
    held_on: date
    held_at: str = ""
    place: str = ""
    agenda: tuple[str, ...] = ()

    @classmethod
    def typed(cls, fields: Mapping[str, str]) -> Meeting:
        """From plain text: ``held_on`` as ISO date, ``agenda`` one line each."""
        return cls(
            cluster=fields["cluster"],
            held_on=date.fromisoformat(fields["held_on"]),
            held_at=fields["held_at"].strip(),
            place=fields["place"].strip(),
            agenda=tuple(line.strip() for line in fields["agenda"].splitlines() if line.strip()),
        )


@dataclass
class _Sheet:
    """An agency's sheet while it is gathered."""

    questions: int = 0
    unanswered: int = 0
    missing: int = 0
    returned: int = 0
    items: list[MeetingItem] = field(default_factory=list)
    actions: list[MeetingItem] = field(default_factory=list)


def meeting_report(evaluation: Evaluation, meeting: Meeting) -> MeetingReport:
    """Everything open in the cluster, as of the last change. A fixed number of queries."""
    instrument = loaded(evaluation.edition.instrument)
    cluster = next(part for part in instrument.spec.clusters if part.code == meeting.cluster)
    sheets: dict[str, _Sheet] = defaultdict(_Sheet)
    _gather_questions(evaluation, instrument, cluster, sheets)
    actions = rows_of(
        evaluation,
        PlannedAction.objects.filter(evaluation=evaluation, removed_at__isnull=True, status__in=OPEN),
    )
    codes = {question.code for question in cluster.questions()}
    for row in actions:
        if any(question.code in codes for question, _ in row.questions):
            _gather_action(row, meeting.held_on, sheets)
    district = evaluation.district
    return MeetingReport(
        district_code=district.code,
        district_name=district.name,
        province_name=district.province.name,
        edition_name=evaluation.edition.name,
        cluster_code=cluster.code,
        cluster_name=cluster.name,
        held_on=meeting.held_on,
        held_at=printable(meeting.held_at),
        place=printable(meeting.place),
        agenda=(*AGENDA, *(printable(line) for line in meeting.agenda), CLOSING),
        sheets=_sorted(sheets),
        invited=tuple(sorted(name for name in sheets if name != UNASSIGNED)),
        as_of=as_of(evaluation, [row.action for row in actions]),
        zone=district.province.zone,
        letterhead=district_letterhead(district),
    )


def _gather_questions(
    evaluation: Evaluation, instrument: Loaded, cluster: ClusterSpec, sheets: dict[str, _Sheet]
) -> None:
    agencies = agencies_by_question(evaluation)
    answered = current_totals(evaluation).answered
    filled = filled_slots(evaluation)
    sent_back = deadlines.open_return(evaluation)
    needed = {item.question_id: item.needed for item in sent_back.items.all()} if sent_back else {}
    for question in cluster.questions():
        agency = agencies.get(question.code)
        sheet = sheets[printable(agency.name) if agency else UNASSIGNED]
        sheet.questions += 1
        lacking = _lacking(question, instrument.slot_ids, filled)
        returned = needed.get(instrument.question_ids[question.code], "")
        states, bring = [], []
        if returned:
            sheet.returned += 1
            states.append("dikembalikan")
            bring.append(printable(returned))
        if question.code not in answered:
            sheet.unanswered += 1
            states.append("belum terjawab lengkap")
            bring.append("Jawaban, dengan angka dan sumbernya")
        if lacking:
            sheet.missing += len(lacking)
            states.append(f"{len(lacking)} dokumen wajib belum ada")
            bring += lacking
        if states:
            sheet.items.append(MeetingItem(question.code, question.title, "; ".join(states), tuple(bring)))


def _lacking(
    question: QuestionSpec, slot_ids: Mapping[tuple[str, int], int], filled: Collection[int]
) -> list[str]:
    return [
        slot.label
        for slot in question.slots
        if slot.required and slot_ids[question.code, slot.number] not in filled
    ]


def _gather_action(row: Row, held_on: date, sheets: dict[str, _Sheet]) -> None:
    """On the sheet of the responsible agency and of each supporting one."""
    action = row.action
    title = printable(action.title)
    state = action.get_status_display()
    if action.due_on:
        late = "lewat tenggat" if action.due_on < held_on else "tenggat"
        state = f"{state}; {late} {tanggal(action.due_on)}"
    own = printable(action.agency.name) if action.agency else UNASSIGNED
    bring = ("Kemajuan, hambatan, dan bukti yang sudah ada",)
    sheets[own].actions.append(MeetingItem("", title, state, bring))
    for agency in action.supporting.all():
        helps = ("Dukungan yang sudah dan akan diberikan",)
        item = MeetingItem("", title, f"{state} (pendukung)", helps)
        sheets[printable(agency.name)].actions.append(item)


def _sorted(sheets: Mapping[str, _Sheet]) -> tuple[AgencySheet, ...]:
    found = [
        AgencySheet(name, sheet.questions, _counts(sheet), (*sheet.items, *sheet.actions))
        for name, sheet in sheets.items()
        if sheet.items or sheet.actions
    ]
    return tuple(sorted(found, key=lambda sheet: (-len(sheet.items), sheet.name)))


def _counts(sheet: _Sheet) -> tuple[str, ...]:
    listed: Sequence[tuple[int, str]] = (
        (sheet.unanswered, "belum terjawab lengkap"),
        (sheet.missing, "dokumen wajib belum ada"),
        (sheet.returned, "dikembalikan"),
        (len(sheet.actions), "aksi terbuka"),
    )
    return tuple(f"{number} {words}" for number, words in listed if number)
