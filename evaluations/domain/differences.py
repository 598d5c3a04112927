"""What the district changed in a return: old and new answer, note and evidence of the returned questions alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, Literal
from uuid import UUID

from evaluations.domain.records import Records, live_records, records_at
from evaluations.models import Evaluation, EvidenceLink, Return
from evaluations.scoring.rules import QuestionPoints, read_answer, score_answer
from indicators.domain.spec import Loaded, loaded
from indicators.spec import QuestionSpec

LONGEST = 500_000
"""Words of the old text times words of the new one up to which they are compared word by word."""


@dataclass(frozen=True)
class Piece:
    """A run of words that stayed, went or came."""

    kind: Literal["same", "del", "ins"]
    text: str


@dataclass(frozen=True)
class Document:
    """A document as it stood in a slot. ``size`` in bytes, 0 for a web address."""

    slot: str
    title: str
    filename: str
    url: str
    size: int
    pages: str
    evidence: UUID | None
    file: UUID | None
    """To open it as it was: another file may stand in its place by now."""


@dataclass(frozen=True)
class Difference:
    """One returned question: ``before`` as it was sent back, ``after`` as it came back, or stands now."""

    question: QuestionSpec
    needed: str
    before: QuestionPoints
    after: QuestionPoints
    answer: tuple[Piece, ...]
    note: tuple[Piece, ...]
    answer_changed: bool
    note_changed: bool
    added: tuple[Document, ...]
    removed: tuple[Document, ...]
    changed_at: datetime | None
    """When the answer or its note was last saved within the return."""

    @property
    def changed(self) -> bool:
        return self.answer_changed or self.note_changed or bool(self.added or self.removed)

    @property
    def gain(self) -> Any:
        """Points more or fewer than before."""
        return self.after.points - self.before.points


def differences(evaluation: Evaluation, sent_back: Return) -> list[Difference]:
    """Every returned question in the instrument's order. Eight queries, whatever was returned."""
    instrument = loaded(evaluation.edition.instrument)
    needed = {instrument.question_codes[item.question_id]: item.needed for item in sent_back.items.all()}
    before = records_at(evaluation, sent_back.sent_at)
    after = records_at(evaluation, sent_back.ended_at) if sent_back.ended_at else live_records(evaluation)
    known = _evidence_ids(evaluation, instrument, needed)
    return [
        _difference(question, needed[question.code], before, after, known)
        for question in instrument.spec.questions()
        if question.code in needed
    ]


Place = tuple[str, int, str, str]
"""Question code, slot number, sha256 and web address: what tells one placed document from another."""


def _evidence_ids(
    evaluation: Evaluation, instrument: Loaded, codes: Mapping[str, str]
) -> dict[Place, tuple[UUID, UUID | None]]:
    """Document and file of everything that stands, or stood, at these questions. One query."""
    slots = [pk for pk, (code, _) in instrument.slots_by_id.items() if code in codes]
    rows = EvidenceLink.objects.filter(evaluation=evaluation, slot__in=slots).values_list(
        "slot_id", "evidence__files__sha256", "evidence__url", "evidence_id", "evidence__files__id"
    )
    return {
        (*instrument.slots_by_id[slot], sha256 or "", url): (evidence, file)
        for slot, sha256, url, evidence, file in rows
    }


def _difference(
    question: QuestionSpec,
    needed: str,
    before: Records,
    after: Records,
    known: Mapping[Place, tuple[UUID, UUID | None]],
) -> Difference:
    old, new = before.answers.get(question.code, {}), after.answers.get(question.code, {})
    old_points, new_points = _scored(question, old.get("value")), _scored(question, new.get("value"))
    old_documents, new_documents = _documents(question, before, known), _documents(question, after, known)
    saved = new.get("version", 0) != old.get("version", 0)
    return Difference(
        question=question,
        needed=needed,
        before=old_points,
        after=new_points,
        answer=word_diff(old_points.answer_text, new_points.answer_text),
        note=word_diff(old.get("note", ""), new.get("note", "")),
        answer_changed=old.get("value") != new.get("value"),
        note_changed=old.get("note", "") != new.get("note", ""),
        added=tuple(document for document in new_documents if document not in old_documents),
        removed=tuple(document for document in old_documents if document not in new_documents),
        changed_at=datetime.fromisoformat(new["updated_at"]) if saved else None,
    )


def _scored(question: QuestionSpec, value: Mapping[str, Any] | None) -> QuestionPoints:
    return score_answer(question, read_answer(question.rule, value))


def _documents(
    question: QuestionSpec, records: Records, known: Mapping[Place, tuple[UUID, UUID | None]]
) -> list[Document]:
    found = []
    for slot in question.slots:
        for row in records.evidence.get((question.code, slot.number), []):
            place = (question.code, slot.number, row["sha256"], row["url"])
            evidence, file = known.get(place, (None, None))
            found.append(
                Document(
                    slot=slot.label,
                    title=row["title"],
                    filename=row["filename"],
                    url=row["url"],
                    size=row["size"],
                    pages=row["pages"],
                    evidence=evidence,
                    file=file,
                )
            )
    return found


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """The two texts as one, with the words that went and came marked; longer ones as a whole."""
    old, new = re.findall(r"\s*\S+", before), re.findall(r"\s*\S+", after)
    if len(old) * len(new) > LONGEST and old != new:
        return (Piece("del", before), Piece("ins", after))
    matcher = SequenceMatcher(None, [w.strip() for w in old], [w.strip() for w in new], autojunk=False)
    pieces: list[Piece] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(new[k:m])))
        else:
            pieces += _pieces(old[i:j], new[k:m])
    # Every piece is whole words: what stood at the beginning of its text needs its space here.
    return tuple(
        Piece(piece.kind, piece.text if place == 0 or piece.text[0].isspace() else f" {piece.text}")
        for place, piece in enumerate(pieces)
    )


def _pieces(gone: Sequence[str], come: Sequence[str]) -> list[Piece]:
    found = (Piece("del", "".join(gone)), Piece("ins", "".join(come)))
    return [piece for piece in found if piece.text]
