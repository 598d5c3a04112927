"""Whose questions go out, under which name, and that it is written down."""

from __future__ import annotations

import time

import pytest

from evaluations.domain import assignments
from evaluations.domain.workbooks.export import choices_for, export_workbook
from kla_portal.accounts.access import Refused
from kla_portal.events.models import Event, EventAction
from tests.cast import TABALONG, agency
from tests.evaluations.domain.claims import HEALTH, best, fill, save
from tests.evaluations.workbooks.paper import Filled, read


def codes(exported) -> set[str]:
    return {row.key.code for row in read(exported.content).rows}


def test_one_agency(evaluation, by, spec):
    health = agency(TABALONG, "kesehatan")
    exported = export_workbook(evaluation=evaluation, by=by, agency=health)
    assert exported.name == "Isian KLA 2026 Kabupaten Tabalong - Dinas Kesehatan.xlsx"
    assert codes(exported) == {q.code for q in spec.questions() if q.agencies[0] == "kesehatan"}
    assert exported.count == 46


def test_one_cluster_of_one_agency(evaluation, by):
    exported = export_workbook(
        evaluation=evaluation, by=by, agency=agency(TABALONG, "kesehatan"), cluster="K3"
    )
    assert exported.name.endswith("- Dinas Kesehatan, K3.xlsx")
    assert Filled(exported.content).book.sheetnames == ["Petunjuk", "K3", "_pilihan", "_kla"]
    assert read(exported.content).meta["selection"] == "Dinas Kesehatan, K3"


def test_a_contributor_gets_their_own_only(evaluation, cast, by):
    """Also after the district gave a question away, and whatever agency they ask for."""
    save(evaluation, "4.1", {"numerator": "5", "denominator": "9"}, by=by, note="Rahasia Dukcapil")
    assignments.assign(evaluation=evaluation, codes=[HEALTH], agency=agency(TABALONG, "polres"), by=by)
    user = cast.contributor_health_tabalong
    exported = export_workbook(evaluation=evaluation, by=user)
    assert len(codes(exported)) == 45
    assert not {HEALTH, "4.1"} & codes(exported)
    assert "Rahasia Dukcapil" not in {row.note.text for row in read(exported.content).rows}
    with pytest.raises(Refused, match="Pilih perangkat daerah"):
        export_workbook(evaluation=evaluation, by=user, agency=agency(TABALONG, "dukcapil"))
    choices = choices_for(evaluation, user)
    assert [(found.name, count) for found, count in choices.agencies] == [("Dinas Kesehatan", 45)]
    assert choices.count == 45


def test_a_stranger_gets_nothing(evaluation, cast):
    with pytest.raises(Refused):
        export_workbook(evaluation=evaluation, by=cast.coordinator_tanahbumbu)


def test_it_is_written_down(evaluation, by):
    export_workbook(evaluation=evaluation, by=by, cluster="K1")
    event = Event.objects.get(action=EventAction.WORKBOOK_EXPORTED)
    assert (event.by, event.district_id, event.subject) == (by, TABALONG, f"evaluasi:{evaluation.pk}")
    assert event.data == {"selection": "K1", "questions": 23}


def test_all_questions_within_two_seconds(evaluation, by, spec):
    evaluation = fill(evaluation, best(spec), by=by, note="Data per 31 Desember 2025.")
    started = time.process_time()
    exported = export_workbook(evaluation=evaluation, by=by)
    assert time.process_time() - started < 2
    assert exported.count == 274
    assert len(exported.content) < 400_000


def test_as_many_queries_for_one_answer_as_for_three(evaluation, by, spec, django_assert_num_queries):
    def queries():
        with django_assert_num_queries(number):
            export_workbook(evaluation=evaluation, by=by, cluster="K2")

    number = 8
    save(evaluation, "8.1", {"value": "4"}, by=by)
    export_workbook(evaluation=evaluation, by=by, cluster="K2")
    queries()
    fill(evaluation, {code: best(spec)[code] for code in ("8.2", "8.3")}, by=by)
    queries()
