"""The rows an evaluation consists of, as plain data: now, or as they stood at any moment.

The past is read from the append-only history (revisions, link times), never from a copy: at the moment of a
stored snapshot it gives exactly that snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Prefetch, Q

from evaluations.models import (
    VERIFYING,
    Answer,
    AnswerRevision,
    Evaluation,
    EvidenceFile,
    EvidenceLink,
    Stage,
    Verdict,
    VerdictRevision,
)
from indicators.domain.spec import Loaded, loaded


@dataclass(frozen=True)
class Records:
    """``answers``: code -> value, note, version, updated_at, updated_by. ``evidence``: (code, slot number) ->
    documents. ``verdicts``: stage -> code -> decision, value, reason, version, at, by. People as ``account_code``.
    """

    answers: Mapping[str, Mapping[str, Any]]
    evidence: Mapping[tuple[str, int], list[dict[str, Any]]]
    verdicts: Mapping[str, Mapping[str, Mapping[str, Any]]]


def live_records(evaluation: Evaluation) -> Records:
    """As things stand now. Four queries."""
    instrument = loaded(evaluation.edition.instrument)
    answers = Answer.objects.filter(evaluation=evaluation)
    verdicts = Verdict.objects.filter(evaluation=evaluation, reading=1)
    return Records(
        _in_order(
            instrument,
            {
                row.question_id: _answer(
                    row.value, row.note, row.version, row.updated_at, account_code(row.updated_by_id)
                )
                for row in answers
            },
        ),
        _documents(instrument, _links(evaluation).filter(removed_at__isnull=True), None),
        _by_stage(
            instrument,
            [
                (row.stage, row.question_id, _verdict(row, row.updated_at, account_code(row.updated_by_id)))
                for row in verdicts
            ],
        ),
    )


def records_at(evaluation: Evaluation, moment: datetime) -> Records:
    """As they stood at ``moment``, that moment included. Four queries."""
    instrument = loaded(evaluation.edition.instrument)
    answers = (
        AnswerRevision.objects.filter(answer__evaluation=evaluation, at__lte=moment)
        .select_related("answer")
        .order_by("version")
    )
    verdicts = (
        VerdictRevision.objects.filter(verdict__evaluation=evaluation, verdict__reading=1, at__lte=moment)
        .select_related("verdict")
        .order_by("version")
    )
    links = _links(evaluation).filter(
        Q(removed_at__isnull=True) | Q(removed_at__gt=moment), added_at__lte=moment
    )
    return Records(
        _in_order(
            instrument,
            {
                row.answer.question_id: _answer(
                    row.value, row.note, row.version, row.at, account_code(row.by_id)
                )
                for row in answers
            },
        ),
        _documents(instrument, links, moment),
        _by_stage(
            instrument,
            [
                (row.verdict.stage, row.verdict.question_id, _verdict(row, row.at, account_code(row.by_id)))
                for row in verdicts
            ],
        ),
    )


def _links(evaluation: Evaluation) -> Any:
    files = Prefetch("evidence__files", EvidenceFile.objects.order_by("number", "revision"))
    return (
        EvidenceLink.objects.filter(evaluation=evaluation)
        .select_related("evidence")
        .prefetch_related(files)
        .order_by("added_at", "pk")
    )


def _answer(value: Any, note: str, version: int, at: datetime, by: str) -> dict[str, Any]:
    return {"value": value, "note": note, "version": version, "updated_at": utc_text(at), "updated_by": by}


def _verdict(row: Verdict | VerdictRevision, at: datetime, by: str) -> dict[str, Any]:
    return {
        "decision": row.decision,
        "value": row.value,
        "reason": row.reason,
        "version": row.version,
        "at": utc_text(at),
        "by": by,
    }


def account_code(pk: int) -> str:
    """How a record names a person: frozen and sealed, it must say the same after their data were removed."""
    return f"akun:{pk}"


def utc_text(moment: datetime) -> str:
    """One spelling for one moment, whatever zone it was given in."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _in_order(instrument: Loaded, rows: Mapping[int, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    ids = instrument.question_ids
    return {q.code: rows[ids[q.code]] for q in instrument.spec.questions() if ids[q.code] in rows}


def _documents(
    instrument: Loaded, links: Iterable[EvidenceLink], moment: datetime | None
) -> dict[tuple[str, int], list[dict[str, Any]]]:
    """(Question code, slot number) -> one item per file in force at ``moment`` (``None``: now), one per web address."""
    found: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for link in links:
        items = found.setdefault(instrument.slots_by_id[link.slot_id], [])
        if link.evidence.url:
            items.append(_item(link, None))
        items.extend(_item(link, file) for file in link.evidence.files.all() if _in_force(file, moment))
    return found


def _in_force(file: EvidenceFile, moment: datetime | None) -> bool:
    if moment is None:
        return file.retired_at is None
    return file.added_at <= moment and (file.retired_at is None or file.retired_at > moment)


def _item(link: EvidenceLink, file: EvidenceFile | None) -> dict[str, Any]:
    item = {
        "title": link.evidence.title,
        "filename": file.filename if file else "",
        "size": file.size if file else 0,
        "sha256": file.sha256 if file else "",
        "url": link.evidence.url,
        "pages": link.pages,
    }
    return item | {"quote": link.quote} if link.quote else item


def _by_stage(
    instrument: Loaded, rows: Iterable[tuple[str, int, dict[str, Any]]]
) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[int, dict[str, Any]]] = {str(stage): {} for stage in VERIFYING}
    for stage, question_id, verdict in rows:
        found[stage][question_id] = verdict
    return {stage: _in_order(instrument, verdicts) for stage, verdicts in found.items() if verdicts}


def stages_up_to(stage: Stage) -> list[Stage]:
    """EM, and each stage after it up to ``stage``."""
    return [*stage.earlier, stage]
