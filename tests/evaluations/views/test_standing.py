"""What a district and its province see of a result: the newest stage that stands first, the claim beside it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import override_settings

from evaluations.domain import closing, returns, submission
from evaluations.domain.planning.targets import set_target
from evaluations.domain.rulings import closed_stages
from evaluations.domain.standing import standing, standing_of_many
from evaluations.models import Decision, Stage, StateChange
from kla_portal import clock
from tests.cast import KALSEL, TABALONG
from tests.evaluations.cycle import close_va, decide, fresh, save
from tests.evaluations.history import scenes
from tests.evaluations.views.common import main_of, queries, signed_in, text_of, url

LIST = ("2026", KALSEL)


@pytest.fixture
def submitted(evaluation, cast):
    return scenes.submitted(evaluation, cast)


@pytest.fixture
def va_closed(submitted, cast):
    return scenes.va_closed(scenes.judged(submitted, cast), cast)


@pytest.fixture
def final(va_closed, cast):
    return scenes.finished(scenes.vl_running(va_closed, cast), cast)


@pytest.fixture
def raised(submitted, cast):
    """Submitted with 20; in a return 2.3 was answered anew: 18 now."""
    send_back(submitted, cast, Stage.VA, ["2.3"])
    save(fresh(submitted), "2.3", {"value": "4"}, cast.coordinator_tabalong, version=1)
    returns.resubmit(evaluation=fresh(submitted), by=cast.coordinator_tabalong)
    return fresh(submitted)


def send_back(evaluation, cast, stage, codes):
    by = cast.verifier_kalsel if stage == Stage.VA else cast.verifier_national
    # Without the days in which VA can be contested, for which a return of VL waits.
    with override_settings(OBJECTION_DAYS=0):
        returns.send_back(
            evaluation=fresh(evaluation),
            stage=stage,
            needed=dict.fromkeys(codes, "Lampirkan."),
            due_at=clock.now() + timedelta(hours=48),
            by=by,
        )
    return fresh(evaluation)


def reopen(evaluation, stage, by):
    closing.reopen(evaluation=fresh(evaluation), stage=stage, reason="Diperiksa lagi.", by=by)
    return fresh(evaluation)


def home(evaluation, user):
    return signed_in(user).get(url("overview", evaluation.pk))


def agrees(evaluation):
    """What stands: the same on the home, in a list and wherever it is asked whether a stage is closed."""
    assert set(standing(evaluation)) == closed_stages(evaluation)
    many = standing_of_many(evaluation.edition_id, KALSEL).get(evaluation.pk, {})
    assert list(many) == list(standing(evaluation))
    assert [row.total for row in many.values()] == [row.total for row in standing(evaluation).values()]
    assert standing_of_many(evaluation.edition_id).get(evaluation.pk, {}) == many
    return list(many)


def test_what_stands_through_the_whole_cycle(evaluation, cast):
    em, va, vl, vf = Stage
    assert agrees(evaluation) == []
    found = scenes.submitted(evaluation, cast)
    assert agrees(found) == [em]
    assert agrees(send_back(found, cast, Stage.VA, ["2.3"])) == [em]
    returns.resubmit(evaluation=fresh(found), by=cast.coordinator_tabalong)
    decide(fresh(found), va, "1.1", Decision.ACCEPT, cast.verifier_kalsel)
    decide(fresh(found), va, "12.1", Decision.ACCEPT, cast.verifier_kalsel)
    decide(fresh(found), va, "2.3", Decision.ACCEPT, cast.verifier_kalsel)
    close_va(fresh(found), cast.verifier_kalsel)
    assert agrees(fresh(found)) == [em, va]
    assert agrees(reopen(found, va, cast.admin_kalsel)) == [em], "opened again, its result does not stand"
    assert agrees(send_back(found, cast, Stage.VA, ["2.3"])) == [em], "nor in a return of that stage"
    returns.resubmit(evaluation=fresh(found), by=cast.coordinator_tabalong)
    found = scenes.va_closed(fresh(found), cast)
    assert agrees(send_back(found, cast, Stage.VL, ["2.3"])) == [em, va], "VA stands while VL asks"
    returns.resubmit(evaluation=fresh(found), by=cast.coordinator_tabalong)
    found = scenes.finished(fresh(found), cast)
    assert agrees(found) == [em, va, vl, vf]
    assert agrees(reopen(found, vf, cast.admin_national)) == [em, va, vl]


@pytest.mark.parametrize("who", ["coordinator_tabalong", "leader_tabalong"])
def test_the_final_result_is_the_large_number(final, cast, who):
    response = home(final, getattr(cast, who))
    page, main = text_of(response), main_of(response)
    assert "Nilai Verifikasi Final 17,00 Inisiasi" in page
    assert "Klaim yang diajukan 20,00 → VA 15,00 → VL 17,00 → VF 17,00 · Bandingkan tahap" in page
    for stage in Stage:
        assert f'{url("score", final.pk)}?tahap={stage}"' in main
    assert url("stages", final.pk) in main
    assert "Nilai klaim evaluasi mandiri" not in page
    assert "Sudah diajukan" not in page
    assert "VF/2026/63.09/01" in page


def test_a_closed_stage_stands_until_it_is_opened_again(va_closed, cast):
    page = text_of(home(va_closed, cast.leader_tabalong))
    assert "Nilai Verifikasi Administrasi 15,00 Inisiasi" in page
    assert "K0 Kelembagaan" in page
    page = text_of(home(reopen(va_closed, Stage.VA, cast.admin_kalsel), cast.leader_tabalong))
    assert "Klaim yang diajukan 20,00" in page
    assert "15,00" not in page


def test_a_running_stage_is_not_shown(submitted, cast):
    page = text_of(home(scenes.judged(submitted, cast), cast.coordinator_tabalong))
    assert "Klaim yang diajukan 20,00 Inisiasi Aman saat diajukan 0,00" in page
    assert "15,00" not in page


def test_what_cannot_be_changed_is_not_urged(evaluation, cast):
    by = cast.coordinator_tabalong
    set_target(evaluation=evaluation, total=Decimal(600), by=by)
    save(evaluation, "1.1", {"option": 0}, by)
    assert "Lihat jalan termurah" in text_of(home(evaluation, by))
    found = submission.submit(evaluation=fresh(evaluation), by=by, incomplete_accepted=True).evaluation
    page = text_of(home(found, by))
    for words in ("jalan termurah", "Menuju ", "Perlu perhatian", "Perangkat daerah yang tertinggal"):
        assert words not in page, words
    assert "Target 600,00: kurang 588,00 poin." in page
    found = send_back(found, cast, Stage.VA, ["1.1"])
    assert "jalan termurah" not in text_of(home(found, by)), "only the returned question can be raised"


def test_the_target_is_held_against_the_result_that_stands(va_closed, cast):
    set_target(evaluation=va_closed, total=Decimal(18), by=cast.coordinator_tabalong)
    assert "Target 18,00: kurang 3,00 poin." in text_of(home(va_closed, cast.leader_tabalong))


def test_points_per_cluster_are_those_of_the_stage(va_closed, cast):
    response = home(va_closed, cast.leader_tabalong)
    rows = {row["progress"].code: (row["claimed"], row["verified"]) for row in response.context["clusters"]}
    assert (rows["K0"], rows["K3"]) == ((17, 15), (3, 0))
    assert [sum(column) for column in zip(*rows.values(), strict=True)] == [20, 15]


def test_claim_and_answers_after_a_return_have_two_names(raised, cast):
    live = fresh(raised).claimed_total
    assert live != Decimal(20)
    response = home(raised, cast.coordinator_tabalong)
    page = text_of(response)
    assert "Klaim yang diajukan 20,00" in page
    assert f"Jawaban sekarang, sesudah pengembalian: klaim {live:.2f}".replace(".", ",") in page
    assert "Nilai klaim" not in page
    checked = text_of(signed_in(cast.coordinator_tabalong).get(url("check", raised.pk)))
    assert "klaim yang diajukan 20,00 , aman saat diajukan 0,00" in checked
    assert "jawaban sekarang, sesudah pengembalian, klaim 18,00" in checked
    score = text_of(signed_in(cast.coordinator_tabalong).get(f"{url('score', raised.pk)}?tahap=em"))
    assert "Klaim yang diajukan 20,00" in score
    row = text_of(signed_in(cast.admin_kalsel).get(url("districts", *LIST)))
    row = row[row.index("Kabupaten Tabalong") :][:200]
    assert "20,00 kini 18,00" in row


def test_without_a_change_nothing_is_said_of_one(submitted, cast):
    assert "Jawaban sekarang" not in text_of(home(submitted, cast.coordinator_tabalong))


def test_as_many_queries_with_four_results_as_with_two(va_closed, cast):
    client, address = signed_in(cast.leader_tabalong), url("overview", va_closed.pk)
    before = queries(client, address)
    scenes.finished(va_closed, cast)
    assert queries(client, address) == before


# The province's list


def row_of(response, code=TABALONG):
    return next(row for row in response.context["rows"] if row["evaluation"].district_id == code)


def test_the_list_shows_the_newest_result_beside_the_claim(va_closed, cast):
    client = signed_in(cast.admin_kalsel)
    response = client.get(url("districts", *LIST))
    text = text_of(response)
    text = text[text.index("Kabupaten Tabalong") :][:160]
    assert "20,00 0,00 VA 15,00 Inisiasi" in text
    assert f'{url("score", va_closed.pk)}?tahap=va"' in main_of(response)
    reopen(va_closed, Stage.VA, cast.admin_kalsel)
    assert row_of(client.get(url("districts", *LIST)))["verified"] is None


def test_the_list_shows_the_final_stage_and_not_the_visit(final, cast):
    row = row_of(signed_in(cast.verifier_kalsel).get(url("districts", *LIST)))
    assert (row["verified"].stage, row["verified"].total) == (Stage.VF, 17)


def test_the_lists_last_activity_knows_the_verification(va_closed, cast):
    row = row_of(signed_in(cast.admin_kalsel).get(url("districts", *LIST)))
    last = StateChange.objects.filter(evaluation=va_closed).latest("at").at
    assert row["evaluation"].latest == last > va_closed.last_activity_at


def test_the_list_is_sorted_by_result(va_closed, neighbour_evaluation, cast):
    save(neighbour_evaluation, "1.1", {"option": 0}, cast.coordinator_tanahbumbu)
    client = signed_in(cast.admin_kalsel)
    rows = client.get(url("districts", *LIST), {"urut": "hasil"}).context["rows"]
    assert [row["evaluation"].pk for row in rows[:2]] == [va_closed.pk, neighbour_evaluation.pk]


def test_the_list_takes_as_many_queries_with_results_as_without(evaluation, cast):
    client, address = signed_in(cast.admin_kalsel), url("districts", *LIST)
    before = queries(client, address)
    scenes.whole_way(evaluation, cast)
    assert queries(client, address) == before
