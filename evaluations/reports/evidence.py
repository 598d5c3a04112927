"""What stands in a question's slots, as papers print it. No queries, no rendering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluations.reports.paper import printable
from indicators.spec import InstrumentSpec, QuestionSpec, Slot
from kla_portal.indonesian import ukuran

FINGERPRINT_DIGITS = 12
"""Hexadecimal digits of a document's sha256 on paper; the full one stands in the portal."""


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    title: str
    detail: str
    """File name, size, pages; or the web address as text."""
    fingerprint: str


@dataclass(frozen=True, slots=True)
class EvidenceSlot:
    label: str
    required: bool
    items: tuple[EvidenceItem, ...]


def on_children(
    instrument: InstrumentSpec, evidence: Mapping[str, Sequence[Mapping[str, Any]]]
) -> frozenset[str]:
    """sha256, address and title of all that stands at a sensitive question: it can stand at others as well."""
    return frozenset(
        mark
        for code, slots in evidence.items()
        if code in instrument.by_code and instrument.by_code[code].sensitive
        for slot in slots
        for item in slot["items"]
        for mark in _marks(item)
    )


def _marks(item: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(filter(None, (item.get("sha256"), item.get("url"), item.get("title"))))


def slots_of(
    question: QuestionSpec, found: Sequence[Mapping[str, Any]], secret: frozenset[str]
) -> tuple[EvidenceSlot, ...]:
    """The question's slots in order, with what lies in them; optional slots only when something does."""
    items = {slot["slot"]: slot["items"] for slot in found}
    known = {slot.number for slot in question.slots}
    others = [
        Slot(slot["slot"], slot["kind"], printable(slot["label"]), slot["required"])
        for slot in found
        if slot["slot"] not in known
    ]
    return tuple(
        EvidenceSlot(
            label=slot.label,
            required=slot.required,
            items=tuple(
                _item(item, protected=question.sensitive or bool(secret & _marks(item)))
                for item in items.get(slot.number, [])
            ),
        )
        for slot in [*question.slots, *others]
        if slot.required or items.get(slot.number)
    )


def _item(item: Mapping[str, Any], *, protected: bool) -> EvidenceItem:
    fingerprint = (item.get("sha256") or "")[:FINGERPRINT_DIGITS]
    if protected:
        return EvidenceItem("Dokumen dilindungi", "judul dan berkas hanya di portal", fingerprint)
    if item.get("url"):
        details = ["tautan", printable(item["url"])]
    else:
        details = [printable(item.get("filename") or "")]
        if item.get("size"):
            details.append(ukuran(item["size"]))
    if item.get("pages"):
        details.append(f"hlm. {printable(str(item['pages']))}")
    return EvidenceItem(printable(item.get("title") or ""), ", ".join(filter(None, details)), fingerprint)
