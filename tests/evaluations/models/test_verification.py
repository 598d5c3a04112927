"""Constraints of verdicts, returns, closings, objections and messages, each violated."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from evaluations.models import (
    Extension,
    Message,
    MessagePreference,
    Objection,
    ReasonPhrase,
    Return,
    ReturnItem,
    StageRecord,
    StateChange,
    Verdict,
    VerdictRevision,
    VerifierAssignment,
)
from tests.evaluations.models.rows import Rows, named_in

HOUR = timedelta(hours=1)


def question(rows: Rows) -> int:
    return rows.ids.question_ids["12.1"]


def verdict(rows, **more):
    row = {
        "evaluation": rows.evaluation,
        "stage": "va",
        "question_id": question(rows),
        "decision": "accept",
        "answer_version": 1,
        "updated_at": rows.now,
        "updated_by": rows.user,
    }
    return Verdict.objects.create(**row | more)


def verdict_revision(rows, **more):
    row = {
        "verdict": more.pop("verdict", None) or verdict(rows),
        "version": 1,
        "decision": "accept",
        "answer_version": 1,
        "at": rows.now,
        "by": rows.user,
    }
    return VerdictRevision.objects.create(**row | more)


def verifier(rows, **more):
    row = {
        "evaluation": rows.evaluation,
        "stage": "va",
        "verifier": rows.user,
        "assigned_at": rows.now,
        "assigned_by": rows.user,
    }
    return VerifierAssignment.objects.create(**row | more)


def phrase(rows, text="Tidak bertanggal."):
    return ReasonPhrase.objects.create(owner=rows.user, text=text)


def sent_back(rows, **more):
    row = {
        "evaluation": rows.evaluation,
        "stage": "va",
        "sequence": 1,
        "due_at": rows.now + HOUR,
        "locks_at": rows.now + HOUR,
        "sent_at": rows.now,
        "sent_by": rows.user,
    }
    return Return.objects.create(**row | more)


def item(rows, **more):
    row = {
        "sent_back": more.pop("sent_back", None) or sent_back(rows),
        "question_id": question(rows),
        "needed": "Tanda tangan.",
    }
    return ReturnItem.objects.create(**row | more)


def extension(rows, **more):
    row = {
        "evaluation": rows.evaluation,
        "stage": "em",
        "due_at": rows.now + HOUR,
        "locks_at": rows.now + HOUR,
        "reason": "Banjir.",
        "granted_at": rows.now,
        "granted_by": rows.user,
    }
    return Extension.objects.create(**row | more)


def stage_record(rows, **more):
    row = {
        "evaluation": rows.evaluation,
        "stage": "va",
        "result": more.pop("result", None) or rows.result(),
        "letter_number": "100/1",
        "letter_date": date(2026, 7, 1),
        "letter": more.pop("letter", None) or rows.evidence(),
        "written_at": rows.now,
        "written_by": rows.user,
    }
    return StageRecord.objects.create(**row | more)


def visit(rows, **more):
    row = {"stage": "vl", "mode": "hybrid", "held_on": date(2026, 7, 1)}
    return stage_record(rows, **row | more)


def state_change(rows, **more):
    row = {"action": "submit", "before": "filling", "after": "submitted", "at": rows.now, "by": rows.user}
    return StateChange.objects.create(evaluation=rows.evaluation, **row | more)


def objection(rows, **more):
    row = {
        "evaluation": rows.evaluation,
        "stage": "va",
        "question_id": question(rows),
        "reason": "Dokumennya bertanggal.",
        "filed_at": rows.now,
        "filed_by": rows.user,
    }
    return Objection.objects.create(**row | more)


def decided(rows, **more):
    row = {"granted": True, "decided_at": rows.now, "decided_by": rows.user, "decision_reason": "Benar."}
    return objection(rows, **row | more)


def message(rows, **more):
    row = {
        "user": rows.user,
        "kind": "returned",
        "subject": "Perihal",
        "body": "",
        "url": "/",
        "created_at": rows.now,
    }
    return Message.objects.create(**row | more)


def preference(rows, mail="digest"):
    return MessagePreference.objects.create(user=rows.user, mail=mail)


def again(make, **second):
    """The same row a second time."""

    def attempt(rows):
        make(rows)
        make(rows, **second)

    return attempt


def same_version(rows):
    one = verdict(rows)
    verdict_revision(rows, verdict=one)
    verdict_revision(rows, verdict=one)


def same_question_back(rows):
    one = sent_back(rows)
    item(rows, sent_back=one)
    item(rows, sent_back=one)


def ended(rows):
    return {"ended_at": rows.now + HOUR, "ended_by": rows.user}


def same_sequence(rows):
    sent_back(rows, **ended(rows))
    sent_back(rows)


VIOLATIONS = {
    "verdict_once_per_reading": [again(verdict)],
    "verdict_stage_verifies": [lambda r: verdict(r, stage="em")],
    "verdict_reading_known": [lambda r: verdict(r, reading=3)],
    "verdict_value_with_change": [
        lambda r: verdict(r, decision="change", reason="Kurang."),
        lambda r: verdict(r, value={"option": 0}),
    ],
    "verdict_against_has_a_reason": [
        lambda r: verdict(r, decision="reject"),
        lambda r: verdict(r, decision="change", value={"option": 0}),
    ],
    "verdict_revision_version_once": [same_version],
    "verifier_once_per_cluster": [again(verifier), again(lambda r: verifier(r, cluster="K1"))],
    "verifier_stage_verifies": [lambda r: verifier(r, stage="em")],
    "verifier_reading_known": [lambda r: verifier(r, reading=0)],
    "phrase_once_per_person": [again(phrase)],
    "phrase_not_empty": [lambda r: phrase(r, "")],
    "return_sequence_once": [same_sequence],
    "return_one_open_at_a_time": [again(sent_back, sequence=2)],
    "return_stage_returns": [lambda r: sent_back(r, stage="vf")],
    "return_due_after_sent": [lambda r: sent_back(r, due_at=r.now)],
    "return_locks_not_before_due": [lambda r: sent_back(r, due_at=r.now + 2 * HOUR)],
    "return_ended_at_and_by_together": [
        lambda r: sent_back(r, ended_at=r.now),
        lambda r: sent_back(r, ended_by=r.user),
    ],
    "return_question_once": [same_question_back],
    "return_says_what_is_needed": [lambda r: item(r, needed="")],
    "extension_has_a_reason": [lambda r: extension(r, reason="")],
    "extension_locks_not_before_due": [lambda r: extension(r, due_at=r.now + 2 * HOUR)],
    "extension_stage_known": [lambda r: extension(r, stage="xx")],
    "stage_record_va_has_its_letter": [
        lambda r: stage_record(r, letter_number=""),
        lambda r: stage_record(r, letter_date=None),
        lambda r: StageRecord.objects.create(
            evaluation=r.evaluation,
            stage="va",
            result=r.result(),
            letter_number="100/1",
            letter_date=date(2026, 7, 1),
            written_at=r.now,
            written_by=r.user,
        ),
    ],
    "stage_record_vl_has_mode_and_date": [
        lambda r: visit(r, mode=""),
        lambda r: visit(r, held_on=None),
    ],
    "stage_record_stage": [lambda r: stage_record(r, stage="em")],
    "state_change_before_known": [lambda r: state_change(r, before="xx")],
    "state_change_after_known": [lambda r: state_change(r, after="xx")],
    "objection_once_per_question": [again(objection)],
    "objection_stage": [lambda r: objection(r, stage="vl")],
    "objection_has_a_reason": [lambda r: objection(r, reason="")],
    "objection_decided_whole": [
        lambda r: decided(r, granted=None),
        lambda r: decided(r, decided_at=None),
        lambda r: decided(r, decided_by=None),
        lambda r: decided(r, decision_reason=""),
    ],
    "message_once_per_key": [again(lambda r: message(r, once_key="em:7"))],
    "message_kind_known": [lambda r: message(r, kind="xx")],
    "message_has_a_subject": [lambda r: message(r, subject="")],
    "message_url_is_a_path": [
        lambda r: message(r, url="https://contoh.go.id/"),
        lambda r: message(r, url=""),
    ],
    "preference_mail_known": [lambda r: preference(r, "xx")],
}


@pytest.mark.parametrize(
    ("name", "attempt"),
    [
        pytest.param(name, attempt, id=f"{name}-{number}")
        for name, attempts in VIOLATIONS.items()
        for number, attempt in enumerate(attempts)
    ],
)
def test_it_refuses(rows, name, attempt):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        attempt(rows)
    assert named_in(refused.value, name), str(refused.value)


def test_sound_rows_are_taken(rows):
    """Else the refusals above would prove nothing."""
    first = verdict(rows)
    verdict(rows, reading=2, decision="change", value={"option": 0}, reason="Kurang.")
    verdict(rows, stage="vl", decision="reject", reason="Kurang.")
    verdict(rows, stage="vf", decision="defer")
    verdict_revision(rows, verdict=first)
    verifier(rows)
    verifier(rows, cluster="K1")
    verifier(rows, reading=2)
    phrase(rows)
    item(rows, sent_back=sent_back(rows, **ended(rows)))
    sent_back(rows, sequence=2, stage="vl", locks_at=rows.now + 2 * HOUR)
    extension(rows)
    extension(rows, locks_at=rows.now + 2 * HOUR)
    letter = rows.evidence()
    stage_record(rows, letter=letter)
    visit(rows, letter=letter, result=rows.result(stage="vl", receipt_number="VL/1"))
    state_change(rows)
    objection(rows)
    decided(rows, stage="vf", granted=False)
    message(rows)
    message(rows)
    message(rows, once_key="em:7")
    message(rows, once_key="em:3")
    preference(rows)


def test_a_result_has_one_record(rows):
    one = stage_record(rows)
    with pytest.raises(IntegrityError, match="stagerecord"), transaction.atomic():
        stage_record(rows, result=one.result, letter=one.letter)


@pytest.mark.parametrize(
    ("make", "moment"), [(verdict_revision, "at"), (state_change, "at"), (stage_record, "written_at")]
)
def test_history_is_written_once(rows, make, moment):
    row = make(rows)
    for attempt in (
        lambda: type(row).objects.filter(pk=row.pk).update(**{moment: rows.now + HOUR}),
        lambda: type(row).objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(IntegrityError, match="baris riwayat"), transaction.atomic():
            attempt()
    assert type(row).objects.filter(pk=row.pk).exists()
