"""Reading returns: what is needed and done already, until when, and which came back late or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from evaluations.domain import workflow
from evaluations.domain.assignments import agencies_by_question, codes_open_to
from evaluations.domain.deadlines import Limit, limit_of_return, open_return
from evaluations.domain.differences import Difference, differences
from evaluations.domain.workflow import Action
from evaluations.models import Answer, Decision, Evaluation, Return, Stage, State, StateChange, Verdict
from evaluations.scoring.rules import QuestionPoints, read_answer, score_answer
from indicators.domain.spec import loaded
from indicators.spec import ClusterSpec, QuestionSpec
from kla_portal.accounts.access import memberships_of, roles_in
from kla_portal.accounts.models import Agency, User

ATTENTION = {Decision.CHANGE, Decision.REJECT, Decision.DEFER}
"""Verdicts after which a question is proposed for the return."""


@dataclass(frozen=True)
class Candidate:
    """A claimed question that may go back."""

    question: QuestionSpec
    points: QuestionPoints
    verdict: Verdict | None

    @property
    def proposed(self) -> bool:
        return self.verdict is not None and self.verdict.decision in ATTENTION

    @property
    def reason(self) -> str:
        """The verdict's reason, to begin with."""
        return self.verdict.reason if self.verdict and self.proposed else ""


def candidates(evaluation: Evaluation, stage: Stage) -> list[tuple[ClusterSpec, list[Candidate]]]:
    """Every claimed question, by cluster. Two queries."""
    instrument = loaded(evaluation.edition.instrument)
    values = dict(
        Answer.objects.filter(evaluation=evaluation, value__isnull=False).values_list("question_id", "value")
    )
    verdicts = {
        verdict.question_id: verdict
        for verdict in Verdict.objects.filter(evaluation=evaluation, stage=stage, reading=1)
    }
    found = []
    for cluster in instrument.spec.clusters:
        rows = []
        for question in cluster.questions():
            question_id = instrument.question_ids[question.code]
            if question_id in values:
                points = score_answer(question, read_answer(question.rule, values[question_id]))
                rows.append(Candidate(question, points, verdicts.get(question_id)))
        if rows:
            found.append((cluster, rows))
    return found


@dataclass(frozen=True)
class Sent:
    """A return with its deadline as it counts, extensions included."""

    row: Return
    count: int
    """Questions that were sent back."""
    limit: Limit
    taken_back: bool
    """Ended by the verifier after the deadline, not by the district."""

    @property
    def open(self) -> bool:
        return self.row.ended_at is None

    @property
    def late(self) -> bool:
        """Handed in after "tepat waktu sampai"; in time up to and with that moment."""
        return self.row.ended_at is not None and not self.taken_back and self.row.ended_at > self.limit.due_at


def returns_of(evaluation: Evaluation) -> list[Sent]:
    """All returns of the evaluation, the newest first. Three queries."""
    rows = list(
        Return.objects.filter(evaluation=evaluation)
        .select_related("sent_by", "ended_by")
        .prefetch_related("extensions")
        .annotate(count=Count("items"))
        .order_by("sequence")
    )
    if not rows:
        return []
    # Every return ends with exactly one change of state.
    ends = StateChange.objects.filter(evaluation=evaluation, before=State.RETURNED).order_by("at", "pk")
    actions = list(ends.values_list("action", flat=True))
    found = []
    for place, row in enumerate(rows):
        ended = actions[place] if place < len(actions) else ""
        taken = row.ended_at is not None and ended != Action.RESUBMIT.name.lower()
        found.append(Sent(row, row.count, limit_of_return(row), taken))
    return found[::-1]


@dataclass(frozen=True)
class Waiting:
    """The return that is with the district now, as the pages' banner says it."""

    stage: Stage
    count: int
    """Questions that were sent back."""
    limit: Limit
    left: str
    """Time to "tepat waktu sampai", in words."""
    locked: bool
    """"dikunci mulai" has passed: nothing can be saved or handed in any more."""


def waiting(evaluation: Evaluation, now: datetime) -> Waiting | None:
    """``None`` in every state but "Dikembalikan". No query where the page has read the deadline already."""
    row = open_return(evaluation)
    if row is None:
        return None
    limit = limit_of_return(row)
    left = countdown(limit.due_at, now)
    return Waiting(Stage(row.stage), len(row.items.all()), limit, left, now >= limit.locks_at)


@dataclass(frozen=True)
class Lack:
    """One returned question on the district's list."""

    difference: Difference
    indicator: str
    agency: Agency | None

    @property
    def question(self) -> QuestionSpec:
        return self.difference.question


def lacks(evaluation: Evaluation, sent_back: Return, *, by: User) -> list[Lack]:
    """What is needed, question by question; a contributor's own only. A fixed number of queries."""
    agencies = agencies_by_question(evaluation)
    open_codes = codes_open_to(by, evaluation, agencies)
    indicator_of = loaded(evaluation.edition.instrument).spec.indicator_of
    return [
        Lack(found, indicator_of[found.question.code].number, agencies.get(found.question.code))
        for found in differences(evaluation, sent_back)
        if open_codes is None or found.question.code in open_codes
    ]


def take_back_refusal(evaluation: Evaluation, sent: Sent, *, by: User, now: datetime) -> str | None:
    """Why ``by`` cannot go on without the district's resubmission; ``None`` when they can."""
    rule = workflow.TABLE[workflow.SEND_BACK[Stage(sent.row.stage)]]
    if not rule.roles & roles_in(by, evaluation.district):
        return "Hanya verifikator tahap ini yang dapat mengambil kembali."
    if any(m.district_id == evaluation.district_id for m in memberships_of(by)):
        return f"Anda anggota {evaluation.district}; verifikasinya dikerjakan orang lain."
    if not sent.open:
        return "Pengembalian ini sudah selesai."
    if now < sent.limit.locks_at:
        return "Kabupaten/kota masih punya waktu."
    return None


def countdown(until: datetime, now: datetime) -> str:
    """``1 hari 3 jam lagi``, ``3 jam 20 menit lagi``, ``20 menit lagi`` or ``sudah lewat``; rounded down."""
    if until <= now:
        return "sudah lewat"
    minutes = (until - now) // timedelta(minutes=1)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} hari {hours} jam lagi" if hours else f"{days} hari lagi"
    if hours:
        return f"{hours} jam {rest} menit lagi" if rest else f"{hours} jam lagi"
    return f"{rest} menit lagi" if rest else "kurang dari satu menit lagi"
