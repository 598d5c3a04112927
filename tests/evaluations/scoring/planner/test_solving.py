"""The integer programme by itself."""

from __future__ import annotations

import pytest

from evaluations.scoring.planner.solving import OPTIONS, Item, NoSolution, solve


def test_measures_one_after_the_other():
    items = [Item(0, 5, (1, 1)), Item(1, 5, (1, 1)), Item(2, 10, (2, 1)), Item(3, 10, (3, 0))]
    assert solve(items, 10) == ([2], True)
    assert solve([Item(i.group, i.gain, i.costs[::-1]) for i in items], 10) == ([3], True)


def test_one_of_a_group():
    items = [Item(0, 6, (1,)), Item(0, 7, (2,)), Item(1, 6, (9,))]
    chosen, proven = solve(items, 13)
    assert (chosen, proven) == ([1, 2], True)


def test_too_little_is_said_and_not_guessed():
    with pytest.raises(NoSolution, match="Infeasible"):
        solve([Item(0, 5, (1,)), Item(0, 6, (1,))], 11)


def test_a_unit_beside_a_million_counts():
    """Gains of 30 points at six decimals: a tolerance must not stand in for the last unit."""
    items = [Item(0, 29_999_999, (2,)), Item(1, 30_000_000, (4,)), Item(2, 1, (1,)), Item(3, 2, (5,))]
    assert solve(items, 29_999_999) == ([0], True)
    assert solve(items, 30_000_000) == ([0, 2], True)
    assert solve(items, 30_000_001) == ([1, 2], True)
    assert solve(items, 60_000_002) == ([0, 1, 2, 3], True)


def test_out_of_time_a_set_that_holds_but_no_proof(monkeypatch):
    monkeypatch.setitem(OPTIONS, "time_limit", 0.0)
    items = [
        Item(group, (7 * group * (way + 1)) % 2903 + 1, (way + 1, 1))
        for group in range(200)
        for way in range(4)
    ]
    chosen, proven = solve(items, 150_000)
    assert not proven
    assert len({items[place].group for place in chosen}) == len(chosen)
    assert sum(items[place].gain for place in chosen) >= 150_000
