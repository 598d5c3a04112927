"""The cheapest way of one evaluation to a total, computed when asked and kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, localcontext
from typing import Literal

from evaluations.checks.documents.words import explained
from evaluations.domain.assignments import agencies_by_question
from evaluations.domain.planning.efforts import own_efforts
from evaluations.domain.planning.targets import target_of
from evaluations.domain.progress import answer_values
from evaluations.domain.rulings import stage_trees
from evaluations.models import Evaluation, Stage
from evaluations.scoring.answers import Answer, read_answer
from evaluations.scoring.planner import Mode, Outcome, allowed, alternatives, blocked, cheapest
from evaluations.scoring.rules import EXACT
from evaluations.scoring.totals import points_of
from indicators.domain.spec import loaded
from indicators.spec import InstrumentSpec
from kla_portal.accounts.models import Agency

Base = Literal["claimed", "safe"] | Stage
"""What counts at the start: the claim, the safe score, or the score of a stage (for who may see it)."""

NONE = Decimal(0)
EMPTY_SLOT = "data dukung wajib kosong: "


def plan_for(
    evaluation: Evaluation,
    *,
    target: Decimal | None = None,
    mode: Mode = Mode.LEAST_EFFORT,
    agency: Agency | None = None,
    base: Base = "claimed",
) -> Outcome | None:
    """The cheapest set of improvements to ``target``, else to the district's own target; ``None`` without either.

    ``SAFE_FIRST`` begins at the safe score unless a stage is named. ``agency``: for ``OWN_AGENCY``, which takes
    nothing without it. At most six queries, some 0.1 s. Steps stand in the instrument's order, one per question.
    """
    if target is None:
        kept = target_of(evaluation)
        if kept is None:
            return None
        target = kept.total
    if mode == Mode.SAFE_FIRST and base == "claimed":
        base = "safe"
    instrument = loaded(evaluation.edition.instrument)
    spec = instrument.spec
    answers = {
        code: read_answer(spec.by_code[code].rule, value)
        for code, value in answer_values(evaluation, instrument).items()
    }
    claimed = {
        question.code: points_of(question, answers.get(question.code))[0] for question in spec.questions()
    }
    counted, lacking = _start(evaluation, spec, base, claimed)
    return _cheapest(evaluation, answers, counted, lacking, target, mode, agency)


def _start(
    evaluation: Evaluation, spec: InstrumentSpec, base: Base, claimed: Mapping[str, Decimal]
) -> tuple[Mapping[str, Decimal], Mapping[str, str]]:
    """Exact points by code as they count in ``base``, and what the documents of a question lack, in words."""
    if base == "claimed":
        return claimed, {}
    if base == "safe":
        words = explained(spec, evaluation.unready)
        lacking = {
            code: "; ".join(part.removeprefix(EMPTY_SLOT) for part in parts) for code, parts in words.items()
        }
        return {code: NONE if code in lacking else points for code, points in claimed.items()}, lacking
    stage = Stage(base)
    counted = {part.code: part.points for part in stage_trees(evaluation)[stage].questions()}
    lost = {code for code, points in claimed.items() if counted[code] < points}
    return counted, dict.fromkeys(lost, f"klaim belum diterima dalam {stage.label}")


def _cheapest(
    evaluation: Evaluation,
    answers: Mapping[str, Answer | None],
    counted: Mapping[str, Decimal],
    lacking: Mapping[str, str],
    target: Decimal,
    mode: Mode,
    agency: Agency | None,
) -> Outcome:
    spec = loaded(evaluation.edition.instrument).spec
    efforts = own_efforts(evaluation)
    codes: frozenset[str] = frozenset()
    if mode == Mode.OWN_AGENCY and agency is not None:
        assigned = agencies_by_question(evaluation)
        codes = frozenset(code for code, one in assigned.items() if one.pk == agency.pk)
    kept = allowed(alternatives(spec, answers, efforts, counted=counted, lacking=lacking), mode, codes)
    with localcontext(EXACT):
        start = sum(counted.values(), NONE)
    out = blocked(spec, counted, efforts, kept, mode, codes)
    return cheapest(kept, start=start, target=target, objective=mode, blocked=out)
