"""The workbook's page: down, up, a look, and the agreement."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evaluations.domain.units.books import make_book
from evaluations.domain.units.rows import cells_of
from tests.cast import MURUNG_PUDAK, UPAU
from tests.evaluations.units.cells import cell, put
from tests.evaluations.units.test_books import filled, read
from tests.evaluations.views.common import text_of, url


def address(evaluation, place=MURUNG_PUDAK, name="units_book"):
    return url(name, evaluation.pk, place)


def upload(client, evaluation, content, place=MURUNG_PUDAK):
    return client.post(address(evaluation, place), {"file": SimpleUploadedFile("baris.xlsx", content)})


def agreed(response) -> str:
    return re.search(r'name="agreed" value="([^"]+)"', response.content.decode()).group(1)


def test_down_up_and_written(cast, evaluation, villages, sign_in):
    client = sign_in(cast.officer_kecamatan)
    response = client.get(address(evaluation, name="units_book_file"))
    assert response["Content-Disposition"] == f'attachment; filename="baris-2026-{MURUNG_PUDAK}.xlsx"'
    assert response["Cache-Control"] == "private, no-store"
    assert len(read(response.content)[1]) == 15 + 200
    shown = upload(client, evaluation, filled(response.content, Kecamatan_D5="Ya", Kecamatan_E5="x"))
    page = text_of(shown)
    assert "1 isian akan ditulis, 1 dilewati. Belum ada yang disimpan." in page
    assert "Kecamatan!E5" in page
    assert cells_of(evaluation) == {}
    done = client.post(address(evaluation), {"agreed": agreed(shown)}, follow=True)
    assert "1 isian dari buku kerja tersimpan." in text_of(done)
    assert cells_of(evaluation) == {("25.2", MURUNG_PUDAK): True}


def test_the_whole_district_for_its_readers(cast, evaluation, villages, sign_in):
    client = sign_in(cast.coordinator_tabalong)
    content = client.get(address(evaluation, "semua", "units_book_file")).content
    shown = upload(client, evaluation, filled(content, Kecamatan_D5="Ya", Kecamatan_D6="Tidak"), "semua")
    done = client.post(address(evaluation, "semua"), {"agreed": agreed(shown)}, follow=True)
    assert done.redirect_chain == [(url("units", evaluation.pk), 302)]
    assert len(cells_of(evaluation)) == 2


def test_an_agreement_is_the_persons_own_and_judged_again(cast, evaluation, villages, sign_in):
    officer, coordinator = cast.officer_kecamatan, cast.coordinator_tabalong
    content = filled(make_book(evaluation, officer, {MURUNG_PUDAK}), Kecamatan_D5="Ya")
    token = agreed(upload(sign_in(officer), evaluation, content))
    response = sign_in(coordinator).post(address(evaluation), {"agreed": token}, follow=True)
    assert "Unggah lagi buku kerjanya" in text_of(response)
    put(evaluation, coordinator, cell("25.2", holds=False))
    response = sign_in(officer).post(address(evaluation), {"agreed": token}, follow=True)
    assert "sebagian isian baru saja diubah" in text_of(response)
    assert cells_of(evaluation) == {("25.2", MURUNG_PUDAK): False}


def test_what_is_no_workbook_is_said_beside_the_field(cast, evaluation, villages, sign_in):
    client = sign_in(cast.officer_kecamatan)
    response = upload(client, evaluation, b"bukan")
    assert response.status_code == 422
    assert response.context["form"].errors["file"]
    assert client.post(address(evaluation), {}).status_code == 422


@pytest.mark.parametrize("name", ["units_book", "units_book_file"])
def test_an_officer_has_no_other_book(cast, evaluation, villages, sign_in, name):
    put(evaluation, cast.officer_kecamatan_other, cell("25.2", UPAU), kecamatan=UPAU)
    client = sign_in(cast.officer_kecamatan)
    for place in (UPAU, "semua"):
        assert client.get(address(evaluation, place, name)).status_code == 404
        assert client.post(address(evaluation, place, name), {"agreed": "x"}).status_code in {404, 405}
    assert sign_in(cast.coordinator_tanahbumbu).get(address(evaluation, "semua", name)).status_code == 404


def test_a_leader_reads_and_does_not_write(cast, evaluation, villages, sign_in):
    client = sign_in(cast.leader_tabalong)
    response = client.get(address(evaluation, "semua"))
    assert "Anda tidak dapat mengisi baris" in text_of(response)
    assert client.post(address(evaluation, "semua"), {"agreed": "x"}).status_code == 403
