"""The table of stages, read from ``stages.txt``, and an evaluation in each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from evaluations.domain import closing, objections, returns
from evaluations.models import Decision, Evaluation, Objection, Return, Stage
from kla_portal import clock
from tests.cast import Cast
from tests.evaluations.cycle import close_vl, decide, fresh
from tests.evaluations.history import scenes

TABLE = Path(__file__).with_name("stages.txt")
STAGES = ("open", "late", "va", "ret", "due", "vl", "vf", "fin", "pub")
LETTERS = {"k": "koo", "p": "con", "c": "kec", "v": "vpr", "a": "apr", "V": "vna", "A": "ana"}
"""In a cell -> the column of the same person in ``expected.txt``."""


@dataclass(frozen=True)
class Row:
    """One address, with the stage that stands in it; ``may``: stage -> the columns of those who may."""

    name: str
    at: str
    may: dict[str, frozenset[str]]

    @property
    def ever(self) -> frozenset[str]:
        """Who may in any stage."""
        return frozenset().union(*self.may.values())

    def __str__(self) -> str:
        return f"{self.name}@{self.at}" if self.at else self.name


def rows() -> Iterator[Row]:
    may: dict[str, frozenset[str]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith(" "):
            for word in line.split():
                name, _, at = word.partition("@")
                yield Row(f"evaluations:{name}", at, may)
        else:
            _, *cells = line.split()
            who = [frozenset(LETTERS[letter] for letter in cell.strip("-")) for cell in cells]
            may = dict(zip(STAGES, who, strict=True))


@dataclass(frozen=True)
class World:
    """``now``: when the stage is looked at; ``objection``, ``sequence``: what waits there, 0 for nothing."""

    evaluation: Evaluation
    now: datetime
    objection: int = 0
    sequence: int = 0


def _late(evaluation: Evaluation, cast: Cast) -> World:
    return World(evaluation, clock.now() + timedelta(days=70))


def _va(evaluation: Evaluation, cast: Cast) -> World:
    """1.1 waits for its verdict; 12.1 is rejected, 2.3 changed."""
    by = cast.verifier_kalsel
    evaluation = scenes.submitted(evaluation, cast)
    decide(evaluation, Stage.VA, "12.1", Decision.REJECT, by, reason=scenes.VA_REASON)
    decide(evaluation, Stage.VA, "2.3", Decision.CHANGE, by, value={"value": "4"}, reason="Empat.")
    return World(fresh(evaluation), clock.now())


def _returned(evaluation: Evaluation, cast: Cast) -> World:
    due = clock.now() + timedelta(days=2)
    returns.send_back(
        evaluation=scenes.submitted(evaluation, cast), stage=Stage.VA, needed={"12.1": "Lampirkan rekapitulasi."},
        due_at=due, by=cast.verifier_kalsel,
    )  # fmt: skip
    sent = Return.objects.get(evaluation=evaluation)
    return World(fresh(evaluation), clock.now(), sequence=sent.sequence)


def _overdue(evaluation: Evaluation, cast: Cast) -> World:
    world = _returned(evaluation, cast)
    return World(world.evaluation, clock.now() + timedelta(days=3), sequence=world.sequence)


def _contested(evaluation: Evaluation, stage: Stage, cast: Cast) -> int:
    by = cast.coordinator_tabalong
    return objections.object_to(
        evaluation=evaluation, stage=stage, code="2.3", reason="Enam, lihat halaman 2.", by=by
    ).pk


def _vl(evaluation: Evaluation, cast: Cast) -> World:
    evaluation = scenes.va_closed(scenes.judged(scenes.submitted(evaluation, cast), cast), cast)
    contested = _contested(evaluation, Stage.VA, cast)
    return World(scenes.vl_running(evaluation, cast), clock.now(), objection=contested)


def _vf(evaluation: Evaluation, cast: Cast) -> World:
    by = cast.verifier_national
    world = _vl(evaluation, cast)
    contested = Objection.objects.get(pk=world.objection)
    objections.decide_objection(objection=contested, granted=False, reason="Tetap.", by=cast.admin_kalsel)
    close_vl(world.evaluation, by)
    evaluation = fresh(evaluation)
    decide(evaluation, Stage.VF, "12.1", Decision.REJECT, by, reason="Belum ditandatangani.")
    decide(evaluation, Stage.VF, "2.3", Decision.CHANGE, by, value={"value": "3"}, reason="Tiga.")
    return World(fresh(evaluation), clock.now())


def _final(evaluation: Evaluation, cast: Cast) -> World:
    closing.close_vf(evaluation=_vf(evaluation, cast).evaluation, by=cast.verifier_national)
    evaluation = fresh(evaluation)
    return World(fresh(evaluation), clock.now(), objection=_contested(evaluation, Stage.VF, cast))


def _published(evaluation: Evaluation, cast: Cast) -> World:
    world = _final(evaluation, cast)
    at = clock.now() + timedelta(minutes=1)
    closing.publish(edition=world.evaluation.edition, at=at, by=cast.admin_national)
    return World(fresh(evaluation), at + timedelta(hours=1), objection=world.objection)


WORLDS: dict[str, Callable[[Evaluation, Cast], World]] = {
    "late": _late, "va": _va, "ret": _returned, "due": _overdue, "vl": _vl, "vf": _vf, "fin": _final,
    "pub": _published,
}  # fmt: skip
"""Stage -> how an evaluation with nothing in it gets there. ``open`` is what ``expected.txt`` tells."""
