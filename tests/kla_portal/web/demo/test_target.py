from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kla_portal.web.demo.target import Unreachable, choose

PARTS = st.lists(st.lists(st.integers(0, 400), min_size=1, max_size=5), min_size=1, max_size=120)


def total_of(parts, chosen):
    return sum(outcomes[index] for outcomes, index in zip(parts, chosen, strict=True))


@given(parts=PARTS, seed=st.integers(0, 99), data=st.data())
def test_every_total_that_some_choice_has_is_met_exactly(parts, seed, data):
    some_choice = [data.draw(st.integers(0, len(outcomes) - 1)) for outcomes in parts]
    total = total_of(parts, some_choice)
    levels = [Random(seed + n).gauss(0, 0.2) for n in range(len(parts))]
    chosen = choose(parts, total, levels, Random(seed))
    assert total_of(parts, chosen) == total


@pytest.mark.parametrize("total", [1, 99, 301])
def test_a_total_that_no_choice_has_is_refused(total):
    with pytest.raises(Unreachable):
        choose([[0, 100], [0, 200]], total, [0, 0], Random(1))


def test_the_same_seed_chooses_the_same():
    parts = [[300, 200, 100, 0]] * 80
    levels = [n / 100 for n in range(-40, 40)]
    first, second = (choose(parts, 12_100, levels, Random(7)) for _ in range(2))
    assert first == second


def test_better_levels_bring_better_outcomes():
    parts = [[300, 200, 100, 0]] * 200
    levels = [0.4] * 100 + [-0.4] * 100
    chosen = choose(parts, 30_000, levels, Random(3))
    assert total_of(parts[:100], chosen[:100]) > 2 * total_of(parts[100:], chosen[100:])
