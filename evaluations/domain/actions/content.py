"""What an action says, and what of it the portal takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from evaluations.domain.actions.rupiah import MOST, rupiah
from evaluations.domain.progress import answer_values
from evaluations.models import ActionQuestion, Evaluation, PlannedAction
from evaluations.scoring.answers import AnswerError, read_answer
from evaluations.scoring.hints import best_answer
from evaluations.scoring.totals import points_of, totals
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec
from kla_portal.accounts.models import Agency

LIMITS = {"title": 200, "output": 300, "budget_source": 80}
YEARS = (2000, 2100)


class ActionRefused(ValueError):
    """``str`` is the reason, for the field ``field`` of ``Content``."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


@dataclass(frozen=True)
class Content:
    """All that a coordinator writes of an action. ``codes``: the questions it serves; ``budget`` in whole rupiah."""

    title: str
    output: str = ""
    codes: tuple[str, ...] = ()
    agency: Agency | None = None
    supporting: tuple[Agency, ...] = ()
    budget: int | None = None
    budget_source: str = ""
    starts_on: date | None = None
    due_on: date | None = None


def clean(text: str) -> str:
    """One line of printable characters."""
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())


def check(content: Content, evaluation: Evaluation) -> None:
    """Raise ``ActionRefused`` for what cannot stand in this district's plan."""
    if not clean(content.title):
        raise ActionRefused("title", "Tulis aksinya dahulu.")
    for field, limit in LIMITS.items():
        if len(clean(getattr(content, field))) > limit:
            raise ActionRefused(field, f"Paling panjang {limit} huruf. Pendekkan dahulu.")
    if content.budget is not None and not 0 <= content.budget <= MOST:
        raise ActionRefused("budget", f"Anggaran antara Rp0 dan {rupiah(MOST)}.")
    for field in ("starts_on", "due_on"):
        day = getattr(content, field)
        if day and not YEARS[0] <= day.year <= YEARS[1]:
            raise ActionRefused(field, f"Tahunnya antara {YEARS[0]} dan {YEARS[1]}. Periksa tanggalnya.")
    if content.starts_on and content.due_on and content.due_on < content.starts_on:
        raise ActionRefused("due_on", "Tenggat tidak boleh sebelum tanggal mulai.")
    for field, agencies in (("agency", [content.agency]), ("supporting", content.supporting)):
        for agency in agencies:
            if agency and agency.district_id != evaluation.district_id:
                raise ActionRefused(field, f"{agency} bukan perangkat daerah {evaluation.district}.")
    unknown = set(content.codes) - set(loaded(evaluation.edition.instrument).spec.by_code)
    if unknown:
        raise ActionRefused("codes", f"Tidak ada pertanyaan {', '.join(sorted(unknown))}. Periksa nomornya.")


def fields_of(content: Content) -> dict[str, Any]:
    """The columns of ``PlannedAction`` that ``content`` fills."""
    return {
        "title": clean(content.title),
        "output": clean(content.output),
        "agency": content.agency,
        "budget": content.budget,
        "budget_source": clean(content.budget_source),
        "starts_on": content.starts_on,
        "due_on": content.due_on,
    }


def content_of(action: PlannedAction, codes: Mapping[int, str]) -> Content:
    """What an action says now. ``codes``: question id -> code. No query when its parts were prefetched."""
    return Content(
        title=action.title,
        output=action.output,
        codes=tuple(codes[row.question_id] for row in action.questions.all()),
        agency=action.agency,
        supporting=tuple(action.supporting.all()),
        budget=action.budget,
        budget_source=action.budget_source,
        starts_on=action.starts_on,
        due_on=action.due_on,
    )


@dataclass(frozen=True)
class Standing:
    """The claim as it stands: exact points by question code, and the codes that are not safe."""

    points: Mapping[str, Decimal]
    unready: frozenset[str]

    def claimed(self, code: str) -> Decimal:
        return self.points.get(code, Decimal(0))

    def safe(self, code: str) -> Decimal:
        return Decimal(0) if code in self.unready else self.claimed(code)

    def now(self, code: str, *, documents_only: bool) -> Decimal:
        return self.safe(code) if documents_only else self.claimed(code)


def standing_of(evaluation: Evaluation) -> Standing:
    """One query."""
    instrument = loaded(evaluation.edition.instrument)
    found = totals(instrument.spec, answer_values(evaluation, instrument))
    return Standing(found.points, frozenset(evaluation.unready))


def goal(question: QuestionSpec, standing: Standing, aim: Mapping[str, Any] | None = None) -> ActionQuestion:
    """An unsaved row for an action on ``question``: from today's points to ``aim``, or to the best answer.

    ``aim`` counts when the rule reads it and it brings more than the claim. Where the claim cannot grow, its documents
    are what is aimed for: ``aim`` stays ``None`` and the points are the safe ones.
    """
    before = standing.claimed(question.code)
    for wanted in filter(None, (aim, best_answer(question.rule))):
        try:
            expected, _ = points_of(question, read_answer(question.rule, wanted))
        except AnswerError:
            continue
        if expected > before:
            return ActionQuestion(aim=dict(wanted), points_before=before, points_expected=expected)
    return ActionQuestion(aim=None, points_before=standing.safe(question.code), points_expected=before)


def put_questions(action: PlannedAction, codes: Iterable[str], standing: Standing) -> None:
    """Exactly these questions on the action; those it serves already keep their start and their aim."""
    instrument = loaded(action.evaluation.edition.instrument)
    wanted = {instrument.question_ids[code]: code for code in dict.fromkeys(codes)}
    kept = set(action.questions.values_list("question_id", flat=True))
    action.questions.exclude(question_id__in=wanted).delete()
    rows = []
    for question_id, code in wanted.items():
        if question_id not in kept:
            row = goal(instrument.spec.by_code[code], standing)
            row.action, row.question_id = action, question_id
            rows.append(row)
    ActionQuestion.objects.bulk_create(rows)
