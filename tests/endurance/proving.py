"""Run as a module: what was acknowledged (JSON on stdin) against what is there. Prints one line per fault, as JSON."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import django


def faults(told: dict[str, Any]) -> Iterator[str]:
    from kla_portal.operations.backup import content

    # The event log whole, each result's snapshot as sealed.
    yield from content.faults()
    yield from _answers(told["saved"])
    yield from _files(told["files"])
    yield from _papers(told["papers"])
    yield from _stages(told["moved"])


def _answers(saved: list[list[Any]]) -> Iterator[str]:
    """Each acknowledged save as its revision, revisions without a gap, the last one in force, an event for each."""
    from evaluations.models import Answer, AnswerRevision
    from kla_portal.events.models import Event, EventAction

    kept = {}
    for answer in Answer.objects.select_related("question", "evaluation"):
        rows = list(AnswerRevision.objects.filter(answer=answer).order_by("pk"))
        where = (answer.evaluation_id, answer.question.code)
        kept |= {(*where, row.version): row.note for row in rows}
        if [row.version for row in rows] != list(range(1, answer.version + 1)):
            yield f"revisions of {where}: {[row.version for row in rows]}, answer {answer.version}"
        if (rows[-1].value, rows[-1].note) != (answer.value, answer.note):
            yield f"{where} is not what its last revision says"
    for evaluation, code, version, note in saved:
        if kept.get((evaluation, code, version)) != note:
            yield f"lost: {code} version {version}, {note!r}; there: {kept.get((evaluation, code, version))!r}"
    noted = Event.objects.filter(action=EventAction.ANSWER_SAVED).values_list("subject", "data")
    events = Counter((int(subject.split(":")[1]), data["code"], data["version"]) for subject, data in noted)
    if set(events) != set(kept) or max(events.values(), default=1) > 1:
        yield f"events and revisions differ: {sorted(set(events) ^ set(kept))[:5]}"


def _files(acknowledged: list[str]) -> Iterator[str]:
    """Each row's file is there and right, and after the sweep each file has its row."""
    from evaluations.domain.evidence import custody
    from evaluations.models import Evidence, EvidenceFile, Upload
    from kla_portal import clock

    yield from (str(fault) for fault in custody.verify(custody.Tally()) if fault)
    there = set(EvidenceFile.objects.values_list("source_sha256", flat=True))
    yield from (f"lost file: {sha256}" for sha256 in acknowledged if sha256 not in there)
    for pk in Evidence.objects.filter(form="file", files=None).values_list("pk", flat=True):
        yield f"document without a file: {pk}"
    for upload in Upload.objects.all():
        ends = [piece.offset + piece.size for piece in upload.pieces.order_by("offset")]
        begins = [piece.offset for piece in upload.pieces.order_by("offset")]
        if upload.state in {"receiving", "received"} and [0, *ends][:-1] != (begins or []):
            yield f"upload {upload.pk}: pieces do not join: {begins} {ends}"
    later = clock.now() + timedelta(days=1)
    list(custody.delete_orphans(custody.Tally(), before=later))
    yield from (f"orphan after the sweep: {name}" for name in custody.orphans(before=later))
    yield from (f"after the sweep {fault}" for fault in custody.verify(custody.Tally()) if fault)


def _papers(acknowledged: list[str]) -> Iterator[str]:
    from django.core.files.storage import storages

    from evaluations.models import StoredReport
    from kla_portal.events.models import Event, EventAction

    for report in StoredReport.objects.all():
        with storages["reports"].open(report.storage_name) as file:
            if hashlib.sha256(file.read()).hexdigest() != report.sha256:
                yield f"{report} is not what its row says"
    there = set(StoredReport.objects.values_list("sha256", flat=True))
    yield from (f"lost paper: {sha256}" for sha256 in acknowledged if sha256 not in there)
    if Event.objects.filter(action=EventAction.REPORT_STORED).count() != StoredReport.objects.count():
        yield "papers and their events differ in number"


def _stages(moved: list[list[Any]]) -> Iterator[str]:
    """A result, a line of history and an event for each move, or none of them; and none that was acknowledged less."""
    from evaluations.models import Evaluation, Stage, StageResult, StateChange
    from kla_portal.events.models import Event, EventAction

    names = {"submit": "submit", "close": "close_va", "reopen va": "reopen_va", "reopen em": "reopen_em"}
    for (pk, deed), times in Counter((pk, deed) for pk, deed in moved).items():
        if StateChange.objects.filter(evaluation=pk, action=names[deed]).count() < times:
            yield f"{deed} was acknowledged {times} times and is there less often"
    for evaluation in Evaluation.objects.filter(pk__in={pk for pk, _ in moved}):
        changes = list(StateChange.objects.filter(evaluation=evaluation).order_by("pk"))
        if changes[-1].after != evaluation.state or any(
            one.after != two.before for one, two in pairwise(changes)
        ):
            yield f"{evaluation}: the states do not follow one another"
        events = Event.objects.filter(subject=f"evaluasi:{evaluation.pk}")
        for action, stage, event in (
            ("submit", Stage.EM, EventAction.EVALUATION_SUBMITTED),
            ("close_va", Stage.VA, EventAction.STAGE_CLOSED),
        ):
            results = StageResult.objects.filter(evaluation=evaluation, stage=stage).order_by("sequence")
            numbers = [
                sum(change.action == action for change in changes),
                events.filter(action=event).count(),
                results.count(),
            ]
            if len(set(numbers)) > 1:
                yield f"{action}: moves, events and results differ: {numbers}"
            if [row.sequence for row in results] != list(range(1, len(results) + 1)):
                yield f"{stage}: receipts are not numbered one after the other"


if __name__ == "__main__":
    django.setup()
    print(json.dumps(list(faults(json.load(sys.stdin)))))
