"""Adding, changing, conflict; from the cheapest way; from the previous edition."""

from __future__ import annotations

import pytest

from evaluations.domain.actions import editing
from evaluations.domain.planning.plans import plan_for
from evaluations.models import Evaluation, PlannedAction
from evaluations.scoring.planner import Mode, Plan
from tests.cast import TABALONG, TANAH_BUMBU, agency
from tests.evaluations.actions.conftest import add, content
from tests.evaluations.views.common import main_of, text_of, url


@pytest.fixture
def planner(sign_in, coordinator):
    return sign_in(coordinator)


def typed(**more):
    return {"title": "Kelas ibu hamil", "version": "0", **more}


def test_an_action_as_people_type_it(planner, evaluation):
    health, police = agency(TABALONG, "kesehatan"), agency(TABALONG, "polres")
    response = planner.post(
        url("action_new", evaluation.pk),
        typed(
            codes="12.1; 12.2 dan 12.4", agency=health.pk, supporting=[police.pk], budget="Rp1.250.000.000",
            budget_source="APBD 2027", starts_on="01/02/2027", due_on="2027-06-30", output="20 kelas",
        ),
    )  # fmt: skip
    row = PlannedAction.objects.get()
    assert response.headers["Location"] == url("action", evaluation.pk, row.pk)
    assert (row.budget, str(row.starts_on), str(row.due_on)) == (1_250_000_000, "2027-02-01", "2027-06-30")
    assert row.questions.count() == 3
    text = text_of(planner.get(response.headers["Location"]))
    assert "Rp1.250.000.000, APBD 2027" in text
    assert "1 Februari 2027 sampai 30 Juni 2027" in text


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"title": ""}, "Tulis aksinya dahulu."),
        ({"codes": "12.1, 99.9"}, "Tidak ada pertanyaan 99.9. Periksa nomornya."),
        ({"budget": "1,25 miliar"}, "berarti Rp1.250.000.000? Bila ya, tulis 1.250.000.000."),
        ({"due_on": "besok"}, "Tulis tanggalnya lengkap"),
        ({"starts_on": "2027-02-01", "due_on": "2027-01-01"}, "Tenggat tidak boleh sebelum tanggal mulai."),
    ],
)
def test_what_cannot_be_read_stays_with_its_message(planner, evaluation, more, message):
    response = planner.post(url("action_new", evaluation.pk), typed(output="Tetap di sini", **more))
    assert response.status_code == 422
    assert message in text_of(response)
    assert "Tetap di sini" in main_of(response)
    assert not PlannedAction.objects.exists()


def test_supporting_agencies_are_ticked_not_held_with_ctrl(planner, evaluation, action):
    empty = main_of(planner.get(url("action_new", evaluation.pk)))
    assert "Belum ada yang dipilih" in empty
    assert "<select multiple" not in empty
    police = agency(TABALONG, "polres")
    page = main_of(planner.get(url("action_change", evaluation.pk, action.pk)))
    assert "1 dipilih" in page
    ticked = [tag for tag in page.split("<input")[1:] if 'name="supporting"' in tag and " checked" in tag]
    assert [f'value="{police.pk}"' in tag for tag in ticked] == [True]


def test_another_districts_agency_cannot_be_chosen(planner, evaluation):
    foreign = agency(TANAH_BUMBU, "kesehatan")
    assert planner.post(url("action_new", evaluation.pk), typed(agency=foreign.pk)).status_code == 422


def test_a_question_may_be_given_beforehand(planner, evaluation):
    assert 'value="12.1"' in main_of(planner.get(url("action_new", evaluation.pk), {"pertanyaan": "12.1"}))


def test_the_slower_one_sees_both_and_may_save_knowingly(planner, evaluation, action, coordinator):
    path = url("action_change", evaluation.pk, action.pk)
    assert 'value="1.250.000.000"' in main_of(planner.get(path))
    editing.change(action=action, content=content(title="Dari rekan"), version=1, by=coordinator)
    response = planner.post(path, typed(version="1"))
    assert response.status_code == 409
    text = text_of(response)
    assert "Aksi ini sudah diubah Koordinator Tabalong" in text
    assert "Dari rekan" in text
    assert 'value="Kelas ibu hamil"' in main_of(response)
    assert PlannedAction.objects.get().title == "Dari rekan"
    planner.post(path, typed(version="2"))
    assert PlannedAction.objects.get().title == "Kelas ibu hamil"


@pytest.mark.parametrize("who", ["contributor_health_tabalong", "leader_tabalong", "verifier_kalsel"])
@pytest.mark.parametrize("name", ["action_new", "actions_carry", "actions_from_plan", "actions_read"])
def test_planning_is_the_coordinators(sign_in, cast, evaluation, who, name):
    response = sign_in(getattr(cast, who)).post(url(name, evaluation.pk), {})
    assert response.status_code == 403
    assert "menyusun target dan rencana aksi" in text_of(response)


def test_the_way_to_a_target_becomes_actions(planner, evaluation):
    """The plan is computed anew: what was sent names only the way."""
    expected = plan_for(evaluation, target=500, mode=Mode.LEAST_EFFORT)
    assert isinstance(expected, Plan)
    path = url("actions_from_plan", evaluation.pk)
    response = planner.post(path, {"mode": "least_effort", "target": "500,00"}, follow=True)
    assert f"{len(expected.steps)} aksi ditambahkan." in text_of(response)
    rows = PlannedAction.objects.prefetch_related("questions__question")
    found = {row.questions.all()[0].question.code: row.questions.all()[0].points_expected for row in rows}
    assert found == {step.code: step.after for step in expected.steps}
    again = planner.post(path, {"mode": "least_effort", "target": "500.00"}, follow=True)
    assert f"{len(expected.steps)} pertanyaan sudah punya aksi terbuka" in text_of(again)


@pytest.mark.parametrize(
    "sent",
    [
        {}, {"mode": "x", "target": "500"}, {"mode": "least_effort", "target": "banyak"},
        {"mode": "least_effort", "target": "1001"}, {"mode": "own_agency", "target": "999"},
        {"mode": "least_effort", "target": "500,0050"},
    ],
)  # fmt: skip
def test_a_way_that_cannot_be_read_or_gone_leads_back_to_the_target(planner, evaluation, sent):
    response = planner.post(url("actions_from_plan", evaluation.pk), sent)
    assert response.headers["Location"] == url("target", evaluation.pk)
    assert not PlannedAction.objects.exists()


def test_the_unfinished_is_offered_and_taken_over_once(planner, evaluation, coordinator):
    previous = Evaluation.objects.with_place().get(edition__code="2024", district=TABALONG)
    add(previous, coordinator)
    page = url("actions", evaluation.pk)
    assert "1 aksi Evaluasi KLA 2024 belum selesai" in text_of(planner.get(page))
    planner.post(url("actions_carry", evaluation.pk))
    text = text_of(planner.get(page))
    assert "belum selesai" not in text
    assert "Persalinan di fasilitas kesehatan" in text
    assert planner.post(url("actions_carry", evaluation.pk)).status_code == 403
