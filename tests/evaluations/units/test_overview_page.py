"""The district's page of all rows: coverage, proposal, and one click that takes it."""

from __future__ import annotations

import pytest

from evaluations.models import Answer
from tests.cast import MURUNG_PUDAK, TABALONG, UPAU
from tests.evaluations.domain.claims import save
from tests.evaluations.units.cells import cell, put, submitted
from tests.evaluations.views.common import main_of, same_queries, signed_in, text_of, url


def take(client, evaluation, code, numerator, denominator="12", version="0"):
    data = {"numerator": numerator, "denominator": denominator, "version": version}
    return client.post(url("units_take", evaluation.pk, code), data, follow=True)


def test_all_questions_with_their_coverage(cast, evaluation, villages, sign_in):
    put(evaluation, cast.officer_kecamatan, cell("25.2"), cell("26.4", villages[MURUNG_PUDAK][0]))
    response = sign_in(cast.coordinator_tabalong).get(url("units", evaluation.pk))
    page = text_of(response)
    assert [len(lines) for _, lines, _ in response.context["levels"]] == [15, 20]
    assert "1 dari 12 kecamatan sudah mengisi; 11 belum" in page
    assert "1 dari 131" in page
    assert "12 kecamatan, 131 desa/kelurahan" in page
    assert f'href="{url("units_kecamatan", evaluation.pk, UPAU)}"' in response.content.decode()


def test_filling_leads_there_for_whoever_has_such_questions(cast, evaluation, sign_in):
    link = f'href="{url("units", evaluation.pk)}"'
    for page in (url("filling", evaluation.pk), url("indicator", evaluation.pk, "25")):
        assert link in sign_in(cast.coordinator_tabalong).get(page).content.decode()
    assert (
        link
        not in sign_in(cast.coordinator_tabalong).get(url("indicator", evaluation.pk, "12")).content.decode()
    )
    client = sign_in(cast.contributor_registry_tabalong)
    assert link in client.get(url("indicator", evaluation.pk, "26")).content.decode()


def test_one_click_makes_the_rows_the_answer(cast, evaluation, sign_in):
    put(evaluation, cast.officer_kecamatan, cell("25.2"))
    client = sign_in(cast.coordinator_tabalong)
    ready = "1 hitungan siap dipakai sebagai jawaban"
    assert ready in text_of(client.get(url("units", evaluation.pk))), "said on the fold that hides the button"
    response = take(client, evaluation, "25.2", "1")
    assert ready not in text_of(response)
    assert "Jawaban 25.2 kini 1 dari 12." in text_of(response)
    assert "sama dengan baris" in text_of(response)
    assert Answer.objects.get(evaluation=evaluation).value == {"numerator": "1", "denominator": "12"}
    put(evaluation, cast.coordinator_tabalong, cell("25.2", UPAU), kecamatan=UPAU)
    assert "berbeda dari baris" in text_of(client.get(url("units", evaluation.pk)))


def test_numbers_that_no_longer_stand_are_not_taken(cast, evaluation, sign_in):
    put(evaluation, cast.officer_kecamatan, cell("25.2"))
    client = sign_in(cast.coordinator_tabalong)
    response = take(client, evaluation, "25.2", "5")
    assert response.status_code == 403
    assert "sekarang 1 dari 12" in text_of(response)
    save(evaluation, "25.2", {"numerator": "9", "denominator": "12"}, by=cast.coordinator_tabalong)
    response = take(client, evaluation, "25.2", "1", version="x")
    assert "baru saja diubah orang lain" in text_of(response)
    assert Answer.objects.get(evaluation=evaluation).value["numerator"] == "9"


def test_an_agency_reads_and_takes_its_own(cast, evaluation, sign_in):
    for code in ("25.2", "25.7a"):
        put(evaluation, cast.coordinator_tabalong, cell(code))
    client = sign_in(cast.contributor_health_tabalong)
    response = client.get(url("units", evaluation.pk))
    shown = [line.question.code for _, lines, _ in response.context["levels"] for line in lines]
    assert shown[:2] == ["25.7a", "25.7b"]
    assert "25.2" not in shown
    assert take(client, evaluation, "25.2", "1").status_code == 404
    assert "Jawaban 25.7a kini 12 dari 12." in text_of(take(client, evaluation, "25.7a", "12"))


def test_an_agency_without_such_questions_has_no_such_page(cast, evaluation, sign_in):
    from kla_portal.accounts.roles import Role
    from tests.cast import agency, person

    user = person(
        "hukum.tab", "Hukum", Role.CONTRIBUTOR, district_id=TABALONG, agency=agency(TABALONG, "hukum")
    )
    assert sign_in(user).get(url("units", evaluation.pk)).status_code == 404


def test_a_question_that_counts_no_places_is_not_taken(cast, evaluation, sign_in):
    response = take(sign_in(cast.coordinator_tabalong), evaluation, "12.1", "1")
    assert response.status_code == 403
    assert "tidak menghitung kecamatan" in text_of(response)


def test_readers_see_no_button(cast, evaluation, sign_in):
    put(evaluation, cast.officer_kecamatan, cell("25.2"))
    response = sign_in(cast.verifier_kalsel).get(url("units", evaluation.pk))
    assert "Pakai hitungan" not in main_of(response)
    assert take(sign_in(cast.leader_tabalong), evaluation, "25.2", "1").status_code == 403


def test_locked_says_so(cast, evaluation, sign_in):
    put(evaluation, cast.officer_kecamatan, cell("25.2"))
    client = sign_in(cast.coordinator_tabalong)
    assert "Pakai hitungan" in main_of(client.get(url("units", evaluation.pk)))
    submitted(evaluation, cast.coordinator_tabalong)
    response = client.get(url("units", evaluation.pk))
    assert "terkunci" in text_of(response)
    assert "Pakai hitungan" not in main_of(response)


@pytest.mark.parametrize("who", ["coordinator_tanahbumbu", "officer_kecamatan", "stranger"])
def test_others_do_not_find_it(cast, evaluation, sign_in, who):
    assert sign_in(getattr(cast, who)).get(url("units", evaluation.pk)).status_code == 404


def test_without_villages_it_says_what_to_do(cast, evaluation, sign_in):
    page = text_of(sign_in(cast.coordinator_tabalong).get(url("units", evaluation.pk)))
    assert "manage.py load_regions --villages 63" in page


def test_as_many_queries_for_three_rows_as_for_one(cast, evaluation, villages):
    by = cast.coordinator_tabalong
    put(evaluation, by, cell("25.2"))
    more = [cell(code) for code in ("25.3", "25.4", "25.5")]
    same_queries(signed_in(by), url("units", evaluation.pk), lambda: put(evaluation, by, *more))
