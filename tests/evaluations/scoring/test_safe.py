"""The safe score: what it counts, that it never exceeds the claim, and that its tree explains it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring.safe import (
    empty_slots,
    safe_points,
    safe_score,
    safe_tree,
    unready,
    warned_in,
)
from evaluations.scoring.score import score
from indicators.spec import Slot
from tests.evaluations.scoring.build import BIRTHS, CHOICE, answered_instruments, d, instrument, question

REQUIRED, OPTIONAL = Slot(1, "document", "SK", True), Slot(2, "photo", "Foto", False)


def slotted(code, *slots, rule=CHOICE):
    return replace(question(rule, code), slots=tuple(replace(s, number=n) for n, s in enumerate(slots, 1)))


SMALL = instrument(
    (
        (slotted("1.1", REQUIRED), slotted("1.2", REQUIRED, REQUIRED, OPTIONAL)),
        (slotted("2.1", OPTIONAL, rule=BIRTHS),),
    )
)
ANSWERS = {"1.1": {"option": 0}, "1.2": {"option": 1}, "2.1": {"numerator": "9", "denominator": "10"}}
"""12, 9 and 2 points."""


def test_empty_slots_and_warnings_are_reasons():
    assert unready(SMALL, {("1.2", 2)}, {"1.1": ["undated", "undated"], "1.2": ["expired"]}) == {
        "1.1": ["slot.1", "undated"],
        "1.2": ["slot.1", "expired"],
    }


def test_a_question_without_required_slots_counts_as_claimed():
    assert unready(SMALL, {("1.1", 1), ("1.2", 1), ("1.2", 2)}, {"2.1": ["expired"]}) == {}


def test_an_optional_slot_need_not_be_filled_but_what_stands_there_counts():
    filled = {("1.1", 1), ("1.2", 1), ("1.2", 2), ("1.2", 3)}
    assert unready(SMALL, filled, {}) == {}
    assert unready(SMALL, filled, {"1.2": ["children_list"]}) == {"1.2": ["children_list"]}


def test_reasons_come_apart_again():
    reasons = {"1.1": ["slot.1"], "1.2": ["slot.1", "slot.12", "expired"]}
    assert warned_in(reasons) == {"1.2": ["expired"]}
    assert empty_slots(reasons["1.2"]) == [1, 12]


def test_every_way_to_fill_a_small_instrument():
    """By hand: 12 for 1.1 with its slot, 9 for 1.2 with both, 2 for 2.1 always."""
    slots = [("1.1", 1), ("1.2", 1), ("1.2", 2), ("1.2", 3)]
    claimed = score(SMALL, ANSWERS)
    points = {part.code: part.points for part in claimed.questions()}
    for held in product([False, True], repeat=4):
        filled = {slot for slot, there in zip(slots, held, strict=True) if there}
        for warned in ({}, {"1.1": ["undated"]}, {"1.2": ["undated"]}, {"2.1": ["undated"]}):
            reasons = unready(SMALL, filled, warned)
            expected = Decimal(2)
            expected += 12 if held[0] and "1.1" not in warned else 0
            expected += 9 if held[1] and held[2] and "1.2" not in warned else 0
            assert safe_score(SMALL, points, reasons).total == expected
            assert safe_tree(SMALL, claimed, reasons).total_exact == expected


def test_the_tree_says_why_and_keeps_the_rest():
    claimed = score(SMALL, ANSWERS)
    tree = safe_tree(SMALL, claimed, {"1.1": ("slot wajib kosong", "dokumen lewat masa berlaku")})
    first, second, third = tree.questions()
    assert first.points == 0
    assert first.reason.startswith(
        "Tidak dihitung aman: slot wajib kosong; dokumen lewat masa berlaku. Peraturan Daerah"
    )
    assert (first.answer_text, first.state) == ("Peraturan Daerah", "answered")
    assert (second, third) == tuple(claimed.questions())[1:]
    assert (tree.answered, tree.total) == (3, d("11.00"))


def test_an_answer_without_points_keeps_its_own_reason():
    claimed = score(SMALL, {"1.1": None, "1.2": {"option": 3}})
    assert safe_tree(SMALL, claimed, {"1.1": ("x",), "1.2": ("x",)}) == claimed


def test_rounded_once_half_up():
    points = {"1.1": d("0.0049"), "1.2": d("0.0001")}
    assert safe_score(SMALL, points, {}).total == d("0.01")
    assert safe_points(points, {}) == d("0.0050")


@given(answered_instruments(), st.data())
def test_safe_is_never_more_than_claimed_and_grows_when_reasons_go(made, data):
    spec, answers = made
    claimed = score(spec, answers)
    points = {part.code: part.points for part in claimed.questions()}
    reasons = {code: ["undated"] for code in points if data.draw(st.booleans())}
    found = safe_score(spec, points, reasons)
    assert found.total <= claimed.total
    tree = safe_tree(spec, claimed, reasons)
    assert (tree.total, tree.predikat) == (found.total, found.predikat)
    fewer = dict(list(reasons.items())[1:])
    assert safe_score(spec, points, fewer).total >= found.total
    assert safe_score(spec, points, {}).total == claimed.total
