"""Every way to raise every question of an instrument, with its effort; and what no way leads to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, localcontext

from evaluations.scoring.answers import Answer
from evaluations.scoring.planner.aims import aims
from evaluations.scoring.planner.effort import (
    DOCUMENTS,
    IMPOSSIBLE,
    REGULATION,
    Ease,
    default_ease,
    step_effort,
)
from evaluations.scoring.planner.outcome import Alternative, Blocked, Mode
from evaluations.scoring.rules import EXACT
from evaluations.scoring.totals import points_of
from indicators.spec import InstrumentSpec, QuestionSpec

NONE = Decimal(0)
ATTACH = "lengkapi data dukung"


def alternatives(
    instrument: InstrumentSpec,
    answers: Mapping[str, Answer | None],
    efforts: Mapping[str, Ease],
    *,
    counted: Mapping[str, Decimal] | None = None,
    lacking: Mapping[str, str] | None = None,
) -> tuple[Alternative, ...]:
    """In the instrument's order, per question by effort. Impossible questions have none.

    ``answers``: the claims. ``efforts``: by code, where the district says otherwise than the default. ``counted``:
    exact points by code as they count at the start, where that is not the claim (safe score, a verified stage).
    ``lacking``: code -> what its documents lack, in words: a better answer there costs the documents too. Where
    less counts than is claimed, completing the documents alone is an alternative.
    """
    found: list[Alternative] = []
    for question in instrument.questions():
        ease = efforts.get(question.code) or default_ease(question)
        if ease.need == IMPOSSIBLE:
            continue
        answer = answers.get(question.code)
        claimed, _ = points_of(question, answer)
        before = claimed if counted is None else counted.get(question.code, NONE)
        lack = None if lacking is None else lacking.get(question.code)
        if before < claimed:
            words = f"{ATTACH}: {lack}" if lack else ATTACH
            found.append(Alternative(question.code, before, claimed, None, DOCUMENTS, "", words))
        found.extend(_raises(question, answer, ease, before, lack))
    return tuple(found)


def _raises(
    question: QuestionSpec, answer: Answer | None, ease: Ease, before: Decimal, lack: str | None
) -> Iterator[Alternative]:
    for aim in aims(question, answer):
        if aim.points <= before:
            continue
        effort = step_effort(ease.effort, aim.climbed, aim.rungs)
        step = Alternative(question.code, before, aim.points, aim.value, effort, ease.need, aim.words)
        if lack:
            step = replace(step, effort=effort + DOCUMENTS, words=f"{aim.words}; {ATTACH}: {lack}")
        yield step


def allowed(
    found: Collection[Alternative], mode: Mode, codes: Collection[str] | None = None
) -> tuple[Alternative, ...]:
    """Those that the mode lets in; ``codes``: the questions of the agency, for ``OWN_AGENCY`` only."""
    if mode == Mode.NO_REGULATION:
        return tuple(one for one in found if one.need != REGULATION)
    if mode == Mode.OWN_AGENCY:
        own = codes or ()
        return tuple(one for one in found if one.code in own)
    return tuple(found)


def blocked(
    instrument: InstrumentSpec,
    counted: Mapping[str, Decimal],
    efforts: Mapping[str, Ease],
    kept: Collection[Alternative],
    mode: Mode,
    codes: Collection[str] | None = None,
) -> tuple[Blocked, ...]:
    """The points that ``kept``, what the mode let in, cannot bring; most points first, then in the instrument's order.

    ``counted``: exact points by code at the start; ``codes`` as in ``allowed``.
    """
    best: dict[str, Decimal] = {}
    for one in kept:
        best[one.code] = max(one.after, best.get(one.code, one.after))
    rows = []
    for question in instrument.questions():
        with localcontext(EXACT):
            lost = question.weight - best.get(question.code, counted.get(question.code, NONE))
        if lost > 0:
            ease = efforts.get(question.code) or default_ease(question)
            rows.append(Blocked(question.code, lost, _why(question, ease, mode, codes)))
    return tuple(sorted(rows, key=lambda row: -row.points))


def _why(question: QuestionSpec, ease: Ease, mode: Mode, codes: Collection[str] | None) -> str:
    if ease.need == IMPOSSIBLE:
        return IMPOSSIBLE
    if mode == Mode.OWN_AGENCY and question.code not in (codes or ()):
        return "agency"
    if mode == Mode.NO_REGULATION and ease.need == REGULATION:
        return REGULATION
    return "numbers"
