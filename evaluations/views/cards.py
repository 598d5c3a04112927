"""A question as a card: everything the template shows, computed once for a whole page of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from evaluations.checks.documents.words import short
from evaluations.domain import deadlines, workflow
from evaluations.domain.answers import answers_to
from evaluations.domain.assignments import agencies_by_question, own_agencies
from evaluations.domain.evidence.slots import slots_of
from evaluations.domain.workflow import Action
from evaluations.forms.answer import AnswerForm
from evaluations.models import Answer, Evaluation, EvidenceLink
from evaluations.scoring.rules import (
    QuestionPoints,
    RuleLine,
    describe_rule,
    next_step,
    read_answer,
    score_answer,
)
from indicators.domain.spec import Loaded, loaded
from indicators.spec import ChoiceRule, InstrumentSpec, MatrixRule, Option, PercentageRule, QuestionSpec, Slot
from kla_portal import clock
from kla_portal.accounts.models import Agency, User
from kla_portal.indonesian import angka, jam, tanggal, tanggal_jam
from kla_portal.prepared import prepared

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class Choice:
    number: int
    option: Option
    chosen: bool


@dataclass(frozen=True)
class Row:
    """A matrix row: its field name and its options."""

    name: str
    label: str
    choices: list[Choice]


@dataclass(frozen=True)
class NumberField:
    name: str
    label: str
    text: str


@dataclass(frozen=True)
class Previous:
    """The same question in the last edition."""

    edition: str
    value: Mapping[str, Any]
    points: QuestionPoints

    @property
    def summary(self) -> str:
        """What decided the points, in few words: ``88,1% ≥ 85%``, or the chosen option."""
        if self.points.choice is None:
            return self.points.answer_text
        return self.points.reason.rpartition(": ")[0]


@dataclass
class Card:
    evaluation: Evaluation
    question: QuestionSpec
    answer: Answer | None
    points: QuestionPoints
    next_step: str | None
    lines: tuple[RuleLine, ...]
    slots: list[tuple[Slot, list[EvidenceLink]]]
    agency: Agency | None
    previous: Previous | None
    locked: str | None
    """Why it cannot be changed by this person now, in words."""
    form: AnswerForm | None = None
    """The refused form, when a save just failed."""
    conflict: Answer | None = None
    """What someone else saved meanwhile."""
    conflict_points: QuestionPoints | None = None
    own_points: QuestionPoints | None = None
    proposed: bool = False
    """The fields hold last edition's answer, not saved yet."""
    needed: str = ""
    """What the verifier's return asks for, while it is open."""
    restorable: bool = False
    """It was emptied, and what stood there before can be put back: known on the question's own page."""
    own_conflict: bool = False
    """What was saved meanwhile is the same person's, from another window."""

    @property
    def editable(self) -> bool:
        return self.locked is None

    @property
    def anchor(self) -> str:
        return self.question.anchor

    @property
    def version(self) -> int:
        if self.form is not None:
            return self.form.version
        return self.answer.version if self.answer else 0

    @property
    def note(self) -> str:
        if self.form is not None:
            return self.form.note
        return self.answer.note if self.answer else ""

    @property
    def saved_at(self) -> datetime | None:
        return self.answer.updated_at if self.answer else None

    @property
    def saved_day(self) -> str:
        return tanggal(self.saved_at.astimezone(self._zone)) if self.saved_at else ""

    @property
    def saved_day_time(self) -> str:
        return tanggal_jam(self.saved_at, self._zone) if self.saved_at else ""

    @property
    def saved_time(self) -> str:
        """The time of day; with its date when that is not today's."""
        if self.saved_at is None:
            return ""
        saved, now = self.saved_at.astimezone(self._zone), clock.now().astimezone(self._zone)
        return jam(saved, self._zone) if saved.date() == now.date() else self.saved_day_time

    @property
    def _zone(self) -> ZoneInfo:
        return workflow.zone_of(self.evaluation)

    @property
    def missing_evidence(self) -> bool:
        return any(slot.required and not links for slot, links in self.slots)

    @property
    def unsafe(self) -> str:
        """Why its points do not count as safe, in few words; empty when they do, or when there are none."""
        return short(self.evaluation.unready.get(self.question.code, ())) if self.points.points else ""

    @property
    def status(self) -> str:
        """What is to do: belum dijawab, belum lengkap, kurang data dukung, selesai."""
        if self.points.state != "answered":
            return self.points.state
        return "evidence" if self.missing_evidence and self.points.points else "done"

    @property
    def mark(self) -> str:
        """The jump list's mark: done, warn (something is missing), or nothing yet."""
        return {"done": "done", "incomplete": "warn", "evidence": "warn"}.get(self.status, "")

    def _shown(self, name: str, stored: object) -> str:
        if self.form is not None:
            return self.form.typed.get(name, "")
        return "" if stored is None else str(stored)

    def _number(self, name: str) -> str:
        """As the person typed it, or what is kept in Indonesian writing: 1.234."""
        stored = self._value.get(name)
        if self.form is not None or stored is None:
            return self._shown(name, stored)
        return angka(int(stored))

    @property
    def _value(self) -> Mapping[str, Any]:
        return (self.answer.value if self.answer else None) or {}

    @property
    def choices(self) -> list[Choice]:
        rule = self.question.rule
        shown = self._shown("option", self._value.get("option"))
        options = rule.options if isinstance(rule, ChoiceRule) else ()
        return [Choice(i, option, shown == str(i)) for i, option in enumerate(options)]

    @property
    def rows(self) -> list[Row]:
        rule = self.question.rule
        stored = list(self._value.get("rows", []))
        rows = []
        for place, row in enumerate(rule.rows if isinstance(rule, MatrixRule) else ()):
            name = f"rows.{place}"
            shown = self._shown(name, stored[place] if place < len(stored) else None)
            choices = [Choice(i, option, shown == str(i)) for i, option in enumerate(row.options)]
            rows.append(Row(name, row.label, choices))
        return rows

    @property
    def numbers(self) -> list[NumberField]:
        rule = self.question.rule
        labels: dict[str, str] = {}
        if isinstance(rule, PercentageRule):
            labels = {"numerator": rule.numerator, "denominator": rule.denominator}
        elif rule.kind == "count":
            labels = {"value": rule.unit}
        elif rule.kind == "change":
            labels = {"previous": f"{rule.unit}, tahun lalu", "current": f"{rule.unit}, tahun ini"}
        return [NumberField(name, label, self._number(name)) for name, label in labels.items()]


def scored(question: QuestionSpec, value: Mapping[str, Any] | None) -> QuestionPoints:
    return score_answer(question, read_answer(question.rule, value))


class _InWords(NamedTuple):
    points: QuestionPoints
    next_step: str | None
    lines: tuple[RuleLine, ...]


KEPT = 20_000
"""Values put into words that are remembered, some 20 MB at most: many districts give the same answer."""
_known: dict[tuple[str, str, str], _InWords] = {}


def _in_words(spec: InstrumentSpec, question: QuestionSpec, value: Mapping[str, Any] | None) -> _InWords:
    """A value's points and reasons, remembered per instrument (its digest stands for its content) and value."""
    key = (spec.digest, question.code, repr(value))
    found = _known.get(key) if spec.digest else None
    if found is None:
        read = read_answer(question.rule, value)
        found = _InWords(score_answer(question, read), next_step(question, read), describe_rule(question))
        if spec.digest:
            if len(_known) >= KEPT:
                _known.clear()
            _known[key] = found
    return found


def build_cards(
    evaluation: Evaluation,
    questions: Iterable[QuestionSpec],
    user: User,
    agencies: Mapping[str, Agency] | None = None,
) -> list[Card]:
    """Cards for these questions, as far as the person sees them; the number of queries does not grow."""
    instrument = loaded(evaluation.edition.instrument)
    questions = list(questions)
    ids = [instrument.question_ids[question.code] for question in questions]
    answers = {
        instrument.question_codes[answer.question_id]: answer for answer in answers_to(evaluation, ids)
    }
    agencies = agencies_by_question(evaluation) if agencies is None else agencies
    links = slots_of(evaluation, questions)
    previous = previous_values(evaluation, [q.code for q in questions])
    cards = [
        _card(evaluation, q, answers.get(q.code), agency, links, previous.get(q.code), locked)
        for q, agency, locked in shown_to(user, evaluation, questions, agencies)
    ]
    needed = deadlines.needed_in_return(evaluation)
    for card in cards if needed else ():
        card.needed = needed.get(instrument.question_ids[card.question.code], "")
    return cards


def shown_to(
    user: User, evaluation: Evaluation, questions: Iterable[QuestionSpec], agencies: Mapping[str, Agency]
) -> Iterator[tuple[QuestionSpec, Agency | None, str | None]]:
    """What of these the person sees: question, its agency, and why they cannot change it now, in words."""
    instrument = loaded(evaluation.edition.instrument)
    refusal = workflow.refusal(evaluation, Action.ANSWER, by=user)
    roles = workflow.roles_in(user, evaluation.district)
    own = own_agencies(user, evaluation)
    returned = deadlines.returned_ids(evaluation)
    for q in questions:
        agency = agencies.get(q.code)
        is_own = agency is not None and agency.pk in own
        if not is_own and not roles & workflow.TABLE[Action.READ_ALL].roles:
            continue
        locked = refusal
        if locked is None and not is_own and not roles & workflow.TABLE[Action.ASSIGN].roles:
            locked = "Dibagikan kepada perangkat daerah lain."
        if locked is None and returned is not None and instrument.question_ids[q.code] not in returned:
            locked = "Tidak dikembalikan, jadi tetap terkunci."
        yield q, agency, locked


def _card(
    evaluation: Evaluation,
    question: QuestionSpec,
    answer: Answer | None,
    agency: Agency | None,
    links: Mapping[tuple[str, int], list[EvidenceLink]],
    previous: Previous | None,
    locked: str | None,
) -> Card:
    spec = loaded(evaluation.edition.instrument).spec
    points, following, lines = _in_words(spec, question, answer.value if answer else None)
    return Card(
        evaluation=evaluation,
        question=question,
        answer=answer,
        points=points,
        next_step=following,
        lines=lines,
        slots=[(slot, links.get((question.code, slot.number), [])) for slot in question.slots],
        agency=agency,
        previous=previous,
        locked=locked,
    )


def saved_card(evaluation: Evaluation, question: QuestionSpec, answer: Answer | None) -> Card:
    """What the reply to a save shows of the card: status, points and the reached line. No query, no slots."""
    return _card(evaluation, question, answer, None, {}, None, None)


def previous_values(evaluation: Evaluation, codes: Iterable[str]) -> dict[str, Previous]:
    """Last edition's answers where the question stood there with the same kind of rule. One query."""
    edition = evaluation.edition.previous
    if edition is None:
        return {}
    before, now = loaded(edition.instrument), loaded(evaluation.edition.instrument)
    comparable = {
        code: before.question_ids[code]
        for code in codes
        if code in before.question_ids and _same_shape(before, now, code)
    }
    rows = _values_in(edition.pk, evaluation.district_id, *comparable.values()) if comparable else []
    found = {}
    for question_id, value in rows:
        question = before.spec.by_code[before.question_codes[question_id]]
        found[question.code] = Previous(edition.code, value, _in_words(before.spec, question, value).points)
    return found


@prepared
def _values_in(edition: int, district: str, *questions: int) -> QuerySet[Answer, tuple[int, Any]]:
    rows = Answer.objects.filter(evaluation__edition=edition, evaluation__district=district)
    return rows.filter(question__in=questions, value__isnull=False).values_list("question_id", "value")


def _same_shape(before: Loaded, now: Loaded, code: str) -> bool:
    old, new = before.spec.by_code[code].rule, now.spec.by_code[code].rule
    return old == new if old.kind in {"choice", "matrix"} else old.kind == new.kind


def total_points(cards: Iterable[Card]) -> Decimal:
    return sum((card.points.points for card in cards), Decimal(0))
