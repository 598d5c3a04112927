"""Who may do what, when: one table. The gate, the verbs and the pages all ask it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction

from evaluations.domain import deadlines
from evaluations.models import Evaluation, Stage, State, StateChange
from kla_portal import clock
from kla_portal.accounts.access import Refused, memberships_of, roles_in
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import Permission, Role, Scope, held_in, roles_with
from kla_portal.prepared import prepared

if TYPE_CHECKING:
    from django.db.models import QuerySet


class Action(Enum):
    """``value`` completes "Anda tidak dapat ..."."""

    READ = "membaca evaluasi ini"
    READ_ALL = "membaca seluruh evaluasi ini"
    ANSWER = "mengubah jawaban"
    ATTACH = "mengubah data dukung"
    ASSIGN = "membagi pertanyaan"
    SUBMIT = "mengajukan evaluasi"
    RESUBMIT = "mengajukan kembali kekurangan"
    EXTEND = "memperpanjang batas waktu"
    ASSIGN_VERIFIER = "menugaskan verifikator"
    VERIFY_VA = "memverifikasi administrasi"
    RETURN_VA = "mengembalikan pertanyaan dalam verifikasi administrasi"
    CLOSE_VA = "menutup verifikasi administrasi"
    VERIFY_VL = "memverifikasi lapangan"
    RETURN_VL = "mengembalikan pertanyaan dalam verifikasi lapangan"
    CLOSE_VL = "menutup verifikasi lapangan"
    VERIFY_VF = "memverifikasi final"
    CLOSE_VF = "menutup verifikasi final"
    REOPEN_EM = "membuka kembali evaluasi mandiri"
    REOPEN_VA = "membuka kembali verifikasi administrasi"
    REOPEN_VL = "membuka kembali verifikasi lapangan"
    REOPEN_VF = "membuka kembali verifikasi final"
    OBJECT_VA = "menyanggah hasil verifikasi administrasi"
    OBJECT_VF = "menyanggah hasil verifikasi final"
    DECIDE_VA = "memutus sanggah verifikasi administrasi"
    DECIDE_VF = "memutus sanggah verifikasi final"
    PLAN = "menyusun target dan rencana aksi"
    REPORT_PROGRESS = "mencatat kemajuan aksi"
    ENTER_UNITS = "mengisi baris kecamatan dan desa/kelurahan"
    SHARE_PRACTICE = "membagikan praktik baik"


ANY_STATE = frozenset(State)


@dataclass(frozen=True)
class Rule:
    states: frozenset[State]
    roles: frozenset[Role]
    window: Stage | None = None
    """The stage whose deadline must not have passed; in a return, the return's own deadline counts."""
    to: State | None = None
    """The state after it, for actions that move the evaluation on or back."""
    outsider: bool = False
    """Not for members of the district itself: nobody verifies their own."""


def _states(*states: State) -> frozenset[State]:
    return frozenset(states)


_READERS = roles_with(Permission.READ)
_FILLERS = roles_with(Permission.ANSWER)
_COORDINATORS = roles_with(Permission.COORDINATE)
_PROVINCE = roles_with(Permission.VERIFY) & held_in(Scope.PROVINCE)
_NATION = roles_with(Permission.VERIFY) & held_in(Scope.NATIONAL)
_PROVINCIAL_ADMINS = frozenset({Role.PROVINCIAL_ADMIN, Role.NATIONAL_ADMIN})
_NATIONAL_ADMINS = frozenset({Role.NATIONAL_ADMIN})

_FILLING = _states(State.FILLING, State.RETURNED)
_VA, _VL, _VF = _states(State.SUBMITTED), _states(State.VA_CLOSED), _states(State.VL_CLOSED)
_FINAL = _states(State.FINAL)

TABLE: dict[Action, Rule] = {
    Action.READ: Rule(ANY_STATE, _READERS),
    Action.READ_ALL: Rule(ANY_STATE, _READERS - {Role.CONTRIBUTOR}),
    Action.ANSWER: Rule(_FILLING, _FILLERS, window=Stage.EM),
    Action.ATTACH: Rule(_FILLING, _FILLERS, window=Stage.EM),
    Action.ASSIGN: Rule(_FILLING, _COORDINATORS),
    Action.SUBMIT: Rule(_states(State.FILLING), _COORDINATORS, window=Stage.EM, to=State.SUBMITTED),
    # Back to the stage that returned it: returns.stage_after_return says which state that is.
    Action.RESUBMIT: Rule(_states(State.RETURNED), _COORDINATORS, window=Stage.EM),
    Action.EXTEND: Rule(_FILLING, _PROVINCIAL_ADMINS),
    Action.ASSIGN_VERIFIER: Rule(ANY_STATE, _PROVINCIAL_ADMINS),
    Action.VERIFY_VA: Rule(_VA, _PROVINCE, outsider=True),
    Action.RETURN_VA: Rule(_VA, _PROVINCE, to=State.RETURNED, outsider=True),
    Action.CLOSE_VA: Rule(_VA, _PROVINCE, to=State.VA_CLOSED, outsider=True),
    Action.VERIFY_VL: Rule(_VL, _NATION, outsider=True),
    Action.RETURN_VL: Rule(_VL, _NATION, to=State.RETURNED, outsider=True),
    Action.CLOSE_VL: Rule(_VL, _NATION, to=State.VL_CLOSED, outsider=True),
    Action.VERIFY_VF: Rule(_VF, _NATION, outsider=True),
    Action.CLOSE_VF: Rule(_VF, _NATION, to=State.FINAL, outsider=True),
    Action.REOPEN_EM: Rule(_VA, _PROVINCIAL_ADMINS, to=State.FILLING),
    Action.REOPEN_VA: Rule(_VL, _PROVINCIAL_ADMINS, to=State.SUBMITTED),
    Action.REOPEN_VL: Rule(_VF, _NATIONAL_ADMINS, to=State.VA_CLOSED),
    Action.REOPEN_VF: Rule(_FINAL, _NATIONAL_ADMINS, to=State.VL_CLOSED),
    Action.OBJECT_VA: Rule(_VL, _COORDINATORS),
    Action.OBJECT_VF: Rule(_FINAL, _COORDINATORS),
    # The ministry too, which waits for it (objections.awaited).
    Action.DECIDE_VA: Rule(_VL, _PROVINCE | _NATIONAL_ADMINS, outsider=True),
    Action.DECIDE_VF: Rule(_FINAL, _NATION, outsider=True),
    Action.PLAN: Rule(ANY_STATE, _COORDINATORS),
    Action.REPORT_PROGRESS: Rule(ANY_STATE, _FILLERS),
    Action.ENTER_UNITS: Rule(_FILLING, roles_with(Permission.ENTER_UNITS), window=Stage.EM),
    Action.SHARE_PRACTICE: Rule(ANY_STATE, _COORDINATORS),
}

WORKING_STAGE: dict[State, Stage] = {
    State.FILLING: Stage.EM,
    State.SUBMITTED: Stage.VA,
    State.VA_CLOSED: Stage.VL,
    State.VL_CLOSED: Stage.VF,
}
"""The stage that is being worked on; a return knows its own."""

VERIFY = {Stage.VA: Action.VERIFY_VA, Stage.VL: Action.VERIFY_VL, Stage.VF: Action.VERIFY_VF}
CLOSE = {Stage.VA: Action.CLOSE_VA, Stage.VL: Action.CLOSE_VL, Stage.VF: Action.CLOSE_VF}
SEND_BACK = {Stage.VA: Action.RETURN_VA, Stage.VL: Action.RETURN_VL}
REOPEN = {
    Stage.EM: Action.REOPEN_EM,
    Stage.VA: Action.REOPEN_VA,
    Stage.VL: Action.REOPEN_VL,
    Stage.VF: Action.REOPEN_VF,
}
OBJECT = {Stage.VA: Action.OBJECT_VA, Stage.VF: Action.OBJECT_VF}
DECIDE = {Stage.VA: Action.DECIDE_VA, Stage.VF: Action.DECIDE_VF}


def zone_of(evaluation: Evaluation) -> ZoneInfo:
    return evaluation.district.province.zone


def closes_at(evaluation: Evaluation, stage: Stage = Stage.EM) -> datetime | None:
    """Tepat waktu sampai: of the open return, else of the stage."""
    limit = deadlines.limit_of(evaluation, stage)
    return limit.due_at if limit else None


def _state_refusal(evaluation: Evaluation) -> str:
    when = ""
    if evaluation.submitted_at:
        when = f" (diajukan {deadlines.words(evaluation, evaluation.submitted_at)})"
    who = " Yang dapat membukanya kembali: admin provinsi." if evaluation.state == State.SUBMITTED else ""
    return f"Evaluasi ini berstatus {State(evaluation.state).label}{when}; isinya terkunci.{who}"


def role_refusal(evaluation: Evaluation, action: Action, *, by: User) -> str | None:
    """Why the person's roles do not cover ``action`` in this district, whatever its state and time."""
    rule = TABLE[action]
    if not rule.roles & roles_in(by, evaluation.district):
        names = ", ".join(sorted(role.label for role in rule.roles))
        return f"Anda tidak dapat {action.value}. Yang dapat: {names}."
    if rule.outsider and any(m.district_id == evaluation.district_id for m in memberships_of(by)):
        return f"Anda anggota {evaluation.district}; verifikasinya dikerjakan orang lain."
    return None


def refusal(
    evaluation: Evaluation,
    action: Action,
    *,
    by: User,
    now: datetime | None = None,
    question_id: int | None = None,
) -> str | None:
    """Why ``by`` may not do ``action`` now, in words; ``None`` when they may.

    ``question_id`` narrows it to one question: in a return only the returned ones can be changed.
    """
    rule = TABLE[action]
    stranger = role_refusal(evaluation, action, by=by)
    if stranger:
        return stranger
    if evaluation.state not in rule.states:
        return _state_refusal(evaluation)
    if rule.window is None:
        return None
    late = deadlines.refusal(evaluation, rule.window, now or clock.now())
    if late or question_id is None:
        return late
    return deadlines.return_refusal(evaluation, question_id)


def ensure(evaluation: Evaluation, action: Action, *, by: User, question_id: int | None = None) -> None:
    """Raise ``Refused`` with the reason unless ``by`` may do ``action`` now."""
    reason = refusal(evaluation, action, by=by, question_id=question_id)
    if reason:
        raise Refused(reason)


def lock(evaluation: Evaluation, action: Action, *, by: User, question_id: int | None = None) -> Evaluation:
    """The evaluation's row, locked until the transaction ends, and still open to ``action``.

    Every verb starts here, so that of a save and a submission that meet one wins and the other is told. Its place,
    edition and windows, which no verb on an evaluation changes, are those the request's gate has just read.
    """
    if getattr(evaluation, "_read_by_gate", False):
        (locked,) = _locked(evaluation.pk)
        locked.edition, locked.district = evaluation.edition, evaluation.district
        locked.em_window = evaluation.em_window
    else:
        (locked,) = _locked_with_place(evaluation.pk)
    ensure(locked, action, by=by, question_id=question_id)
    return locked


@contextmanager
def held(evaluation: Evaluation, action: Action, *, by: User) -> Iterator[Evaluation]:
    """``lock`` in a transaction of its own; where the gate (access.py) holds it already, the evaluation itself."""
    if getattr(evaluation, "_held", False):
        ensure(evaluation, action, by=by)
        yield evaluation
    else:
        with transaction.atomic():
            yield lock(evaluation, action, by=by)


@prepared
def _locked(pk: int) -> QuerySet[Evaluation]:
    return Evaluation.objects.select_for_update(of=("self",)).filter(pk=pk)


@prepared
def _locked_with_place(pk: int) -> QuerySet[Evaluation]:
    return Evaluation.objects.with_place().select_for_update(of=("self",)).filter(pk=pk)


def move(evaluation: Evaluation, action: Action, to: State, *, by: User, reason: str = "") -> None:
    """Into another state, inside ``lock``; the change is written down."""
    before = State(evaluation.state)
    evaluation.state = to
    evaluation.save(update_fields=["state"])
    note_move(evaluation, action, before=before, by=by, reason=reason)


def note_move(evaluation: Evaluation, action: Action, *, before: State, by: User, reason: str = "") -> None:
    """One line of the evaluation's state history: from ``before`` to the state it is in now."""
    StateChange.objects.create(
        evaluation=evaluation,
        action=action.name.lower(),
        before=before,
        after=evaluation.state,
        reason=reason,
        at=clock.now(),
        by=by,
    )
