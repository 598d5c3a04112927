"""Where a verifier looks first: claims that stand out, with the reason of each in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import median

from evaluations.checks import Context
from evaluations.domain import workflow
from evaluations.domain.checking import context_of
from evaluations.domain.rulings import Standing, reached_stage, standings
from evaluations.models import VERIFYING, Answer, Evaluation, Stage, State
from evaluations.scoring.answers import read_answer
from evaluations.scoring.totals import points_of
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec
from kla_portal.accounts.access import Refused, memberships_of, roles_in
from kla_portal.accounts.models import User
from kla_portal.indonesian import angka

ENOUGH = 5
"""Submitted claims in the province from which a median says something."""

FAR = Fraction(1, 2)
"""A jump, or a distance from the median, of half the question's points."""


@dataclass(frozen=True)
class Risk:
    question: QuestionSpec
    points: Decimal
    """Claimed."""
    reasons: tuple[str, ...]
    standing: Standing | None
    """At the stage that runs; ``None`` before any verification."""

    @property
    def decided(self) -> bool:
        return self.standing is not None and self.standing.verdict is not None and not self.standing.open


@dataclass(frozen=True)
class RiskList:
    rows: tuple[Risk, ...]
    """The most valuable claims first."""
    stage: Stage
    compared: int
    """Submitted evaluations of the province, this one included; below ``ENOUGH`` no median is taken."""

    @property
    def at_stake(self) -> Decimal:
        return sum((row.points for row in self.rows), Decimal(0))


def ensure_verifier(evaluation: Evaluation, *, by: User) -> None:
    """The list is for those who verify this district at any stage, in any state; never for its own people."""
    roles = frozenset().union(*(workflow.TABLE[action].roles for action in workflow.VERIFY.values()))
    if not roles & roles_in(by, evaluation.district):
        raise Refused("Daftar risiko hanya untuk verifikator.")
    if any(m.district_id == evaluation.district_id for m in memberships_of(by)):
        raise Refused(f"Anda anggota {evaluation.district}; verifikasinya dikerjakan orang lain.")


def risks(evaluation: Evaluation) -> RiskList:
    """Claims with at least one reason to look. Thirteen queries at most, whatever is filled in."""
    context = context_of(evaluation)
    others, compared = _province_points(evaluation)
    stage = reached_stage(evaluation)
    found = standings(evaluation, stage) if stage in VERIFYING else {}
    rows = []
    for question in context.instrument.questions():
        points = context.points[question.code].points
        reasons = tuple(_reasons(context, question, points, others.get(question.code, [])))
        if reasons:
            rows.append(Risk(question, points, reasons, found.get(question.code)))
    rows.sort(key=lambda row: (-row.points, context.order[row.question.code]))
    return RiskList(tuple(rows), stage, compared)


def _reasons(
    context: Context, question: QuestionSpec, points: Decimal, claims: list[Decimal]
) -> Iterator[str]:
    if not question.weight or context.points[question.code].state == "unanswered":
        return
    if points:
        yield from _without_evidence(context, question)
    before = context.previous.get(question.code)
    if before is not None and Fraction(points - before) >= FAR * Fraction(question.weight):
        explained = "" if context.notes.get(question.code, "").strip() else ", tanpa catatan"
        yield f"Naik dari {angka(before)} menjadi {angka(points)} poin sejak periode sebelumnya{explained}"
    if len(claims) >= ENOUGH:
        middle = median(claims)
        distance = Fraction(points) - Fraction(middle)
        if abs(distance) >= FAR * Fraction(question.weight):
            side = "di atas" if distance > 0 else "di bawah"
            yield (
                f"{angka(points)} poin, jauh {side} nilai tengah provinsi {angka(middle)} "
                f"({len(claims)} kabupaten/kota)"
            )


def _without_evidence(context: Context, question: QuestionSpec) -> Iterator[str]:
    required = [slot for slot in question.slots if slot.required]
    empty = [slot for slot in required if (question.code, slot.number) not in context.filled]
    if empty:
        yield f"Data dukung wajib belum ada: {len(empty)} dari {len(required)} slot kosong"


def _province_points(evaluation: Evaluation) -> tuple[Mapping[str, list[Decimal]], int]:
    """Question code -> points claimed by the province's evaluations that were handed in. Two queries.

    An unanswered question of theirs counts as 0 points: that is what they claim.
    """
    instrument = loaded(evaluation.edition.instrument)
    handed_in = list(
        Evaluation.objects.filter(
            edition=evaluation.edition_id, district__province=evaluation.district.province_id
        )
        .exclude(state=State.FILLING)
        .values_list("pk", flat=True)
    )
    if len(handed_in) < ENOUGH:
        return {}, len(handed_in)
    points: dict[str, list[Decimal]] = defaultdict(list)
    rows = Answer.objects.filter(evaluation__in=handed_in, value__isnull=False)
    for question_id, value in rows.values_list("question_id", "value"):
        question = instrument.spec.by_code[instrument.question_codes[question_id]]
        if question.weight:
            points[question.code].append(points_of(question, read_answer(question.rule, value))[0])
    for claimed in points.values():
        claimed.extend([Decimal(0)] * (len(handed_in) - len(claimed)))
    return points, len(handed_in)
