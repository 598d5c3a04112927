from __future__ import annotations

import csv
import io
import re

import pytest
import time_machine
from django.core import signing
from django.test import Client

from kla_portal.accounts.domain import imports
from kla_portal.accounts.models import User
from kla_portal.accounts.views.imports import ROWS_SALT
from tests.cast import enter

PAGE, RESULT, TEMPLATE = "/akun/daftar/unggah/", "/akun/daftar/unggah/hasil/", "/akun/daftar/unggah/templat/"
GOOD = ("a.satu;Satu;;koordinator;63.09;", "b.dua;=Dua;b@contoh.go.id;petugas;63.09;kesehatan")


def hidden(response, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', response.content.decode()).group(1)


def table(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("path", [PAGE, TEMPLATE])
def test_wrong_role_403(cast, sign_in, path):
    assert sign_in(cast.coordinator_tabalong).get(path).status_code == 403
    assert sign_in(cast.auditor_kalsel).post(RESULT, {"result": "x"}).status_code == 403


def test_the_whole_way(cast, sign_in, csv_upload):
    client = sign_in(cast.admin_kalsel)
    plan = client.post(PAGE, {"file": csv_upload(*GOOD)})
    assert "2 akan dibuat, 0 sudah ada, 0 ditolak" in plan.content.decode()
    assert not User.objects.filter(username="a.satu").exists()

    result = client.post(PAGE, {"rows": hidden(plan, "rows")})
    assert "2 akun dibuat" in result.content.decode()
    assert "no-store" in result["Cache-Control"]
    passwords = re.findall(r"<code>([^<]+)</code>", result.content.decode())
    users = [User.objects.get(username=name) for name in ("a.satu", "b.dua")]
    assert [u.check_password(p) for u, p in zip(users, passwords, strict=True)] == [True, True]
    assert users[1].memberships.get().agency.code == "kesehatan"

    file = client.post(RESULT, {"result": hidden(result, "result")})
    assert file["Content-Disposition"] == 'attachment; filename="akun-baru.csv"'
    assert "no-store" in file["Cache-Control"]
    assert table(file) == [
        ["nama_pengguna", "nama", "surel", "kata_sandi_sekali_pakai"],
        ["a.satu", "Satu", "", passwords[0]],
        ["b.dua", "'=Dua", "b@contoh.go.id", passwords[1]],
    ]


def test_confirming_twice_opens_nothing_twice(cast, sign_in, csv_upload):
    client = sign_in(cast.admin_kalsel)
    rows = hidden(client.post(PAGE, {"file": csv_upload(*GOOD)}), "rows")
    client.post(PAGE, {"rows": rows})
    before = User.objects.get(username="a.satu").password
    again = client.post(PAGE, {"rows": rows})
    assert again.status_code == 409
    page = again.content.decode()
    assert "Akun dari daftar ini sudah dibuat" in page
    assert "tekan “Kata sandi baru”" in page
    assert "<code>" not in page
    assert User.objects.get(username="a.satu").password == before


def test_nor_are_names_that_became_free_opened_by_the_same_confirmation(cast, sign_in, csv_upload):
    client = sign_in(cast.admin_kalsel)
    rows = hidden(client.post(PAGE, {"file": csv_upload(*GOOD)}), "rows")
    client.post(PAGE, {"rows": rows})
    User.objects.filter(username="a.satu").update(username="dihapus-1")
    assert client.post(PAGE, {"rows": rows}).status_code == 409
    assert not User.objects.filter(username="a.satu").exists()


def test_two_confirmations_at_once_are_told_apart(cast, sign_in, csv_upload, monkeypatch):
    """Another request of the same button opens the accounts between looking and storing."""
    client = sign_in(cast.admin_kalsel)
    rows = hidden(client.post(PAGE, {"file": csv_upload(*GOOD)}), "rows")
    real = imports._prepare
    meanwhile = []

    def prepared(row):
        if not meanwhile:
            meanwhile.append(True)
            monkeypatch.setattr(imports, "_prepare", real)
            other = Client()
            enter(other, cast.admin_kalsel)
            meanwhile.append(other.post(PAGE, {"rows": rows}))
        return real(row)

    monkeypatch.setattr(imports, "_prepare", prepared)
    late = client.post(PAGE, {"rows": rows})
    assert "2 akun dibuat" in meanwhile[1].content.decode()
    assert late.status_code == 409
    assert "Akun dari daftar ini sudah dibuat" in late.content.decode()


def test_the_button_is_pressed_once(cast, sign_in, csv_upload):
    page = sign_in(cast.admin_kalsel).post(PAGE, {"file": csv_upload(*GOOD)}).content.decode()
    assert re.search(r'<form method="post" action="/akun/daftar/unggah/" data-once>', page)
    assert "js/once.js" in page


def test_a_refused_row_blocks_the_confirmation_and_says_why(cast, sign_in, csv_upload):
    client = sign_in(cast.admin_kalsel)
    response = client.post(PAGE, {"file": csv_upload(*GOOD, "c;C;;koordinator;62.10;")})
    text = response.content.decode()
    assert "Kabupaten Gunung Mas di luar wilayah Anda." in text
    assert 'data-label="Baris">4<' in text
    assert 'name="rows"' not in text


def test_what_changed_since_the_dry_run_counts(cast, sign_in, csv_upload):
    client = sign_in(cast.admin_kalsel)
    rows = hidden(client.post(PAGE, {"file": csv_upload(*GOOD)}), "rows")
    User.objects.create_user("b.dua", "x", name="Orang lain")
    response = client.post(PAGE, {"rows": rows})
    assert "Tidak ada akun yang dibuat. Baris 3" in response.content.decode()
    assert not User.objects.filter(username="a.satu").exists()


def test_signed_rows_are_mine_and_fresh(cast, sign_in, csv_upload):
    rows = hidden(sign_in(cast.admin_national).post(PAGE, {"file": csv_upload(*GOOD)}), "rows")
    client = sign_in(cast.admin_kalsel)
    forged = signing.dumps({"by": cast.admin_kalsel.pk, "rows": []}, salt="lain", compress=True)
    for text in (rows, rows[:-1], forged, ""):
        response = client.post(PAGE, {"rows": text})
        assert "sudah lewat satu jam atau rusak" in response.content.decode()
    assert not User.objects.filter(username="a.satu").exists()


def test_rows_expire_after_an_hour(cast, sign_in, csv_upload):
    client = sign_in(cast.admin_kalsel)
    with time_machine.travel("2026-03-01T08:00:00Z", tick=False):
        enter(client, cast.admin_kalsel)
        rows = hidden(client.post(PAGE, {"file": csv_upload(*GOOD)}), "rows")
    with time_machine.travel("2026-03-01T09:00:01Z", tick=False):
        assert "sudah lewat satu jam" in client.post(PAGE, {"rows": rows}).content.decode()
    with time_machine.travel("2026-03-01T08:59:59Z", tick=False):
        assert "2 akun dibuat" in client.post(PAGE, {"rows": rows}).content.decode()


def test_a_row_signed_before_a_role_was_lost_is_judged_anew(cast, sign_in):
    """Signed rows carry no permission: what they ask is checked against what the person may do now."""
    rows = [[2, "x", "X", "", "admin nasional", "", ""]]
    signed = signing.dumps({"by": cast.admin_kalsel.pk, "rows": rows}, salt=ROWS_SALT, compress=True)
    response = sign_in(cast.admin_kalsel).post(PAGE, {"rows": signed})
    assert "hanya dibuka oleh admin nasional" in response.content.decode()
    assert not User.objects.filter(username="x").exists()


def test_bad_files_are_told_on_the_page(cast, sign_in, csv_upload):
    client = sign_in(cast.admin_kalsel)
    assert "invalid-feedback" in client.post(PAGE, {}).content.decode()
    for file, reason in (
        (csv_upload(heading="x;y"), "tidak ada di baris pertama"),
        (csv_upload(*GOOD, name="akun.ods"), "CSV atau XLSX"),
        (csv_upload("a;é;;pimpinan;63.09;", encoding="latin-1"), "bukan UTF-8"),
        (csv_upload(), "hanya berisi judul"),
    ):
        assert reason in client.post(PAGE, {"file": file}).content.decode()


def test_result_download_is_signed(cast, sign_in):
    response = sign_in(cast.admin_kalsel).post(RESULT, {"result": "palsu"})
    assert response.status_code == 403
    assert "sudah lewat satu jam" in response.content.decode()
    assert sign_in(cast.admin_kalsel).get(RESULT).status_code == 405


def test_template_is_what_the_reader_expects(cast, sign_in):
    response = sign_in(cast.admin_kalsel).get(TEMPLATE)
    assert table(response) == [
        ["nama_pengguna", "nama", "surel", "peran", "kode_wilayah", "perangkat_daerah"]
    ]


def test_page_explains_only_roles_i_may_give(cast, sign_in):
    text = sign_in(cast.admin_kalsel).get(PAGE).content.decode()
    assert "<b>koordinator</b>" in text
    assert "<b>admin nasional</b>" not in text
    assert "<b>admin nasional</b>" in sign_in(cast.admin_national).get(PAGE).content.decode()
