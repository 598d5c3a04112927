"""The board and one action: what each person finds there, and that nothing of others leaks."""

from __future__ import annotations

import pytest

from evaluations.domain.actions import tracking
from evaluations.models import ActionStatus, PlannedAction
from tests.cast import TABALONG, agency
from tests.evaluations.actions.conftest import add
from tests.evaluations.papers import documents
from tests.evaluations.views.common import PROBE, main_of, same_queries, signed_in, text_of, url


@pytest.fixture
def page(evaluation):
    return url("actions", evaluation.pk)


def test_the_empty_plan_says_what_comes_next(sign_in, cast, page, evaluation):
    client = sign_in(cast.coordinator_tabalong)
    assert url("action_new", evaluation.pk) in main_of(client.get(page))
    assert "Lihat jalan ke target" in text_of(client.get(page))
    leader = sign_in(cast.leader_tabalong).get(page)
    assert "Koordinator Gugus Tugas menyusun" in text_of(leader)
    assert url("target", evaluation.pk) in main_of(leader)
    contributor = sign_in(cast.contributor_health_tabalong).get(page)
    assert url("target", evaluation.pk) not in main_of(contributor), "which would answer them with a refusal"
    assert url("actions_xlsx", evaluation.pk) in main_of(contributor)


def test_columns_by_status_with_who_until_when_and_points(sign_in, cast, page, action, evaluation):
    text = text_of(sign_in(cast.coordinator_tabalong).get(page))
    assert "Direncanakan 1 Persalinan di fasilitas kesehatan" in text
    assert "tenggat 30 Juni 2027 · Rp1.250.000.000" in text
    assert "0 dari 3 poin" in text
    assert "Selesai 0" in text
    assert url("action", evaluation.pk, action.pk) in main_of(sign_in(cast.leader_tabalong).get(page))


def test_the_list_and_the_filters(sign_in, cast, page, action):
    client = sign_in(cast.coordinator_tabalong)
    assert 'data-label="Tenggat">30 Juni 2027' in main_of(client.get(page, {"tampilan": "daftar"}))
    assert "Tidak ada aksi yang cocok" in text_of(client.get(page, {"klaster": "K1"}))
    for nonsense in ({"klaster": "KX"}, {"opd": "x"}, {"tampilan": "x"}):
        assert "Persalinan" in text_of(client.get(page, nonsense))


def test_a_contributor_sees_their_own_and_nothing_of_others(sign_in, cast, page, action, evaluation):
    secret = add(
        evaluation, cast.coordinator_tabalong, title="Rahasia dinas lain", agency=agency(TABALONG, "dukcapil")
    )
    assert "Rahasia" in text_of(sign_in(cast.coordinator_tabalong).get(page))
    client = sign_in(cast.contributor_health_tabalong)
    text = text_of(client.get(page))
    assert "Persalinan" in text
    assert "Rahasia" not in text
    assert "Tambah aksi" not in text
    assert client.get(url("action", evaluation.pk, secret.pk)).status_code == 404
    assert (
        client.post(url("action_note", evaluation.pk, secret.pk), {"text": "x", "status": "done"}).status_code
        == 404
    )


def test_typed_text_is_only_text(sign_in, cast, page, evaluation):
    action = add(evaluation, cast.coordinator_tabalong, title=PROBE, output=PROBE)
    client = sign_in(cast.coordinator_tabalong)
    for path in (
        page,
        url("action", evaluation.pk, action.pk),
        url("action_change", evaluation.pk, action.pk),
    ):
        assert PROBE not in client.get(path).content.decode()


def test_as_many_queries_for_three_actions_as_for_one(cast, page, evaluation, action):
    def more():
        for _ in range(2):
            row = add(
                evaluation,
                cast.coordinator_tabalong,
                supporting=(agency(TABALONG, "polres"),),
                codes=("12.2",),
            )
            tracking.note(action=row, text="x", status=ActionStatus.RUNNING, by=cast.coordinator_tabalong)

    same_queries(signed_in(cast.coordinator_tabalong), page, more)


# One action


def test_progress_is_noted_and_shown(sign_in, cast, action, evaluation):
    client = sign_in(cast.contributor_health_tabalong)
    path = url("action", evaluation.pk, action.pk)
    response = client.post(
        url("action_note", evaluation.pk, action.pk), {"text": "Kader dilatih.", "status": "running"}
    )
    assert response.headers["Location"] == path
    text = text_of(client.get(path))
    assert "Berjalan : Kader dilatih." in text
    assert "Petugas Dinas Kesehatan Tabalong" in text
    assert "Ubah aksi" not in text


def test_an_empty_note_keeps_the_page_with_the_message(sign_in, cast, action, evaluation):
    client = sign_in(cast.coordinator_tabalong)
    path = url("action_note", evaluation.pk, action.pk)
    response = client.post(path, {"text": "", "status": "planned"})
    assert response.status_code == 422
    assert "Tulis kemajuannya, atau ubah statusnya." in text_of(response)
    assert client.post(path, {"text": "x", "status": "lost"}).status_code == 422


def test_a_leader_reads_but_notes_nothing(sign_in, cast, action, evaluation):
    client = sign_in(cast.leader_tabalong)
    assert "Catat kemajuan" not in main_of(client.get(url("action", evaluation.pk, action.pk)))
    response = client.post(url("action_note", evaluation.pk, action.pk), {"text": "x", "status": "done"})
    assert response.status_code == 403
    assert "mencatat kemajuan aksi" in text_of(response)


def test_proof_from_the_library_and_off_again(sign_in, cast, action, evaluation):
    (document,) = documents(evaluation.district, ["Daftar hadir"], by=cast.coordinator_tabalong)
    client = sign_in(cast.coordinator_tabalong)
    path = url("action", evaluation.pk, action.pk)
    assert "Daftar hadir" in text_of(client.get(path, {"q": "hadir"}))
    assert "Tidak ada dokumen yang cocok" in text_of(client.get(path, {"q": "zzz"}))
    client.post(url("action_prove", evaluation.pk, action.pk), {"evidence": [document.pk]})
    assert url("evidence_document", evaluation.pk, document.pk) in main_of(client.get(path))
    client.post(url("action_unprove", evaluation.pk, action.pk, document.pk))
    assert not action.evidence.exists()


def test_nothing_ticked_is_asked_about(sign_in, cast, action, evaluation):
    response = sign_in(cast.coordinator_tabalong).post(url("action_prove", evaluation.pk, action.pk))
    assert response.status_code == 422
    assert "Centang dokumennya dahulu." in text_of(response)


def test_a_document_that_is_not_open_to_the_reader_is_only_counted(sign_in, cast, action, evaluation):
    made = documents(evaluation.district, ["Milik koordinator"], by=cast.coordinator_tabalong)
    tracking.prove(action=action, documents=made, by=cast.coordinator_tabalong)
    path = url("action", evaluation.pk, action.pk)
    assert "Milik koordinator" in text_of(sign_in(cast.coordinator_tabalong).get(path))
    text = text_of(sign_in(cast.contributor_health_tabalong).get(path))
    assert "Milik koordinator" not in text
    assert "1 dokumen lain tidak terbuka bagi Anda." in text


def test_a_removed_action_is_gone(sign_in, cast, action, evaluation):
    client = sign_in(cast.coordinator_tabalong)
    client.post(url("action_remove", evaluation.pk, action.pk))
    assert client.get(url("action", evaluation.pk, action.pk)).status_code == 404
    assert PlannedAction.objects.get().removed_at


def test_another_evaluations_action_is_not_found_here(sign_in, cast, action, neighbour_evaluation):
    client = sign_in(cast.coordinator_tanahbumbu)
    assert client.get(url("action", neighbour_evaluation.pk, action.pk)).status_code == 404
