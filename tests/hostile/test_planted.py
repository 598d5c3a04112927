"""Words that come in through the stages: a return, its items, more time, an objection and its decision, a reopening.

Most of them are history that no UPDATE reaches, so each probe goes the way of its verb. What every page shows besides
is planted in ``test_scripts.py``.
"""

from __future__ import annotations

from datetime import date, timedelta

from evaluations.domain import closing, objections, returns, submission
from evaluations.models import Evidence, ReasonPhrase, Stage
from kla_portal import clock
from kla_portal.accounts.domain.devices import recognise
from kla_portal.operations import maintenance
from tests.evaluations.cycle import fresh, letter
from tests.evaluations.history import scenes
from tests.evaluations.models.rows import Rows
from tests.hostile.doors import doors
from tests.hostile.planting import TYPED, numbered, plant, probe
from tests.hostile.test_scripts import bodies, judge

NAMES = {
    "evaluations:changes", "evaluations:shortfall", "evaluations:objections", "evaluations:stages",
    "evaluations:events", "evaluations:overview", "evaluations:receipt", "evaluations:as_of", "evaluations:reports",
    "evaluations:library", "evaluations:evidence_document", "evaluations:phrases", "evaluations:action",
    "evaluations:upload", "evaluations:uploads_unfinished", "evaluations:desk", "evaluations:card", "accounts:sessions",
    "evaluations:analysis_movement", "evaluations:extend", "evaluations:lhe", "evaluations:bulk_upload",
}  # fmt: skip
"""Pages that show what was written while the stages ran."""


def said(name: str, limit: int = 500) -> str:
    return probe(numbered()[name])[:limit]


def been_around(evaluation, cast, look):
    """VA closed after more time, a reopening, a return and an objection that was refused.

    ``look()`` is called while the return waits for the district.
    """
    by, verifier, admin = cast.coordinator_tabalong, cast.verifier_kalsel, cast.admin_kalsel
    later = clock.now() + timedelta(days=80)
    returns.extend(
        evaluation=evaluation,
        due_at=later,
        locks_at=later,
        reason=said("evaluations.Extension.reason"),
        by=admin,
    )
    evaluation = scenes.submitted(fresh(evaluation), cast)
    closing.reopen(
        evaluation=evaluation, stage=Stage.EM, reason=said("evaluations.StateChange.reason"), by=admin
    )
    submission.submit(evaluation=fresh(evaluation), by=by, incomplete_accepted=True)
    returns.send_back(
        evaluation=fresh(evaluation), stage=Stage.VA, needed={"12.1": said("evaluations.ReturnItem.needed")},
        due_at=clock.now() + timedelta(days=2), message=said("evaluations.Return.message"), by=verifier,
    )  # fmt: skip
    look()
    returns.resubmit(evaluation=fresh(evaluation), by=by)
    closing.close_va(
        evaluation=scenes.judged(fresh(evaluation), cast), letter_date=date(2026, 6, 1), letter=letter(), by=verifier,
        letter_number=said("evaluations.StageRecord.letter_number", 76),
    )  # fmt: skip
    filed = objections.object_to(
        evaluation=fresh(evaluation),
        stage=Stage.VA,
        code="2.3",
        reason=said("evaluations.Objection.reason"),
        by=by,
    )
    objections.decide_objection(
        objection=filed, granted=False, decision=None, value=None, by=admin,
        reason=said("evaluations.Objection.decision_reason"),
    )  # fmt: skip
    return fresh(evaluation)


def rows_of_everything(evaluation, cast, things):
    """One of each kind that the stages leave out, for ``plant`` to write into."""
    rows = Rows(evaluation, cast)
    rows.published()
    rows.report()
    rows.page_text()
    rows.concern_answer(evidence_id=things["document"])
    erased = {"erased_at": clock.now(), "erased_by": cast.admin_kalsel, "erased_reason": "Memuat NIK."}
    rows.file(evidence=Evidence.objects.get(pk=things["document"]), number=2, **erased)
    recognise(user=cast.coordinator_tabalong, secret="", agent="Firefox di Windows")
    ReasonPhrase.objects.create(owner=cast.verifier_kalsel, text="Belum ditandatangani.")


SHOWN = {
    "evaluations.StateChange.reason", "evaluations.ReturnItem.needed", "evaluations.Return.message",
    "evaluations.Objection.reason", "evaluations.Objection.decision_reason", "operations.Maintenance.reason",
    "evaluations.StageRecord.letter_number", "evaluations.EvidenceFile.erased_reason",
}  # fmt: skip
"""What the pages above repeat; the reason for more time stands in the database."""
ELSEWHERE = {
    # History that no UPDATE reaches; the same words stand in the answer, the verdict and the document.
    "evaluations.AnswerRevision.note", "evaluations.VerdictRevision.reason", "evaluations.ActionNote.text",
    "evaluations.Evidence.withdrawn_reason",
    # Only a script for an address, which test_scripts.py refuses at the verb; no district of the tests has villages.
    "evaluations.Evidence.url", "regions.Village.name",
}  # fmt: skip


def test_what_the_stages_brought_is_shown_as_text(evaluation, cast, things):
    world, shown = things | {"evaluation": evaluation.pk, "sequence": 1}, {}
    evaluation = been_around(
        evaluation, cast, lambda: shown.update(bodies(doors(world, cast, {"evaluations:shortfall"})))
    )
    rows_of_everything(evaluation, cast, things)
    planted = plant()
    maintenance.begin(reason=said("operations.Maintenance.reason", 290), by=None)
    closed = world | {"result": evaluation.results.get(stage=Stage.VA).pk}
    (lhe,) = bodies(doors(closed, cast, {"evaluations:lhe"})).values()
    then = {"while it was sent back": shown["evaluations:shortfall"], "the LHE of VA": lhe}
    faults, seen = judge({**then, **bodies(doors(world, cast, NAMES))})
    assert faults == []
    names = {number: name for name, number in numbered().items()}
    assert SHOWN - {names[number] for number in seen} == set()
    typed = {f"{model}.{field}" for model, fields in TYPED.items() for field in fields}
    assert typed - planted - SHOWN == ELSEWHERE
