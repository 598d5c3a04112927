"""Who may do what, when: one table. The gate, the verbs and the pages all ask it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from zoneinfo import ZoneInfo

from evaluations.models import Evaluation, Stage, StageWindow, State
from kla_portal import clock
from kla_portal.accounts.access import Refused, roles_in
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import RULES as ROLE_RULES
from kla_portal.accounts.roles import Permission, Role, roles_with
from kla_portal.indonesian import tanggal_jam


class Action(Enum):
    """``value`` completes "Anda tidak dapat ..."."""

    READ = "membaca evaluasi ini"
    READ_ALL = "membaca seluruh evaluasi ini"
    ANSWER = "mengubah jawaban"
    ATTACH = "mengubah data dukung"
    ASSIGN = "membagi pertanyaan"
    SUBMIT = "mengajukan evaluasi"


ANY_STATE = frozenset(State)


@dataclass(frozen=True)
class Rule:
    states: frozenset[State]
    roles: frozenset[Role]
    window: Stage | None = None
    """The stage whose window must be open."""
    to: State | None = None
    """The state after it, for actions that move the evaluation on."""


_READERS = roles_with(Permission.READ)

TABLE: dict[Action, Rule] = {
    Action.READ: Rule(ANY_STATE, _READERS),
    Action.READ_ALL: Rule(ANY_STATE, _READERS - {Role.CONTRIBUTOR}),
    Action.ANSWER: Rule(frozenset({State.FILLING}), roles_with(Permission.ANSWER), window=Stage.EM),
    Action.ATTACH: Rule(frozenset({State.FILLING}), roles_with(Permission.ANSWER), window=Stage.EM),
    Action.ASSIGN: Rule(frozenset({State.FILLING}), roles_with(Permission.COORDINATE)),
    Action.SUBMIT: Rule(
        frozenset({State.FILLING}), roles_with(Permission.COORDINATE), window=Stage.EM, to=State.SUBMITTED
    ),
}


def zone_of(evaluation: Evaluation) -> ZoneInfo:
    return evaluation.district.province.zone


def window_of(evaluation: Evaluation, stage: Stage) -> StageWindow | None:
    """From the prefetched windows of the edition where there are any."""
    return next((w for w in evaluation.edition.windows.all() if w.stage == stage), None)


def closes_at(evaluation: Evaluation, stage: Stage = Stage.EM) -> datetime | None:
    window = window_of(evaluation, stage)
    return window.closes_at(zone_of(evaluation)) if window else None


def _time_refusal(evaluation: Evaluation, stage: Stage, now: datetime) -> str | None:
    window, zone = window_of(evaluation, stage), zone_of(evaluation)
    if window is None:
        return f"Jadwal {stage.label} untuk {evaluation.edition} belum ditetapkan."
    if now < window.opens_at(zone):
        return f"{stage.label} baru dibuka {tanggal_jam(window.opens_at(zone), zone)}."
    if now >= window.closes_at(zone):
        return f"{stage.label} sudah ditutup {tanggal_jam(window.closes_at(zone), zone)}."
    return None


def refusal(evaluation: Evaluation, action: Action, *, by: User, now: datetime | None = None) -> str | None:
    """Why ``by`` may not do ``action`` now, in words; ``None`` when they may."""
    rule = TABLE[action]
    if not rule.roles & roles_in(by, evaluation.district):
        names = ", ".join(sorted(role.label for role in rule.roles if role in ROLE_RULES))
        return f"Anda tidak dapat {action.value}. Yang dapat: {names}."
    if evaluation.state not in rule.states:
        when = ""
        if evaluation.submitted_at:
            when = f" sejak {tanggal_jam(evaluation.submitted_at, zone_of(evaluation))}"
        return f"Evaluasi ini berstatus {State(evaluation.state).label.lower()}{when}; isinya terkunci."
    if rule.window:
        return _time_refusal(evaluation, rule.window, now or clock.now())
    return None


def ensure(evaluation: Evaluation, action: Action, *, by: User) -> None:
    """Raise ``Refused`` with the reason unless ``by`` may do ``action`` now."""
    reason = refusal(evaluation, action, by=by)
    if reason:
        raise Refused(reason)


def lock(evaluation: Evaluation, action: Action, *, by: User) -> Evaluation:
    """The evaluation's row, locked until the transaction ends, and still open to ``action``.

    Every verb starts here, so that of a save and a submission that meet one wins and the other is told.
    """
    locked = (
        Evaluation.objects.select_for_update(of=("self",))
        .with_place()
        .prefetch_related("edition__windows")
        .get(pk=evaluation.pk)
    )
    ensure(locked, action, by=by)
    return locked
