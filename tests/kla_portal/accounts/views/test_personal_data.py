"""Data saya, Hapus data akun, Privasi: who comes in, what they find, what they are told."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.urls import reverse

from kla_portal.accounts.domain import close_account
from kla_portal.accounts.models import User
from kla_portal.events.models import Event, EventAction
from tests.cast import PASSWORD

OWN, PRIVACY, PROFILE = "/akun/data-saya/", "/privasi/", "/akun/profil/"
REASON = "Permintaan tertulis pemilik akun."


@pytest.fixture
def closed(cast):
    user = cast.coordinator_tabalong
    close_account(account=user, by=cast.admin_kalsel)
    return user


def page_of(user) -> str:
    return reverse("accounts:remove_data", args=[user.pk])


def exports() -> int:
    return Event.objects.filter(action=EventAction.ACCOUNT_EXPORTED).count()


# Data saya


def test_the_page_says_what_there_is_and_takes_nothing(cast, sign_in):
    client = sign_in(cast.coordinator_tabalong)
    answer = client.get(OWN)
    text = answer.content.decode()
    assert "koor.tabalong" in text
    assert "Koordinator Gugus Tugas Kabupaten Tabalong" in text
    assert "no-store" in answer["Cache-Control"]
    assert exports() == 0
    assert OWN in client.get(PROFILE).content.decode()


def test_the_password_is_asked_once_more_and_then_the_file_comes(cast, sign_in):
    client = sign_in(cast.coordinator_tabalong, password_given=False)
    asked = client.post(OWN)
    assert "mengunduh data akun Anda" in asked.content.decode()
    wrong = client.post(OWN, {"confirm_password": "bukan-ini"})
    assert (wrong.status_code, exports()) == (422, 0)
    assert "Kata sandi tidak cocok" in wrong.content.decode()
    answer = client.post(OWN, {"confirm_password": PASSWORD})
    assert answer["Content-Type"] == "application/zip"
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        account = json.loads(archive.read("data-saya.json"))["isi"]["akun"]
    assert {"keterangan": "nama pengguna", "isi": "koor.tabalong"} in account
    assert exports() == 1


def test_nobody_chooses_whose_data(cast, sign_in):
    client = sign_in(cast.coordinator_tabalong)
    other = cast.coordinator_tanahbumbu
    answer = client.post(
        f"{OWN}?user={other.pk}", {"user": other.pk, "username": other.username, "by": other.pk}
    )
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "koor.tabalong" in text
    assert other.username not in text


# Hapus data akun


def test_the_way_leads_over_the_closed_account(cast, sign_in, closed):
    client = sign_in(cast.admin_kalsel)
    detail = reverse("accounts:detail", args=[closed.pk])
    assert page_of(closed) in client.get(detail).content.decode()
    open_one = reverse("accounts:detail", args=[cast.verifier_kalsel.pk])
    assert page_of(cast.verifier_kalsel) not in client.get(open_one).content.decode()


def test_the_page_shows_what_will_happen_and_does_nothing(cast, sign_in, closed):
    text = sign_in(cast.admin_kalsel).get(page_of(closed)).content.decode()
    assert "Tidak dapat dibatalkan" in text
    assert f"koor.tabalong menjadi dihapus-{closed.pk}" in text
    assert "<dt>Peran</dt><dd>1 baris dihapus</dd>" in text
    assert "Yang tetap" in text
    assert User.objects.get(pk=closed.pk).username == "koor.tabalong"


def test_with_a_reason_it_is_done_and_shown_as_done(cast, sign_in, closed):
    client = sign_in(cast.admin_kalsel)
    done = client.post(page_of(closed), {"reason": REASON}, follow=True)
    text = done.content.decode()
    assert "Data akun sudah dihapus." in text
    assert f"Akun dihapus {closed.pk}" in text
    assert "tidak dapat dibuka kembali" in text
    for gone in ("Buka kembali</a>", "Ubah nama", "Tambah peran", "koor.tabalong"):
        assert gone not in text
    listed = client.get("/akun/daftar/").content.decode()
    assert "Data dihapus" in listed
    assert f"dihapus-{closed.pk}" in listed
    again = client.post(page_of(closed), {"reason": REASON})
    assert again.status_code == 409
    assert "sudah dihapus" in again.content.decode()
    assert Event.objects.filter(action=EventAction.ACCOUNT_REMOVED).count() == 1


@pytest.mark.parametrize(
    ("reason", "says"), [("", "Tulis alasannya"), ("atas nama Koordinator Tabalong", "hilangkan")]
)
def test_a_bad_reason_is_told_beside_its_field(cast, sign_in, closed, reason, says):
    text = sign_in(cast.admin_kalsel).post(page_of(closed), {"reason": reason}).content.decode()
    assert says in text.split('name="reason"')[1]
    assert User.objects.get(pk=closed.pk).removed_at is None


def test_an_open_account_and_ones_own_are_refused_with_the_reason(cast, sign_in):
    client = sign_in(cast.admin_kalsel)
    for user, says in ((cast.verifier_kalsel, "masih terbuka"), (cast.admin_kalsel, "Anda sendiri")):
        for answer in (client.get(page_of(user)), client.post(page_of(user), {"reason": REASON})):
            assert answer.status_code == 409
            assert says in answer.content.decode()
            assert "btn-danger" not in answer.content.decode()
        assert User.objects.get(pk=user.pk).removed_at is None


def test_the_password_comes_before_the_removal(cast, sign_in, closed):
    client = sign_in(cast.admin_kalsel, password_given=False)
    asked = client.post(page_of(closed), {"reason": REASON})
    assert f"menghapus data akun {closed}" in asked.content.decode()
    assert User.objects.get(pk=closed.pk).removed_at is None
    client.post(page_of(closed), {"reason": REASON, "confirm_password": PASSWORD})
    assert User.objects.get(pk=closed.pk).removed_at is not None


def test_strangers_404_and_other_roles_403(cast, sign_in, closed):
    assert sign_in(cast.admin_kalteng).post(page_of(closed), {"reason": REASON}).status_code == 404
    for who in (cast.coordinator_tanahbumbu, cast.verifier_kalsel, cast.auditor_kalsel):
        answer = sign_in(who).post(page_of(closed), {"reason": REASON})
        assert answer.status_code == 403
        assert "membuka dan menutup akun" in answer.content.decode()
    assert User.objects.get(pk=closed.pk).removed_at is None


def test_the_list_costs_the_same_with_removed_accounts(cast, sign_in, closed, django_assert_max_num_queries):
    client = sign_in(cast.admin_kalsel)

    def queries() -> int:
        with django_assert_max_num_queries(12) as counted:
            client.get("/akun/daftar/")
        return len(counted)

    before = queries()
    client.post(page_of(closed), {"reason": REASON})
    client.get("/akun/daftar/")  # tells of the deed
    assert queries() == before


# Privasi


def test_everyone_reads_what_is_kept_and_for_how_long(client, settings):
    settings.MESSAGE_RETENTION_DAYS, settings.SIGN_IN_RETENTION_DAYS = 321, 45
    text = client.get(PRIVACY).content.decode()
    assert "321 hari" in text
    assert "45 hari sesudah sesi berakhir" in text
    assert "UU 27/2022" in text
    assert "hubungi admin provinsi Anda (DP3A)" in text
    assert OWN not in text, "not signed in: no link that leads to the sign-in"
    settings.PRIVACY_CONTACT = "Pejabat PDP, <pdp@contoh.example>"
    assert "Pejabat PDP, &lt;pdp@contoh.example&gt;" in client.get(PRIVACY).content.decode()


def test_it_is_linked_at_the_sign_in_and_in_the_footer(client, cast, sign_in):
    assert client.get("/akun/masuk/").content.decode().count(f'href="{PRIVACY}"') == 2
    signed_in = sign_in(cast.coordinator_tabalong)
    assert f'href="{PRIVACY}"' in signed_in.get(PROFILE).content.decode()
    assert OWN in signed_in.get(PRIVACY).content.decode()
