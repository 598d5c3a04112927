"""Planning an action: add it, change it, take it off the list."""

from __future__ import annotations

from django.db import transaction

from evaluations.domain import workflow
from evaluations.domain.actions.content import Content, Standing, check, fields_of, put_questions, standing_of
from evaluations.domain.workflow import Action
from evaluations.models import Evaluation, PlannedAction
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction


class StaleAction(Exception):
    """The action was changed by someone since the page was opened. ``current`` is what stands now."""

    def __init__(self, current: PlannedAction) -> None:
        super().__init__(f"Aksi ini sudah berubah (versi {current.version}).")
        self.current = current


def subject_of(action: PlannedAction) -> str:
    """How events name an action: never by its title."""
    return f"aksi:{action.pk}"


def add(*, evaluation: Evaluation, content: Content, by: User) -> PlannedAction:
    """A new action, planned. Raises ``ActionRefused`` for its content, ``Refused`` for the person."""
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.PLAN, by=by)
        return insert(evaluation, content, standing_of(evaluation), by=by)


def insert(
    evaluation: Evaluation, content: Content, standing: Standing, *, by: User, **more: object
) -> PlannedAction:
    """The row with its event, inside ``workflow.lock``; ``more`` are further columns."""
    check(content, evaluation)
    now = clock.now()
    action = PlannedAction.objects.create(
        evaluation=evaluation,
        created_at=now,
        created_by=by,
        updated_at=now,
        updated_by=by,
        **fields_of(content),
        **more,
    )
    action.supporting.set(_others(content))
    put_questions(action, content.codes, standing)
    note_saved(action, content, by=by)
    return action


def change(*, action: PlannedAction, content: Content, version: int, by: User) -> PlannedAction:
    """Say it anew, against ``version``. Raises ``StaleAction`` when someone else was faster."""
    with transaction.atomic():
        evaluation = workflow.lock(action.evaluation, Action.PLAN, by=by)
        check(content, evaluation)
        current = locked(action)
        if current.version != version:
            raise StaleAction(current)
        for name, value in fields_of(content).items():
            setattr(current, name, value)
        touch(current, by=by)
        current.save()
        current.supporting.set(_others(content))
        put_questions(current, content.codes, standing_of(evaluation))
        note_saved(current, content, by=by)
    return current


def remove(*, action: PlannedAction, by: User) -> None:
    """Off the list; the row and its notes stay."""
    with transaction.atomic():
        workflow.lock(action.evaluation, Action.PLAN, by=by)
        current = locked(action)
        current.removed_at, current.removed_by = clock.now(), by
        current.save(update_fields=["removed_at", "removed_by"])
        record(
            EventAction.ACTION_REMOVED,
            by=by,
            district=current.evaluation.district_id,
            subject=subject_of(current),
            evaluation=current.evaluation_id,
        )


def locked(action: PlannedAction) -> PlannedAction:
    """Its row, locked until the transaction ends. Raises ``Refused`` when it was removed meanwhile."""
    current = (
        PlannedAction.objects.select_for_update(of=("self",))
        .select_related(
            "evaluation__edition__instrument", "evaluation__district__province", "agency", "updated_by"
        )
        .get(pk=action.pk)
    )
    if current.removed_at:
        raise Refused("Aksi ini sudah dihapus dari rencana. Muat ulang halaman rencana aksi.")
    return current


def touch(action: PlannedAction, *, by: User) -> None:
    """A new version, by whom and when; not saved yet."""
    action.version += 1
    action.updated_at, action.updated_by = clock.now(), by


def note_saved(action: PlannedAction, content: Content, *, by: User) -> None:
    record(
        EventAction.ACTION_SAVED,
        by=by,
        district=action.evaluation.district_id,
        subject=subject_of(action),
        evaluation=action.evaluation_id,
        version=action.version,
        codes=list(content.codes),
    )


def _others(content: Content) -> list[int]:
    """The supporting agencies; the responsible one is not its own support."""
    own = content.agency.pk if content.agency else None
    return [agency.pk for agency in content.supporting if agency.pk != own]
