"""How many places have said something, and the numerator and denominator that follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from evaluations.domain.units.places import Places
from evaluations.models import Answer, Evaluation, UnitAnswer
from indicators.domain.spec import loaded
from indicators.spec import PercentageRule, QuestionSpec
from kla_portal.indonesian import angka

NAMED = 4
"""So many silent kecamatan are named; the rest are counted."""

LEVEL_WORDS = {"kecamatan": "kecamatan", "desa": "desa/kelurahan"}


@dataclass(frozen=True)
class Tally:
    """Cells with "ya" and with "tidak"."""

    yes: int = 0
    no: int = 0

    @property
    def told(self) -> int:
        return self.yes + self.no


Tallies = dict[str, dict[str, Tally]]
"""Question code -> kecamatan code -> what was said there."""


@dataclass(frozen=True)
class Coverage:
    """One question. ``total`` counts all places by the region data, 0 when its villages are not loaded.

    ``silent``: (kecamatan, places in it that said nothing). ``answer``: the district's claim as saved.
    """

    question: QuestionSpec
    total: int
    yes: int
    no: int
    silent: tuple[tuple[str, int], ...]
    answer: Answer | None

    @property
    def told(self) -> int:
        return self.yes + self.no

    @property
    def missing(self) -> int:
        return self.total - self.told

    @property
    def lower(self) -> bool:
        """Fewer is better: a place that said nothing counts as one that has."""
        return isinstance(self.question.rule, PercentageRule) and self.question.rule.direction == "lower"

    @property
    def numerator(self) -> int:
        return self.yes + (self.missing if self.lower else 0)

    @property
    def proposal(self) -> dict[str, str] | None:
        """The raw answer that follows; ``None`` before the first row, or without the list of places."""
        if not self.total or not self.told:
            return None
        return {"numerator": str(self.numerator), "denominator": str(self.total)}

    @property
    def taken(self) -> bool:
        return self.proposal is not None and self.answer is not None and self.answer.value == self.proposal

    @property
    def differs(self) -> bool:
        """The district's answer is another than the rows give."""
        return bool(self.proposal and self.answer and self.answer.value and not self.taken)

    @property
    def words(self) -> str:
        """How far it is, and what is assumed of the rest."""
        unit = LEVEL_WORDS[self.question.level]
        if not self.missing:
            return f"Semua {angka(self.total)} {unit} sudah mengisi."
        assumed = "ya" if self.lower else "tidak"
        return (
            f"{angka(self.told)} dari {angka(self.total)} {unit} sudah mengisi; {angka(self.missing)} belum "
            f'({self._silent_names()}), dihitung "{assumed}".'
        )

    def _silent_names(self) -> str:
        villages = self.question.level == "desa"
        names = [f"{name} {angka(count)}" if villages else name for name, count in self.silent[:NAMED]]
        more = len(self.silent) - NAMED
        return ", ".join(names) + (f", dan {angka(more)} kecamatan lain" if more > 0 else "")


def tallies(evaluation: Evaluation) -> Tallies:
    """What was said, counted per question and kecamatan. One query."""
    codes = loaded(evaluation.edition.instrument).question_codes
    rows = (
        UnitAnswer.objects.filter(evaluation=evaluation)
        .values_list("question", "kecamatan", "holds")
        .annotate(count=Count("pk"))
    )
    counted: dict[str, dict[str, dict[bool, int]]] = defaultdict(lambda: defaultdict(dict))
    for question, kecamatan, holds, count in rows:
        counted[codes[question]][kecamatan][holds] = count
    return {
        code: {k: Tally(found.get(True, 0), found.get(False, 0)) for k, found in per.items()}
        for code, per in counted.items()
    }


def coverage(
    evaluation: Evaluation, questions: Iterable[QuestionSpec], places: Places, counted: Tallies
) -> list[Coverage]:
    """One line per question, in the order given. One query, for the answers."""
    questions = list(questions)
    instrument = loaded(evaluation.edition.instrument)
    ids = [instrument.question_ids[q.code] for q in questions]
    answers = {a.question_id: a for a in Answer.objects.filter(evaluation=evaluation, question__in=ids)}
    return [
        _of(q, places, counted.get(q.code, {}), answers.get(instrument.question_ids[q.code]))
        for q in questions
    ]


def _of(question: QuestionSpec, places: Places, said: dict[str, Tally], answer: Answer | None) -> Coverage:
    silent = []
    for k in places.kecamatan:
        asked = 1 if question.level == "kecamatan" else len(places.villages[k.code])
        missing = asked - said.get(k.code, Tally()).told
        if missing:
            silent.append((k.name, missing))
    return Coverage(
        question=question,
        total=places.total(question.level),
        yes=sum(t.yes for t in said.values()),
        no=sum(t.no for t in said.values()),
        silent=tuple(silent),
        answer=answer,
    )


@dataclass(frozen=True)
class Progress:
    """How many cells of one kecamatan's rows are filled, of those the reader sees."""

    code: str
    name: str
    villages: int
    told: int
    asked: int


def progress(questions: Iterable[QuestionSpec], places: Places, counted: Tallies) -> list[Progress]:
    """One line per kecamatan; pure, from what was counted."""
    questions = list(questions)
    own = sum(q.level == "kecamatan" for q in questions)
    found = []
    for k in places.kecamatan:
        villages = len(places.villages[k.code])
        told = sum(counted.get(q.code, {}).get(k.code, Tally()).told for q in questions)
        found.append(Progress(k.code, k.name, villages, told, own + (len(questions) - own) * villages))
    return found
