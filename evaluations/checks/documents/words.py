"""Why an answer is not safe, in words: for a card, for the explanation, for paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluations.checks.documents.register import WORDS
from evaluations.scoring.safe import Unready, empty_slots, warned_in
from indicators.spec import InstrumentSpec, QuestionSpec


def short(reasons: Sequence[str]) -> str:
    """``slot wajib kosong, dokumen lewat masa berlaku``: all the kinds, without the slots' names."""
    empty = ["slot wajib kosong"] if empty_slots(reasons) else []
    return ", ".join([*empty, *_rules(reasons)])


def in_full(question: QuestionSpec, reasons: Sequence[str]) -> tuple[str, ...]:
    """Each reason, empty slots by their label."""
    labels = {slot.number: slot.label for slot in question.slots}
    empty = [f"data dukung wajib kosong: “{labels[number]}”" for number in empty_slots(reasons)]
    return (*empty, *_rules(reasons))


def explained(instrument: InstrumentSpec, reasons: Unready) -> dict[str, tuple[str, ...]]:
    """The same for every question that is not safe, by code."""
    return {code: in_full(instrument.by_code[code], keys) for code, keys in reasons.items()}


def counted(reasons: Unready) -> Mapping[str, int]:
    """Rule -> at how many questions it keeps the answer from being safe; gravest first."""
    rules = [key for keys in warned_in(reasons).values() for key in keys]
    return {rule: rules.count(rule) for rule in WORDS if rule in rules}


def _rules(reasons: Sequence[str]) -> list[str]:
    return [f"dokumen {WORDS[key]}" for key in reasons if key in WORDS]
