"""The way from a report's own numbers to the target: recommendations of the LHE, decisions of the rapor."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from evaluations.domain.assignments import agencies_by_question
from evaluations.domain.planning.efforts import own_efforts
from evaluations.domain.planning.targets import target_of
from evaluations.models import Evaluation, Need, Stage
from evaluations.reports.advice import Advice, Step, worth_most
from evaluations.reports.data import DistrictReport
from evaluations.reports.paper import printable
from evaluations.scoring.bands import entry_total
from evaluations.scoring.planner import Alternative, OutOfReach, alternatives, cheapest
from evaluations.scoring.rules import read_answer
from evaluations.scoring.totals import points_of
from kla_portal.accounts.models import Agency
from kla_portal.indonesian import angka

AT_MOST = 12
"""Steps named when the goal is out of reach and everything would have to be done."""

BESIDE = 5
"""Improvements named beside the steps."""


def advice_for(
    evaluation: Evaluation, report: DistrictReport, answers: Mapping[str, Mapping[str, Any]]
) -> Advice | None:
    """The cheapest way to the district's target, or to the next predikat when there is none or it is reached.

    ``report`` says what counts at the start, ``answers`` (of its snapshot) what was claimed. ``None`` when the best
    predikat is reached. Three queries at most.
    """
    goal = _goal(evaluation, report)
    if goal is None:
        return None
    words, target, own = goal
    given = _alternatives(evaluation, report, answers)
    start = report.tree.total_exact
    outcome = cheapest(given, start=start, target=target)
    reached = outcome.best if isinstance(outcome, OutOfReach) else outcome.reached
    if isinstance(outcome, OutOfReach):
        outcome = cheapest(given, start=start, target=outcome.best)
    chosen = () if isinstance(outcome, OutOfReach) else outcome.steps
    agencies = agencies_by_question(evaluation)
    steps = _steps(agencies, report, chosen)
    taken = {one.code for one in chosen}
    others = _steps(agencies, report, _best_per_question(given, taken)[:BESIDE])
    return Advice(
        goal=words,
        own=own,
        start=report.tree.total,
        target=target,
        reached=reached,
        steps=steps if reached >= target else worth_most(steps, AT_MOST),
        others=others,
    )


def _goal(evaluation: Evaluation, report: DistrictReport) -> tuple[str, Decimal, bool] | None:
    """In words, as a total, and whether it is the district's own."""
    tree, bands = report.tree, report.instrument.band_by_code
    own = target_of(evaluation)
    if own and own.total > tree.total:
        band = bands.get(own.predikat)
        return (f"predikat {band.name}" if band else f"nilai {angka(own.total, 2)}"), own.total, True
    if tree.next_band is None:
        return None
    return f"predikat {tree.next_band.name}", entry_total(tree.next_band), False


def _alternatives(
    evaluation: Evaluation, report: DistrictReport, answers: Mapping[str, Mapping[str, Any]]
) -> tuple[Alternative, ...]:
    spec = report.instrument
    read = {code: read_answer(spec.by_code[code].rule, row["value"]) for code, row in answers.items()}
    counted = {part.code: part.points for part in report.tree.questions()}
    lacking = {}
    for question in spec.questions():
        claimed, _ = points_of(question, read.get(question.code))
        if counted[question.code] < claimed:
            lacking[question.code] = f"klaim belum diterima dalam {Stage(report.stage).label}"
    return alternatives(spec, read, own_efforts(evaluation), counted=counted, lacking=lacking)


def _best_per_question(given: Iterable[Alternative], taken: Collection[str]) -> list[Alternative]:
    """Of each question not taken the alternative worth most for its effort, best question first."""
    best: dict[str, Alternative] = {}
    for one in given:
        if one.code not in taken and (one.code not in best or _worth(one) > _worth(best[one.code])):
            best[one.code] = one
    return sorted(best.values(), key=_worth, reverse=True)


def _worth(one: Alternative) -> tuple[Fraction, Decimal]:
    return Fraction(one.gain) / one.effort, one.gain


def _steps(
    agencies: Mapping[str, Agency], report: DistrictReport, chosen: Iterable[Alternative]
) -> tuple[Step, ...]:
    by_code = report.instrument.by_code
    return tuple(
        Step(
            code=one.code,
            title=by_code[one.code].title,
            agency=printable(agencies[one.code].name) if one.code in agencies else "",
            words=printable(one.words),
            gain=one.gain,
            effort=one.effort,
            need=str(Need(one.need).label) if one.need else "",
        )
        for one in chosen
    )
