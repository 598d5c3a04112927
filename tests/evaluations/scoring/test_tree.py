"""The tree as JSON: exact, canonical, and the same tree again when read back."""

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring.score import score
from evaluations.scoring.tree import (
    canonical_json,
    digest,
    plain,
    tree_from_dict,
    tree_to_dict,
    tree_to_summary,
)
from tests.evaluations.scoring.build import answered_instruments, d
from tests.evaluations.scoring.test_score import ANSWERS, SMALL, totals


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("12", "12"), ("12.00", "12"), ("121.160", "121.16"), ("1E+2", "100"), ("1E-7", "0.0000001"),
        ("0", "0"), ("0.00", "0"), ("-0.0", "0"), ("0E+3", "0"), ("100", "100"), ("-2.50", "-2.5"),
    ],
)  # fmt: skip
def test_plain_numbers(number, text):
    assert plain(d(number)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-1000, max_value=1000))
def test_plain_is_exact(number):
    assert d(plain(number)) == number
    assert "E" not in plain(number)


def test_the_tree_as_a_dict():
    content = tree_to_dict(score(SMALL, ANSWERS))
    assert list(content) == [
        "total_exact", "total", "predikat", "note", "next_band", "to_next", "answered", "questions_count",
        "clusters",
    ]  # fmt: skip
    assert (content["total"], content["total_exact"], content["to_next"]) == ("17.50", "17.5", "482.50")
    assert content["predikat"]["code"] == "inisiasi"
    cluster = content["clusters"][0]
    assert (cluster["code"], cluster["points"], cluster["weight"]) == ("K0", "15.5", "22.5")
    assert cluster["indicators"][0]["questions"][0] == {
        "code": "1.1",
        "points": "9",
        "weight": "12",
        "state": "answered",
        "reason": "Peraturan Bupati/Wali Kota: 9 dari 12 poin",
        "answer_text": "Peraturan Bupati/Wali Kota",
        "choice": 1,
    }


@given(answered_instruments())
def test_the_tree_survives_json(case):
    tree = score(*case)
    content = tree_to_dict(tree)
    stored = json.loads(canonical_json(content))
    assert tree_from_dict(stored) == tree
    assert tree_to_dict(tree_from_dict(stored)) == content
    assert digest(stored) == digest(content)


def test_the_best_band_has_no_next():
    tree = score(*totals("1000"))
    assert (tree.next_band, tree.to_next) == (None, None)
    assert tree_from_dict(tree_to_dict(tree)) == tree


@pytest.mark.parametrize("content", [{}, {"next_band": None}, {"total": "1"}])
def test_what_is_no_tree_is_refused(content):
    with pytest.raises(KeyError):
        tree_from_dict(content)


def test_the_summary_has_the_shape_the_command_prints():
    summary = tree_to_summary(score(SMALL, ANSWERS))
    assert list(summary) == ["total", "predikat", "clusters", "indicators", "questions"]
    assert summary["total"] == "17.50"
    assert summary["predikat"] == "inisiasi"
    assert summary["clusters"] == {"K0": "15.5", "K1": "2"}
    assert summary["indicators"] == {"1": "11.5", "2": "4", "3": "2"}
    assert list(summary["questions"]) == ["1.1", "1.2", "2.1", "3.1", "3.2"]
    assert summary["questions"]["3.1"] == {"points": "2", "reason": "91,39% ≥ 85%: 2 dari 3 poin"}


def test_the_summary_carries_the_note_of_a_gap():
    summary = tree_to_summary(score(*totals("600.50")))
    assert list(summary)[:3] == ["total", "predikat", "note"]
    assert summary["note"].startswith("Nilai 600,50 berada di antara")


def test_canonical_json_is_one_byte_string_per_content():
    assert canonical_json({"b": [1, "≥"], "a": None}) == '{"a":null,"b":[1,"≥"]}'.encode()
    assert canonical_json({"a": None, "b": [1, "≥"]}) == canonical_json({"b": [1, "≥"], "a": None})
    assert digest({}) == hashlib.sha256(b"{}").hexdigest()
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"a": float("nan")})
    with pytest.raises(TypeError):
        canonical_json({"a": d(1)})


def test_the_digest_sees_every_change():
    tree = score(SMALL, ANSWERS)
    plain_digest = digest(tree_to_dict(tree))
    assert digest(tree_to_dict(score(SMALL, {**ANSWERS, "2.1": {"value": "5"}}))) != plain_digest
    assert digest(tree_to_dict(replace(tree, note="lain"))) != plain_digest
    assert digest(tree_to_dict(score(SMALL, dict(reversed(ANSWERS.items()))))) == plain_digest
