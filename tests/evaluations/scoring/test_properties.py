"""What holds for every instrument and every set of answers."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring.rules import (
    ChangeAnswer,
    ChoiceAnswer,
    CountAnswer,
    MatrixAnswer,
    PercentageAnswer,
    best_answer,
    describe_rule,
    read_answer,
    score_answer,
)
from evaluations.scoring.score import score
from indicators.spec import ChangeRule, CountRule, PercentageRule
from tests.evaluations.scoring.build import (
    RULES,
    answered_instruments,
    choice_rules,
    instruments,
    matrix_rules,
    question,
    raw_answers,
    tiered_rules,
)


@given(answered_instruments())
def test_points_stay_between_nothing_and_the_weight(case):
    spec, answers = case
    tree = score(spec, answers)
    for part in (*tree.clusters, *tree.indicators(), *tree.questions()):
        assert 0 <= part.points <= part.weight
    assert 0 <= tree.total_exact <= spec.total


@given(answered_instruments())
def test_parts_sum_to_the_whole(case):
    tree = score(*case)
    assert Fraction(tree.total_exact) == sum(Fraction(q.points) for q in tree.questions())
    assert Fraction(tree.total_exact) == sum(Fraction(cluster.points) for cluster in tree.clusters)
    for cluster in tree.clusters:
        assert Fraction(cluster.points) == sum(Fraction(i.points) for i in cluster.indicators)
        assert cluster.count == sum(i.count for i in cluster.indicators)
        assert cluster.answered == sum(i.answered for i in cluster.indicators)
    for indicator in tree.indicators():
        assert Fraction(indicator.points) == sum(Fraction(q.points) for q in indicator.questions)


@given(answered_instruments(), st.randoms(use_true_random=False))
def test_the_order_of_the_answers_plays_no_part(case, random):
    spec, answers = case
    shuffled = list(answers.items())
    random.shuffle(shuffled)
    assert score(spec, dict(shuffled)) == score(spec, answers)


@given(answered_instruments())
def test_leaving_out_is_the_same_as_none(case):
    spec, answers = case
    given_only = {code: raw for code, raw in answers.items() if raw is not None}
    assert score(spec, given_only) == score(spec, answers)
    assert score(spec, given_only).answered == len(given_only)


@given(instruments())
def test_best_answers_bring_exactly_everything(spec):
    tree = score(spec, {q.code: best_answer(q.rule) for q in spec.questions()})
    assert tree.total_exact == spec.total
    assert tree.answered == tree.questions_count


@given(instruments())
def test_nothing_brings_exactly_nothing(spec):
    assert score(spec, {}).total_exact == 0


@given(answered_instruments(), st.data())
def test_one_better_answer_never_lowers_the_total(case, data):
    spec, answers = case
    changed = data.draw(st.sampled_from(list(spec.questions())))
    improved = {**answers, changed.code: best_answer(changed.rule)}
    assert score(spec, improved).total_exact >= score(spec, answers).total_exact


@given(choice_rules())
def test_a_better_option_never_brings_less(rule):
    row = question(rule)
    points = [score_answer(row, ChoiceAnswer(number)).points for number in range(len(rule.options))]
    assert points == sorted(points, reverse=True)


@given(matrix_rules(), st.data())
def test_a_better_row_never_brings_less(rule, data):
    row = question(rule)
    rows = data.draw(raw_answers(rule))["rows"]
    place = data.draw(st.integers(0, len(rows) - 1))
    before = score_answer(row, MatrixAnswer(tuple(rows))).points
    for option in range(rows[place]):
        better = MatrixAnswer((*rows[:place], option, *rows[place + 1 :]))
        assert score_answer(row, better).points >= before
    emptied = MatrixAnswer((*rows[:place], None, *rows[place + 1 :]))
    assert score_answer(row, emptied).points <= before


@given(tiered_rules(), st.integers(0, 3000), st.integers(0, 3000), st.integers(0, 3000))
def test_more_never_brings_less_where_more_is_better(rule, first, second, fixed):
    smaller, larger = sorted((first, second))
    match rule:
        case PercentageRule():
            whole = max(larger, fixed)
            pair = PercentageAnswer(smaller, whole), PercentageAnswer(larger, whole)
        case CountRule():
            pair = CountAnswer(smaller), CountAnswer(larger)
        case ChangeRule():
            pair = ChangeAnswer(fixed, smaller), ChangeAnswer(fixed, larger)
    low, high = (score_answer(question(rule), answer).points for answer in pair)
    assert low <= high if rule.direction == "higher" else low >= high


@given(tiered_rules(), st.data())
def test_a_tier_brings_what_is_written_beside_it(rule, data):
    row = question(rule)
    result = score_answer(row, read_answer(rule, data.draw(raw_answers(rule))))
    if result.choice is not None:
        assert describe_rule(row)[result.choice].points == result.points


@given(RULES, st.data())
def test_every_answer_has_its_reason_in_one_line(rule, data):
    row = question(rule)
    result = score_answer(row, read_answer(rule, data.draw(st.none() | raw_answers(rule))))
    assert "\n" not in result.reason
    assert (" poin" in result.reason) == bool(row.weight)
    assert bool(result.answer_text) == (result.state != "unanswered")
