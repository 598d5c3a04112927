"""The plan of a whole evaluation: what it reads, where it begins, and that doing it brings its total."""

from __future__ import annotations

from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.domain.assignments import agencies_by_question
from evaluations.domain.planning.efforts import set_efforts
from evaluations.domain.planning.plans import plan_for
from evaluations.domain.planning.targets import set_target
from evaluations.models import Stage
from evaluations.scoring.planner import Ease, Mode, OutOfReach, Plan
from tests.cast import TABALONG, agency
from tests.evaluations.cycle import decide, fresh
from tests.evaluations.domain.claims import HEALTH, best, fill, hand_in, save
from tests.evaluations.evidence.raising import fill_slots

MADYA = Decimal("600.01")


def test_without_a_target_no_plan(half):
    assert plan_for(half) is None


def test_doing_the_steps_brings_the_total(half, by, spec):
    set_target(evaluation=half, predikat="madya", by=by)
    plan = plan_for(half)
    assert isinstance(plan, Plan)
    assert (plan.start, plan.target, plan.proven) == (585, MADYA, True)
    assert plan.reached >= MADYA
    order = [q.code for q in spec.questions()]
    assert [s.code for s in plan.steps] == sorted((s.code for s in plan.steps), key=order.index)
    for step in plan.steps:
        save(half, step.code, step.aim, by=by)
    assert fresh(half).claimed_total == plan.reached


def test_the_districts_efforts_turn_the_plan(half, by, spec):
    before = {step.code for step in plan_for(half, target=MADYA).steps}
    set_efforts(evaluation=half, efforts={code: Ease(4, "impossible") for code in before}, by=by)
    after = plan_for(half, target=MADYA)
    assert not before & {step.code for step in after.steps}
    assert plan_for(half, target=MADYA) == after, "the same data, the same plan"


def test_fewest_questions_and_without_regulations(half):
    least = plan_for(half, target=MADYA)
    fewest = plan_for(half, target=MADYA, mode=Mode.FEWEST_QUESTIONS)
    assert len(fewest.steps) <= len(least.steps)
    assert fewest.effort >= least.effort
    free = plan_for(half, target=MADYA, mode=Mode.NO_REGULATION)
    assert "regulation" not in {step.need for step in free.steps}
    assert free.effort >= least.effort


def test_one_agency_alone(half):
    mine = agency(TABALONG, "sosial")
    codes = {code for code, one in agencies_by_question(half).items() if one == mine}
    outcome = plan_for(half, target=Decimal(586), mode=Mode.OWN_AGENCY, agency=mine)
    assert {step.code for step in outcome.steps} <= codes
    far = plan_for(half, target=Decimal(990), mode=Mode.OWN_AGENCY, agency=mine)
    assert isinstance(far, OutOfReach)
    assert far.best < 990
    assert far.blocked[0].why == "agency"
    assert isinstance(plan_for(half, target=MADYA, mode=Mode.OWN_AGENCY), OutOfReach), (
        "no agency, nothing to take"
    )


def test_out_of_reach_names_the_impossible(half, by, spec):
    codes = [q.code for q in spec.clusters[4].questions() if q.weight]
    set_efforts(evaluation=half, efforts=dict.fromkeys(codes, Ease(3, "impossible")), by=by)
    outcome = plan_for(half, target=Decimal(1000))
    assert isinstance(outcome, OutOfReach)
    assert {row.code for row in outcome.blocked} == set(codes)
    assert {row.why for row in outcome.blocked} == {"impossible"}
    assert outcome.best + sum(row.points for row in outcome.blocked) == 1000
    assert outcome.missing == 1000 - outcome.best


def test_safe_first_begins_at_the_safe_score(evaluation, by, spec):
    fill(evaluation, {code: best(spec)[code] for code in (HEALTH, "12.2", "1.1")}, by=by)
    fill_slots(fresh(evaluation), HEALTH, by=by)
    now = fresh(evaluation)
    plan = plan_for(now, target=now.claimed_total, mode=Mode.SAFE_FIRST)
    assert plan.start == now.safe_total < now.claimed_total
    assert {step.code: step.aim for step in plan.steps} == {"12.2": None, "1.1": None}, "only documents"
    assert plan.reached == now.claimed_total
    words = {step.code: step.words for step in plan.steps}["1.1"]
    assert words.startswith("lengkapi data dukung: “Peraturan KLA")
    assert plan_for(now, target=now.claimed_total).steps == (), "the claim itself is there already"
    assert plan_for(now, target=now.claimed_total, base="safe").start == now.safe_total


def test_from_the_score_of_a_stage(evaluation, by, cast, spec):
    fill(evaluation, {code: best(spec)[code] for code in (HEALTH, "12.2")}, by=by)
    hand_in(evaluation, by=by)
    now = fresh(evaluation)
    decide(now, Stage.VA, HEALTH, "reject", cast.verifier_kalsel, reason="Tidak terbaca.")
    plan = plan_for(now, target=now.claimed_total, mode=Mode.SAFE_FIRST, base=Stage.VA)
    (step,) = plan.steps
    assert plan.start == now.claimed_total - 3
    assert (step.code, step.aim, step.before, step.after) == (HEALTH, None, 0, 3)
    assert step.words == "lengkapi data dukung: klaim belum diterima dalam Verifikasi Administrasi"


def test_as_many_queries_full_as_empty(evaluation, by, spec):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            plan_for(fresh(evaluation), mode=Mode.OWN_AGENCY, agency=mine)
        return len(seen)

    mine = agency(TABALONG, "sosial")
    set_target(evaluation=evaluation, predikat="madya", by=by)
    save(evaluation, "1.1", {"option": 1}, by=by)
    set_efforts(evaluation=evaluation, efforts={"1.1": Ease(1, "")}, by=by)
    one = queries()
    values = best(spec)
    fill(evaluation, {code: values[code] for code in list(values)[1:100]}, by=by)
    set_efforts(evaluation=evaluation, efforts=dict.fromkeys(list(values)[:50], Ease(1, "")), by=by)
    assert queries() == one
