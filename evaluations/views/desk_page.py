"""One question on the verifier's desk: everything the template shows, from what is read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString

from evaluations import access
from evaluations.domain import desk as domain
from evaluations.domain import workflow
from evaluations.domain.desk import Assignments, Desk
from evaluations.domain.evidence import concerns, slots
from evaluations.domain.evidence.concerns import ToAsk
from evaluations.domain.verification import NEEDS_REASON, StaleVerdict
from evaluations.forms.answer import AnswerForm, typed_again
from evaluations.forms.verdict import VerdictForm, token
from evaluations.models import Decision, ReasonPhrase, Verdict
from evaluations.scoring.rules import QuestionPoints, describe_rule
from evaluations.scoring.stages import Ruling, rule_on
from evaluations.views.cards import Card, previous_values, scored
from evaluations.views.desk_viewer import Paper, Picked, Shown, papers_of, picked_of, shown_of
from evaluations.views.drawn_strip import draw_strip
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec, Slot
from kla_portal.prepared import prepared

if TYPE_CHECKING:
    from django.db.models import QuerySet

MARKS = {
    "accept": ("✓", "diterima"),
    "change": ("≠", "diubah"),
    "reject": ("×", "ditolak"),
    "defer": ("…", "ditunda"),
    "stale": ("!", "berubah sesudah diputuskan"),
    "open": ("○", "belum diputuskan"),
    "kept": ("=", "mengikuti tahap sebelumnya"),
    "blank": ("–", "tidak dijawab"),
    "once": ("·", "dibaca sekali"),
}
"""A sign and a word: never colour alone."""


@dataclass(frozen=True)
class Ruled:
    """A verdict in words: what it says, and the points it leaves."""

    verdict: Verdict
    points: QuestionPoints


@dataclass(frozen=True)
class StripItem:
    code: str
    title: str
    mark: str
    url: str
    here: bool

    @property
    def anchor(self) -> str:
        return "strip-" + self.code.replace(".", "-")

    @property
    def sign(self) -> str:
        return MARKS[self.mark][0]

    @property
    def word(self) -> str:
        return MARKS[self.mark][1]


class QuestionDesk:
    """The desk with one question open. Attributes are read by ``verification/desk.html``."""

    def __init__(
        self,
        request: HttpRequest,
        desk: Desk,
        code: str,
        assigned: Assignments,
        *,
        form: VerdictForm | None = None,
        stale: StaleVerdict | None = None,
    ) -> None:
        self.user = access.signed_in(request.user)
        self.desk, self.code, self.form, self.stale = desk, code, form, stale
        self.evaluation, self.stage, self.reading = desk.evaluation, desk.stage, desk.reading
        self.question: QuestionSpec = desk.instrument.spec.by_code[code]
        self.indicator = desk.instrument.spec.indicator_of[code]
        self.cluster = desk.instrument.spec.cluster_of[self.indicator.number]
        self.answer = domain.answer_of(desk, code)
        self.steps = desk.steps(code)
        self.claim = self.steps[-1].points
        self.standing = desk.standings[code]
        self.locked = self._locked(assigned)
        self.unseen = domain.unseen_by(desk, assigned, self.user)
        self.query = "?baca=2" if request.GET.get("baca") == "2" else ""
        self.picked = Picked.of(request.GET)
        self.turning: bool = request.htmx.boosted  # type: ignore[attr-defined]

    def _locked(self, assigned: Assignments) -> str | None:
        reason = domain.not_assigned(assigned, self.cluster.code, self.reading, self.user)
        if reason:
            return reason
        firsts = self.desk.verdicts.get((self.stage, 1), {}).values()
        if self.reading == 2 and any(verdict.updated_by_id == self.user.pk for verdict in firsts):
            return "Pembacaan kedua dikerjakan orang lain daripada yang pertama."
        if self.reading == 2 and self.code not in self.desk.twice:
            return "Pertanyaan ini tidak terpilih untuk dibaca dua kali."
        if not self.desk.has_content(self.code):
            return "Pertanyaan ini tidak dijawab, jadi tidak ada yang diverifikasi."
        return None

    @property
    def anchor(self) -> str:
        return "q-" + self.code.replace(".", "-")

    # The verdict

    def _in_words(self, verdict: Verdict | None) -> Ruled | None:
        if verdict is None:
            return None
        points = domain.ruled(self.desk.instrument, self.code, self.claim, verdict, self.stage)
        return Ruled(verdict, points)

    @cached_property
    def verdict(self) -> Ruled | None:
        return self._in_words(self.standing.verdict)

    @cached_property
    def other(self) -> Ruled | None:
        return self._in_words(self.desk.other(self.code))

    @property
    def keeps(self) -> bool:
        """Without a verdict of its own the question keeps what the stage before left."""
        return self.desk.mark(self.code) == "kept"

    @property
    def other_label(self) -> str:
        return "Pembaca pertama" if self.reading == 2 else "Pembaca kedua"

    @property
    def history_open(self) -> bool:
        """The question's history tells the other reader's mark, so a second reader decides first."""
        return self.reading == 1 or self.standing.verdict is not None

    @property
    def version(self) -> str:
        if self.form is not None:
            return token(*self.form.versions)
        return self.current_version

    @property
    def current_version(self) -> str:
        verdict = self.standing.verdict
        return token(verdict.version if verdict else 0, self.answer.version if self.answer else 0)

    @cached_property
    def decisions(self) -> list[tuple[Decision, str, bool]]:
        """(Decision, key, chosen). A verdict on an older claim is shown beside, not chosen again."""
        kept = self.standing.verdict if not self.standing.stale else None
        chosen = self.form.data.get("decision") if self.form else kept.decision if kept else None
        keys = {Decision.ACCEPT: "A", Decision.CHANGE: "U", Decision.REJECT: "T", Decision.DEFER: "D"}
        return [(decision, key, decision == chosen) for decision, key in keys.items()]

    needs_reason = NEEDS_REASON

    @property
    def reason(self) -> str:
        if self.form is not None:
            return self.form.reason
        verdict = self.standing.verdict
        return verdict.reason if verdict and not self.standing.stale else ""

    @cached_property
    def inputs(self) -> Card:
        """The task force's own fields, holding the verifier's value or, to begin with, the claim's."""
        typed = dict(self.form.data) if self.form else typed_again(self._value())
        return Card(
            evaluation=self.evaluation,
            question=self.question,
            answer=None,
            points=self.claim,
            next_step=None,
            lines=describe_rule(self.question),
            slots=[],
            agency=None,
            previous=None,
            locked=None,
            form=AnswerForm(self.question, typed),
        )

    def _value(self) -> Mapping[str, Any]:
        verdicts = [self.standing.verdict, *(step.verdict for step in reversed(self.steps))]
        changed = next((v for v in verdicts if v is not None and v.value), None)
        if changed is not None and changed.value:
            return cast(Mapping[str, Any], changed.value)
        return (self.answer.value if self.answer else None) or {}

    @property
    def own_points(self) -> QuestionPoints | None:
        """What the refused form would give."""
        if self.form is None or self.form.decision in {None, Decision.DEFER}:
            return None
        value = scored(self.question, self.form.value) if self.form.value else None
        if value is not None:
            return value
        ruling = Ruling(cast(Any, str(self.form.decision)), None, self.form.reason)
        return rule_on(self.question, self.claim, ruling, self.stage.upper())

    @property
    def phrases(self) -> list[str]:
        return [phrase.text for phrase in _phrases(self.user.pk)]

    # What lies beside it

    @cached_property
    def papers(self) -> list[Paper]:
        return papers_of(self.evaluation, self.question)

    @property
    def empty_slots(self) -> list[Slot]:
        filled = {paper.slot.number for paper in self.papers}
        return [slot for slot in self.question.slots if slot.number not in filled]

    @cached_property
    def shown(self) -> Shown | None:
        """The picked document, else the first that opens here; one that may name children waits for a click."""
        paper = picked_of(self.papers, self.picked, wait=self.question.sensitive)
        return shown_of(paper, self.picked, self.query) if paper else None

    @cached_property
    def questions_to_ask(self) -> list[ToAsk]:
        """What the documents at this question give reason to ask. Not read again when only a page is turned."""
        if self.turning:
            return []
        documents = {paper.link.evidence_id: paper.link.evidence for paper in self.papers}
        return concerns.for_verifier(self.evaluation, self.code, documents.values(), by=self.user)

    @cached_property
    def before(self) -> dict[str, Any]:
        """Last edition's answer, and what its last stage said of it. Two queries."""
        previous = previous_values(self.evaluation, [self.code]).get(self.code)
        edition = self.evaluation.edition.previous
        if edition is None:
            return {}
        question_id = loaded(edition.instrument).question_ids.get(self.code)
        verdicts = _verdicts_in(edition.pk, self.evaluation.district_id, question_id) if question_id else []
        order = [str(stage) for stage in workflow.VERIFY]
        newest = max(verdicts, key=lambda verdict: order.index(verdict.stage), default=None)
        return {"answer": previous, "verdict": newest}

    # Where to go on

    @cached_property
    def strip(self) -> list[StripItem]:
        return [self._strip_item(question) for question in self.cluster.questions()]

    def _strip_item(self, question: QuestionSpec) -> StripItem:
        hidden = self.reading == 1 and question.code in self.unseen
        mark = "open" if hidden else self.desk.mark(question.code)
        here = question.code == self.code
        return StripItem(question.code, question.title, mark, self._address_of(question.code), here)

    @property
    def drawn_strip(self) -> SafeString:
        return draw_strip(self.strip)

    @cached_property
    def strip_item(self) -> StripItem:
        return self._strip_item(self.question)

    @property
    def legend(self) -> list[tuple[str, str, str]]:
        marks = {item.mark for item in self.strip}
        return [(mark, sign, word) for mark, (sign, word) in MARKS.items() if mark in marks]

    @cached_property
    def _around(self) -> tuple[str, str]:
        """What stands before and after the code in an address of this desk: written once for a strip of ninety."""
        address = reverse("evaluations:desk", args=[self.evaluation.pk, self.stage, self.code])
        before, _, after = address.rpartition(self.code)
        return before, after + self.query

    def _address_of(self, code: str) -> str:
        before, after = self._around
        return f"{before}{code}{after}"

    def _url(self, code: str | None) -> str | None:
        return None if code is None else self._address_of(code)

    @property
    def here(self) -> str | None:
        return self._url(self.code)

    def _beside(self, codes: list[str], step: int) -> str | None:
        """The nearest of ``codes`` after (1) or before (-1) this question in the instrument."""
        order = list(self.desk.standings)[::step]
        later = order[order.index(self.code) + 1 :]
        wanted = set(codes)
        return next((code for code in later if code in wanted), None)

    @property
    def previous_url(self) -> str | None:
        return self._url(self._beside(self.desk.codes, -1))

    @property
    def next_url(self) -> str | None:
        return self._url(self._beside(self.desk.codes, 1))

    @property
    def next_open_url(self) -> str | None:
        """The next open question; past the end, the first."""
        codes = [code for code in self.desk.open_codes if code != self.code]
        return self._url(self._beside(codes, 1) or (codes[0] if codes else None))


@prepared
def _verdicts_in(edition: int, district: str, question: int) -> QuerySet[Verdict]:
    """First readings of a question in another edition."""
    rows = Verdict.objects.filter(evaluation__edition=edition, evaluation__district=district)
    return rows.filter(question=question, reading=1)


@prepared
def _phrases(owner: int) -> QuerySet[ReasonPhrase]:
    return ReasonPhrase.objects.filter(owner=owner)


def context_of(here: QuestionDesk) -> dict[str, Any]:
    """For the page and its fragments. The sums are the first reading's: a second reader does not see them."""
    return {
        "desk": here,
        "evaluation": here.evaluation,
        "zone": workflow.zone_of(here.evaluation),
        "sums": None if here.reading == 2 or here.unseen else here.desk.sums(),
        "own_count": len(here.desk.verdicts.get((here.stage, 2), {})),
    }


def render_desk(request: HttpRequest, here: QuestionDesk, *, status: int = 200) -> HttpResponse:
    """The whole page; what lies open on it was opened. Not through ``frame.page``: the desk has no use for EM's
    closing time and its query."""
    request.place = here.evaluation  # type: ignore[attr-defined]
    if here.shown:
        slots.note_opening(evidence=here.shown.paper.link.evidence, by=here.user)
    return render(request, "evaluations/verification/desk.html", context_of(here), status=status)
