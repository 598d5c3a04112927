"""Run as a module, with a number: each race so many times, two at once with a barrier, each with a connection of its own.

Prints {race: [[outcome, outcome], ...]}: "done", or what the other one was told, or the name of a fault.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from datetime import timedelta

import django

Deed = Callable[[], object]


def both(*deeds: Deed) -> list[str]:
    """What became of each, begun at the same moment."""
    from django.db import connections

    barrier, outcomes = threading.Barrier(len(deeds)), [""] * len(deeds)

    def one(place: int, deed: Deed) -> None:
        connections["default"].ensure_connection()
        barrier.wait(30)
        try:
            outcomes[place] = told(deed)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def told(deed: Deed) -> str:
    from evaluations.domain.answers import StaleVersion
    from evaluations.files.faults import EvidenceRefused
    from kla_portal.accounts.access import Refused
    from kla_portal.accounts.domain.refusal import AccountRefused

    try:
        result = deed()
    except (Refused, StaleVersion, EvidenceRefused, AccountRefused) as refused:
        return f"told: {refused}"
    except Exception as fault:
        return f"FAULT {type(fault).__name__}: {fault}"
    return result if isinstance(result, str) else "done"


class Races:
    """Each method runs one race once and leaves things as they were before."""

    def __init__(self) -> None:
        from evaluations.models import Evaluation
        from kla_portal.accounts.models import User
        from tests.cast import GUNUNG_MAS, TABALONG

        def user(name: str) -> User:
            return User.objects.get(username=name)

        self.district, self.health, self.province = (
            user("koor.gunungmas"),
            user("kes.tabalong"),
            user("adm.kalteng"),
        )
        self.coordinator = user("koor.tabalong")
        self.evaluation = Evaluation.objects.get(edition__code="2026", district=GUNUNG_MAS)
        self.filling = Evaluation.objects.get(edition__code="2026", district=TABALONG)
        self.number = 0

    def fresh(self):
        from tests.evaluations.cycle import fresh

        return fresh(self.evaluation)

    def save(self, number: int = 0) -> object:
        """Against the version that stands."""
        from evaluations.models import Answer
        from tests.evaluations.cycle import save

        self.number += 1
        version = Answer.objects.get(evaluation=self.evaluation, question__code="1.1").version
        note = f"Balapan {self.number} {number}"
        return save(self.fresh(), "1.1", {"option": 0}, self.district, version, note)

    def submit(self) -> object:
        from evaluations.domain import submission

        return submission.submit(evaluation=self.fresh(), by=self.district, incomplete_accepted=True)

    def reopen(self, stage: str) -> object:
        from evaluations.domain import closing
        from evaluations.models import Stage

        return closing.reopen(
            evaluation=self.fresh(), stage=Stage(stage), reason="Untuk diulang.", by=self.province
        )

    def close(self) -> object:
        from tests.evaluations.cycle import close_va

        return close_va(self.fresh(), self.province)

    def decided(self) -> None:
        """The verdict on the answer as it stands: a changed answer wants another one."""
        from evaluations.models import Answer, Decision, Stage, Verdict
        from tests.evaluations.cycle import decide

        answer = Answer.objects.get(evaluation=self.evaluation, question__code="1.1")
        verdict = Verdict.objects.filter(
            evaluation=self.evaluation, question=answer.question, stage=Stage.VA
        ).first()
        decide(
            self.fresh(), Stage.VA, "1.1", Decision.REJECT, self.province,
            answer_version=answer.version, version=verdict.version if verdict else 0, reason="Perda belum ada.",
        )  # fmt: skip

    # The races

    def two_submits(self) -> list[str]:
        outcomes = both(self.submit, self.submit)
        self.reopen("em")
        return outcomes

    def save_against_submit(self) -> list[str]:
        """Both may be done, the save first; never the save into what was handed in."""
        from evaluations.models import Answer, Stage, StageResult

        outcomes = both(self.save, self.submit)
        result = StageResult.objects.filter(evaluation=self.evaluation, stage=Stage.EM).latest("sequence")
        version = Answer.objects.get(evaluation=self.evaluation, question__code="1.1").version
        if result.snapshot["answers"]["1.1"]["version"] != version:
            outcomes.append("FAULT the snapshot is not what was handed in")
        self.reopen("em")
        return outcomes

    def two_saves(self) -> list[str]:
        return both(lambda: self.save(1), lambda: self.save(2))

    def two_returns_and_a_save(self) -> list[str]:
        """A save into what is handed in is refused until the return came; after it, it is taken."""
        from evaluations.domain import returns
        from evaluations.models import Stage
        from kla_portal import clock

        self.submit()

        def send_back() -> object:
            return returns.send_back(
                evaluation=self.fresh(), stage=Stage.VA, needed={"1.1": "Lampirkan perda."},
                due_at=clock.now() + timedelta(days=2), by=self.province,
            )  # fmt: skip

        outcomes = both(send_back, send_back, self.save)
        returns.resubmit(evaluation=self.fresh(), by=self.district)
        self.reopen("em")
        return outcomes

    def close_against_reopen(self) -> list[str]:
        """Closing VA while the administrator takes the self-assessment back."""
        from evaluations.models import State

        self.submit()
        self.decided()
        outcomes = both(self.close, lambda: self.reopen("em"))
        if self.fresh().state == State.VA_CLOSED:
            self.reopen("va")
            self.reopen("em")
        return outcomes

    def two_objections(self) -> list[str]:
        from evaluations.domain import objections
        from evaluations.models import Objection, Stage

        self.submit()
        self.decided()
        self.close()

        def file() -> object:
            return objections.object_to(
                evaluation=self.fresh(), stage=Stage.VA, code="1.1", reason="Perda ada, lihat halaman 2.",
                by=self.district,
            )  # fmt: skip

        outcomes = both(file, file)
        Objection.objects.filter(evaluation=self.evaluation).delete()
        self.reopen("va")
        self.reopen("em")
        return outcomes

    def two_settle_one_upload(self) -> list[str]:
        """Both are told of the same document, which stands there once."""
        from evaluations.domain.evidence import uploads
        from evaluations.models import EvidenceFile, EvidenceLink, Upload
        from tests.evaluations.evidence import corpus
        from tests.evaluations.evidence.sending import arrived

        self.number += 1
        data = corpus.pdf(mark=f"balapan {self.number}")
        upload = arrived(self.filling, self.coordinator, data, f"balapan {self.number}.pdf")

        def settle() -> object:
            own = Upload.objects.select_related("evaluation__edition", "evidence").get(pk=upload.pk)
            return str(uploads.settle(upload=own, by=self.coordinator).evidence.pk)

        documents = EvidenceFile.objects.count(), EvidenceLink.objects.count()
        outcomes = both(settle, settle)
        added = EvidenceFile.objects.count() - documents[0], EvidenceLink.objects.count() - documents[1]
        if len(set(outcomes)) > 1 or added != (1, 1):
            return [*outcomes, f"FAULT added {added}"]
        return ["done", "told: the same document"]

    def two_uploads_of_one_file(self) -> list[str]:
        from evaluations.domain.evidence import uploads
        from evaluations.models import EvidenceFile, Upload
        from tests.evaluations.evidence import corpus
        from tests.evaluations.evidence.sending import arrived

        self.number += 1
        data = corpus.pdf(mark=f"kembar {self.number}")
        two = [arrived(self.filling, self.coordinator, data, f"kembar {n}.pdf").pk for n in (1, 2)]

        def settle(pk: object) -> object:
            own = Upload.objects.select_related("evaluation__edition", "evidence").get(pk=pk)
            return str(uploads.settle(upload=own, by=self.coordinator).evidence.pk)

        before = EvidenceFile.objects.count()
        outcomes = both(*(lambda pk=pk: settle(pk) for pk in two))
        if len(set(outcomes)) > 1 or EvidenceFile.objects.count() != before + 1:
            return [*outcomes, "FAULT kept twice"]
        return ["done", "told: the same document"]

    def two_sign_ins_of_one_browser(self) -> list[str]:
        """A form sent twice: one device, one piece of news, whichever request came first."""
        from kla_portal.accounts.domain import devices
        from kla_portal.events.models import Event, EventAction

        self.number += 1
        if not self.health.devices.exists():
            devices.recognise(user=self.health, secret="", agent="Chrome di Windows")

        def sign_in() -> object:
            seen = devices.recognise(
                user=self.health, secret="", agent="Firefox di Android", visit=f"kunjungan {self.number}"
            )
            return str(seen.device.pk)

        def counted() -> tuple[int, int]:
            return self.health.devices.count(), Event.objects.filter(action=EventAction.DEVICE_NEW).count()

        before = counted()
        outcomes = both(sign_in, sign_in)
        added = tuple(now - then for now, then in zip(counted(), before, strict=True))
        if len(set(outcomes)) > 1 or added != (1, 1):
            return [*outcomes, f"FAULT added {added}"]
        return ["done", "told: the same device"]

    def an_account_is_changed_while_its_owner_acts(self) -> list[str]:
        """One holds the person's row and asks for the chain, the other the chain and names the person in a row."""
        from django.db import transaction

        from kla_portal.accounts.domain import change_details
        from kla_portal.events import log
        from kla_portal.events.models import EventAction

        self.number += 1
        person, real = self.coordinator, log._locked
        has_person, has_chain = threading.Event(), threading.Event()

        def slowly(key: str) -> object:
            if threading.current_thread().name == "changes":
                has_person.set()
                has_chain.wait(2)
                return real(key)
            chain = real(key)
            has_chain.set()
            return chain

        def change() -> object:
            threading.current_thread().name = "changes"
            name = f"Koordinator {self.number}"
            return change_details(account=person, name=name, email=person.email, by=None)

        def act() -> None:
            has_person.wait(2)
            district = self.filling.district_id
            with transaction.atomic():
                log.record(EventAction.EVIDENCE_OPENED, by=person, subject="uji", district=district, codes=[])

        log._locked = slowly
        try:
            return both(change, act)
        finally:
            log._locked = real

    def two_editions_say_how_hard_a_question_is(self) -> list[str]:
        """What is kept belongs to the district: the second says it over the first."""
        from evaluations.domain.planning import efforts
        from evaluations.models import Effort, Evaluation
        from evaluations.scoring.planner import Ease
        from tests.cast import TABALONG

        Effort.objects.filter(district=TABALONG).delete()
        rows = [
            Evaluation.objects.with_place().get(edition__code=e, district=TABALONG) for e in ("2024", "2026")
        ]

        def say(row: Evaluation, effort: int) -> object:
            return efforts.set_efforts(
                evaluation=row, efforts={"12.1": Ease(effort, "partners")}, by=self.coordinator
            )

        outcomes = both(lambda: say(rows[0], 4), lambda: say(rows[1], 5))
        kept = list(Effort.objects.filter(district=TABALONG).values_list("effort", flat=True))
        return outcomes if len(kept) == 1 else [*outcomes, f"FAULT kept {kept}"]

    def one_recovery_code_twice(self) -> list[str]:
        from django_otp.plugins.otp_totp.models import TOTPDevice

        from kla_portal.accounts.domain import second_factor

        TOTPDevice.objects.get_or_create(user=self.health, confirmed=True, defaults={"name": "Telepon"})
        TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
        code = second_factor.make_recovery_codes(by=self.health)[0]
        return both(*[lambda: second_factor.prove(code=code, by=self.health)] * 2)


RACES = sorted(name for name in vars(Races) if "_" in name and not name.startswith("_"))
ONE_WINS = {"two_submits", "two_saves", "close_against_reopen", "two_objections", "one_recovery_code_twice"}


def main(times: int) -> None:
    races = Races()
    print(json.dumps({name: [getattr(races, name)() for _ in range(times)] for name in RACES}))


if __name__ == "__main__":
    django.setup()
    main(int(json.load(sys.stdin)))
