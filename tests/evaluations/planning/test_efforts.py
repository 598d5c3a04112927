"""The district's own word on how hard a question is."""

from __future__ import annotations

import pytest

from evaluations.domain.planning.efforts import lines, own_efforts, reset_efforts, set_efforts
from evaluations.models import Effort
from evaluations.scoring.planner import Ease, default_ease
from kla_portal.accounts.access import Refused
from kla_portal.events.models import Event, EventAction
from tests.cast import TABALONG
from tests.evaluations.domain.claims import WEIGHTLESS


def pairs(evaluation):
    return {code: (ease.effort, ease.need) for code, ease in own_efforts(evaluation).items()}


def test_only_what_differs_is_kept(evaluation, by, spec):
    default = default_ease(spec.by_code["1.1"])
    words = {"1.1": default, "12.1": Ease(5, "partners")}
    assert set_efforts(evaluation=evaluation, efforts=words, by=by) == 1
    assert pairs(evaluation) == {"12.1": (5, "partners")}
    row = Effort.objects.get()
    assert (row.district_id, row.set_by) == (TABALONG, by)
    event = Event.objects.get(action=EventAction.EFFORT_SET)
    assert event.data == {"codes": ["12.1"], "reset": []}


def test_changing_again_and_going_back(evaluation, by, spec):
    set_efforts(evaluation=evaluation, efforts={"12.1": Ease(5, ""), "12.2": Ease(1, "")}, by=by)
    assert set_efforts(evaluation=evaluation, efforts={"12.1": Ease(4, "impossible")}, by=by) == 1
    assert set_efforts(evaluation=evaluation, efforts={"12.1": Ease(4, "impossible")}, by=by) == 0
    assert Event.objects.filter(action=EventAction.EFFORT_SET).count() == 2, (
        "nothing changed, nothing to note"
    )
    default = default_ease(spec.by_code["12.1"])
    assert set_efforts(evaluation=evaluation, efforts={"12.1": default}, by=by) == 1
    assert pairs(evaluation) == {"12.2": (1, "")}
    assert reset_efforts(evaluation=evaluation, codes=["12.1", "12.2"], by=by) == 1
    assert pairs(evaluation) == {}


def test_a_neighbours_word_is_its_own(evaluation, neighbour_evaluation, cast, by):
    set_efforts(evaluation=evaluation, efforts={"12.1": Ease(5, "")}, by=by)
    assert pairs(evaluation)
    assert pairs(neighbour_evaluation) == {}
    other = cast.coordinator_tanahbumbu
    assert reset_efforts(evaluation=neighbour_evaluation, codes=["12.1"], by=other) == 0
    assert pairs(evaluation) == {"12.1": (5, "")}


@pytest.mark.parametrize(
    ("code", "ease"),
    [("99.9", Ease(1, "")), ("1.1", Ease(6, "")), ("1.1", Ease(0, "")), ("1.1", Ease(1, "x"))],
)
def test_nonsense_is_refused_whole(evaluation, by, code, ease):
    with pytest.raises(Refused, match=code.replace(".", r"\.")):
        set_efforts(evaluation=evaluation, efforts={"12.1": Ease(5, ""), code: ease}, by=by)
    assert not Effort.objects.exists()


def test_only_the_coordinator(evaluation, cast):
    for who in (cast.leader_tabalong, cast.contributor_health_tabalong, cast.verifier_kalsel):
        with pytest.raises(Refused, match="menyusun target"):
            set_efforts(evaluation=evaluation, efforts={"1.1": Ease(1, "")}, by=who)
        with pytest.raises(Refused, match="menyusun target"):
            reset_efforts(evaluation=evaluation, codes=["1.1"], by=who)


def test_the_lines_of_a_cluster(evaluation, by, spec):
    set_efforts(evaluation=evaluation, efforts={"1.1": Ease(2, "budget")}, by=by)
    found = {line.question.code: line for line in lines(evaluation, spec.clusters[0])}
    assert (found["1.1"].own, found["1.1"].ease.effort, found["1.1"].need.label) == (
        True,
        2,
        "Perlu anggaran",
    )
    assert found["1.1"].default_need.label == "Perlu produk hukum"
    other = found["1.2a"]
    assert (other.own, other.ease) == (False, other.default)
    last = next(c for c in spec.clusters if any(q.code == WEIGHTLESS for q in c.questions()))
    assert WEIGHTLESS not in {line.question.code for line in lines(evaluation, last)}, "it brings no points"
