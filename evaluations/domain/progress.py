"""How far a district is, and what it claims so far."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import TextField
from django.db.models.functions import Cast

from evaluations.models import Answer, Evaluation, EvidenceLink
from evaluations.scoring.safe import empty_slots, safe_score, unready, warned_in
from evaluations.scoring.score import ScoreTree, score
from evaluations.scoring.totals import Totals, totals_of_texts
from indicators.domain.spec import Loaded, loaded
from kla_portal import clock
from kla_portal.prepared import prepared, update

if TYPE_CHECKING:
    from django.db.models import QuerySet


KEPT_TOTALS = (
    "claimed_total",
    "claimed_predikat",
    "safe_total",
    "answered_count",
    "last_activity_at",
)


def answer_values(evaluation: Evaluation, instrument: Loaded) -> dict[str, Mapping[str, Any] | None]:
    """Question code -> stored value, for every question with an answer row. One query."""
    rows = Answer.objects.filter(evaluation=evaluation).values_list("question_id", "value")
    return {instrument.question_codes[question_id]: value for question_id, value in rows}


def current_score(evaluation: Evaluation) -> ScoreTree:
    """The claimed score of the answers as they stand now. One query beside the cached instrument."""
    instrument = loaded(evaluation.edition.instrument)
    return score(instrument.spec, answer_values(evaluation, instrument))


def filled_slots(evaluation: Evaluation) -> set[int]:
    """Ids of the slots in which a document stands. One query."""
    return set(_filled_slots(evaluation.pk))


@prepared
def _filled_slots(evaluation: int) -> QuerySet[EvidenceLink, int]:
    standing = EvidenceLink.objects.filter(evaluation=evaluation, removed_at__isnull=True)
    # Without the order of its model, which would make every row distinct.
    return standing.order_by().values_list("slot_id", flat=True).distinct()


def required_slots(instrument: Loaded, codes: frozenset[str] | None = None) -> dict[str, list[int]]:
    """Question code -> ids of its required slots."""
    return {
        question.code: [
            instrument.slot_ids[question.code, slot.number] for slot in question.slots if slot.required
        ]
        for question in instrument.spec.questions()
        if codes is None or question.code in codes
    }


def values_at(evaluation: Evaluation, codes: Iterable[str]) -> dict[str, Mapping[str, Any] | None]:
    """As ``answer_values``, of some questions: shared values, to be read and never changed. One query."""
    instrument = loaded(evaluation.edition.instrument)
    questions = [instrument.question_ids[code] for code in codes]
    return _by_code(instrument, _value_texts_at(evaluation.pk, *questions) if questions else [])


def _by_code(
    instrument: Loaded, rows: Iterable[tuple[int, str | None]]
) -> dict[str, Mapping[str, Any] | None]:
    return {instrument.question_codes[question]: read_value(text) for question, text in rows}


@prepared
def _value_texts_at(evaluation: int, *questions: int) -> QuerySet[Answer, tuple[int, str | None]]:
    return _texts(Answer.objects.filter(evaluation=evaluation, question__in=questions))


def open_slots(evaluation: Evaluation, instrument: Loaded) -> dict[str, int]:
    """Question code -> how many of its required slots are empty, of all questions with such slots.

    From what ``refresh`` kept: no query.
    """
    needed = {q.code: sum(slot.required for slot in q.slots) for q in instrument.spec.questions()}
    if not evaluation.unready and not evaluation.slots_filled:
        # Before the first deed nothing is marked.
        return {code: count for code, count in needed.items() if count}
    return {
        code: len(empty_slots(evaluation.unready.get(code, ()))) for code, count in needed.items() if count
    }


def current_totals(evaluation: Evaluation) -> Totals:
    """The same without the words, thirty times as fast."""
    instrument = loaded(evaluation.edition.instrument)
    codes = instrument.question_codes
    return totals_of_texts(
        instrument.spec, {codes[question]: text for question, text in _value_texts(evaluation.pk)}
    )


@prepared
def _value_texts(evaluation: int) -> QuerySet[Answer, tuple[int, str | None]]:
    return _texts(Answer.objects.filter(evaluation=evaluation))


def _texts(answers: QuerySet[Answer]) -> QuerySet[Answer, tuple[int, str | None]]:
    """As text, so that the same value, which hundreds of answers share, is read only once."""
    return answers.values_list("question_id", Cast("value", TextField()))


@lru_cache(maxsize=20_000)
def read_value(text: str | None) -> Mapping[str, Any] | None:
    """A stored value. Shared: to be read, never changed."""
    found: Mapping[str, Any] | None = None if text is None else json.loads(text)
    return found


def refresh(
    evaluation: Evaluation, *, warned: Mapping[str, Sequence[str]] | None = None, deed: bool = True
) -> Totals:
    """Recompute the kept totals. Called inside ``workflow.lock`` by every verb that changes a claim.

    ``warned``: question code -> rules with an open warning about a document there; ``None``: for what does not touch
    the evidence, whose marks stay as kept (domain/evidence/readiness.py reads them anew). ``deed``: a person did
    something, which counts as the evaluation's last activity.
    """
    instrument = loaded(evaluation.edition.instrument)
    found = current_totals(evaluation)
    changed = list(KEPT_TOTALS)
    # Nothing is marked before the first deed, and when all is safe: rare, so then they are read.
    if warned is not None or not evaluation.unready:
        _mark_evidence(evaluation, instrument, warned)
        changed += ["unready", "slots_filled"]
    safe = safe_score(instrument.spec, found.points, evaluation.unready)
    evaluation.safe_total = safe.total
    evaluation.claimed_total = found.total
    evaluation.claimed_predikat = found.predikat.code
    evaluation.answered_count = len(found.answered)
    if deed:
        evaluation.last_activity_at = clock.now()
    update(evaluation, *changed)
    return found


def _mark_evidence(
    evaluation: Evaluation, instrument: Loaded, warned: Mapping[str, Sequence[str]] | None
) -> None:
    """Which required slots are filled, and which answers are not safe. One query."""
    filled = filled_slots(evaluation)
    needed = [slot for slots in required_slots(instrument).values() for slot in slots]
    evaluation.unready = unready(
        instrument.spec,
        {instrument.slots_by_id[pk] for pk in filled},
        warned_in(evaluation.unready) if warned is None else warned,
    )
    evaluation.slots_filled = sum(slot in filled for slot in needed)
