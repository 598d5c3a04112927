"""Before and after an action's due day: its agency's contributors and the coordinators hear of it, once each time.

The text names the questions, never the action's title: people wrote that, and e-mail travels.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from evaluations.domain import notices, workflow
from evaluations.domain.actions.reading import OPEN
from evaluations.domain.messages import notify
from evaluations.models import Message, MessageKind, PlannedAction
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import Role
from kla_portal.indonesian import NATIONAL_ZONE, tanggal

DAYS = (7, 3, 1)
"""Days before the due day, counted on the calendar of the district's own zone."""
LATE = 30
"""So many days long an overdue action is looked for; whoever was not told by then is not told at all."""
CAP = 5
"""Reminders of the plan a person gets on one day at most; the nearest due day comes first."""


@dataclass(frozen=True)
class Due:
    """One open action, ``days`` days before its due day; ``None``: the day has passed."""

    action: PlannedAction
    days: int | None

    @property
    def key(self) -> str:
        when = "lewat" if self.days is None else self.days
        return f"aksi:{self.action.pk}:{self.action.due_on}:{when}"


def send_plan_reminders(*, on: date | None = None) -> int:
    """Everything that is due on that day (today). Returns how many messages."""
    dues = sorted(_due(on), key=lambda due: (due.days is not None, due.days or 0, due.action.due_on))
    if not dues:
        return 0
    people = _people(due.action for due in dues)
    known = _told(due.key for due in dues)
    today: Counter[int] = Counter(_told_today())
    count = 0
    for due in dues:
        for person in people[due.action.pk]:
            if (person.pk, due.key) in known or today[person.pk] >= CAP or not _tell(due, person):
                continue
            today[person.pk] += 1
            count += 1
    return count


def _due(on: date | None) -> Iterator[Due]:
    national = on or clock.now().astimezone(NATIONAL_ZONE).date()
    # A day to either side: midnight in Papua is another date in Jakarta.
    near = Q(due_on__in={national + timedelta(days + shift) for days in DAYS for shift in (-1, 0, 1)})
    past = Q(due_on__gte=national - timedelta(LATE), due_on__lte=national)
    carried = PlannedAction.objects.filter(carried_from=OuterRef("pk"), removed_at__isnull=True)
    # What went over to the next edition is reminded of there.
    rows = PlannedAction.objects.filter(
        ~Exists(carried), near | past, removed_at__isnull=True, status__in=OPEN
    )
    rows = rows.select_related("agency", "evaluation__edition__instrument", "evaluation__district__province")
    rows = rows.prefetch_related("questions")
    for action in rows:
        today = on or clock.now().astimezone(workflow.zone_of(action.evaluation)).date()
        left = (action.due_on - today).days if action.due_on else 0
        if left in DAYS:
            yield Due(action, left)
        elif left < 0:
            yield Due(action, None)


def _people(actions: Iterable[PlannedAction]) -> dict[int, list[User]]:
    """Action id -> contributors of its responsible agency, and the district's coordinators. Two queries."""
    listed = list(actions)
    people = (
        User.objects.filter(is_active=True)
        .filter(
            Q(
                memberships__role=Role.CONTRIBUTOR,
                memberships__agency__in={a.agency_id for a in listed if a.agency_id},
            )
            | Q(
                memberships__role=Role.COORDINATOR,
                memberships__district__in={a.evaluation.district_id for a in listed},
            )
        )
        .distinct()
        .prefetch_related("memberships")
    )
    found: dict[int, list[User]] = defaultdict(list)
    for person in people:
        agencies = {m.agency_id for m in person.memberships.all() if m.role == Role.CONTRIBUTOR}
        districts = {m.district_id for m in person.memberships.all() if m.role == Role.COORDINATOR}
        for action in listed:
            if action.evaluation.district_id in districts or (
                action.agency_id and action.agency_id in agencies
            ):
                found[action.pk].append(person)
    return found


def _told(keys: Iterable[str]) -> set[tuple[int, str]]:
    return set(Message.objects.filter(once_key__in=set(keys)).values_list("user", "once_key"))


def _told_today() -> Iterable[int]:
    """One entry for each reminder since midnight in Jakarta, so that a second run on a day keeps the cap."""
    now = clock.now().astimezone(NATIONAL_ZONE)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return Message.objects.filter(
        kind=MessageKind.PLAN, created_at__gte=midnight, created_at__lt=midnight + timedelta(days=1)
    ).values_list("user", flat=True)


def _what(action: PlannedAction) -> str:
    codes = loaded(action.evaluation.edition.instrument).question_codes
    served = [codes[row.question_id] for row in action.questions.all()]
    about = f" untuk pertanyaan {notices.listed(served)}" if served else ""
    return f"Satu aksi{about}, tenggat {tanggal(action.due_on)}." if action.due_on else f"Satu aksi{about}."


def _tell(due: Due, person: User) -> bool:
    """False when another run told them meanwhile."""
    action, evaluation = due.action, due.action.evaluation
    when = {None: "sudah lewat tenggat", 1: "jatuh tempo besok"}.get(
        due.days, f"jatuh tempo {due.days} hari lagi"
    )
    by_whom = f"Penanggung jawab: {action.agency}." if action.agency else "Penanggung jawab belum ditetapkan."
    try:
        with transaction.atomic():
            notify(
                kind=MessageKind.PLAN,
                to=[person],
                subject=f"Aksi {when}: {evaluation.district}",
                body=f"{_what(action)} {by_whom}\n"
                "Catat kemajuannya di rencana aksi, atau minta koordinator mengubah tenggatnya.",
                url=notices.path("action", evaluation, action.pk),
                evaluation=evaluation,
                once_key=due.key,
            )
    except IntegrityError:
        return False
    return True
