"""Districts and editions side by side, and what the form takes for a choice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evaluations.domain.analysis.compare import chosen, editions_opened, side_by_side
from evaluations.domain.analysis.totals import CLAIM
from evaluations.forms.analysis import NOT_KNOWN, NOT_THERE, TWICE, CompareForm
from evaluations.models import Evaluation, Stage
from kla_portal import clock
from kla_portal.accounts.access import Area, area_of
from kla_portal.accounts.roles import Permission
from kla_portal.regions.models import District
from tests.cast import GUNUNG_MAS, KALSEL, TABALONG, TANAH_BUMBU
from tests.evaluations.analysis.stored import stored
from tests.evaluations.domain.claims import best, fill

KALSEL_ONLY = Area(False, frozenset({KALSEL}), frozenset())


def of(district, edition="2026"):
    return Evaluation.objects.with_place().get(edition__code=edition, district=district)


@pytest.fixture
def form(edition):
    districts = dict(District.objects.filter(province=KALSEL).values_list("code", "name"))

    def make(**data):
        return CompareForm(
            data,
            area=KALSEL_ONLY,
            districts=districts,
            editions=editions_opened(),
            initial_edition="2026",
            initial_basis="em",
        )

    return make


def test_clusters_and_indicators_in_the_given_order(edition, cast, spec):
    first, second = of(TABALONG), of(TANAH_BUMBU)
    stored(first, {}, by=cast.admin_kalsel)
    stored(second, {"1.1": "12"}, by=cast.admin_kalsel)
    found = side_by_side([second, first], Stage.EM)
    assert [column.evaluation for column in found.columns] == [second, first]
    k0 = found.rows[0]
    assert (k0.code, k0.is_cluster) == ("K0", True)
    assert [cell.points for cell in k0.cells] == [Decimal(152), Decimal(164)]
    assert len(found.rows) == len(spec.clusters) + len(list(spec.indicators()))
    assert not found.weights_differ


def test_other_weights_are_compared_in_percent(edition, cast):
    first, before = of(TABALONG), of(TABALONG, "2024")
    stored(first, {}, by=cast.admin_kalsel)
    stored(before, {}, by=cast.admin_kalsel)
    assert not side_by_side([first, before], Stage.EM).weights_differ

    def heavier(clusters):
        clusters[0]["weight"] = "328"

    stored(before, {}, by=cast.admin_kalsel, sequence=2, spoil=heavier)
    found = side_by_side([first, before], Stage.EM)
    assert found.weights_differ
    assert [cell.percent for cell in found.rows[0].cells] == [100, 50]


def test_an_indicator_that_one_lacks_makes_the_weights_differ(edition, cast):
    first, before = of(TABALONG), of(TABALONG, "2024")
    stored(first, {}, by=cast.admin_kalsel)
    stored(before, {}, by=cast.admin_kalsel, spoil=lambda clusters: clusters[0]["indicators"].pop())
    found = side_by_side([first, before], Stage.EM)
    (row,) = [row for row in found.rows if None in row.cells]
    assert (row.cells[0] is not None, row.cells[1]) == (True, None)
    assert found.weights_differ


def test_without_a_result_a_column_is_empty(edition, cast):
    first, second = of(TABALONG), of(TANAH_BUMBU)
    stored(first, {}, by=cast.admin_kalsel)
    found = side_by_side([first, second], Stage.EM)
    assert [column.total is not None for column in found.columns] == [True, False]
    assert {row.cells[1] for row in found.rows} == {None}
    assert not found.weights_differ


def claim(district, codes, spec, by, edition="2026"):
    """Full points at ``codes``; everything else unanswered."""
    fill(of(district, edition), {code: best(spec)[code] for code in codes}, by=by)
    Evaluation.objects.filter(pk=of(district, edition).pk).update(last_activity_at=clock.now())


def test_running_claims_are_scored_from_the_answers_as_they_stand(edition, cast, spec):
    claim(TABALONG, ["1.1", "12.1"], spec, cast.coordinator_tabalong)
    claim(TABALONG, ["1.1"], spec, cast.coordinator_tabalong, "2024")
    now, before, silent = of(TABALONG), of(TABALONG, "2024"), of(TANAH_BUMBU)
    stored(silent, {}, by=cast.admin_kalsel)
    found = side_by_side([now, silent, before], CLAIM)
    weights = spec.by_code["1.1"].weight, spec.by_code["12.1"].weight
    assert [column.total for column in found.columns] == [sum(weights), None, weights[0]]
    assert found.columns[0].total == now.claimed_total
    assert found.columns[0].band.code == now.claimed_predikat
    rows = {row.code: row for row in found.rows if row.is_cluster}
    assert [cell and cell.points for cell in rows["K0"].cells] == [weights[0], None, weights[0]]
    assert [cell and cell.points for cell in rows["K3"].cells] == [weights[1], None, 0]
    assert len(found.rows) == len(spec.clusters) + len(list(spec.indicators()))
    assert not found.weights_differ


def test_claims_take_one_query_for_one_and_for_three(edition, cast, spec, django_assert_num_queries):
    for district in (TABALONG, TANAH_BUMBU):
        claim(district, ["1.1"], spec, cast.coordinator_tabalong)
    rows = [of(TABALONG), of(TANAH_BUMBU), of(GUNUNG_MAS)]
    side_by_side(rows, CLAIM)
    for part in (rows[:1], rows):
        with django_assert_num_queries(1):
            side_by_side(part, CLAIM)


def test_a_result_names_its_band(edition, cast):
    stored(of(TABALONG), {}, by=cast.admin_kalsel)
    (column,) = side_by_side([of(TABALONG)], Stage.EM).columns
    assert (column.total, column.band.name) == (Decimal(1000), "KLA")


def test_only_what_lies_in_the_area_can_be_chosen(edition, cast):
    wanted = [(TABALONG, "2026"), (GUNUNG_MAS, "2026"), (TABALONG, "2024")]
    area = area_of(cast.admin_kalsel, Permission.SUPERVISE)
    assert set(chosen(area, wanted)) == {(TABALONG, "2026"), (TABALONG, "2024")}


def test_a_district_by_code_by_list_entry_or_by_name(form):
    found = form(
        d1="63.09",
        e1="2024",
        d2=" 63.10 Kabupaten Tanah Bumbu",
        e2="2026",
        d3="kabupaten tabalong",
        tahap="va",
    )
    assert found.is_valid(), found.errors
    assert [(row.district_id, row.edition.code) for row in found.evaluations] == [
        (TABALONG, "2024"), (TANAH_BUMBU, "2026"), (TABALONG, "2026"),
    ]  # fmt: skip
    assert found.basis == Stage.VA


def test_the_basis_is_what_was_chosen_else_the_one_offered(form):
    pair = {"d1": "63.09", "d2": "63.10"}
    for data, basis, name in (
        (pair, "em", "Evaluasi Mandiri"),
        (pair | {"tahap": CLAIM}, CLAIM, "Klaim sementara"),
    ):
        found = form(**data)
        assert found.is_valid(), found.errors
        assert (found.basis, found.basis_name) == (basis, name)


def test_a_name_alone_is_enough_where_only_one_is_called_so(edition):
    districts = {"32.79": "Kota Banjar", "63.03": "Kabupaten Banjar", "63.10": "Kabupaten Tanah Bumbu"}
    everywhere = Area(True, frozenset(), frozenset())

    def attempt(name):
        found = CompareForm(
            {"d1": name, "d2": "63.10", "e2": "2024"},
            area=everywhere, districts=districts, editions=editions_opened(), initial_edition="2026",
            initial_basis="em",
        )  # fmt: skip
        return [row.district_id for row in found.evaluations] if found.is_valid() else found.errors["d1"]

    assert attempt("tanah bumbu") == ["63.10", "63.10"]
    assert attempt("Kota Banjar") == ["32.79", "63.10"]
    assert attempt("Banjar") == [NOT_KNOWN]


def test_a_code_comes_back_with_its_name_and_other_text_as_it_was(form):
    found = form(d1=" 63.09 ", d2="Tabalong?")
    assert [shown for _, shown, _ in found.pairs] == ["63.09 Kabupaten Tabalong", "Tabalong?", "", "", "", ""]


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"d1": "63.09"}, "__all__", "paling sedikit 2"),
        ({"d1": "63.09", "d2": "62.10"}, "d2", NOT_KNOWN),
        ({"d1": "63.09", "d2": "Atlantis"}, "d2", NOT_KNOWN),
        ({"d1": "63.09", "d2": "63.09"}, "d2", TWICE),
        ({"d1": "63.09", "d2": "63.10", "e2": "1999"}, "e2", "1999"),
        ({"d1": "63.09", "d2": "63.10", "tahap": "xx"}, "tahap", "xx"),
    ],
)
def test_what_is_no_comparison_says_why_beside_its_field(form, data, field, words):
    found = form(**data)
    assert not found.is_valid()
    assert words in " ".join(found.errors[field])


def test_a_district_that_took_no_part_in_that_edition(form):
    Evaluation.objects.filter(edition__code="2024", district=TANAH_BUMBU).delete()
    found = form(d1="63.09", d2="63.10", e2="2024")
    assert not found.is_valid()
    assert found.errors["d2"] == [NOT_THERE]
