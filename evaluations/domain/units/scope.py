"""Which questions have rows, and whose they are in a kecamatan."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from evaluations.domain import deadlines, workflow
from evaluations.domain.assignments import agencies_by_question, codes_open_to, own_agencies
from evaluations.domain.workflow import Action
from evaluations.models import Evaluation
from indicators.domain.spec import loaded
from indicators.spec import InstrumentSpec, QuestionSpec
from kla_portal.accounts.access import memberships_of, roles_in
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import Role


def counts_places(spec: InstrumentSpec, open_codes: Collection[str] | None) -> set[str]:
    """Numbers of the indicators with such questions among those open to the reader (``None``: all)."""
    codes = (question.code for question in spec.counting_units)
    return {spec.indicator_of[code].number for code in codes if open_codes is None or code in open_codes}


def own_kecamatan(user: User, district: str) -> frozenset[str]:
    """Codes of the kecamatan of this district whose officer the person is."""
    return frozenset(
        m.kecamatan_id
        for m in memberships_of(user)
        if m.role == Role.KECAMATAN and m.district_id == district and m.kecamatan_id
    )


def questions_seen(user: User, evaluation: Evaluation, kecamatan: str | None = None) -> list[QuestionSpec]:
    """What the person reads of a kecamatan's rows, or of the whole district's (``None``)."""
    questions = list(loaded(evaluation.edition.instrument).spec.counting_units)
    if kecamatan in own_kecamatan(user, evaluation.district_id):
        return questions
    codes = codes_open_to(user, evaluation)
    return questions if codes is None else [q for q in questions if q.code in codes]


def codes_to_fill(by: User, evaluation: Evaluation, kecamatan: str) -> frozenset[str]:
    """Codes of the questions whose rows in this kecamatan are theirs to fill, by their roles alone."""
    every = frozenset(q.code for q in loaded(evaluation.edition.instrument).spec.counting_units)
    coordinates = roles_in(by, evaluation.district) & workflow.TABLE[Action.ASSIGN].roles
    if coordinates or kecamatan in own_kecamatan(by, evaluation.district_id):
        return every
    own = own_agencies(by, evaluation)
    if not own:
        return frozenset()
    return frozenset(code for code, a in agencies_by_question(evaluation).items() if a.pk in own) & every


def refusals(
    by: User, evaluation: Evaluation, kecamatan: str, questions: Sequence[QuestionSpec]
) -> dict[str, str]:
    """Question code -> why its rows cannot be changed by this person now; nothing for those that can."""
    general = workflow.refusal(evaluation, Action.ENTER_UNITS, by=by)
    if general:
        return {q.code: general for q in questions}
    open_codes = codes_to_fill(by, evaluation, kecamatan)
    ids = loaded(evaluation.edition.instrument).question_ids
    found = {}
    for q in questions:
        reason = None if q.code in open_codes else _not_theirs(by, evaluation)
        reason = reason or deadlines.return_refusal(evaluation, ids[q.code])
        if reason:
            found[q.code] = reason
    return found


def _not_theirs(by: User, evaluation: Evaluation) -> str:
    if own_agencies(by, evaluation):
        return "Pertanyaan ini dibagikan kepada perangkat daerah lain."
    return "Anda hanya mengisi baris kecamatan Anda sendiri."
