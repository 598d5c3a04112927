"""Two at once, each with a connection of its own: one wins, the other is told in words, and nothing breaks."""

from __future__ import annotations

import pytest

from tests.endurance.racing import ONE_WINS, RACES

pytestmark = pytest.mark.django_db

TIMES = 5


@pytest.fixture(scope="module")
def ran(host, built):
    """Race -> the outcomes of each run, in a process beside the portal's own database."""
    assert built
    return host.module("racing", TIMES)


@pytest.mark.parametrize("race", RACES)
def test_nobody_meets_a_fault(ran, race):
    outcomes = [outcome for run in ran[race] for outcome in run]
    assert len(ran[race]) == TIMES
    assert [outcome for outcome in outcomes if not outcome.startswith(("done", "told: "))] == []
    assert all(len(outcome) > len("told: ") for outcome in outcomes if outcome.startswith("told"))


@pytest.mark.parametrize("race", sorted(ONE_WINS))
def test_exactly_one_wins(ran, race):
    for run in ran[race]:
        assert sorted(outcome[:4] for outcome in run) == ["done", "told"], run


def test_nothing_is_half_done_afterwards(ran, host):
    assert ran
    assert host.module("proving", {"saved": [], "files": [], "papers": [], "moved": []}) == []
