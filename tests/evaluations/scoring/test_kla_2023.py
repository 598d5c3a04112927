"""The real instrument: its whole, its regulation examples, and answers drawn for all 274 questions."""

import time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.scoring.answers import read_answer
from evaluations.scoring.hints import best_answer, next_step
from evaluations.scoring.rules import describe_rule, score_answer
from evaluations.scoring.score import canonical_json, score, tree_from_dict, tree_to_dict
from indicators.domain.importing import parse_instrument
from indicators.spec import InstrumentSpec, MatrixRule
from tests.evaluations.scoring.build import raw_answers

FILE = Path(__file__).parents[3] / "fixtures" / "instruments" / "kla-2023.yaml"
KLA = parse_instrument(FILE.read_text(encoding="utf-8"), name=FILE.name)
BEST = {question.code: best_answer(question.rule) for question in KLA.questions()}


def reason(code: str, raw: dict[str, object]) -> str:
    question = KLA.by_code[code]
    return score_answer(question, read_answer(question.rule, raw, strict=True)).reason


def test_best_answers_bring_exactly_1000():
    tree = score(KLA, BEST)
    assert tree.total_exact == 1000
    assert str(tree.total) == "1000.00"
    assert (tree.predikat.code, tree.next_band, tree.note) == ("kla", None, None)
    assert (tree.answered, tree.questions_count) == (274, 274)
    weights = {"K0": 164, "K1": 115, "K2": 156, "K3": 150, "K4": 110, "K5": 205, "K6": 100}
    assert {cluster.code: cluster.points for cluster in tree.clusters} == weights
    assert all(part.points == part.weight for part in (*tree.indicators(), *tree.questions()))


def test_nothing_brings_exactly_0():
    tree = score(KLA, {})
    assert (tree.total_exact, tree.predikat.code, tree.answered) == (0, "inisiasi", 0)
    assert tree.to_next == 500


def test_every_question_stands_once_in_the_order_of_the_instrument():
    codes = [question.code for question in score(KLA, {}).questions()]
    assert codes == [question.code for question in KLA.questions()]
    assert len(set(codes)) == 274


@pytest.mark.parametrize(
    ("code", "raw", "expected"),
    [
        ("1.1", {"option": 0}, "Peraturan Daerah tentang KLA: 12 dari 12 poin"),
        ("4.1", {"numerator": "950", "denominator": "1000"}, "95% ≥ 95%: 1 dari 1 poin"),
        ("4.1", {"numerator": "949", "denominator": "1000"}, "94,9% ≥ 85%: 0,5 dari 1 poin"),
        ("8.1", {"value": "6"}, "6 ≥ 5 jenis lembaga: 6 dari 6 poin"),
        ("12.1", {"numerator": "4120", "denominator": "4508"}, "91,39% ≥ 85%: 2 dari 3 poin"),
        ("12.4", {"previous": "12", "current": "10"}, "−16,67% ≤ −5%: 3 dari 3 poin"),
        ("12.4", {"previous": "0", "current": "0"}, "Tetap 0 dari tahun lalu ke tahun ini: 3 dari 3 poin"),
        ("16.2", {"numerator": "99999", "denominator": "100000"}, "99,999% ≥ 90%: 2,5 dari 3 poin"),
        ("19.2a", {"numerator": "1", "denominator": "20000"}, "0,005% < 0,01%: 0 dari 3,2 poin"),
        ("19.2a", {"numerator": "2", "denominator": "20000"}, "0,01% ≥ 0,01%: 0,8 dari 3,2 poin"),
        ("26.17", {"numerator": "3", "denominator": "140"}, "2,14% ≤ 100%: butir informasi, tidak dinilai"),
        (
            "3.1a",
            {"rows": [0, 1, 3]},
            "Lembaga masyarakat 1,5 + Dunia usaha 1 + Media massa 0: 2,5 dari 4,5 poin",
        ),
    ],
)
def test_examples(code, raw, expected):
    assert reason(code, raw) == expected


def test_the_second_step_of_a_two_point_budget_question_is_1_32():
    budget = next(
        q for q in KLA.questions()
        if q.weight == 2 and getattr(q.rule, "scale", None) == "anggaran"
    )  # fmt: skip
    assert score(KLA, {budget.code: {"option": 1}}).total_exact == Decimal("1.32")


def test_the_next_step_of_the_card():
    question = KLA.by_code["12.1"]
    answer = read_answer(question.rule, {"numerator": "4120", "denominator": "4508"})
    assert next_step(question, answer) == "untuk 3 poin: 163 persalinan lagi"


@pytest.mark.parametrize("question", list(KLA.questions()), ids=lambda question: question.code)
def test_every_rule_reads_and_its_best_line_is_the_weight(question):
    lines = describe_rule(question)
    assert all(line.text and "None" not in line.text for line in lines)
    if isinstance(question.rule, MatrixRule):
        assert sum(row.options[0].points for row in question.rule.rows) == question.weight
    else:
        assert max(line.points for line in lines) == question.weight == lines[0].points


@st.composite
def answer_sets(draw: st.DrawFn, instrument: InstrumentSpec = KLA) -> dict[str, dict[str, object] | None]:
    """Any share of the questions answered, in any order."""
    chosen = draw(
        st.lists(st.sampled_from(list(instrument.questions())), unique_by=lambda q: q.code, max_size=40)
    )
    answers: dict[str, dict[str, object] | None] = {q.code: draw(raw_answers(q.rule)) for q in chosen}
    return answers if draw(st.booleans()) else {**BEST, **answers}


@settings(max_examples=25, deadline=None)
@given(answer_sets())
def test_any_answers_stay_in_bounds_sum_up_and_survive_storage(answers):
    tree = score(KLA, answers)
    assert 0 <= tree.total_exact <= 1000
    assert Fraction(tree.total_exact) == sum(Fraction(q.points) for q in tree.questions())
    assert abs(tree.total - tree.total_exact) <= Decimal("0.005")
    assert tree.answered == len(answers)
    assert score(KLA, dict(sorted(answers.items(), reverse=True))) == tree
    content = tree_to_dict(tree)
    assert tree_from_dict(content) == tree
    assert canonical_json(tree_to_dict(score(KLA, answers))) == canonical_json(content)


def test_a_full_score_is_quick():
    # Pages score on every save: far below what a person notices, even on a loaded machine.
    start = time.process_time()
    for _ in range(5):
        score(KLA, BEST)
    assert (time.process_time() - start) / 5 < 0.1
