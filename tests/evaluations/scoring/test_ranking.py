"""Shared ranks."""

from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring.ranking import rank
from tests.evaluations.scoring.build import d


def test_ties_share_a_rank_and_the_next_is_skipped():
    rows = [("Banjar", d(700)), ("Tabalong", d("955.25")), ("Balangan", d(700)), ("Tapin", d(500))]
    assert rank(rows) == [
        (1, "Tabalong", d("955.25")),
        (2, "Banjar", d(700)),
        (2, "Balangan", d(700)),
        (4, "Tapin", d(500)),
    ]


def test_without_a_total_apart_and_last():
    assert rank([("Kotabaru", None), ("Tapin", d(0)), ("Banjar", None)]) == [
        (1, "Tapin", d(0)),
        (None, "Kotabaru", None),
        (None, "Banjar", None),
    ]


def test_equal_totals_written_differently_tie():
    assert [place for place, _, _ in rank([("a", d("700.0")), ("b", d("700.00")), ("c", d("699.99"))])] == [
        1,
        1,
        3,
    ]


def test_nobody():
    assert rank([]) == []


TOTALS = st.none() | st.decimals(min_value=0, max_value=20, places=1)


@given(st.lists(TOTALS, max_size=30))
def test_a_rank_is_one_more_than_those_ahead(totals):
    result = rank(list(enumerate(totals)))
    assert sorted(key for _, key, _ in result) == list(range(len(totals)))
    for place, key, total in result:
        assert totals[key] == total
        if total is None:
            assert place is None
        else:
            assert place == 1 + sum(other is not None and other > total for other in totals)
