"""What the page of one question shows beside its card: what a return asks for, the story, and the way onward."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from evaluations.domain import deadlines, workflow
from evaluations.domain.answers import last_given
from evaluations.domain.assignments import agencies_by_question, own_agencies
from evaluations.domain.deadlines import Limit
from evaluations.domain.timeline import timeline
from evaluations.domain.workflow import Action
from evaluations.models import Answer, Evaluation
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec
from kla_portal.accounts.models import Agency, User


@dataclass(frozen=True)
class Back:
    """What the open return asks for at one question, and until when."""

    needed: str
    limit: Limit


@dataclass(frozen=True)
class Onward:
    """``before`` and ``after``: codes of the indicator's neighbouring questions that the person sees; ``next``: what is
    to be answered next, ``returned`` when a return asks for it; ``done``: nothing is left of theirs, of the
    ``whole`` evaluation or of an agency's part.
    """

    before: str = ""
    after: str = ""
    next: QuestionSpec | None = None
    returned: bool = False
    done: bool = False
    whole: bool = False


def back_of(evaluation: Evaluation, question: QuestionSpec) -> Back | None:
    """``None`` unless a return asks for this question now. No query where the state is another."""
    sent_back = deadlines.open_return(evaluation)
    question_id = loaded(evaluation.edition.instrument).question_ids[question.code]
    needed = deadlines.needed_in_return(evaluation).get(question_id)
    if sent_back is None or needed is None:
        return None
    return Back(needed, deadlines.limit_of_return(sent_back))


def may_restore(evaluation: Evaluation, question: QuestionSpec, answer: Answer | None) -> bool:
    """Whether the answer was emptied and had a value before. One query, and only for an empty answer."""
    if answer is None or answer.value is not None or answer.version < 2:
        return False
    return last_given(evaluation, question.code, before=answer.version) is not None


def onward(
    evaluation: Evaluation,
    question: QuestionSpec,
    answered: Collection[str],
    *,
    by: User,
    agencies: Mapping[str, Agency],
) -> Onward:
    """The way on from ``question``, in the instrument's order and around its end. No query."""
    instrument = loaded(evaluation.edition.instrument)
    roles = workflow.roles_in(by, evaluation.district)
    own = _codes_of(by, evaluation, agencies)
    seen = None if roles & workflow.TABLE[Action.READ_ALL].roles else own
    row = [
        q.code
        for q in instrument.spec.indicator_of[question.code].questions
        if seen is None or q.code in seen or q.code == question.code
    ]
    place = row.index(question.code)
    before, after = row[place - 1] if place else "", row[place + 1] if place + 1 < len(row) else ""
    if workflow.refusal(evaluation, Action.ANSWER, by=by):
        return Onward(before, after)
    whole = bool(roles & workflow.TABLE[Action.ASSIGN].roles)
    returned = deadlines.returned_ids(evaluation)
    mine = [q for q in _from(list(instrument.spec.questions()), question) if whole or q.code in own]
    if returned is not None:
        following = (
            q for q in mine if q.code != question.code and instrument.question_ids[q.code] in returned
        )
        return Onward(before, after, next(following, None), returned=True)
    following = (q for q in mine if q.code != question.code and q.code not in answered)
    found = next(following, None)
    return Onward(before, after, found, done=found is None and question.code in answered, whole=whole)


def _codes_of(user: User, evaluation: Evaluation, agencies: Mapping[str, Agency]) -> frozenset[str]:
    """Codes of the questions that fall to the agencies for which the person contributes."""
    own = own_agencies(user, evaluation)
    return frozenset(code for code, agency in agencies.items() if agency.pk in own)


def _from(questions: list[QuestionSpec], question: QuestionSpec) -> list[QuestionSpec]:
    """The questions after this one, then those before it, and it last."""
    start = next(i for i, one in enumerate(questions) if one.code == question.code) + 1
    return questions[start:] + questions[:start]


def after_save(evaluation: Evaluation, question: QuestionSpec, answered: Collection[str], *, by: User) -> str:
    """What else a save changed on the question's own page, for htmx to put in its places: the story and the way on."""
    context: dict[str, Any] = {
        "evaluation": evaluation,
        "zone": workflow.zone_of(evaluation),
        "history": timeline(evaluation, question, by=by),
        "onward": onward(evaluation, question, answered, by=by, agencies=agencies_by_question(evaluation)),
        "oob": True,
    }
    parts = ("evaluations/question/_history.html", "evaluations/question/_onward.html")
    return "".join(render_to_string(part, context) for part in parts)
