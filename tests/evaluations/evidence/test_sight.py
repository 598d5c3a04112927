"""What a person sees of the library beside an evaluation: the same as the plain questions, asked once."""

from __future__ import annotations

import pytest

from evaluations.domain.assignments import agencies_by_question, codes_open_to
from evaluations.domain.evidence.library import Sight, all_managed, may_manage, visible_to
from evaluations.models import Evaluation, Evidence
from kla_portal import clock
from kla_portal.accounts.access import Refused
from tests.evaluations.evidence.shelf import placed, shelved, stand

WHO = [
    "coordinator_tabalong",
    "contributor_health_tabalong",
    "contributor_registry_tabalong",
    "coordinator_tanahbumbu",
    "leader_tabalong",
    "verifier_kalsel",
    "auditor_kalsel",
]


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def stock(evaluation, neighbour_evaluation, cast, by):
    """In use here, in use in the last edition only, unused, in the basket, and next door."""
    health = cast.contributor_health_tabalong
    before = Evaluation.objects.get(edition__code="2024", district=evaluation.district_id)
    placed(evaluation, "Rekap", by=by)
    placed(evaluation, "Akta", code="4.1", by=by)
    stand(before, shelved(evaluation, "Rekap 2023", by=by), by=by)
    shelved(evaluation, "Sisa", by=by)
    shelved(evaluation, "Sisa kesehatan", by=health)
    gone = {"discarded_at": clock.now(), "discarded_by": by}
    shelved(evaluation, "Dibuang", by=by, **gone)
    shelved(evaluation, "Dibuang kesehatan", by=health, **gone)
    placed(neighbour_evaluation, "Mereka", by=cast.coordinator_tanahbumbu)
    return Evaluation.objects.with_place().get(pk=evaluation.pk)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("discarded", [False, True])
def test_the_same_documents_as_asked_plainly(stock, cast, who, discarded):
    person = getattr(cast, who)
    seen = {row.title for row in Sight(person, stock).documents(discarded=discarded)}
    assert seen == {row.title for row in visible_to(person, stock.district_id, discarded=discarded)}
    assert "Mereka" not in seen


def test_what_each_sees(stock, cast, by):
    def seen(who, **more):
        return {row.title for row in Sight(getattr(cast, who), stock).documents(**more)}

    everything = {"Rekap", "Akta", "Rekap 2023", "Sisa", "Sisa kesehatan"}
    assert seen("coordinator_tabalong") == seen("verifier_kalsel") == everything
    assert seen("contributor_health_tabalong") == {"Rekap", "Rekap 2023", "Sisa kesehatan"}


@pytest.mark.parametrize("who", WHO)
def test_in_the_basket_what_they_could_take_back(stock, cast, who):
    person = getattr(cast, who)
    discarded = Evidence.objects.filter(discarded_at__isnull=False, district=stock.district_id)
    assert len(discarded) == 2
    expected = {row.title for row in discarded if may_manage(person, row)}
    assert {row.title for row in Sight(person, stock).documents(discarded=True)} == expected
    assert {row.title for row in visible_to(person, stock.district_id, discarded=True)} == expected


@pytest.mark.parametrize("who", WHO)
def test_the_same_questions_and_agencies(stock, cast, who):
    person = getattr(cast, who)
    sight = Sight(person, stock)
    assert sight.codes == codes_open_to(person, stock)
    assert sight.agencies == agencies_by_question(stock)


@pytest.mark.parametrize(
    ("who", "queries"),
    [("coordinator_tabalong", 3), ("verifier_kalsel", 3), ("contributor_health_tabalong", 4)],
)
def test_each_thing_is_read_once(stock, cast, django_assert_num_queries, who, queries):
    person = getattr(cast, who)
    list(Sight(person, stock).documents())
    sight = Sight(person, stock)
    with django_assert_num_queries(queries):
        assert list(sight.documents())
        for _ in range(2):
            sight.documents()
            assert sight.agencies
            assert sight.codes != frozenset()


def test_several_rows_are_locked_in_one_query_in_the_order_asked_for(stock, by, django_assert_num_queries):
    rows = [Evidence.objects.get(title=title) for title in ("Sisa", "Akta", "Rekap")]
    may_manage(by, rows[0])
    with django_assert_num_queries(1):
        assert all_managed(rows, by) == rows


def test_one_that_is_not_theirs_refuses_them_all(stock, cast, by):
    health = cast.contributor_health_tabalong
    mine, other = (Evidence.objects.get(title=title) for title in ("Sisa kesehatan", "Sisa"))
    assert all_managed([mine], health) == [mine]
    with pytest.raises(Refused, match="hanya diubah oleh koordinator"):
        all_managed([mine, other], health)
    other.delete()
    with pytest.raises(Refused, match="sudah dihapus dari pustaka"):
        all_managed([mine, other], by)
