"""One kecamatan's page: what an officer sees and saves, and what does not exist for them."""

from __future__ import annotations

import pytest

from evaluations.domain.units.rows import cells_of
from tests.architecture.addresses import addresses
from tests.cast import MURUNG_PUDAK, UPAU
from tests.evaluations.units.cells import cell, put, submitted
from tests.evaluations.views.common import main_of, same_queries, signed_in, text_of, url


def path(evaluation, place=MURUNG_PUDAK, code=""):
    return url("units_kecamatan", evaluation.pk, place) + (f"?butir={code}" if code else "")


def posted(code, *places, value="ya", seen="belum", **more) -> dict[str, str]:
    data = {f"{code}@{place}": value for place in places}
    return data | {f"seen:{code}@{place}": seen for place in places} | more


def test_the_officer_lands_on_fifteen_questions(cast, evaluation, villages, sign_in):
    client = sign_in(cast.officer_kecamatan)
    response = client.get("/", follow=True)
    assert response.redirect_chain == [(path(evaluation), 302)]
    page = text_of(response)
    assert "Kecamatan Murung Pudak" in page
    assert len(response.context["rows"]) == 15
    assert [q.code for q, _, _ in response.context["sheet"].steps][:2] == ["26.2", "26.3"]
    assert "Simpan, lanjut ke 26.2" in page
    assert "Isi lewat Excel" in page


def test_how_much_of_the_kecamatan_is_filled_stands_on_every_sheet(cast, evaluation, villages, sign_in):
    first, second = villages[MURUNG_PUDAK][:2]
    officer = cast.officer_kecamatan
    put(evaluation, officer, cell("26.4", first), cell("26.5", second, False), cell("25.2", MURUNG_PUDAK))
    asked = 15 + 10 * 20
    for code in ("", "26.4", "26.7"):
        assert f"3 dari {asked} terisi" in text_of(sign_in(officer).get(path(evaluation, code=code)))


def test_a_locked_sheet_is_downloaded_not_filled(cast, evaluation, villages, sign_in):
    submitted(evaluation, cast.coordinator_tabalong)
    page = text_of(sign_in(cast.coordinator_tabalong).get(path(evaluation)))
    assert "Unduh Excel" in page
    assert "Isi lewat Excel" not in page
    assert "Unduh Excel" in text_of(sign_in(cast.coordinator_tabalong).get(url("units", evaluation.pk)))


def test_one_question_for_all_villages(cast, evaluation, villages, sign_in):
    response = sign_in(cast.officer_kecamatan).get(path(evaluation, code="26.4"))
    page = text_of(response)
    assert [row.label.split()[0] for row in response.context["rows"]].count("Kelurahan") == 5
    assert len(response.context["rows"]) == 10
    assert "“Ya” berarti: desa/kelurahan yang mempunyai Forum Anak aktif." in page
    assert "lanjut ke 26.5" in page


def test_saving_goes_on_to_the_next_question(cast, evaluation, villages, sign_in):
    client, village = sign_in(cast.officer_kecamatan), villages[MURUNG_PUDAK][0]
    data = posted("26.4", village)
    response = client.post(path(evaluation, code="26.4"), data | {"next": "1"})
    assert (response.status_code, response["Location"]) == (302, path(evaluation, code="26.5"))
    assert cells_of(evaluation) == {("26.4", village): True}
    response = client.post(path(evaluation, code="26.4"), data, follow=True)
    assert "Tidak ada isian yang berubah." in text_of(response)
    response = client.post(path(evaluation), posted("25.2", MURUNG_PUDAK, value="tidak"), follow=True)
    assert "1 isian tersimpan." in text_of(response)
    assert cells_of(evaluation)[("25.2", MURUNG_PUDAK)] is False


def test_one_mark_fills_what_is_still_open_and_nothing_else(cast, evaluation, villages, sign_in):
    first, *others = villages[MURUNG_PUDAK]
    put(evaluation, cast.officer_kecamatan, cell("26.4", first, False))
    data = posted("26.4", first, value="tidak", seen="tidak") | posted(
        "26.4", *others[:-1], value="", rest="ya"
    )
    sign_in(cast.officer_kecamatan).post(path(evaluation, code="26.4"), data)
    cells = cells_of(evaluation)
    assert cells[("26.4", first)] is False
    assert [cells[("26.4", place)] for place in others] == [True] * 9
    assert len(cells) == 10


def test_nonsense_is_named_beside_the_cell_and_nothing_is_saved(cast, evaluation, villages, sign_in):
    first, second = villages[MURUNG_PUDAK][:2]
    data = posted("26.4", first) | posted("26.4", second, value="mungkin")
    response = sign_in(cast.officer_kecamatan).post(path(evaluation, code="26.4"), data)
    assert response.status_code == 422
    errors = {row.name: row.error for row in response.context["rows"] if row.error}
    assert errors == {f"26.4@{second}": "Pilih ya, tidak, atau belum."}
    assert response.context["rows"][0].value == "ya"
    assert cells_of(evaluation) == {}


def test_a_conflict_names_the_cell_and_keeps_what_was_marked(cast, evaluation, villages, sign_in):
    first, second = villages[MURUNG_PUDAK][:2]
    put(evaluation, cast.coordinator_tabalong, cell("26.4", first, False))
    client = sign_in(cast.officer_kecamatan)
    response = client.post(path(evaluation, code="26.4"), posted("26.4", first, second))
    assert response.status_code == 409
    assert "Sudah diubah orang lain menjadi tidak." in text_of(response)
    row = response.context["rows"][0]
    assert (row.value, row.now) == ("ya", "tidak")
    assert len(cells_of(evaluation)) == 1
    # The page now carries what stands; saving it again is a knowing choice.
    again = posted("26.4", first, seen="tidak") | posted("26.4", second)
    assert client.post(path(evaluation, code="26.4"), again).status_code == 302
    assert cells_of(evaluation) == {("26.4", first): True, ("26.4", second): True}


def test_another_kecamatan_does_not_exist_though_it_has_rows(cast, evaluation, villages, sign_in):
    """What could leak is there first."""
    put(evaluation, cast.officer_kecamatan_other, cell("25.2", UPAU), kecamatan=UPAU)
    client = sign_in(cast.officer_kecamatan)
    for place in (UPAU, "63.10.01", "tidak-ada"):
        assert client.get(path(evaluation, place)).status_code == 404
        assert client.post(path(evaluation, place), posted("25.2", place)).status_code == 404
    own = client.get(path(evaluation)).content.decode()
    assert "Upau" not in own
    assert UPAU not in own
    # Cells of elsewhere in one's own post are passed over.
    client.post(
        path(evaluation), posted("25.2", MURUNG_PUDAK) | posted("25.2", UPAU, value="tidak", seen="ya")
    )
    assert cells_of(evaluation, [UPAU]) == {("25.2", UPAU): True}


def test_no_other_page_of_the_evaluation_exists_for_an_officer(cast, evaluation, sign_in):
    client = sign_in(cast.officer_kecamatan)
    values = {"pk": evaluation.pk, "code": "25.2", "number": "25", "stage": "va", "slot": 1, "place": UPAU}
    others = [a for a in addresses() if a.route.startswith("evaluasi/")]
    assert len(others) > 60
    got = {}
    for address in others:
        path = address.fill(values)
        got[str(address)] = {client.get(path).status_code, client.post(path).status_code}
    assert {name: found for name, found in got.items() if 404 not in found or found - {404, 405}} == {}


@pytest.mark.parametrize("who", ["coordinator_tanahbumbu", "verifier_kalteng", "stranger"])
def test_strangers_find_nothing(cast, evaluation, sign_in, who):
    client = sign_in(getattr(cast, who))
    assert client.get(path(evaluation)).status_code == 404
    assert client.post(path(evaluation), posted("25.2", MURUNG_PUDAK)).status_code == 404


def test_readers_read_and_are_told_why_they_may_not_save(cast, evaluation, villages, sign_in):
    client = sign_in(cast.leader_tabalong)
    response = client.get(path(evaluation))
    assert response.status_code == 200
    assert 'type="radio"' not in main_of(response)
    assert "Anda tidak dapat mengisi baris kecamatan dan desa/kelurahan" in text_of(response)
    response = client.post(path(evaluation), posted("25.2", MURUNG_PUDAK))
    assert response.status_code == 403
    assert "Anda tidak dapat mengisi baris" in text_of(response)


def test_an_agency_sees_its_questions_only(cast, evaluation, villages, sign_in):
    client = sign_in(cast.contributor_health_tabalong)
    response = client.get(path(evaluation))
    assert [row.name.split("@")[0] for row in response.context["rows"]] == [
        "25.7a",
        "25.7b",
        "25.7c",
        "25.7d",
    ]
    assert client.get(path(evaluation, code="26.4")).status_code == 404
    assert client.get(path(evaluation, code="26.8a")).status_code == 200


def test_locked_rows_are_read_with_the_reason(cast, evaluation, villages, sign_in):
    put(evaluation, cast.officer_kecamatan, cell("25.2"))
    submitted(evaluation, cast.coordinator_tabalong)
    response = sign_in(cast.officer_kecamatan).get(path(evaluation))
    assert "terkunci" in text_of(response)
    assert 'type="radio"' not in main_of(response)
    assert response.context["rows"][0].now == "ya"


def test_villages_that_are_not_loaded_are_explained(cast, evaluation, sign_in):
    response = sign_in(cast.officer_kecamatan).get(path(evaluation, code="26.4"))
    assert "load_regions --villages 63" in text_of(response)
    assert response.context["rows"] == []


def test_as_many_queries_for_three_rows_as_for_one(cast, evaluation, villages):
    put(evaluation, cast.officer_kecamatan, cell("25.2"))
    more = [cell(code, place) for code in ("26.2", "26.3") for place in villages[MURUNG_PUDAK]]
    assert (
        same_queries(
            signed_in(cast.officer_kecamatan),
            path(evaluation),
            lambda: put(evaluation, cast.officer_kecamatan, *more),
        )
        < 25
    )


def test_an_officers_frame_and_own_pages(cast, evaluation, villages, sign_in):
    client = sign_in(cast.officer_kecamatan)
    frame = client.get(path(evaluation)).context["frame"]
    assert [entry.label for entry in frame.nav] == ["Kecamatan Murung Pudak"]
    assert frame.search_url is None
    assert frame.person.role == "Petugas kecamatan"
    assert len(frame.editions) == 2
    for entry in [*frame.nav, *frame.editions]:
        assert client.get(entry.url).status_code == 200
    profile = client.get("/akun/profil/")
    assert "Kecamatan Murung Pudak, Kabupaten Tabalong" in text_of(profile)
    assert client.get(url("messages")).status_code == 200
