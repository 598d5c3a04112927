"""Reminders before a deadline: to those who still have something open, once per deadline and day count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from evaluations.domain import deadlines, notices, workflow
from evaluations.domain.actions.reminders import send_plan_reminders
from evaluations.domain.messages import notify
from evaluations.domain.progress import current_totals
from evaluations.domain.rulings import evidence_touched
from evaluations.models import Answer, Evaluation, Message, MessageKind, Stage, State
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import Role
from kla_portal.indonesian import NATIONAL_ZONE

DAYS = (14, 7, 3, 1)
"""Days before the deadline, counted on the calendar of the district's own zone."""
URGENT_DAYS = 2
"""From here on the e-mail does not wait for the digest: the deadline is within 48 hours."""
CAP = 5
"""Reminders a person gets on one day at most; the nearest deadlines come first."""


@dataclass(frozen=True)
class Due:
    """One evaluation's deadline that is ``days`` days away, and the questions that are still open."""

    evaluation: Evaluation
    due_at: datetime
    days: int
    codes: list[str]

    @property
    def key(self) -> str:
        what = "kembali" if self.evaluation.state == State.RETURNED else "em"
        return f"{what}:{self.evaluation.pk}:{self.due_at.isoformat()}:{self.days}"


def send_reminders(*, on: date | None = None) -> int:
    """Everything that is due on that day (today), the nearest deadlines first. Returns how many messages."""
    told = _told_today()
    count = 0
    for due in sorted(_due(on), key=lambda due: (due.days, due.due_at)):
        for person, subject, body, url in _texts(due):
            if told[person.pk] >= CAP:
                continue
            if _remind(due, person, subject, body, url):
                told[person.pk] += 1
                count += 1
    return count + send_plan_reminders(on=on)


def _told_today() -> Counter[int]:
    """Person -> reminders since midnight in Jakarta, so that a second run on a day keeps the cap."""
    now = clock.now().astimezone(NATIONAL_ZONE)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return Counter(
        Message.objects.filter(
            kind=MessageKind.REMINDER, created_at__gte=midnight, created_at__lt=midnight + timedelta(days=1)
        ).values_list("user", flat=True)
    )


def _remind(due: Due, person: User, subject: str, body: str, url: str) -> bool:
    """False when this person was told so before; two runs at once cannot tell them twice either."""
    if Message.objects.filter(user=person, once_key=due.key).exists():
        return False
    try:
        with transaction.atomic():
            notify(
                kind=MessageKind.REMINDER,
                to=[person],
                subject=subject,
                body=body,
                url=url,
                evaluation=due.evaluation,
                urgent=due.days <= URGENT_DAYS,
                once_key=due.key,
            )
    except IntegrityError:
        return False
    return True


def _due(on: date | None) -> Iterator[Due]:
    for evaluation in _candidates(on):
        zone = workflow.zone_of(evaluation)
        limit = deadlines.limit_of(evaluation, Stage.EM)
        if limit is None:
            continue
        today = on or clock.now().astimezone(zone).date()
        days = (limit.due_at.astimezone(zone).date() - today).days
        if days in DAYS:
            yield Due(evaluation, limit.due_at, days, open_codes(evaluation))


def _candidates(on: date | None) -> Iterable[Evaluation]:
    """Evaluations the district still works on, whose deadline may be one of the days: few of 514 on most."""
    today = on or clock.now().astimezone(NATIONAL_ZONE).date()
    # A day to either side: 23.59 in Papua is another date in Jakarta.
    closing = {today + timedelta(days=days + shift) for days in DAYS for shift in (-1, 0, 1)}
    return (
        Evaluation.objects.with_place()
        .defer("unready")
        .filter(
            Q(state=State.RETURNED)
            | Q(state=State.FILLING) & (Q(em_window__closes_on__in=closing) | Q(extensions__isnull=False)),
            edition__opened_at__isnull=False,
        )
        .distinct()
    )


def open_codes(evaluation: Evaluation) -> list[str]:
    """Questions without a complete answer; in a return, the returned ones that nobody touched since."""
    instrument = loaded(evaluation.edition.instrument)
    sent_back = deadlines.open_return(evaluation)
    if sent_back is None:
        answered = current_totals(evaluation).answered
        return [code for code in instrument.spec.by_code if code not in answered]
    returned = [item.question_id for item in sent_back.items.all()]
    since = sent_back.sent_at
    changed = Answer.objects.filter(evaluation=evaluation, question__in=returned, updated_at__gt=since)
    touched = set(changed.values_list("question_id", flat=True))
    touched |= {pk for pk, at in evidence_touched(evaluation).items() if at > since}
    codes = {instrument.question_codes[pk] for pk in returned if pk not in touched}
    return [code for code in instrument.spec.by_code if code in codes]


def _texts(due: Due) -> Iterator[tuple[User, str, str, str]]:
    """The coordinator as long as it is not handed in; a contributor while questions of theirs are open."""
    evaluation = due.evaluation
    returned = evaluation.state == State.RETURNED
    what = "Melengkapi kekurangan" if returned else Stage.EM.label
    left = "besok" if due.days == 1 else f"{due.days} hari lagi"
    until = f"Tepat waktu sampai {deadlines.words(evaluation, due.due_at)}."
    state = "belum diubah sejak dikembalikan" if returned else "belum terjawab lengkap"
    step = "Ajukan kembali" if returned else "Periksa dan ajukan"
    subject = f"{what} berakhir {left}: {evaluation.district}"
    rest = f"{len(due.codes)} pertanyaan {state}. " if due.codes else ""
    for person in notices.district_people(evaluation, Role.COORDINATOR):
        body = f"{evaluation.edition}. {until}\n{rest}{step} sebelum waktunya habis."
        yield person, subject, body, notices.path("shortfall" if returned else "overview", evaluation)
    for person, own in notices.contributors(evaluation, due.codes).items():
        body = (
            f"{evaluation.edition}. {until}\n{len(own)} pertanyaan perangkat daerah Anda {state}: "
            f"{notices.listed(own)}."
        )
        yield person, subject, body, notices.path("tasks", evaluation)
