"""A random history through the verbs, and a second bookkeeping of it that the portal knows nothing about."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from evaluations.domain import closing, objections, returns, submission
from evaluations.domain.evidence import slots
from evaluations.domain.rulings import standings
from evaluations.models import Decision, Evaluation, EvidenceLink, Stage, State, VisitMode
from evaluations.scoring.rules import answer_to_value, read_answer
from indicators.domain.spec import loaded
from kla_portal import clock
from tests.evaluations.cycle import close_va, decide, fresh, save
from tests.evaluations.domain.claims import some_value

CODES = ("1.1", "12.1", "2.3", "8.1", "3.1a", "12.4")
STAGE_OF = {State.SUBMITTED: Stage.VA, State.VA_CLOSED: Stage.VL, State.VL_CLOSED: Stage.VF}


@dataclass
class Book:
    """What stands after a step: in the shapes of a snapshot, kept by hand."""

    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    documents: dict[tuple[str, int], list[str]] = field(default_factory=dict)
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
            State.FILLING: [self.save, self.save, self.save, self.link, self.unlink, self.submit],
            State.RETURNED: [self.save, self.save, self.link, self.unlink, self.resubmit],
            State.SUBMITTED: [self.judge] * 4 + [self.close, self.close, self.send_back, self.reopen],
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
                "updated_by": by.username,
            }

    def link(self) -> None:
        code = self._code()
        slot = self.random.choice(self.spec.by_code[code].slots).number
        address = f"https://contoh.go.id/dokumen/{len(self.pages)}"
        slots.add_web_link(
            evaluation=self.evaluation, code=code, slot_number=slot, url=address,
            by=self.cast.coordinator_tabalong,
        )  # fmt: skip
        self.book.documents.setdefault((code, slot), []).append(address)

    def unlink(self) -> None:
        held = [
            (key, url)
            for key, urls in self.book.documents.items()
            for url in urls
            if not self.returned or key[0] in self.returned
        ]
        if not held:
            return
        key, url = self.random.choice(held)
        link = EvidenceLink.objects.select_related("evaluation__edition__instrument").get(
            evidence__url=url, removed_at__isnull=True
        )
        slots.detach(link=link, by=self.cast.coordinator_tabalong)
        self.book.documents[key].remove(url)

    def submit(self) -> None:
        try:
            submission.submit(evaluation=self.evaluation, by=self.cast.coordinator_tabalong)
        except submission.HasErrors:
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
        decided = decide(
            self.evaluation, stage, code, decision, by, value=value, reason=reason,
            answer_version=answer["version"] if answer else 0, version=held["version"] if held else 0,
        )  # fmt: skip
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
            "by": by.username,
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
            closing.close_vl(
                evaluation=self.evaluation, mode=VisitMode.VISIT, held_on=date(2026, 7, 1), participants=[],
                notes={}, by=self._verifier(),
            )  # fmt: skip
            self._move(State.VL_CLOSED, Stage.VF)
        else:
            closing.close_vf(evaluation=self.evaluation, by=self._verifier())
            self._move(State.FINAL, Stage.VF)

    def send_back(self) -> None:
        codes = self.random.sample(CODES, 2)
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
