"""Many answers at once are the same answers one by one: rows, revisions, events, totals and refusals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from random import Random

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluations.domain import answers, assignments, returns, workflow
from evaluations.domain.answers import Claim, Outcome, StaleVersion, save_answer, save_answers
from evaluations.models import Answer, AnswerRevision, AnswerSource, Evaluation, Stage
from evaluations.scoring.rules import AnswerError
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.events.log import verify
from kla_portal.events.models import Event, EventAction
from tests.cast import TABALONG, agency
from tests.evaluations.domain.claims import (
    HEALTH,
    ONE_OF_EACH,
    REGISTRY,
    answer_to,
    best,
    fresh,
    hand_in,
    save,
    some_value,
)

INDICATORS = {"1", "3", "4", "8", "12", "26"}
"""Every kind of question, for two agencies and for none."""
VALUE = ONE_OF_EACH["percentage"][1]
OTHER = {"numerator": "4200", "denominator": "4508"}


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


def together(evaluation, claims, by) -> answers.SavedMany:
    return save_answers(evaluation=evaluation, claims=claims, by=by, source=AnswerSource.WORKBOOK)


def one_by_one(evaluation, claims, by) -> list[Outcome]:
    found = []
    for claim in claims:
        try:
            saved = save_answer(
                evaluation=evaluation,
                code=claim.code,
                value=claim.value,
                note=claim.note,
                version=claim.version,
                by=by,
                source=AnswerSource.WORKBOOK,
            )
        except (StaleVersion, Refused, AnswerError) as reason:
            found.append(Outcome(claim.code, reason=reason))
        else:
            found.append(Outcome(claim.code, saved.answer, saved.changed))
    return found


def told(outcomes: Sequence[Outcome]) -> list[object]:
    """What the person hears of each claim."""
    return [
        (
            one.code,
            one.changed,
            one.answer and one.answer.version,
            type(one.reason).__name__,
            str(one.reason),
            isinstance(one.reason, StaleVersion) and one.reason.current.value,
        )
        for one in outcomes
    ]


def written(evaluation) -> dict[str, object]:
    """Everything that saving leaves behind, without the ids that differ every time."""
    row = Evaluation.objects.get(pk=evaluation.pk)
    rows = Answer.objects.filter(evaluation=evaluation).order_by("question")
    revisions = AnswerRevision.objects.filter(answer__evaluation=evaluation)
    return {
        "answers": list(rows.values_list("question", "value", "note", "version", "updated_at", "updated_by")),
        # SQL's NULL, not JSON's null: the two read alike.
        "empty": list(rows.filter(value__isnull=True).values_list("question", flat=True)),
        "revisions": list(
            revisions.order_by("answer__question", "version").values_list(
                "answer__question", "version", "value", "note", "stage", "source", "at", "by"
            )
        ),
        "events": list(
            Event.objects.filter(chain=evaluation.district_id)
            .order_by("number")
            .values_list("number", "action", "at", "by", "district", "subject", "data", "previous", "hash")
        ),
        "kept": (
            row.claimed_total,
            row.claimed_predikat,
            row.safe_total,
            row.unready,
            row.answered_count,
            row.last_activity_at,
        ),
    }


def drawn(spec, standing, random: Random) -> list[Claim]:
    """Claims of every sort: first, changed, the same again, emptied, against another version, and unlawful ones."""
    found = []
    own = [code for code in codes_of(spec) if code.startswith("12.")]
    others = [code for code in codes_of(spec) if code not in own]
    for code in random.sample([*own, *random.sample(others, 20)], len(own) + 20):
        row = standing.get(code)
        value = some_value(spec.by_code[code], random)
        if random.random() < 0.1:
            value = {"option": 99}
        elif row and random.random() < 0.2:
            value = row.value
        version = (row.version if row else 0) + random.choice([0, 0, 0, 0, 1])
        note = random.choice(["", "", "", "Lama", " Menurut profil.\r\n", "x" * 4001])
        found.append(Claim(code, value, note, version))
    return found


def codes_of(spec) -> list[str]:
    return [q.code for q in spec.questions() if q.code.split(".")[0] in INDICATORS]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("who", ["coordinator_tabalong", "contributor_health_tabalong"])
def test_together_is_one_by_one(evaluation, by, cast, spec, who, seed):
    random, person = Random(f"{who}{seed}"), getattr(cast, who)
    old = [Claim(code, some_value(spec.by_code[code], random), "Lama", 0) for code in codes_of(spec)[::2]]
    one_by_one(evaluation, old[:3], by)
    together(evaluation, old[3:], by)
    claims = drawn(spec, {one.code: answer_to(evaluation, one.code) for one in old}, random)
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        with transaction.atomic():
            singly = told(one_by_one(evaluation, claims, person))
            expected = written(evaluation)
            transaction.set_rollback(True)
        done = together(evaluation, claims, person)
    found = written(evaluation)
    for name, rows in expected.items():
        assert found[name] == rows, name
    assert told(done.outcomes) == singly
    assert {changed for _, changed, *_ in singly} == {True, False}
    now = fresh(evaluation)
    assert (done.totals.total, done.safe, done.unready) == (now.claimed_total, now.safe_total, now.unready)
    assert list(verify()) == []


def test_a_whole_instrument(evaluation, by, spec):
    claims = [Claim(code, value, "", 0) for code, value in best(spec).items()]
    done = together(evaluation, claims, by)
    assert [one.code for one in done.outcomes] == [claim.code for claim in claims]
    assert all(one.changed for one in done.outcomes)
    assert fresh(evaluation).claimed_total == done.totals.total == 1000
    events = Event.objects.filter(action=EventAction.ANSWER_SAVED).order_by("number")
    assert [event.data for event in events] == [{"code": claim.code, "version": 1} for claim in claims]
    assert AnswerRevision.objects.filter(source=AnswerSource.WORKBOOK).count() == len(claims) == 274


def test_one_claim_keeps_the_others_from_nothing(evaluation, by):
    save(evaluation, "8.1", {"value": "5"}, by=by)
    outcomes = together(
        evaluation,
        [
            Claim(HEALTH, {"numerator": "9", "denominator": "3"}, "", 0),
            Claim("8.1", {"value": "6"}, "", 0),
            Claim("12.4", {"previous": "100", "current": "100"}, "", 3),
            Claim("1.1", {"option": 1}, "", 0),
        ],
        by,
    ).outcomes
    unlawful, stale, never, good = outcomes
    assert "Pembilang tidak boleh lebih besar" in str(unlawful.reason)
    assert stale.reason.current.value == {"value": "5"}
    assert "Muat ulang halaman" in str(never.reason)
    assert (good.changed, good.reason, good.answer.value) == (True, None, {"option": 1})
    assert set(Answer.objects.values_list("question__code", flat=True)) == {"8.1", "1.1"}
    assert answer_to(evaluation, "8.1").version == 1


def test_one_question_cannot_be_claimed_twice(evaluation, by):
    with pytest.raises(ValueError, match="two claims"):
        together(evaluation, [Claim(HEALTH, VALUE, "", 0), Claim(HEALTH, OTHER, "", 1)], by)
    assert not Answer.objects.exists()


def test_no_claims_and_nothing_new_write_nothing(evaluation, by):
    save(evaluation, HEALTH, VALUE, by=by)
    before = written(evaluation)
    assert together(evaluation, [], by).outcomes == ()
    done = together(evaluation, [Claim(HEALTH, VALUE, " ", 0), Claim("8.1", None, "", 0)], by)
    assert [(one.changed, one.reason) for one in done.outcomes] == [(False, None)] * 2
    assert done.totals.points == {HEALTH: 2}
    assert written(evaluation) == before


def test_who_may_change_nothing_is_refused_as_a_whole(evaluation, cast):
    with pytest.raises(Refused, match="Anda tidak dapat mengubah jawaban"):
        together(evaluation, [Claim(HEALTH, VALUE, "", 0)], cast.leader_tabalong)
    hand_in(evaluation, by=cast.coordinator_tabalong)
    with pytest.raises(Refused, match="isinya terkunci"):
        together(evaluation, [Claim(HEALTH, VALUE, "", 0)], cast.coordinator_tabalong)
    assert not Answer.objects.filter(question__code=HEALTH).exists()


def test_after_the_last_second_none_is_stored(evaluation, by):
    closes = workflow.closes_at(evaluation)
    with time_machine.travel(closes, tick=False), pytest.raises(Refused, match="sudah ditutup"):
        together(evaluation, [Claim(HEALTH, VALUE, "", 0)], by)
    assert not Answer.objects.exists()


def test_in_a_return_each_question_has_its_own_answer(evaluation, by, cast):
    save(evaluation, "8.1", {"value": "4"}, by=by)
    hand_in(evaluation, by=by)
    returns.send_back(
        evaluation=fresh(evaluation),
        stage=Stage.VA,
        needed={"8.1": "Jelaskan angkanya."},
        due_at=clock.now() + timedelta(hours=48),
        by=cast.verifier_kalsel,
    )
    locked, back = together(
        evaluation, [Claim(HEALTH, VALUE, "", 0), Claim("8.1", {"value": "5"}, "", 1)], by
    ).outcomes
    assert str(locked.reason).startswith("Hanya pertanyaan yang dikembalikan")
    assert back.changed
    assert AnswerRevision.objects.latest("at").stage == Stage.VA


def test_a_contributor_saves_only_what_their_agency_has(evaluation, by, cast):
    assignments.assign(evaluation=evaluation, codes=["12.4"], agency=agency(TABALONG, "polres"), by=by)
    claims = [Claim(code, best_value, "", 0) for code, best_value in ((REGISTRY, VALUE), ("12.4", None))]
    health = cast.contributor_health_tabalong
    *others, own = together(evaluation, [*claims, Claim(HEALTH, VALUE, "", 0)], health).outcomes
    assert all("perangkat daerah lain" in str(one.reason) for one in others)
    assert own.changed
    assert answer_to(evaluation, HEALTH).updated_by == health


@pytest.mark.parametrize("step", ["record", "refresh"])
def test_a_failure_in_the_middle_leaves_what_was(evaluation, by, step, monkeypatch):
    save(evaluation, HEALTH, VALUE, by=by)
    before, real, calls = written(evaluation), getattr(answers, step), []

    def fail(*args, **kwargs):
        calls.append(step)
        if step == "refresh" or len(calls) == 2:
            assert AnswerRevision.objects.count() == 3
            raise RuntimeError("the disk is full")
        return real(*args, **kwargs)

    monkeypatch.setattr(answers, step, fail)
    claims = [Claim(HEALTH, OTHER, "", 1), Claim("8.1", {"value": "4"}, "", 0)]
    with pytest.raises(RuntimeError, match="disk"):
        together(evaluation, claims, by)
    monkeypatch.undo()
    assert written(evaluation) == before
    assert all(one.changed for one in together(evaluation, claims, by).outcomes)


def test_of_two_at_once_one_wins_and_the_other_is_told(evaluation, by, cast, monkeypatch):
    """The first is in and out again while the second waits at the lock."""
    health, lock = cast.contributor_health_tabalong, workflow.lock

    def wait(*args, **kwargs):
        monkeypatch.setattr(workflow, "lock", lock)
        together(evaluation, [Claim(HEALTH, VALUE, "", 0)], health)
        return lock(*args, **kwargs)

    monkeypatch.setattr(workflow, "lock", wait)
    late, free = together(
        evaluation, [Claim(HEALTH, OTHER, "", 0), Claim("8.1", {"value": "4"}, "", 0)], by
    ).outcomes
    assert late.reason.current.updated_by == health
    assert free.changed
    assert (answer_to(evaluation, HEALTH).value, answer_to(evaluation, HEALTH).version) == (VALUE, 1)


def test_queries_grow_by_the_events_alone(evaluation, by, spec):
    values = list(best(spec).items())
    together(evaluation, [Claim(code, value, "Lama", 0) for code, value in values[:12]], by)

    def queries(codes: slice, note: str) -> int:
        claims = [
            Claim(code, value, note, row.version if (row := answer_to(evaluation, code)) else 0)
            for code, value in values[codes]
        ]
        with CaptureQueriesContext(connection) as seen:
            assert all(one.changed for one in together(evaluation, claims, by).outcomes)
        # The chain's end is read by a query that PostgreSQL knows by name.
        events = re.compile("events_event|EXECUTE kla_chain_")
        return len([query for query in seen if not events.search(query["sql"])])

    few, many = queries(slice(11, 13), "Baru"), queries(slice(6, 18), "Terbaru")
    # One answer's UPDATE goes along with the next statement on PostgreSQL; that of several is a statement of its own.
    assert many == few + (connection.vendor == "postgresql") <= 16
