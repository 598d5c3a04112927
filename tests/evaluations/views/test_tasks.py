"""Tugas saya: my agency's questions, grouped by what to do, and nothing else."""

from __future__ import annotations

import pytest
import time_machine

from evaluations.domain import assignments, workflow
from evaluations.domain.assignments import agencies_by_question
from evaluations.domain.evidence import readiness
from evaluations.views.cards import build_cards
from evaluations.views.tasks import tasks_of
from kla_portal.accounts.models import Agency, Membership
from kla_portal.accounts.roles import Role
from tests.cast import TABALONG, agency, person
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, best, fill, fresh, hand_in, save
from tests.evaluations.views.common import PROBE, main_of, put_evidence, same_queries, signed_in, text_of, url


@pytest.fixture
def health(cast):
    return cast.contributor_health_tabalong


def groups(response) -> dict[str, list[str]]:
    return {g["key"]: [card.question.code for card in g["cards"]] for g in response.context["groups"]}


def test_grouped_by_what_to_do(evaluation, health, sign_in, spec):
    mine = [q.code for q in spec.questions() if q.agencies[0] == "kesehatan" and q.code != HEALTH]
    values = best(spec)
    save(evaluation, mine[0], values[mine[0]], by=health)
    save(evaluation, mine[1], values[mine[1]], by=health)
    put_evidence(evaluation, [mine[1]], by=health)
    readiness.refresh(fresh(evaluation))
    save(evaluation, HEALTH, {"numerator": "5", "denominator": None}, by=health)
    response = sign_in(health).get(url("tasks", evaluation.pk))
    found = groups(response)
    assert found["evidence"] == [mine[0]]
    assert found["done"] == [mine[1]]
    assert found["incomplete"] == [HEALTH]
    assert found["unanswered"] == mine[2:]
    page = text_of(response)
    assert "Dinas Kesehatan · Kabupaten Tabalong" in page
    assert f"Lanjutkan: {found['unanswered'][0]}" in page
    assert "Belum dijawab 43" in page
    assert "23.59 WITA" in page


def test_a_line_says_what_the_questions_card_says(evaluation, cast, health, spec):
    coordinator = cast.coordinator_tabalong
    fill(evaluation, {code: value for code, value, _ in ONE_OF_EACH.values()}, by=coordinator)
    save(evaluation, HEALTH, {"numerator": "5", "denominator": None}, by=coordinator)
    save(evaluation, "12.2", None, by=coordinator)
    put_evidence(evaluation, ["1.1", "2.3", HEALTH], by=coordinator)
    readiness.refresh(fresh(evaluation))
    evaluation, questions = fresh(evaluation), list(spec.questions())
    agencies = agencies_by_question(evaluation)
    for who in (coordinator, health, cast.leader_tabalong):
        cards = build_cards(evaluation, questions, who, agencies)
        lines = tasks_of(evaluation, questions, who, agencies)
        assert [
            (t.question, t.points, t.state, t.status, t.missing_evidence, t.unsafe, t.editable) for t in lines
        ] == [
            (c.question, c.points.points, c.points.state, c.status, c.missing_evidence, c.unsafe, c.editable)
            for c in cards
        ]
    assert {t.status for t in tasks_of(evaluation, questions, coordinator, agencies)} == {
        "unanswered", "incomplete", "evidence", "done",
    }  # fmt: skip


def test_only_mine(evaluation, cast, health, sign_in):
    by = cast.coordinator_tabalong
    assignments.assign(evaluation=evaluation, codes=[HEALTH], agency=agency(TABALONG, "polres"), by=by)
    assignments.assign(evaluation=evaluation, codes=["4.1"], agency=agency(TABALONG, "kesehatan"), by=by)
    response = sign_in(health).get(url("tasks", evaluation.pk))
    codes = [code for group in groups(response).values() for code in group]
    assert "4.1" in codes
    assert HEALTH not in codes
    assert len(codes) == 46
    for other in ("overview", "check", "score", "reports", "assignments"):
        assert f'href="{url(other, evaluation.pk)}"' not in response.content.decode(), other


def test_all_done(evaluation, health, sign_in, spec):
    mine = [q.code for q in spec.questions() if q.agencies[0] == "kesehatan"]
    values = best(spec)
    fill(evaluation, {code: values[code] for code in mine}, by=health)
    put_evidence(evaluation, mine, by=health)
    readiness.refresh(fresh(evaluation))
    page = text_of(sign_in(health).get(url("tasks", evaluation.pk)))
    assert "Semua tugas Anda selesai" in page
    assert "Lanjutkan" not in page


def test_after_submission_there_is_nothing_to_go_on_with(evaluation, cast, health, sign_in):
    hand_in(evaluation, by=cast.coordinator_tabalong)
    page = text_of(sign_in(health).get(url("tasks", evaluation.pk)))
    assert "isinya terkunci" in page
    assert "Semua tugas Anda selesai" not in page
    assert "Lanjutkan" not in page


def test_after_the_end_what_is_open_stays_open(evaluation, health):
    with time_machine.travel(workflow.closes_at(evaluation), tick=False):
        page = text_of(signed_in(health).get(url("tasks", evaluation.pk)))
    assert "sudah ditutup" in page
    assert "Semua tugas Anda selesai" not in page
    assert "Lanjutkan" not in page


def test_an_agency_without_questions_is_told_whom_to_ask(evaluation, sign_in):
    own = Agency.objects.create(district_id=TABALONG, name="Badan Riset")
    user = person("riset", "Petugas", Role.CONTRIBUTOR, district_id=TABALONG, agency=own)
    page = text_of(sign_in(user).get(url("tasks", evaluation.pk)))
    assert "Belum ada pertanyaan untuk perangkat daerah Anda" in page
    assert "Hubungi koordinator" in page


def test_two_agencies_of_one_person(evaluation, health, sign_in):
    registry = agency(TABALONG, "dukcapil")
    Membership.objects.create(user=health, role=Role.CONTRIBUTOR, district_id=TABALONG, agency=registry)
    response = sign_in(health).get(url("tasks", evaluation.pk))
    assert len(groups(response)["unanswered"]) == 46 + 9
    assert "Dinas Kesehatan" in text_of(response)
    assert registry.name in text_of(response)


def test_names_are_text(evaluation, health, sign_in):
    place = agency(TABALONG, "kesehatan")
    place.name = PROBE
    place.save()
    response = sign_in(health).get(url("tasks", evaluation.pk))
    assert "<script>alert" not in response.content.decode()
    assert "&lt;script&gt;" in main_of(response)


def test_as_many_queries_for_one_answer_as_for_three(evaluation, health, spec):
    values = best(spec)
    save(evaluation, "12.1", values["12.1"], by=health)
    put_evidence(evaluation, ["12.1"], by=health)

    def more():
        fill(evaluation, {code: values[code] for code in ("12.2", "12.3")}, by=health)
        put_evidence(evaluation, ["12.2", "12.3"], by=health)

    assert same_queries(signed_in(health), url("tasks", evaluation.pk), more) <= 10
