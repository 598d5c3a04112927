"""What the board asks about: the clock, silence, unanswered questions, claims without evidence."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from evaluations.domain.analysis import board
from evaluations.domain.queue import Waiting
from evaluations.models import Evaluation, Stage, State, StateChange
from kla_portal import clock
from kla_portal.regions.models import Province
from tests.cast import KALSEL, TABALONG

NOW = clock.now()


def waiting(*, due=30, state=State.FILLING, silent=1, answered=274, claimed="0", safe="0"):
    """``due`` and ``silent`` in days; ``silent`` None: never begun."""
    last = None if silent is None else NOW - timedelta(days=silent)
    row = Evaluation(
        state=state,
        answered_count=answered,
        claimed_total=Decimal(claimed),
        safe_total=Decimal(safe),
        last_activity_at=last,
    )
    return Waiting(row, Stage.EM, None if due is None else NOW + timedelta(days=due), 0, 0, latest=last)


@pytest.mark.parametrize(
    ("how", "risks"),
    [
        ({}, ()),
        ({"silent": None}, ("belum mulai",)),
        ({"silent": None, "due": -1}, ("lewat waktu", "belum mulai")),
        ({"due": -1}, ("lewat waktu",)),
        ({"due": None}, ()),
        ({"silent": 6}, ()),
        ({"silent": 7}, ("tanpa kegiatan 7 hari",)),
        ({"due": 7, "answered": 219}, ("baru 80% terjawab",)),
        ({"due": 7, "answered": 220}, ()),
        ({"due": 8, "answered": 10}, ()),
        ({"claimed": "600", "safe": "550.01"}, ()),
        ({"claimed": "600", "safe": "550"}, ("50,00 poin belum aman",)),
        ({"state": State.RETURNED, "due": -2}, ("lewat waktu",)),
        ({"state": State.SUBMITTED, "due": -2, "silent": 40, "claimed": "900"}, ("verifikasi lewat waktu",)),
        ({"state": State.SUBMITTED, "silent": 40, "claimed": "900"}, ()),
        ({"state": State.FINAL, "due": -2, "silent": 40}, ()),
    ],
)
def test_what_is_asked_about(how, risks):
    assert tuple(board._risks(waiting(**how), 274, NOW)) == risks


def test_most_risks_come_first_then_the_name(edition, cast, evaluation):
    Evaluation.objects.filter(pk=evaluation.pk).update(
        last_activity_at=clock.now() - timedelta(days=20),
        claimed_total=Decimal("500"),
        safe_total=Decimal("100"),
    )
    lines = board.board(edition=edition, province=Province.objects.get(pk=KALSEL), by=cast.admin_kalsel)
    assert len(lines) == 13
    assert lines[0].row.evaluation.district_id == TABALONG
    assert lines[0].risks == ("tanpa kegiatan 20 hari", "400,00 poin belum aman")
    assert (lines[0].status, lines[0].gap, lines[0].with_district) == ("Pengisian", Decimal("400"), True)
    names = [line.row.evaluation.district.name for line in lines[1:]]
    assert names == sorted(names)
    assert {line.risks for line in lines[1:]} == {("belum mulai",)}
    assert all(58 <= line.days <= 60 for line in lines)


def test_a_step_of_the_evaluation_ends_the_silence_too(edition, cast, evaluation):
    now = clock.now()
    Evaluation.objects.filter(pk=evaluation.pk).update(last_activity_at=now - timedelta(days=60))
    StateChange.objects.create(
        evaluation=evaluation,
        action="open_again",
        before=State.SUBMITTED,
        after=State.FILLING,
        by=cast.admin_kalsel,
        at=now - timedelta(days=9),
    )
    lines = board.board(edition=edition, province=Province.objects.get(pk=KALSEL), by=cast.admin_kalsel)
    (line,) = [line for line in lines if line.row.evaluation.pk == evaluation.pk]
    assert line.risks == ("tanpa kegiatan 9 hari",)


def test_only_what_the_person_supervises(edition, cast):
    assert board.board(edition=edition, province=None, by=cast.coordinator_tabalong) == []
    assert {line.row.evaluation.district.province_id for line in board.board(
        edition=edition, province=None, by=cast.admin_kalteng
    )} == {"62"}  # fmt: skip
