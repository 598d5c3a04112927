from __future__ import annotations

from copy import deepcopy
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluations.checks import Severity
from evaluations.domain.answers import save_answer
from evaluations.domain.assignments import assign
from evaluations.domain.checking import context_of, findings_of
from evaluations.domain.snapshots import snapshot
from evaluations.models import Answer, Evaluation, Evidence, EvidenceLink, Stage, StageResult
from evaluations.scoring.rules import best_answer
from indicators.domain.spec import loaded
from kla_portal.accounts.models import Agency
from kla_portal.regions.models import Kecamatan
from tests.cast import TABALONG


@pytest.fixture
def coordinator(cast):
    return cast.coordinator_tabalong


def save(evaluation, by, code, value, note=""):
    save_answer(evaluation=evaluation, code=code, value=value, note=note, version=0, by=by)


def put(evaluation, by, code, number=1, *, removed=False):
    now = timezone.now()
    evidence = Evidence.objects.create(
        district_id=evaluation.district_id,
        form="link",
        title="Laporan",
        url="https://example.org/laporan",
        added_at=now,
        added_by=by,
    )
    EvidenceLink.objects.create(
        evaluation=evaluation,
        slot_id=loaded(evaluation.edition.instrument).slot_ids[code, number],
        evidence=evidence,
        added_at=now,
        added_by=by,
        removed_at=now if removed else None,
        removed_by=by if removed else None,
    )


def past_result(by, answers, *, change=None):
    """What Tabalong had in 2024: a stored result with these answers; ``change`` alters its snapshot."""
    evaluation = Evaluation.objects.with_place().get(edition__code="2024", district=TABALONG)
    ids = loaded(evaluation.edition.instrument).question_ids
    now = timezone.now()
    for code, value in answers.items():
        Answer.objects.create(
            evaluation=evaluation, question_id=ids[code], value=value, updated_at=now, updated_by=by
        )
    data = deepcopy(snapshot(evaluation, stage=Stage.EM, taken_at=now, draft=False))
    if change:
        change(data)
    return StageResult.objects.create(
        evaluation=evaluation,
        stage=Stage.EM,
        total=data["score"]["total"],
        predikat=data["score"]["predikat"]["code"],
        clusters={},
        snapshot=data,
        instrument_digest="x",
        digest="x",
        receipt_number="EM/2024/63.09/01",
        taken_at=now,
        taken_by=by,
    )


def test_the_context_holds_what_was_typed_and_put_in(evaluation, coordinator):
    save(evaluation, coordinator, "12.1", {"numerator": "90", "denominator": "100"}, note="Per puskesmas.")
    put(evaluation, coordinator, "12.1")
    put(evaluation, coordinator, "12.2", removed=True)
    context = context_of(evaluation)
    assert context.notes == {"12.1": "Per puskesmas."}
    assert context.filled == {("12.1", 1)}
    assert context.evidence_years == (2024, 2025)
    assert context.tree.total == context.points["12.1"].points == 2
    assert (context.kecamatan_count, context.village_count) == (12, 131)
    assert context.previous == {}


def test_without_region_data_the_counts_are_unknown(evaluation):
    Kecamatan.objects.filter(district=TABALONG).delete()
    context = context_of(evaluation)
    assert (context.kecamatan_count, context.village_count) == (None, None)


def test_the_agency_to_ask_is_the_one_it_was_given_to(evaluation, coordinator):
    social = Agency.objects.get(district=TABALONG, code="sosial")
    assign(evaluation=evaluation, codes=["12.1"], agency=social, by=coordinator)
    responsible = context_of(evaluation).responsible
    assert (responsible["12.1"], responsible["12.2"]) == (social.name, "Dinas Kesehatan")
    message = next(f.message for f in findings_of(evaluation) if f.code == "12.1")
    assert f"minta {social.name} menjawabnya" in message


def test_points_of_the_last_edition_are_compared(evaluation, coordinator):
    past_result(coordinator, {"12.1": {"numerator": "96", "denominator": "100"}})
    save(evaluation, coordinator, "12.1", {"numerator": "90", "denominator": "100"})
    assert context_of(evaluation).previous["12.1"] == Decimal(3)
    assert [f.message.split(" sejak")[0] for f in findings_of(evaluation) if f.rule == "dropped_points"] == [
        "Turun dari 3 menjadi 2 poin"
    ]


def test_a_question_that_weighed_otherwise_is_not_compared(evaluation, coordinator):
    def lighter(data):
        questions = [q for c in data["score"]["clusters"] for i in c["indicators"] for q in i["questions"]]
        next(q for q in questions if q["code"] == "12.1")["weight"] = "2"

    past_result(coordinator, {"12.1": {"numerator": "96", "denominator": "100"}}, change=lighter)
    previous = context_of(evaluation).previous
    assert "12.1" not in previous
    assert previous["12.2"] == 0


def test_the_neighbours_result_is_not_ours(evaluation, neighbour_evaluation, coordinator):
    past_result(coordinator, {"12.1": {"numerator": "96", "denominator": "100"}})
    assert context_of(neighbour_evaluation).previous == {}


def test_what_stands_in_the_way_comes_first(evaluation, coordinator):
    save(evaluation, coordinator, "12.1", {"numerator": "90", "denominator": None})
    findings = findings_of(evaluation)
    assert (findings[0].rule, findings[0].code, findings[0].severity) == (
        "incomplete",
        "12.1",
        Severity.ERROR,
    )
    assert len(findings) == 274


def test_fifteen_queries_at_most_however_much_is_filled_in(evaluation, coordinator):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            findings_of(evaluation)
        return len(captured)

    context_of(evaluation)  # reads the instrument once per process
    save(evaluation, coordinator, "12.1", {"numerator": "90", "denominator": "100"})
    put(evaluation, coordinator, "12.1")
    at_one = queries()
    for question in list(loaded(evaluation.edition.instrument).spec.questions())[:3]:
        save(evaluation, coordinator, question.code, best_answer(question.rule))
        put(evaluation, coordinator, question.code)
    assert queries() == at_one <= 14
