"""Alternatives of a whole instrument: efforts, needs, documents, and what keeps points out of reach."""

from __future__ import annotations

from dataclasses import replace

from evaluations.scoring.planner import Ease, Mode, allowed, alternatives, blocked
from evaluations.scoring.rules import read_answer
from tests.evaluations.scoring.build import BIRTHS, CHOICE, INSTITUTIONS, d, instrument, question

RULE = replace(question(CHOICE, "1.1"), theme="kebijakan")
COUNT = question(INSTITUTIONS, "1.2")
SHARE = question(BIRTHS, "1.3")
INFO = question(CHOICE, "1.4", weight=d(0))
SPEC = instrument(((RULE, COUNT), (SHARE, INFO)))
ANSWERS = {
    "1.1": read_answer(CHOICE, {"option": 1}),
    "1.2": read_answer(INSTITUTIONS, {"value": "3"}),
    "1.3": read_answer(BIRTHS, {"numerator": "0", "denominator": "0"}),
}
CLAIMED = {"1.1": d(9), "1.2": d(4), "1.3": d(0), "1.4": d(0)}


def brief(found):
    return [(a.code, str(a.before), str(a.after), a.effort, a.need, a.aim is not None) for a in found]


def test_points_effort_and_need_of_every_step():
    assert brief(alternatives(SPEC, ANSWERS, {})) == [
        ("1.1", "9", "12", 2, "regulation", True),
        ("1.2", "4", "6", 1, "activity", True),
    ]
    assert [a.effort for a in alternatives(SPEC, {}, {}) if a.code == "1.1"] == [2, 3, 4]


def test_the_districts_own_word_counts():
    own = {"1.1": Ease(5, "budget"), "1.2": Ease(3, "impossible")}
    assert brief(alternatives(SPEC, ANSWERS, own)) == [("1.1", "9", "12", 2, "budget", True)]
    assert brief(alternatives(SPEC, {}, {"1.1": Ease(5, "")}))[2] == ("1.1", "0", "12", 5, "", True)


def test_documents_of_what_is_claimed_come_first():
    counted = CLAIMED | {"1.1": d(0)}
    found = alternatives(SPEC, ANSWERS, {}, counted=counted, lacking={"1.1": '"Perbup"', "1.3": '"Rekap"'})
    assert brief(found)[:2] == [
        ("1.1", "0", "9", 1, "", False),
        ("1.1", "0", "12", 3, "regulation", True),
    ]
    assert found[0].words == 'lengkapi data dukung: "Perbup"'
    assert found[1].words == 'Peraturan Daerah; lengkapi data dukung: "Perbup"'
    assert found[0].gain == 9


def test_an_impossible_question_has_no_documents_either():
    found = alternatives(SPEC, ANSWERS, {"1.1": Ease(4, "impossible")}, counted={}, lacking={"1.1": "x"})
    assert "1.1" not in {one.code for one in found}


def test_a_stage_that_gave_more_than_the_claim_leaves_only_what_is_above():
    found = alternatives(SPEC, ANSWERS, {}, counted=CLAIMED | {"1.2": d(6)})
    assert [one.code for one in found] == ["1.1"]


def test_what_a_mode_lets_in():
    found = alternatives(SPEC, ANSWERS, {})
    assert [one.code for one in allowed(found, Mode.NO_REGULATION)] == ["1.2"]
    assert [one.code for one in allowed(found, Mode.OWN_AGENCY, {"1.1"})] == ["1.1"]
    assert allowed(found, Mode.OWN_AGENCY) == ()
    assert allowed(found, Mode.FEWEST_QUESTIONS) == found


def test_what_blocks_with_its_reason_most_points_first():
    def rows(mode, efforts=None, codes=None):
        own = efforts or {}
        kept = allowed(alternatives(SPEC, ANSWERS, own), mode, codes)
        return [
            (row.code, str(row.points), row.why) for row in blocked(SPEC, CLAIMED, own, kept, mode, codes)
        ]

    assert rows(Mode.LEAST_EFFORT) == [("1.3", "3", "numbers")], "nobody to count: no number would do it"
    assert rows(Mode.NO_REGULATION) == [("1.1", "3", "regulation"), ("1.3", "3", "numbers")]
    assert rows(Mode.LEAST_EFFORT, {"1.2": Ease(2, "impossible")}) == [
        ("1.3", "3", "numbers"),
        ("1.2", "2", "impossible"),
    ]
    assert rows(Mode.OWN_AGENCY, codes={"1.1"}) == [("1.3", "3", "agency"), ("1.2", "2", "agency")]
