"""Handing in: what keeps it back, what it stores, and that all is frozen then."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from evaluations.domain import assignments, deadlines, returns, submission, workflow
from evaluations.domain.deadlines import late
from evaluations.domain.evidence import slots
from evaluations.domain.submission import HasErrors, Incomplete, NothingAnswered, store_result, submit
from evaluations.models import Answer, Message, MessageKind, Stage, StageResult, State
from evaluations.scoring.score import digest, tree_from_dict
from kla_portal.accounts.access import Refused
from kla_portal.events.log import verify
from kla_portal.events.models import Event, EventAction
from tests.cast import TABALONG, agency
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, best, fill, fresh, hand_in, save

VALUE = ONE_OF_EACH["percentage"][1]


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


def still_open(evaluation) -> None:
    now = fresh(evaluation)
    assert (now.state, now.submitted_at, now.submitted_by) == (State.FILLING, None, None)
    assert not StageResult.objects.exists()
    assert not Event.objects.filter(action=EventAction.EVALUATION_SUBMITTED).exists()


def test_what_is_stored(evaluation, by):
    for code, value, _ in ONE_OF_EACH.values():
        save(evaluation, code, value, by=by)
    result = StageResult.objects.get(pk=hand_in(evaluation, by=by).pk)
    assert (result.stage, result.sequence) == (Stage.EM, 1)
    assert (result.total, result.predikat) == (Decimal("20.50"), "inisiasi")
    assert result.receipt_number == "EM/2026/63.09/01"
    assert digest(result.snapshot) == result.digest
    assert result.instrument_digest == evaluation.edition.instrument.digest
    assert result.taken_by == by
    tree = tree_from_dict(result.snapshot["score"])
    assert {c.code: Decimal(result.clusters[c.code]) for c in tree.clusters} == {
        c.code: c.points for c in tree.clusters
    }
    now = fresh(evaluation)
    assert (now.state, now.submitted_at, now.submitted_by) == (State.SUBMITTED, result.taken_at, by)
    assert now.claimed_total == result.total
    event = Event.objects.get(action=EventAction.EVALUATION_SUBMITTED)
    assert event.data == {
        "receipt": "EM/2026/63.09/01",
        "total": "20.50",
        "digest": result.digest,
        "late": False,
    }
    assert list(verify()) == []


def test_a_perfect_claim_is_exactly_a_thousand(evaluation, spec, by):
    fill(evaluation, best(spec), by=by)
    result = hand_in(evaluation, by=by)
    result.refresh_from_db()
    assert (result.total, result.predikat) == (Decimal("1000.00"), "kla")


def test_an_evaluation_without_any_answer_never_goes_in(evaluation, by):
    for accepted in (False, True):
        with pytest.raises(NothingAnswered, match="evaluasi kosong tidak dapat diajukan"):
            submit(evaluation=evaluation, by=by, incomplete_accepted=accepted)
    save(evaluation, HEALTH, VALUE, by=by)
    save(evaluation, HEALTH, None, by=by)
    with pytest.raises(NothingAnswered):
        submit(evaluation=fresh(evaluation), by=by, incomplete_accepted=True)
    still_open(evaluation)


def test_with_gaps_it_goes_in_only_where_that_is_meant(evaluation, by):
    save(evaluation, HEALTH, VALUE, by=by)
    with pytest.raises(Incomplete, match="273 pertanyaan belum dijawab dan akan dihitung 0") as refused:
        submit(evaluation=evaluation, by=by)
    assert refused.value.count == 273
    still_open(evaluation)
    assert submit(evaluation=fresh(evaluation), by=by, incomplete_accepted=True).total == 2


def test_a_full_evaluation_needs_no_word_about_gaps(evaluation, by, spec):
    fill(evaluation, best(spec), by=by)
    assert submit(evaluation=evaluation, by=by).total == 1000


def test_errors_do(evaluation, by):
    save(evaluation, HEALTH, {"numerator": "5", "denominator": None}, by=by)
    with pytest.raises(HasErrors) as refused:
        hand_in(evaluation, by=by)
    assert [finding.code for finding in refused.value.findings] == [HEALTH]
    assert str(refused.value) == "1 temuan harus diperbaiki sebelum mengajukan."
    still_open(evaluation)
    save(evaluation, HEALTH, VALUE, by=by)
    assert hand_in(evaluation, by=by).total == 2


def test_a_failure_at_the_last_moment_leaves_it_open(evaluation, by, monkeypatch):
    save(evaluation, HEALTH, VALUE, by=by)
    monkeypatch.setattr(submission, "record", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        hand_in(evaluation, by=by)
    still_open(evaluation)


@pytest.mark.parametrize(
    "who",
    [
        "contributor_health_tabalong",
        "leader_tabalong",
        "verifier_kalsel",
        "admin_kalsel",
        "admin_national",
        "auditor_kalsel",
        "coordinator_tanahbumbu",
        "stranger",
    ],
)
def test_only_the_coordinator_submits(evaluation, cast, who):
    with pytest.raises(Refused, match="Yang dapat: Koordinator Gugus Tugas"):
        submit(evaluation=evaluation, by=getattr(cast, who))
    still_open(evaluation)


def test_a_second_time_is_refused(evaluation, by):
    before = fresh(evaluation)
    hand_in(evaluation, by=by)
    for stale in (before, fresh(evaluation)):
        with pytest.raises(Refused, match="berstatus Diajukan"):
            hand_in(stale, by=by)
    assert StageResult.objects.count() == 1


def test_the_last_second(evaluation, by):
    save(evaluation, HEALTH, VALUE, by=by)
    closes = workflow.closes_at(evaluation)
    with time_machine.travel(closes, tick=False), pytest.raises(Refused, match=r"sudah ditutup .* WITA"):
        hand_in(evaluation, by=by)
    still_open(evaluation)
    with time_machine.travel(closes - timedelta(seconds=1), tick=False):
        result = hand_in(evaluation, by=by)
    assert result.taken_at == closes - timedelta(seconds=1)


@pytest.mark.parametrize(("shift", "flag"), [(-1, False), (0, False), (1, True)])
def test_after_the_extended_moment_it_goes_in_late_and_says_so(evaluation, cast, by, shift, flag):
    cast.verifier_kalsel  # noqa: B018
    save(evaluation, HEALTH, VALUE, by=by)
    due = workflow.closes_at(evaluation) + timedelta(days=3)
    returns.extend(
        evaluation=evaluation,
        due_at=due,
        locks_at=due + timedelta(hours=6),
        reason="Banjir.",
        by=cast.admin_kalsel,
    )
    with time_machine.travel(due + timedelta(seconds=shift), tick=False):
        result = hand_in(fresh(evaluation), by=by)
        (body,) = Message.objects.filter(kind=MessageKind.SUBMITTED).values_list("body", flat=True)
    event = Event.objects.get(action=EventAction.EVALUATION_SUBMITTED)
    assert event.data["late"] is flag
    assert ("Diajukan sesudah batas tepat waktu." in body) is flag
    now = fresh(evaluation)
    assert late(now, Stage.EM, now.submitted_at) is flag
    assert late(now, Stage.EM, result.taken_at - timedelta(days=2)) is False


def test_what_is_granted_only_later_takes_no_lateness_back(evaluation, cast):
    closes = workflow.closes_at(evaluation)
    for granted, due in ((-1, 0.5), (2, 5)):
        with time_machine.travel(closes + timedelta(hours=granted), tick=False):
            returns.extend(
                evaluation=fresh(evaluation),
                due_at=closes + timedelta(hours=due),
                locks_at=closes + timedelta(hours=6),
                reason="Banjir.",
                by=cast.admin_kalsel,
            )
    found = fresh(evaluation)
    assert [late(found, Stage.EM, closes + timedelta(hours=hours)) for hours in (0.4, 1, 3, 5.5)] == [
        False, True, False, True,
    ]  # fmt: skip


def test_without_an_extension_nothing_is_late(evaluation):
    assert late(evaluation, Stage.EM, workflow.closes_at(evaluation) + timedelta(days=1)) is False


def test_not_before_it_opens(evaluation, by):
    opens = deadlines.window_of(evaluation, Stage.EM).opens_at(workflow.zone_of(evaluation))
    with (
        time_machine.travel(opens - timedelta(seconds=1), tick=False),
        pytest.raises(Refused, match="baru dibuka"),
    ):
        hand_in(evaluation, by=by)
    still_open(evaluation)


def test_every_verb_stops_then(evaluation, by):
    save(evaluation, HEALTH, VALUE, by=by)
    link = slots.add_web_link(
        evaluation=evaluation, code=HEALTH, slot_number=1, url="https://contoh.go.id/a", title="Rekap", by=by
    )
    hand_in(evaluation, by=by)
    sealed = StageResult.objects.get().digest
    attempts = {
        "answer": lambda: save(evaluation, HEALTH, None, by=by),
        "assign": lambda: assignments.assign(
            evaluation=evaluation, codes=[HEALTH], agency=agency(TABALONG, "polres"), by=by
        ),
        "attach": lambda: slots.add_web_link(
            evaluation=evaluation, code=HEALTH, slot_number=2, url="https://contoh.go.id/b", title="", by=by
        ),
        "detach": lambda: slots.detach(link=link, by=by),
        "submit": lambda: hand_in(evaluation, by=by),
    }
    for name, attempt in attempts.items():
        with pytest.raises(Refused, match="terkunci"):
            attempt()
        assert Answer.objects.get().value == VALUE, name
    assert digest(StageResult.objects.get().snapshot) == sealed
    assert StageResult.objects.get().snapshot["evidence"][HEALTH][0]["items"][0]["title"] == "Rekap"


def test_results_are_numbered_per_district_edition_and_stage(evaluation, neighbour_evaluation, cast, by):
    numbers = [
        store_result(evaluation, stage=Stage.EM, by=by).receipt_number,
        store_result(evaluation, stage=Stage.EM, by=by).receipt_number,
        store_result(evaluation, stage=Stage.VA, by=by).receipt_number,
        store_result(neighbour_evaluation, stage=Stage.EM, by=by).receipt_number,
    ]
    assert numbers == ["EM/2026/63.09/01", "EM/2026/63.09/02", "VA/2026/63.09/01", "EM/2026/63.10/01"]
