"""Saving an answer: whose it is, when it may be saved, and that nothing is lost or half done."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
import time_machine

from evaluations.domain import answers, deadlines, workflow
from evaluations.domain.answers import NOTE_LIMIT, StaleVersion
from evaluations.models import Answer, AnswerRevision, AnswerSource, Evaluation, Stage
from evaluations.scoring.rules import AnswerError
from evaluations.scoring.score import score
from indicators.domain.spec import loaded
from kla_portal.accounts.access import Refused
from kla_portal.accounts.roles import Role
from kla_portal.events.models import Event, EventAction
from kla_portal.regions.models import District
from tests.cast import person
from tests.evaluations.domain.claims import (
    HEALTH,
    ONE_OF_EACH,
    REGISTRY,
    WEIGHTLESS,
    answer_to,
    fresh,
    hand_in,
    save,
    some_value,
)

VALUE = ONE_OF_EACH["percentage"][1]
OTHER = {"numerator": "4200", "denominator": "4508"}


def nothing_is_stored() -> None:
    assert not Answer.objects.exists()
    assert not AnswerRevision.objects.exists()
    assert not Event.objects.filter(action=EventAction.ANSWER_SAVED).exists()


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_every_kind_is_stored_with_revision_event_and_totals(evaluation, cast, kind):
    code, value, points = ONE_OF_EACH[kind]
    saved = save(evaluation, code, value, by=cast.coordinator_tabalong, version=0, note="Menurut profil.")
    assert saved.changed
    stored = answer_to(evaluation, code)
    assert (stored.value, stored.note, stored.version) == (value, "Menurut profil.", 1)
    assert stored.updated_by == cast.coordinator_tabalong
    revision = AnswerRevision.objects.get(answer=stored)
    assert (revision.version, revision.value, revision.note) == (1, value, "Menurut profil.")
    assert (revision.by, revision.at, revision.source) == (
        cast.coordinator_tabalong,
        stored.updated_at,
        AnswerSource.FORM,
    )
    event = Event.objects.get(action=EventAction.ANSWER_SAVED)
    assert event.data == {"code": code, "version": 1}, "neither the value nor the note goes into the log"
    assert (event.by, event.district_id) == (cast.coordinator_tabalong, evaluation.district_id)
    assert saved.totals.points == {code: Decimal(points)}
    now = fresh(evaluation)
    assert (now.claimed_total, now.answered_count, now.begun) == (Decimal(points), 1, True)


def test_numbers_are_stored_in_one_spelling(evaluation, cast):
    by = cast.coordinator_tabalong
    save(evaluation, HEALTH, {"numerator": "0041", "denominator": "045"}, by=by)
    assert answer_to(evaluation, HEALTH).value == {"numerator": "41", "denominator": "45"}
    again = save(evaluation, HEALTH, {"numerator": "41", "denominator": "45"}, by=by, version=0)
    assert not again.changed


def test_versions_count_from_nothing(evaluation, cast):
    by = cast.coordinator_tabalong
    first = save(evaluation, HEALTH, VALUE, by=by, version=0)
    second = save(evaluation, HEALTH, OTHER, by=by, version=1)
    emptied = save(evaluation, HEALTH, None, by=by, version=2)
    assert [first.answer.version, second.answer.version, emptied.answer.version] == [1, 2, 3]
    assert fresh(evaluation).claimed_total == 0
    kept = AnswerRevision.objects.order_by("version").values_list("version", "value")
    assert list(kept) == [(1, VALUE), (2, OTHER), (3, None)]


def test_last_editions_answer_is_recorded_as_such(evaluation, cast):
    answers.save_answer(
        evaluation=evaluation,
        code=HEALTH,
        value=VALUE,
        note="",
        version=0,
        by=cast.coordinator_tabalong,
        source=AnswerSource.REUSE,
    )
    assert AnswerRevision.objects.get().source == AnswerSource.REUSE


def test_a_failure_at_the_last_moment_leaves_nothing(evaluation, cast, monkeypatch):
    def fail(*args, **kwargs):
        assert AnswerRevision.objects.exists(), "the event is the last to be written"
        raise RuntimeError("the log is full")

    monkeypatch.setattr(answers, "record", fail)
    with pytest.raises(RuntimeError):
        save(evaluation, HEALTH, VALUE, by=cast.coordinator_tabalong)
    nothing_is_stored()
    now = fresh(evaluation)
    assert (now.claimed_total, now.answered_count, now.last_activity_at) == (0, 0, None)


def test_a_failed_change_leaves_the_answer_before_it(evaluation, cast, monkeypatch):
    by = cast.coordinator_tabalong
    save(evaluation, HEALTH, VALUE, by=by)
    monkeypatch.setattr(answers, "refresh", lambda evaluation: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save(evaluation, HEALTH, OTHER, by=by, version=1)
    stored = answer_to(evaluation, HEALTH)
    assert (stored.value, stored.version) == (VALUE, 1)
    assert AnswerRevision.objects.count() == 1


@pytest.mark.parametrize(
    ("code", "value", "words"),
    [
        (HEALTH, {"numerator": "4620", "denominator": "4508"}, "(4.620 > 4.508)"),
        (HEALTH, {"numerator": "-1", "denominator": "10"}, "tidak boleh kurang dari 0"),
        (HEALTH, {"numerator": "1.5", "denominator": "10"}, "bilangan bulat"),
        ("1.1", {"option": 99}, "nomor 0 sampai"),
        ("1.1", {"value": "3"}, "tidak dikenal: value"),
        ("3.1a", {"rows": [0]}, "daftar 3 nomor"),
    ],
)
def test_impossible_values_are_refused_whole(evaluation, cast, code, value, words):
    with pytest.raises(AnswerError) as refused:
        save(evaluation, code, value, by=cast.coordinator_tabalong)
    assert words in str(refused.value)
    nothing_is_stored()


# Two people at once


def test_a_stale_version_shows_what_stands_and_changes_nothing(evaluation, cast):
    first, second = cast.coordinator_tabalong, cast.contributor_health_tabalong
    save(evaluation, HEALTH, VALUE, by=first, version=0, note="punya pertama")
    with pytest.raises(StaleVersion) as stale:
        save(evaluation, HEALTH, OTHER, by=second, version=0, note="punya kedua")
    current = stale.value.current
    assert (current.value, current.note, current.version) == (VALUE, "punya pertama", 1)
    assert current.updated_by == first
    assert answer_to(evaluation, HEALTH).value == VALUE
    assert AnswerRevision.objects.count() == 1
    save(evaluation, HEALTH, OTHER, by=second, version=current.version)
    assert answer_to(evaluation, HEALTH).updated_by == second


def test_a_version_from_the_future_is_stale_too(evaluation, cast):
    save(evaluation, HEALTH, VALUE, by=cast.coordinator_tabalong)
    with pytest.raises(StaleVersion):
        save(evaluation, HEALTH, OTHER, by=cast.coordinator_tabalong, version=7)


def test_a_version_of_an_answer_that_never_was_is_refused_with_the_next_step(evaluation, cast):
    with pytest.raises(Refused, match="Muat ulang halaman"):
        save(evaluation, HEALTH, VALUE, by=cast.coordinator_tabalong, version=3)
    nothing_is_stored()


def test_the_same_content_again_is_no_conflict_and_no_change(evaluation, cast):
    save(evaluation, HEALTH, VALUE, by=cast.coordinator_tabalong, version=0, note="a\nb")
    again = save(evaluation, HEALTH, VALUE, by=cast.contributor_health_tabalong, version=0, note="  a\r\nb  ")
    assert not again.changed
    assert again.answer.version == 1
    assert again.totals.points == {HEALTH: Decimal(2)}
    assert answer_to(evaluation, HEALTH).updated_by == cast.coordinator_tabalong
    assert AnswerRevision.objects.count() == 1
    assert Event.objects.filter(action=EventAction.ANSWER_SAVED).count() == 1


def test_nothing_over_nothing_stores_nothing(evaluation, cast):
    saved = save(evaluation, HEALTH, None, by=cast.coordinator_tabalong, note=" \r\n ")
    assert (saved.answer, saved.changed) == (None, False)
    nothing_is_stored()
    assert fresh(evaluation).last_activity_at is None


# Notes


def test_a_note_alone_is_kept_and_does_not_answer(evaluation, cast):
    save(evaluation, HEALTH, None, by=cast.coordinator_tabalong, note="Data menyusul.")
    stored = answer_to(evaluation, HEALTH)
    assert (stored.value, stored.note) == (None, "Data menyusul.")
    assert fresh(evaluation).answered_count == 0


def test_lines_of_a_note_end_alike_and_its_edges_are_clean(evaluation, cast):
    save(evaluation, HEALTH, VALUE, by=cast.coordinator_tabalong, note="\r\n satu\r\ndua\n\ntiga \r\n")
    assert answer_to(evaluation, HEALTH).note == "satu\ndua\n\ntiga"


def test_a_note_may_be_as_long_as_said_and_is_never_cut(evaluation, cast):
    by = cast.coordinator_tabalong
    longest = "é" * (NOTE_LIMIT - 2) + "\r\n" + "x"
    save(evaluation, HEALTH, VALUE, by=by, note=longest)
    assert answer_to(evaluation, HEALTH).note == longest.replace("\r", "")
    assert len(answer_to(evaluation, HEALTH).note) == NOTE_LIMIT
    with pytest.raises(AnswerError) as refused:
        save(evaluation, HEALTH, VALUE, by=by, note="y" * (NOTE_LIMIT + 1))
    assert list(refused.value.errors) == ["note"]
    assert "4.000" in str(refused.value)
    assert "4.001" in str(refused.value)
    assert answer_to(evaluation, HEALTH).note == longest.replace("\r", "")


def test_signs_that_no_database_takes_are_left_out(evaluation, cast):
    save(evaluation, HEALTH, VALUE, by=cast.coordinator_tabalong, note="a\x00b")
    assert answer_to(evaluation, HEALTH).note == "ab"


# Whose question it is


def test_a_contributor_answers_what_their_agency_was_given(evaluation, cast):
    save(evaluation, HEALTH, VALUE, by=cast.contributor_health_tabalong)
    assert answer_to(evaluation, HEALTH).updated_by == cast.contributor_health_tabalong
    with pytest.raises(Refused, match="perangkat daerah lain"):
        save(evaluation, REGISTRY, VALUE, by=cast.contributor_health_tabalong)
    assert answer_to(evaluation, REGISTRY) is None
    save(evaluation, REGISTRY, VALUE, by=cast.contributor_registry_tabalong)


@pytest.mark.parametrize(
    "who",
    [
        "leader_tabalong",
        "auditor_kalsel",
        "verifier_kalsel",
        "admin_kalsel",
        "verifier_national",
        "admin_national",
        "coordinator_tanahbumbu",
        "verifier_kalteng",
        "stranger",
    ],
)
def test_nobody_else_changes_an_answer(evaluation, cast, who):
    with pytest.raises(Refused) as refused:
        save(evaluation, HEALTH, VALUE, by=getattr(cast, who))
    assert "Anda tidak dapat mengubah jawaban" in str(refused.value)
    assert "Koordinator Gugus Tugas" in str(refused.value), "says who can"
    nothing_is_stored()


def test_after_submission_the_answer_stands(evaluation, cast):
    save(evaluation, HEALTH, VALUE, by=cast.coordinator_tabalong)
    hand_in(evaluation, by=cast.coordinator_tabalong)
    for who in (cast.coordinator_tabalong, cast.contributor_health_tabalong):
        with pytest.raises(Refused, match=r"berstatus Diajukan \(diajukan .* WITA\); isinya terkunci"):
            save(evaluation, HEALTH, OTHER, by=who, version=1)
    assert answer_to(evaluation, HEALTH).value == VALUE


# The moved clock


@pytest.mark.parametrize(
    ("zone", "name"), [("Asia/Jakarta", "WIB"), ("Asia/Makassar", "WITA"), ("Asia/Jayapura", "WIT")]
)
def test_the_last_second_counts_and_the_next_does_not(edition, zone, name):
    district = District.objects.filter(province__timezone=zone).first()
    evaluation = fresh(Evaluation.objects.get(edition=edition, district=district))
    coordinator = person("koor.zona", "Koordinator", Role.COORDINATOR, district_id=district.code)
    window = deadlines.window_of(evaluation, Stage.EM)
    closes = window.closes_at(workflow.zone_of(evaluation))
    assert f"{closes:%H.%M}" == "23.59"
    with time_machine.travel(closes - timedelta(seconds=1), tick=False):
        assert save(evaluation, HEALTH, VALUE, by=coordinator).changed
    with time_machine.travel(closes, tick=False), pytest.raises(Refused) as refused:
        save(evaluation, HEALTH, OTHER, by=coordinator)
    assert str(refused.value).endswith(f"23.59 {name}.")
    assert "sudah ditutup" in str(refused.value)
    assert answer_to(evaluation, HEALTH).value == VALUE


def test_before_the_window_opens_nothing_is_saved(evaluation, cast):
    opens = deadlines.window_of(evaluation, Stage.EM).opens_at(workflow.zone_of(evaluation))
    with time_machine.travel(opens - timedelta(seconds=1), tick=False):
        with pytest.raises(Refused, match=r"baru dibuka .* 08\.00 WITA"):
            save(evaluation, HEALTH, VALUE, by=cast.coordinator_tabalong)
        nothing_is_stored()
    with time_machine.travel(opens, tick=False):
        assert save(evaluation, HEALTH, VALUE, by=cast.coordinator_tabalong).changed


def test_the_closed_edition_is_closed(cast):
    old = Evaluation.objects.with_place().get(edition__code="2024", district="63.09")
    with pytest.raises(Refused, match=r"sudah ditutup 30 Juni 2024 23\.59 WITA"):
        save(old, HEALTH, VALUE, by=cast.coordinator_tabalong)


# The kept totals


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_kept_totals_are_those_computed_anew(evaluation, cast, spec, seed):
    random = Random(seed)
    by = cast.coordinator_tabalong
    some = random.sample([q.code for q in spec.questions() if q.code != WEIGHTLESS], 7)
    codes = [*some, WEIGHTLESS, *(code for code, _, _ in ONE_OF_EACH.values())]
    for _ in range(30):
        code = random.choice(codes)
        saved = save(evaluation, code, some_value(spec.by_code[code], random), by=by)
    instrument = loaded(evaluation.edition.instrument)
    rows = Answer.objects.filter(evaluation=evaluation)
    tree = score(spec, {instrument.question_codes[row.question_id]: row.value for row in rows})
    now = fresh(evaluation)
    assert (now.claimed_total, now.claimed_predikat) == (tree.total, tree.predikat.code)
    assert now.answered_count == tree.answered
    assert saved.totals.total == tree.total
    assert {q.code: q.points for q in tree.questions() if q.points} == {
        code: points for code, points in saved.totals.points.items() if points
    }
    assert sum(row.version for row in rows) == AnswerRevision.objects.count()


def test_a_question_without_points_counts_as_answered_only(evaluation, cast):
    saved = save(
        evaluation, WEIGHTLESS, {"numerator": "5", "denominator": "10"}, by=cast.coordinator_tabalong
    )
    now = fresh(evaluation)
    assert (saved.totals.total, now.claimed_total, now.answered_count) == (0, 0, 1)
