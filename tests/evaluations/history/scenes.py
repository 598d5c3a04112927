"""Stages as the tests of history need them: closed, running, with verdicts of each kind."""

from __future__ import annotations

from evaluations.domain import closing, submission
from evaluations.models import Decision, Stage
from tests.evaluations.cycle import close_va, close_vl, decide, fresh, save

VA_REASON = "Rekapitulasi tidak ditandatangani kepala dinas."
VL_REASON = "Ditunjukkan di lapangan."


def submitted(evaluation, cast):
    """1.1 (12 points), 12.1 (3 points) and 2.3 (5 points) are claimed: 20."""
    by = cast.coordinator_tabalong
    save(evaluation, "1.1", {"option": 0}, by, note="Perda 4 tahun 2024")
    save(evaluation, "12.1", {"numerator": "95", "denominator": "100"}, by)
    save(evaluation, "2.3", {"value": "6"}, by)
    submission.submit(evaluation=evaluation, by=by, incomplete_accepted=True)
    return fresh(evaluation)


def judged(evaluation, cast):
    """VA runs: 1.1 accepted, 12.1 rejected, 2.3 changed to 3 points: 15."""
    verifier = cast.verifier_kalsel
    decide(evaluation, Stage.VA, "1.1", Decision.ACCEPT, verifier)
    decide(evaluation, Stage.VA, "12.1", Decision.REJECT, verifier, reason=VA_REASON)
    decide(evaluation, Stage.VA, "2.3", Decision.CHANGE, verifier, value={"value": "4"}, reason="Empat.")
    return fresh(evaluation)


def va_closed(evaluation, cast):
    close_va(evaluation, cast.verifier_kalsel)
    return fresh(evaluation)


def vl_running(evaluation, cast):
    """12.1 is worth 2 points after the visit: 17."""
    decide(
        evaluation, Stage.VL, "12.1", Decision.CHANGE, cast.verifier_national,
        value={"numerator": "90", "denominator": "100"}, reason=VL_REASON,
    )  # fmt: skip
    return fresh(evaluation)


def finished(evaluation, cast):
    """VL and VF closed: 20, 15, 17, 17."""
    close_vl(evaluation, cast.verifier_national)
    closing.close_vf(evaluation=fresh(evaluation), by=cast.verifier_national)
    return fresh(evaluation)


def whole_way(evaluation, cast):
    """From claim to final score."""
    for step in (submitted, judged, va_closed, vl_running, finished):
        evaluation = step(evaluation, cast)
    return evaluation
