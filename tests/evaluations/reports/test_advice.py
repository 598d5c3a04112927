"""What a paper recommends: sums, order, and a payload that changes with what is printed."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from evaluations.reports.advice import EFFORTS, Step, worth_most
from tests.evaluations.reports import papers_build as build


def step(code, gain, effort):
    return Step(code, f"Judul {code}", "Dinas Kesehatan", "Ada", Decimal(gain), effort, "")


def test_the_sums_are_those_of_the_steps():
    advice = build.advice(steps=(step("1.1", "0.1", 2), step("1.2", "0.2", 3)))
    assert (advice.gain, advice.effort) == (Decimal("0.3"), 5)
    assert advice.reachable
    assert advice.missing == 0


def test_out_of_reach_says_how_much_is_missing():
    advice = build.advice(reached=Decimal("790.00"))
    assert not advice.reachable
    assert advice.missing == Decimal("10.01")


def test_worth_most_weighs_points_against_effort():
    steps = [step("a", "3", 3), step("b", "5", 5), step("c", "4", 1), step("d", "2", 2), step("e", "9", 4)]
    assert [one.code for one in worth_most(steps, 4)] == ["c", "e", "b", "a"]
    assert worth_most([], 5) == ()


@pytest.mark.parametrize(
    ("effort", "words"), [(0, EFFORTS[1]), (1, EFFORTS[1]), (5, EFFORTS[5]), (6, EFFORTS[5])]
)
def test_efforts_have_words_even_beyond_the_scale(effort, words):
    """A step that also completes documents costs one more."""
    assert step("a", "1", effort).effort_words == words


@pytest.mark.parametrize(
    "change",
    [
        {"goal": "predikat KLA"},
        {"own": False},
        {"reached": Decimal("801")},
        {"steps": ()},
        {"others": (step("9.9", "1", 1),)},
    ],
)
def test_whatever_is_printed_is_in_the_payload(change):
    plain = build.advice().payload()
    assert json.dumps(replace(build.advice(), **change).payload()) != json.dumps(plain)
    assert build.advice().payload() == plain
