"""Finding questions: by words, by what is left to do, by agency, by theme."""

from __future__ import annotations

from collections.abc import Mapping

from evaluations.domain.progress import answer_values, filled_slots, required_slots
from evaluations.models import Evaluation
from evaluations.scoring.rules import read_answer, score_answer
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec
from kla_portal.accounts.models import Agency

MOST = 80
"""Cards on one page of results; the page says when more were found."""

STATES = {
    "belum": "Belum dijawab",
    "belum-lengkap": "Jawaban belum lengkap",
    "tanpa-bukti": "Belum ada data dukung",
    "terjawab": "Sudah dijawab",
}


class Search:
    """The filter bar's fields and what they find. Unknown choices in the address are ignored."""

    def __init__(
        self,
        data: Mapping[str, str],
        evaluation: Evaluation,
        agencies: Mapping[str, Agency],
        open_codes: frozenset[str] | None,
    ) -> None:
        self.evaluation, self.by_question, self.open_codes = evaluation, agencies, open_codes
        self.instrument = loaded(evaluation.edition.instrument)
        self.words = data.get("q", "").strip()[:100]
        self.state = data.get("status", "") if data.get("status") in STATES else ""
        self.theme = data.get("tema", "") if data.get("tema") in self.instrument.spec.theme_names else ""
        self.agency = data.get("opd", "")
        self.states = STATES
        self.themes = self.instrument.spec.themes
        self.agencies = sorted({a.pk: a for a in agencies.values()}.values(), key=lambda a: a.name)
        if self.agency not in {str(a.pk) for a in self.agencies}:
            self.agency = ""
        self.active = bool(self.words or self.state or self.theme or self.agency)
        found = self._find() if self.active else []
        self.count, self.results = len(found), found[:MOST]
        self.more = self.count - len(self.results)

    def _find(self) -> list[QuestionSpec]:
        by_state = self._state_test() if self.state else None
        return [
            question
            for question in self.instrument.spec.questions()
            if (self.open_codes is None or question.code in self.open_codes)
            and (not self.theme or question.theme == self.theme)
            and (not self.agency or self._agency_of(question) == self.agency)
            and self._matches_words(question)
            and (by_state is None or question.code in by_state)
        ]

    def _agency_of(self, question: QuestionSpec) -> str:
        agency = self.by_question.get(question.code)
        return str(agency.pk) if agency else ""

    def _matches_words(self, question: QuestionSpec) -> bool:
        text = f"{question.code} {question.title} {question.text}".casefold()
        if self.words.casefold() == question.code.casefold():
            return True
        return all(word in text for word in self.words.casefold().split())

    def _state_test(self) -> set[str]:
        """Codes of the questions in the sought state."""
        values = answer_values(self.evaluation, self.instrument)
        filled = filled_slots(self.evaluation) if self.state == "tanpa-bukti" else set()
        needed = required_slots(self.instrument)
        found = set()
        for question in self.instrument.spec.questions():
            points = score_answer(question, read_answer(question.rule, values.get(question.code)))
            hit = {
                "belum": points.state == "unanswered",
                "belum-lengkap": points.state == "incomplete",
                "terjawab": points.state == "answered",
                "tanpa-bukti": any(slot not in filled for slot in needed[question.code]),
            }[self.state]
            if hit:
                found.add(question.code)
        return found
