"""A random history through the verbs, and a second bookkeeping of it that the portal knows nothing about."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from evaluations.domain import closing, objections, returns, submission
from evaluations.domain.evidence import describing, library, revisions, slots
from evaluations.domain.rulings import standings
from evaluations.files.faults import EvidenceRefused
from evaluations.models import Decision, Evaluation, Evidence, EvidenceLink, Stage, State
from evaluations.scoring.rules import AnswerError, answer_to_value, read_answer
from indicators.domain.spec import loaded
from kla_portal import clock
from tests.evaluations.cycle import close_va, close_vl, decide, fresh, save
from tests.evaluations.domain.claims import some_value
from tests.evaluations.evidence import corpus

CODES = ("1.1", "12.1", "2.3", "8.1", "3.1a", "12.4")
STAGE_OF = {State.SUBMITTED: Stage.VA, State.VA_CLOSED: Stage.VL, State.VL_CLOSED: Stage.VF}


@dataclass
class Book:
    """What stands after a step: in the shapes of a snapshot, kept by hand."""

    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    documents: dict[tuple[str, int], list[dict[str, Any]]] = field(default_factory=dict)
    """Slot -> its items, a document's together, in the order in which they were put there or last noted."""
    verdicts: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    state: State = State.FILLING
    stage: Stage = Stage.EM
    closed: set[Stage] = field(default_factory=set)


class History:
    """``pages``: (moment, book) after every step, from the first on."""

    def __init__(self, evaluation: Evaluation, cast: Any, seed: int, start: datetime) -> None:
        self.random = Random(seed)
        self.evaluation, self.cast, self.moment = evaluation, cast, start
        self.spec = loaded(evaluation.edition.instrument).spec
        self.book, self.returned = Book(), ()
        self.pages: list[tuple[datetime, Book]] = []
        self.done: list[str] = []

    def run(self, steps: int) -> None:
        for _ in range(steps):
            self.moment += timedelta(microseconds=self.random.randrange(1, 900_000_000))
            with clock.at(self.moment):
                self._step()
            self.evaluation = fresh(self.evaluation)
            self.pages.append((self.moment, copy.deepcopy(self.book)))

    def _step(self) -> None:
        state = self.book.state
        choices = {
            State.FILLING: [self.save] * 3 + [*self._evidence(), self.submit],
            State.RETURNED: [self.save] * 2 + [*self._evidence(), self.resubmit],
            State.SUBMITTED: [self.judge] * 4
            + [self.withdraw]
            + [self.close, self.close, self.send_back, self.reopen],
            State.VA_CLOSED: [self.judge] * 2 + [self.close, self.send_back, self.contest, self.reopen],
            State.VL_CLOSED: [self.judge, self.close, self.close, self.reopen],
            State.FINAL: [self.contest, self.reopen],
        }[state]
        step = self.random.choice(choices)
        self.done.append(step.__name__)
        step()

    def _complete(self, code: str) -> dict[str, Any]:
        """A lawful value with every part filled in."""
        while True:
            value = some_value(self.spec.by_code[code], self.random)
            if value and None not in [*value.values(), *value.get("rows", [])]:
                return dict(value)

    # The district

    def _code(self) -> str:
        return self.random.choice(self.returned or CODES)

    def save(self) -> None:
        code, by = self._code(), self.cast.coordinator_tabalong
        rule = self.spec.by_code[code].rule
        value = None if self.random.random() < 0.15 else self._complete(code)
        note = self.random.choice(["", "catatan", "catatan lain"])
        held = self.book.answers.get(code)
        canonical = answer_to_value(read_answer(rule, value)) if value else None
        save(self.evaluation, code, value, by, version=held["version"] if held else 0, note=note)
        same = (held["value"], held["note"]) == (canonical, note) if held else canonical is None and not note
        if not same:
            self.book.answers[code] = {
                "value": canonical,
                "note": note,
                "version": (held["version"] if held else 0) + 1,
                "updated_at": self._now(),
                "updated_by": f"akun:{by.pk}",
            }

    def _evidence(self) -> list[Any]:
        return [self.link, self.attach_file, self.unlink, self.annotate, self.revise, self.describe]

    def link(self) -> None:
        code, slot = self._slot()
        address = f"https://contoh.go.id/dokumen/{len(self.pages)}"
        placed = slots.add_web_link(
            evaluation=self.evaluation, code=code, slot_number=slot, url=address,
            by=self.cast.coordinator_tabalong,
        )  # fmt: skip
        title = placed.evidence.title
        item = {"title": title, "filename": "", "size": 0, "sha256": "", "url": address, "pages": ""}
        self.book.documents.setdefault((code, slot), []).append(item)

    def attach_file(self) -> None:
        """A file is what it was, whatever came in its place later."""
        code, slot = self._slot()
        upload = self._upload()
        placed = slots.add_file(
            evaluation=self.evaluation, code=code, slot_number=slot, upload=upload,
            by=self.cast.coordinator_tabalong,
        )  # fmt: skip
        self.book.documents.setdefault((code, slot), []).append(self._of_file(placed.evidence, ""))

    def _slot(self) -> tuple[str, int]:
        code = self._code()
        return code, self.random.choice(self.spec.by_code[code].slots).number

    def _upload(self) -> SimpleUploadedFile:
        mark = f"{self.evaluation.pk} {len(self.pages)}"
        return SimpleUploadedFile(f"berkas {len(self.pages)}.pdf", corpus.pdf(mark=mark), "application/pdf")

    def _of_file(self, document: Evidence, pages: str) -> dict[str, Any]:
        (file,) = document.current_files
        return {
            "title": document.title, "filename": file.filename, "size": file.size, "sha256": file.sha256,
            "url": "", "pages": pages,
        }  # fmt: skip

    def _standing(self) -> tuple[EvidenceLink, tuple[str, int], dict[str, Any]] | None:
        """A document in a slot that is open now, and its item in the book."""
        links = EvidenceLink.objects.filter(evaluation=self.evaluation, removed_at__isnull=True)
        held = []
        for link in links.select_related("evidence", "evaluation__edition__instrument").order_by("pk"):
            place = loaded(self.evaluation.edition.instrument).slots_by_id[link.slot_id]
            if not self.returned or place[0] in self.returned:
                held.append((link, place))
        if not held:
            return None
        link, place = self.random.choice(held)
        wanted = link.evidence.url or link.evidence.current_files[0].sha256
        item = next(one for one in self.book.documents[place] if wanted in {one["url"], one["sha256"]})
        return link, place, item

    def unlink(self) -> None:
        if found := self._standing():
            link, place, item = found
            slots.detach(link=link, by=self.cast.coordinator_tabalong)
            self.book.documents[place].remove(item)

    def annotate(self) -> None:
        """Other pages or another phrase put the document last in its slot."""
        if found := self._standing():
            link, place, item = found
            pages, quote = self.random.choice(["1", "2-3", ""]), self.random.choice(["gugus tugas", ""])
            new = slots.annotate(link=link, pages=pages, quote=quote, by=self.cast.coordinator_tabalong)
            if new != link:
                self.book.documents[place].remove(item)
                noted = {key: value for key, value in item.items() if key != "quote"} | {"pages": pages}
                self.book.documents[place].append(noted | ({"quote": quote} if quote else {}))

    def revise(self) -> None:
        """A new version of a file, refused where the document stands at a question that is not open."""
        found = self._standing()
        if not found or found[0].evidence.url:
            return
        link, _, item = found
        by, upload = self.cast.coordinator_tabalong, self._upload()
        (file,) = link.evidence.current_files
        try:
            new = revisions.revise(file=file, content=upload, name=upload.name, by=by)
        except EvidenceRefused:
            return
        item.update(filename=new.filename, size=new.size, sha256=new.sha256)

    def describe(self) -> None:
        """Not what a snapshot says; the title stays what it was handed in as."""
        if found := self._standing():
            years = self.random.sample([2023, 2024, 2025], 2)
            describing.describe(
                evidence=found[0].evidence, number=str(len(self.pages)), years=years,
                by=self.cast.coordinator_tabalong,
            )  # fmt: skip

    def withdraw(self) -> None:
        """Marked, and still where it stood."""
        standing = EvidenceLink.objects.filter(evaluation=self.evaluation, removed_at__isnull=True)
        link = standing.select_related("evidence").order_by("pk").last()
        if link:
            library.withdraw(
                evidence=link.evidence, reason="Salah lampiran.", by=self.cast.coordinator_tabalong
            )

    def submit(self) -> None:
        try:
            submission.submit(
                evaluation=self.evaluation, by=self.cast.coordinator_tabalong, incomplete_accepted=True
            )
        except submission.NotReady:
            return
        self._move(State.SUBMITTED, Stage.VA)

    def resubmit(self) -> None:
        returns.resubmit(evaluation=self.evaluation, by=self.cast.coordinator_tabalong)
        self.returned = ()
        self._move({Stage.VA: State.SUBMITTED, Stage.VL: State.VA_CLOSED}[self.book.stage], self.book.stage)

    # The verifiers

    def _verifier(self) -> Any:
        return self.cast.verifier_kalsel if self.book.stage == Stage.VA else self.cast.verifier_national

    def judge(self, code: str = "", *, put_off: bool = True) -> None:
        code = code or self.random.choice(CODES)
        stage = self.book.stage
        decision = self.random.choice(
            [Decision.ACCEPT, Decision.REJECT, Decision.CHANGE, *([Decision.DEFER] if put_off else [])]
        )
        value = self._complete(code) if decision == Decision.CHANGE else None
        reason = "" if decision in {Decision.ACCEPT, Decision.DEFER} else f"Alasan {len(self.pages)}."
        held = self.book.verdicts.get(stage, {}).get(code)
        answer = self.book.answers.get(code)
        by = self._verifier()
        try:
            decided = decide(
                self.evaluation, stage, code, decision, by, value=value, reason=reason,
                answer_version=answer["version"] if answer else 0, version=held["version"] if held else 0,
            )  # fmt: skip
        except AnswerError:
            # It would change nothing: another try.
            self.judge(code, put_off=put_off)
            return
        if decided.changed:
            rule = self.spec.by_code[code].rule
            canonical = answer_to_value(read_answer(rule, value)) if value else None
            self._rule(stage, code, decision, canonical, reason, by)

    def _rule(self, stage: Stage, code: str, decision: str, value: Any, reason: str, by: Any) -> None:
        by_code = self.book.verdicts.setdefault(str(stage), {})
        by_code[code] = {
            "decision": str(decision),
            "value": value,
            "reason": reason,
            "version": by_code[code]["version"] + 1 if code in by_code else 1,
            "at": self._now(),
            "by": f"akun:{by.pk}",
        }

    def close(self) -> None:
        stage = self.book.stage
        for code, standing in standings(self.evaluation, stage).items():
            if standing.open:
                self.judge(code, put_off=False)
        if stage == Stage.VA:
            close_va(self.evaluation, self._verifier())
            self._move(State.VA_CLOSED, Stage.VL)
        elif stage == Stage.VL:
            close_vl(self.evaluation, self._verifier())
            self._move(State.VL_CLOSED, Stage.VF)
        else:
            closing.close_vf(evaluation=self.evaluation, by=self._verifier())
            self._move(State.FINAL, Stage.VF)

    def send_back(self) -> None:
        codes = self.random.sample(CODES, 2)
        with override_settings(OBJECTION_DAYS=0):
            returns.send_back(
                evaluation=self.evaluation, stage=self.book.stage, needed=dict.fromkeys(codes, "Lengkapi."),
                due_at=clock.now() + timedelta(hours=48), by=self._verifier(),
            )  # fmt: skip
        self.returned = tuple(codes)
        self._move(State.RETURNED, self.book.stage)

    def reopen(self) -> None:
        """One stage back."""
        state = self.book.state
        stage, to, by = {
            State.SUBMITTED: (Stage.EM, State.FILLING, self.cast.admin_kalsel),
            State.VA_CLOSED: (Stage.VA, State.SUBMITTED, self.cast.admin_kalsel),
            State.VL_CLOSED: (Stage.VL, State.VA_CLOSED, self.cast.admin_national),
            State.FINAL: (Stage.VF, State.VL_CLOSED, self.cast.admin_national),
        }[state]
        closing.reopen(evaluation=self.evaluation, stage=stage, reason="Dibuka kembali.", by=by)
        self._move(to, stage)

    def contest(self) -> None:
        """An objection against a verdict, granted by another person."""
        stage = Stage.VA if self.book.state == State.VA_CLOSED else Stage.VF
        contested = set(
            self.evaluation.objections.filter(stage=stage).values_list("question__code", flat=True)
        )
        against = [
            code
            for code, row in self.book.verdicts.get(stage, {}).items()
            if row["decision"] in {"change", "reject"} and code not in contested
        ]
        if not against:
            return
        code = self.random.choice(against)
        objection = objections.object_to(
            evaluation=self.evaluation, stage=stage, code=code, reason="Lihat halaman 3.",
            by=self.cast.coordinator_tabalong,
        )  # fmt: skip
        judge = self.cast.admin_kalsel if stage == Stage.VA else self.cast.admin_national
        granted = self.random.random() < 0.7
        objections.decide_objection(objection=objection, granted=granted, reason="Sudah dilihat.", by=judge)
        if granted:
            self._rule(stage, code, "accept", None, "Sanggah dikabulkan: Sudah dilihat.", judge)

    # Bookkeeping

    def _now(self) -> str:
        return self.moment.isoformat(timespec="microseconds")

    def _move(self, state: State, stage: Stage) -> None:
        """``closed`` grows when a stage is left forwards, and shrinks to what lies before the stage worked on."""
        order = list(Stage)
        self.book.state, self.book.stage = state, stage
        self.book.closed = {s for s in order if order.index(s) < order.index(stage)}
        if state == State.FINAL:
            self.book.closed.add(stage)
