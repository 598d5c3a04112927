"""The same decree from another office is recognised, another decree on the same subject is not."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from evaluations.files import likeness as module
from evaluations.files.likeness import ALIKE, BANDS, PERMUTATIONS, bands, likeness, signature
from tests.evaluations.files import decrees

ROOT = Path(module.__file__).parents[2]
CASES = 200
FIXED = " ".join(f"kata{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(100))


def share_a_band(a, b):
    return not set(bands(a)).isdisjoint(bands(b))


@pytest.fixture(scope="module")
def cases():
    """(decree, the same elsewhere, another one) as texts, drawn freely but always the same."""
    dice = Random(2025)
    made = []
    for _ in range(CASES):
        clauses = decrees.drafted(dice)
        made.append([decrees.issued(c, dice) for c in (clauses, clauses, decrees.drafted(dice))])
    return made


def test_the_same_decree_elsewhere_is_alike_and_found_by_its_bands(cases):
    for one, same, _ in cases:
        a, b = signature(one), signature(same)
        assert likeness(a, b) >= ALIKE
        assert share_a_band(a, b)


def test_the_same_decree_elsewhere_does_differ(cases):
    """The control: other letterhead, number, date, and mostly another place in every line that names it."""
    pairs = [(one.splitlines(), same.splitlines()) for one, same, _ in cases]
    for one, same in pairs:
        assert len(one) == len(same)
        assert one[5] != same[5], "the number"
    changed = [sum(a != b for a, b in zip(one, same, strict=True)) / len(one) for one, same in pairs]
    assert sum(changed) / len(changed) > Decimal("0.2")


def test_another_decree_on_the_same_subject_is_not_alike(cases):
    found = [likeness(signature(one), signature(other)) for one, _, other in cases]
    assert max(found) < Decimal("0.65"), "far from the threshold"
    shared = sum(share_a_band(signature(one), signature(other)) for one, _, other in cases)
    assert shared < CASES / 2, "bands keep most pairs from being compared at all"


def test_a_copy_with_a_clause_more_is_still_alike():
    dice = Random(3)
    clauses = decrees.drafted(dice)
    text = decrees.issued(clauses, dice)
    longer = text.replace("KETIGA", "menjaga kerahasiaan identitas anak korban dalam setiap laporan;\nKETIGA")
    assert ALIKE <= likeness(signature(text), signature(longer)) < 1


def test_place_month_and_numbers_do_not_count():
    said = FIXED + " Bupati {} menetapkan {} target Kabupaten {} pada tanggal {} lalu"
    here = said.format("Tabalong", 12, "Tabalong", "3 Maret 2024")
    there = said.format("Hulu Sungai Selatan", 140, "Hulu Sungai Selatan", "17 Agustus 2025")
    assert signature(here) == signature(there)
    assert signature(here) != signature(here.replace("menetapkan", "membatalkan"))


def test_lines_broken_elsewhere_change_nothing():
    dice = Random(4)
    text = decrees.issued(decrees.drafted(dice), dice)
    head, body = text.split("Menimbang", 1)
    words = f"Menimbang{body}".split()
    narrow = "\n".join(" ".join(words[at : at + 5]) for at in range(0, len(words), 5))
    narrow = head + narrow.replace("perlindungan", "perlin-\ndungan").replace("kecamatan", "keca‐\nmatan")
    assert narrow != text
    assert signature(narrow) == signature(text)


def test_too_little_text_has_no_signature():
    words = FIXED.split()
    assert signature(" ".join(words[:59])) is None
    assert signature(" ".join(words[:60])) is not None
    assert signature("") is None
    assert signature("2024 2025 " * 100) is None, "numbers are no words"


def test_likeness_is_a_share_with_two_decimals():
    a = tuple(range(PERMUTATIONS))
    assert likeness(a, a) == 1
    assert likeness(a, tuple(n + 1 for n in a)) == 0
    half = a[:64] + tuple(n + 1000 for n in a[64:])
    assert likeness(a, half) == Decimal("0.50")
    almost = (999, *a[1:])
    assert str(likeness(a, almost)) == "0.99"


def test_bands_are_short_keys_that_differ_by_their_place():
    keys = bands((7,) * PERMUTATIONS)
    assert len(keys) == len(set(keys)) == BANDS
    assert all(len(key) == 16 and int(key, 16) >= 0 for key in keys)
    one, other = bands((7,) * PERMUTATIONS), bands((8,) + (7,) * (PERMUTATIONS - 1))
    assert [a == b for a, b in zip(one, other, strict=True)] == [False] + [True] * (BANDS - 1)


# Stored values are compared with those of other years and machines.

EXPECTED = (228495694, 1846938375, 780161797, 2681549457, 862514237, 2146899621)
EXPECTED_BANDS = ("f3ceb5b6e30ba645", "9ce69fb81698e3b2")


def test_the_stored_values_stay_what_they_are():
    found = signature(FIXED)
    assert len(found) == PERMUTATIONS
    assert all(0 <= value < 2**32 for value in found)
    assert found[:4] + found[-2:] == EXPECTED
    assert (bands(found)[0], bands(found)[-1]) == EXPECTED_BANDS


def test_another_process_with_another_hash_seed_agrees():
    code = (
        "import json, sys; from evaluations.files.likeness import signature;"
        "print(json.dumps(signature(sys.argv[1])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, FIXED], cwd=ROOT, env={"PYTHONHASHSEED": "77", "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert tuple(json.loads(done.stdout)) == signature(FIXED)
