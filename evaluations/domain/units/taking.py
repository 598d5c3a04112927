"""The number that the rows give becomes the district's answer: one deed, nothing happens by itself."""

from __future__ import annotations

from django.db import transaction

from evaluations.domain import workflow
from evaluations.domain.answers import Saved, save_answer
from evaluations.domain.units.coverage import coverage, tallies
from evaluations.domain.units.places import places_of
from evaluations.domain.workflow import Action
from evaluations.models import AnswerSource, Evaluation
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import User


def take_proposal(
    *, evaluation: Evaluation, question: QuestionSpec, seen: tuple[str, str], version: int, by: User
) -> Saved:
    """Save the rows' numerator and denominator as the answer; a note that is there stays.

    ``seen``: the two numbers the person agreed to. Raises ``Refused`` when the rows give others by now, or
    nothing, and what ``save_answer`` raises.
    """
    with transaction.atomic():
        question_id = loaded(evaluation.edition.instrument).question_ids[question.code]
        # Rows are saved under the same lock, so the numbers stand still from here.
        evaluation = workflow.lock(evaluation, Action.ANSWER, by=by, question_id=question_id)
        (found,) = coverage(evaluation, [question], places_of(evaluation.district_id), tallies(evaluation))
        if found.proposal is None:
            raise Refused("Belum ada baris yang diisi untuk pertanyaan ini. Isi dahulu baris kecamatannya.")
        numbers = found.proposal["numerator"], found.proposal["denominator"]
        if numbers != seen:
            raise Refused(
                f"Barisnya berubah sejak halaman ini dibuka: sekarang {numbers[0]} dari {numbers[1]}. "
                "Periksa lagi, lalu pakai."
            )
        return save_answer(
            evaluation=evaluation,
            code=question.code,
            value=found.proposal,
            note=found.answer.note if found.answer else "",
            version=version,
            by=by,
            source=AnswerSource.UNITS,
        )
