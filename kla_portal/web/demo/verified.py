"""What became of the past edition: verified, returned, contested, final. Every state of an evaluation is here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from evaluations.domain import closing, objections, returns, verification
from evaluations.domain.workflow import zone_of
from evaluations.models import Answer, Decision, Edition, Evaluation, Objection, Stage, State, VisitMode
from evaluations.scoring.rules import read_answer, score_answer
from indicators.domain.spec import Loaded, loaded
from indicators.spec import ChoiceRule
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.web.demo.files import MARK, pdf

REASONS = (
    "Dokumen belum bertanda tangan dan berstempel.",
    "Dokumen dari luar tahun data dukung.",
    "Isi dokumen tidak menyebut anak secara khusus.",
    "Angka berbeda dengan rekapitulasi yang dilampirkan.",
    "Foto tanpa tanggal dan keterangan kegiatan.",
)
NEEDED = "Lampirkan dokumen yang ditetapkan, lengkap dengan nomor, tanggal, dan tanda tangan."
PLEA = "Dokumen yang diminta ada pada berkas yang sama, halaman terakhir; mohon dibaca kembali."
PUBLIC = date(2024, 11, 25)


@dataclass(frozen=True)
class Plan:
    """How far an evaluation went, and the share of its claimed questions that verification lowered."""

    reached: str
    lowered: float


PLANS: Mapping[str, Plan] = {
    "63.09": Plan("final", 0.07),
    "63.72": Plan("final", 0.10),
    "63.03": Plan("final", 0.13),
    "63.06": Plan("final", 0.16),
    "63.71": Plan("objection decided", 0.12),
    "63.01": Plan("objection open", 0.15),
    "63.08": Plan("va", 0.20),
    "63.10": Plan("returned", 0.15),
    "63.11": Plan("half", 0.10),
}


def verify_all(edition: Edition, users: Mapping[str, User]) -> None:
    """Take the districts of ``PLANS`` as far as their plan says, at plausible times of 2024."""
    for district, plan in PLANS.items():
        evaluation = Evaluation.objects.with_place().get(edition=edition, district=district)
        with transaction.atomic():
            _verify(evaluation, plan, users)
    with clock.at(_at(evaluation, date(2024, 11, 20), 9)):
        closing.publish(edition=edition, at=_at(evaluation, PUBLIC, 10), by=users["admin.pusat"])


def _at(evaluation: Evaluation, day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=zone_of(evaluation))


def _fresh(evaluation: Evaluation) -> Evaluation:
    return Evaluation.objects.with_place().prefetch_related("edition__windows").get(pk=evaluation.pk)


def _verify(evaluation: Evaluation, plan: Plan, users: Mapping[str, User]) -> None:
    rng = Random(f"verified {evaluation.district_id}")  # noqa: S311  invented choices, no secret
    verifier = users["verifikator.kalsel"]
    with clock.at(_at(evaluation, date(2024, 7, 9), 8)):
        verification.assign_verifier(
            evaluation=evaluation, stage=Stage.VA, verifier=verifier, by=users["admin.kalsel"]
        )
    lowered = _judge(evaluation, plan, rng, verifier)
    if plan.reached == "returned":
        _send_back(evaluation, lowered, users)
        return
    if plan.reached == "half":
        return
    with clock.at(_at(evaluation, date(2024, 8, 28), 14)):
        closing.close_va(
            evaluation=_fresh(evaluation),
            letter_number=f"400.2/{rng.randint(100, 999)}/DP3A/2024",
            letter_date=date(2024, 8, 27),
            letter=_letter(evaluation),
            by=verifier,
        )
    if plan.reached.startswith("objection"):
        _contest(evaluation, lowered, users, decided=plan.reached.endswith("decided"))
    if plan.reached == "final":
        _finish(evaluation, lowered, users["verifikator.pusat"])


def _judge(evaluation: Evaluation, plan: Plan, rng: Random, verifier: User) -> list[str]:
    """Lower a share of the claims, accept the rest (half of them, where the plan stops there)."""
    instrument = loaded(evaluation.edition.instrument)
    rows = Answer.objects.filter(evaluation=evaluation)
    answers = {instrument.question_codes[row.question_id]: row for row in rows}
    claimed = _claimed(instrument, answers)
    lowered = sorted(rng.sample(claimed, round(len(claimed) * plan.lowered)), key=claimed.index)
    moment = _at(evaluation, date(2024, 7, 22), 9)
    for number, code in enumerate(lowered):
        with clock.at(moment + timedelta(hours=number)):
            _lower(evaluation, instrument, code, answers[code], rng, verifier)
    rest = [code for code in instrument.question_ids if code not in lowered]
    if plan.reached in {"half", "returned"}:
        rest = rest[: len(rest) // 2]
    with clock.at(_at(evaluation, date(2024, 8, 15), 15)):
        verification.accept_untouched(evaluation=_fresh(evaluation), stage=Stage.VA, codes=rest, by=verifier)
    return lowered


def _claimed(instrument: Loaded, answers: Mapping[str, Answer]) -> list[str]:
    """Questions that bring points, in the instrument's order."""
    return [
        question.code
        for question in instrument.spec.questions()
        if question.code in answers
        and score_answer(question, read_answer(question.rule, answers[question.code].value)).points
    ]


def _lower(
    evaluation: Evaluation, instrument: Loaded, code: str, answer: Answer, rng: Random, by: User
) -> None:
    """One option lower where there are options, else refused."""
    question = instrument.spec.by_code[code]
    option = (answer.value or {}).get("option")
    change = isinstance(question.rule, ChoiceRule) and option is not None and rng.random() < 0.6
    verification.decide(
        evaluation=evaluation,
        stage=Stage.VA,
        code=code,
        decision=Decision.CHANGE if change else Decision.REJECT,
        value={"option": int(option or 0) + 1} if change else None,
        reason=rng.choice(REASONS),
        version=0,
        answer_version=answer.version,
        by=by,
    )


def _letter(evaluation: Evaluation) -> SimpleUploadedFile:
    lines = ["Surat pengantar hasil verifikasi administrasi", str(evaluation.district), MARK]
    return SimpleUploadedFile("surat-gubernur.pdf", pdf(lines), "application/pdf")


def _send_back(evaluation: Evaluation, lowered: list[str], users: Mapping[str, User]) -> None:
    """Returned in 2024, and never resubmitted in time."""
    with clock.at(_at(evaluation, date(2024, 8, 20), 10)):
        returns.send_back(
            evaluation=_fresh(evaluation),
            stage=Stage.VA,
            needed=dict.fromkeys(lowered[:6], NEEDED),
            due_at=_at(evaluation, date(2024, 8, 22), 10),
            message="Mohon dilengkapi sebelum hasil dikirim ke kementerian.",
            by=users["verifikator.kalsel"],
        )


def grant_more_time(edition: Edition, users: Mapping[str, User]) -> None:
    """Today, so that the countdown of the returned district can be seen running."""
    due = clock.now() + timedelta(hours=46)
    for evaluation in Evaluation.objects.filter(edition=edition, state=State.RETURNED):
        returns.extend(
            evaluation=evaluation,
            due_at=due,
            locks_at=due + timedelta(hours=6),
            reason="Gangguan jaringan di kabupaten; disetujui kepala dinas.",
            by=users["admin.kalsel"],
        )


def _contest(evaluation: Evaluation, lowered: list[str], users: Mapping[str, User], *, decided: bool) -> None:
    coordinator = users[f"koordinator.{_slug(evaluation)}"]
    with clock.at(_at(evaluation, date(2024, 8, 30), 9)):
        objection = objections.object_to(
            evaluation=_fresh(evaluation), stage=Stage.VA, code=lowered[0], reason=PLEA, by=coordinator
        )
    if not decided:
        return
    with clock.at(_at(evaluation, date(2024, 9, 2), 11)):
        objections.decide_objection(
            objection=Objection.objects.select_related("evaluation").get(pk=objection.pk),
            granted=True,
            reason="Dokumen memang ada pada halaman terakhir.",
            by=users["admin.kalsel"],
        )


def _slug(evaluation: Evaluation) -> str:
    return evaluation.district.name.split(" ", 1)[1].replace(" ", "").lower()


def _finish(evaluation: Evaluation, lowered: list[str], verifier: User) -> None:
    """In the field one doubt is cleared; the final verification follows the field."""
    instrument = loaded(evaluation.edition.instrument)
    code = lowered[0]
    answer = Answer.objects.get(evaluation=evaluation, question_id=instrument.question_ids[code])
    with clock.at(_at(evaluation, date(2024, 9, 24), 10)):
        verification.decide(
            evaluation=_fresh(evaluation),
            stage=Stage.VL,
            code=code,
            decision=Decision.CHANGE,
            value=answer.value,
            reason="Dokumen asli ditunjukkan saat dialog daring.",
            version=0,
            answer_version=answer.version,
            by=verifier,
        )
    with clock.at(_at(evaluation, date(2024, 9, 26), 16)):
        closing.close_vl(
            evaluation=_fresh(evaluation),
            mode=VisitMode.HYBRID,
            held_on=date(2024, 9, 24),
            participants=[{"role": "Gugus Tugas KLA", "count": 14}, {"role": "Forum Anak", "count": 6}],
            notes={"K0": "Peraturan dan anggaran dijelaskan Bappeda.", "K3": "Data puskesmas dicocokkan."},
            by=verifier,
        )
    with clock.at(_at(evaluation, date(2024, 11, 4), 10)):
        closing.close_vf(evaluation=_fresh(evaluation), by=verifier)
