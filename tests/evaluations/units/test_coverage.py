"""Numerator and denominator from the rows; who said nothing counts on the unfavourable side."""

from __future__ import annotations

import pytest

from evaluations.domain import answers
from evaluations.domain.units.coverage import coverage, progress, tallies
from evaluations.domain.units.places import places_of
from evaluations.domain.units.taking import take_proposal
from evaluations.models import AnswerRevision
from indicators.domain.spec import loaded
from kla_portal.accounts.access import Refused
from kla_portal.regions.models import Kecamatan
from tests.cast import MURUNG_PUDAK, TABALONG, UPAU
from tests.evaluations.units.cells import cell, put, submitted


def line(evaluation, code):
    question = loaded(evaluation.edition.instrument).spec.by_code[code]
    (found,) = coverage(evaluation, [question], places_of(TABALONG), tallies(evaluation))
    return found


def fill_all(evaluation, by, code, yes, but=()):
    """ "ya" in the first ``yes`` kecamatan, "tidak" in the others, nothing in ``but``."""
    for place, kecamatan in enumerate(Kecamatan.objects.filter(district=TABALONG).order_by("code")):
        if kecamatan.code not in but:
            put(evaluation, by, cell(code, kecamatan.code, place < yes), kecamatan=kecamatan.code)


def test_nothing_said_nothing_proposed(cast, evaluation):
    found = line(evaluation, "25.2")
    assert (found.total, found.told, found.missing, found.proposal) == (12, 0, 12, None)
    assert found.words.startswith(
        "0 dari 12 kecamatan sudah mengisi; 12 belum (Banua Lawas, Kelua, Tanta, Tanjung"
    )
    assert "dan 8 kecamatan lain" in found.words


def test_higher_counts_the_silent_as_no(cast, evaluation):
    fill_all(evaluation, cast.coordinator_tabalong, "25.2", 8, but=[UPAU])
    found = line(evaluation, "25.2")
    assert (found.yes, found.no, found.missing) == (8, 3, 1)
    assert found.proposal == {"numerator": "8", "denominator": "12"}
    assert found.words == '11 dari 12 kecamatan sudah mengisi; 1 belum (Upau), dihitung "tidak".'


def test_lower_counts_the_silent_as_yes(cast, evaluation):
    fill_all(evaluation, cast.coordinator_tabalong, "25.7a", 2, but=[UPAU, MURUNG_PUDAK])
    found = line(evaluation, "25.7a")
    assert found.proposal == {"numerator": "4", "denominator": "12"}
    assert 'dihitung "ya"' in found.words


def test_all_said(cast, evaluation):
    fill_all(evaluation, cast.coordinator_tabalong, "25.7a", 2)
    found = line(evaluation, "25.7a")
    assert (found.proposal, found.words) == (
        {"numerator": "2", "denominator": "12"},
        "Semua 12 kecamatan sudah mengisi.",
    )


def test_villages_are_counted_of_the_whole_district(cast, evaluation, villages):
    changes = [cell("26.4", village) for village in villages[UPAU]]
    put(evaluation, cast.coordinator_tabalong, *changes, kecamatan=UPAU)
    found = line(evaluation, "26.4")
    assert found.proposal == {"numerator": "6", "denominator": "131"}
    assert "125 belum (Banua Lawas 15, Kelua 12" in found.words


def test_without_the_list_of_villages_there_is_no_proposal(cast, evaluation):
    found = line(evaluation, "26.4")
    assert (found.total, found.proposal) == (0, None)


def test_progress_per_kecamatan(cast, evaluation, villages, spec, django_assert_num_queries):
    put(evaluation, cast.officer_kecamatan, cell("25.2"), cell("26.4", villages[MURUNG_PUDAK][0], False))
    places, counted = places_of(TABALONG), tallies(evaluation)
    with django_assert_num_queries(0):
        rows = {row.name: row for row in progress(spec.counting_units, places, counted)}
    assert (rows["Murung Pudak"].told, rows["Murung Pudak"].asked) == (2, 15 + 20 * 10)
    assert (rows["Upau"].told, rows["Upau"].asked) == (0, 15 + 20 * 6)


def test_counting_takes_as_many_queries_at_three_rows_as_at_one(cast, evaluation, django_assert_num_queries):
    put(evaluation, cast.coordinator_tabalong, cell("25.2"))
    question = loaded(evaluation.edition.instrument).spec.by_code["25.2"]
    for changes in ((), (cell("25.3"), cell("25.4"))):
        put(evaluation, cast.coordinator_tabalong, *changes)
        with django_assert_num_queries(4):
            coverage(evaluation, [question], places_of(TABALONG), tallies(evaluation))


# Taking it as the answer


def take(evaluation, code, by, seen, version=0):
    question = loaded(evaluation.edition.instrument).spec.by_code[code]
    return take_proposal(evaluation=evaluation, question=question, seen=seen, version=version, by=by)


def test_the_proposal_becomes_the_answer_with_its_source(cast, evaluation):
    by = cast.coordinator_tabalong
    answers.save_answer(evaluation=evaluation, code="25.2", value=None, note="Catatan lama", version=0, by=by)
    fill_all(evaluation, by, "25.2", 12)
    saved = take(evaluation, "25.2", by, ("12", "12"), version=1)
    assert (saved.answer.value, saved.answer.note) == (
        {"numerator": "12", "denominator": "12"},
        "Catatan lama",
    )
    assert AnswerRevision.objects.get(version=2).source == "units"
    found = line(evaluation, "25.2")
    assert (found.taken, found.differs) == (True, False)
    assert saved.totals.of(["25.2"]) == loaded(evaluation.edition.instrument).spec.by_code["25.2"].weight


def test_a_row_that_changes_later_makes_them_differ(cast, evaluation):
    by = cast.coordinator_tabalong
    put(evaluation, by, cell("25.2"))
    take(evaluation, "25.2", by, ("1", "12"))
    put(evaluation, by, cell("25.2", UPAU), kecamatan=UPAU)
    found = line(evaluation, "25.2")
    assert (found.taken, found.differs) == (False, True)


def test_what_was_not_seen_is_not_taken(cast, evaluation):
    by = cast.coordinator_tabalong
    with pytest.raises(Refused, match="Belum ada baris"):
        take(evaluation, "25.2", by, ("0", "12"))
    put(evaluation, by, cell("25.2"))
    with pytest.raises(Refused, match="sekarang 1 dari 12"):
        take(evaluation, "25.2", by, ("0", "12"))
    take(evaluation, "25.2", by, ("1", "12"))
    put(evaluation, by, cell("25.2", UPAU), kecamatan=UPAU)
    with pytest.raises(answers.StaleVersion):
        take(evaluation, "25.2", by, ("2", "12"), version=7)


def test_an_officer_does_not_answer_for_the_district(cast, evaluation):
    put(evaluation, cast.officer_kecamatan, cell("25.2"))
    with pytest.raises(Refused, match="mengubah jawaban"):
        take(evaluation, "25.2", cast.officer_kecamatan, ("1", "12"))


def test_a_locked_evaluation_takes_nothing(cast, evaluation):
    put(evaluation, cast.coordinator_tabalong, cell("25.2"))
    submitted(evaluation, cast.coordinator_tabalong)
    with pytest.raises(Refused, match="terkunci"):
        take(evaluation, "25.2", cast.coordinator_tabalong, ("1", "12"))
