from __future__ import annotations

import re

import pytest
from django.urls import reverse

from kla_portal.accounts.models import Membership, User
from kla_portal.accounts.roles import Role
from tests.cast import KALSEL, PASSWORD, TABALONG, TANAH_BUMBU, UPAU, agency, person

LIST, OPEN = "/akun/daftar/", "/akun/daftar/buka/"
PAGES_OF_ONE = ["detail", "edit", "close", "reopen", "reset_password", "membership_add"]


def one_time(response) -> str:
    return re.search(r"<code>([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</code>", response.content.decode()).group(1)


@pytest.mark.parametrize(
    "who", ["coordinator_tabalong", "verifier_kalsel", "auditor_kalsel", "verifier_national"]
)
def test_without_the_permission_403_with_the_reason(cast, sign_in, who):
    client = sign_in(getattr(cast, who))
    target = person("sasaran", "Sasaran", Role.LEADER, district_id=TABALONG)
    paths = [LIST, OPEN, *(reverse(f"accounts:{name}", args=[target.pk]) for name in PAGES_OF_ONE)]
    for path in paths:
        response = client.get(path)
        assert response.status_code == 403, path
        assert "membuka dan menutup akun" in response.content.decode()


@pytest.mark.parametrize("name", PAGES_OF_ONE)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_account_beyond_the_province_is_404(cast, sign_in, two_provinces, name, method):
    client = sign_in(cast.admin_kalsel)
    for user in (cast.coordinator_gunungmas, cast.admin_national, cast.stranger, two_provinces):
        response = getattr(client, method)(reverse(f"accounts:{name}", args=[user.pk]))
        assert response.status_code == (405 if (name, method) == ("detail", "post") else 404)
        user.refresh_from_db()
        assert user.is_active
        assert user.check_password(PASSWORD)


def test_list_shows_my_area_only(cast, sign_in, two_provinces):
    _ = cast.coordinator_tabalong, cast.coordinator_gunungmas, cast.verifier_national
    text = sign_in(cast.admin_kalsel).get(LIST).content.decode()
    assert "koor.tabalong" in text
    assert "Koordinator Gugus Tugas Kabupaten Tabalong" in text
    for hidden in ("koor.gunungmas", "verif.pusat", "dua.provinsi"):
        assert hidden not in text


def test_list_filters(cast, sign_in):
    _ = cast.coordinator_tabalong, cast.contributor_health_tabalong, cast.coordinator_tanahbumbu
    client = sign_in(cast.admin_kalsel)

    def found(**query) -> set[str]:
        page = client.get(LIST, query).context["page_obj"]
        return {account.username for account in page}

    assert found(q="kesehatan") == {"kes.tabalong"}
    assert found(peran="coordinator") == {"koor.tabalong", "koor.tanahbumbu"}
    assert found(wilayah=TABALONG) == {"koor.tabalong", "kes.tabalong"}
    link = reverse("accounts:agencies", args=[TABALONG])
    assert link in client.get(LIST, {"wilayah": TABALONG}).content.decode()
    assert link not in client.get(LIST).content.decode()
    assert found(peran="coordinator", wilayah=TANAH_BUMBU) == {"koor.tanahbumbu"}
    assert found(status="ditutup") == set()
    assert "Tidak ada akun yang cocok" in client.get(LIST, {"status": "ditutup"}).content.decode()
    # A district of another province is no choice; the page says so and leaves the filter out.
    response = client.get(LIST, {"wilayah": "62.10"})
    assert "field-error" in response.content.decode()


def test_list_pages_and_costs_the_same_at_1_and_60_rows(cast, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.admin_kalsel)

    def queries() -> int:
        with django_assert_max_num_queries(12) as counted:
            client.get(LIST)
        return len(counted)

    few = queries()
    for n in range(60):
        person(f"orang{n:02}", f"Orang {n}", Role.LEADER, district_id=TABALONG)
    assert queries() == few
    page = client.get(LIST, {"page": 2, "q": "orang"}).context["page_obj"]
    assert (len(page.object_list), page.paginator.num_pages) == (10, 2)


def test_open_a_coordinator(cast, sign_in):
    client = sign_in(cast.admin_kalsel)
    form = {"username": "koor.baru", "name": "Koordinator Baru", "role": "coordinator", "district": TABALONG}
    response = client.post(OPEN, form)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    account = User.objects.get(username="koor.baru")
    assert account.check_password(one_time(response))
    assert (
        one_time(response) not in client.get(reverse("accounts:detail", args=[account.pk])).content.decode()
    )
    assert str(account.memberships.get()) == "Koordinator Gugus Tugas Kabupaten Tabalong"


def test_the_first_sign_in_with_that_password_asks_for_another(cast, sign_in, client):
    form = {"username": "koor.baru", "name": "Baru", "role": "coordinator", "district": TABALONG}
    password = one_time(sign_in(cast.admin_kalsel).post(OPEN, form))
    client.post("/akun/keluar/")
    response = client.post("/akun/masuk/", {"username": "koor.baru", "password": password}, follow=True)
    assert response.redirect_chain[-1][0] == reverse("accounts:password_change")
    assert "dibuat oleh admin" in response.content.decode()


def test_open_a_contributor_in_two_steps(cast, sign_in):
    client = sign_in(cast.admin_kalsel)
    form = {"username": "kes.baru", "name": "Petugas", "role": "contributor", "district": TABALONG}
    health = agency(TABALONG, "kesehatan")
    first = client.post(OPEN, form)
    text = first.content.decode()
    assert "Pilih perangkat daerah untuk Petugas perangkat daerah." in text
    assert f'<option value="{health.pk}">' in text
    assert 'value="kes.baru"' in text
    assert f'<option value="{agency(TANAH_BUMBU, "kesehatan").pk}">' not in text
    second = client.post(OPEN, {**form, "agency": health.pk})
    assert User.objects.get(username="kes.baru").check_password(one_time(second))


def test_open_a_kecamatan_officer_in_two_steps(cast, sign_in):
    client = sign_in(cast.admin_kalsel)
    form = {"username": "kec.baru", "name": "Petugas", "role": "kecamatan", "district": TABALONG}
    first = client.post(OPEN, form)
    text = first.content.decode()
    assert "Pilih kecamatan untuk Petugas kecamatan." in text
    assert f'<option value="{UPAU}">Upau</option>' in text
    assert "63.10.01" not in text
    assert (
        "Pilih kecamatan dari kabupaten/kota yang dipilih."
        in client.post(OPEN, {**form, "kecamatan": "63.10.01"}).content.decode()
    )
    second = client.post(OPEN, {**form, "kecamatan": UPAU})
    account = User.objects.get(username="kec.baru")
    assert account.check_password(one_time(second))
    assert account.memberships.get().place == "Kecamatan Upau, Kabupaten Tabalong"
    page = client.get(reverse("accounts:detail", args=[account.pk])).content.decode()
    assert "Kecamatan Upau, Kabupaten Tabalong" in page


def test_open_from_the_agency_page_is_filled_in(cast, sign_in):
    health = agency(TABALONG, "kesehatan")
    query = {"peran": "contributor", "wilayah": TABALONG, "perangkat": health.pk}
    text = sign_in(cast.admin_kalsel).get(OPEN, query).content.decode()
    assert f'<option value="{health.pk}" selected>' in text
    # Another province's district is not even looked at.
    text = sign_in(cast.admin_kalteng).get(OPEN, query).content.decode()
    assert f'value="{health.pk}"' not in text
    assert "Kabupaten Tabalong" not in text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"username": "koor.tabalong"}, "sudah dipakai"),
        ({"username": "a b"}, "tanpa spasi"),
        ({"name": ""}, "invalid-feedback"),
        ({"email": "x"}, "tidak lengkap"),
        ({"role": ""}, "invalid-feedback"),
        ({"role": "national_admin"}, "invalid-feedback"),
        ({"district": ""}, "Pilih kabupaten/kota untuk"),
        ({"district": "62.10"}, "invalid-feedback"),
        ({"role": "provincial_verifier"}, "kosongkan kabupaten/kota"),
    ],
)
def test_open_refuses(cast, sign_in, changes, message):
    _ = cast.coordinator_tabalong
    client = sign_in(cast.admin_kalsel)
    count = User.objects.count()
    form = {"username": "baru", "name": "Baru", "role": "coordinator", "district": TABALONG, **changes}
    response = client.post(OPEN, form)
    assert message in response.content.decode()
    assert User.objects.count() == count


def test_an_agency_of_another_district_is_refused(cast, sign_in):
    form = {"username": "baru", "name": "Baru", "role": "contributor", "district": TABALONG}
    elsewhere = agency(TANAH_BUMBU, "kesehatan").pk
    text = sign_in(cast.admin_kalsel).post(OPEN, {**form, "agency": elsewhere}).content.decode()
    assert "Pilih perangkat daerah dari kabupaten/kota yang dipilih." in text
    assert not User.objects.filter(username="baru").exists()


@pytest.mark.parametrize(
    ("role", "place"),
    [("provincial_verifier", {"province_id": KALSEL}), ("auditor", {"province_id": KALSEL})],
)
def test_a_provincial_role_is_in_the_only_province_i_have(cast, sign_in, role, place):
    sign_in(cast.admin_kalsel).post(OPEN, {"username": "baru", "name": "Baru", "role": role})
    assert Membership.objects.filter(user__username="baru", role=role, **place).exists()


def test_a_national_administrator_opens_national_roles(cast, sign_in):
    client = sign_in(cast.admin_national)
    client.post(OPEN, {"username": "a", "name": "A", "role": "national_verifier"})
    client.post(OPEN, {"username": "b", "name": "B", "role": "provincial_admin", "province": "11"})
    client.post(OPEN, {"username": "c", "name": "C", "role": "auditor"})
    held = {m.user.username: str(m) for m in Membership.objects.filter(user__username__in="abc")}
    assert held == {
        "a": "Verifikator nasional Nasional",
        "b": "Admin provinsi (DP3A) Aceh",
        "c": "Auditor (inspektorat) Nasional",
    }


def test_detail_shows_place_time_zone_and_what_can_be_done(cast, sign_in):
    user = cast.coordinator_tabalong
    text = sign_in(cast.admin_kalsel).get(reverse("accounts:detail", args=[user.pk])).content.decode()
    assert "Kabupaten Tabalong" in text
    assert "WITA" in text
    assert reverse("accounts:close", args=[user.pk]) in text
    assert reverse("accounts:reopen", args=[user.pk]) not in text


def test_my_own_account_offers_no_closing(cast, sign_in):
    admin = cast.admin_kalsel
    client = sign_in(admin)
    text = client.get(reverse("accounts:detail", args=[admin.pk])).content.decode()
    assert reverse("accounts:close", args=[admin.pk]) not in text
    response = client.post(reverse("accounts:close", args=[admin.pk]))
    assert response.status_code == 409
    assert "akun Anda sendiri" in response.content.decode()
    admin.refresh_from_db()
    assert admin.is_active


def test_close_asks_first_then_closes_then_reopens(cast, sign_in):
    user, client = cast.coordinator_tabalong, sign_in(cast.admin_kalsel)
    path = reverse("accounts:close", args=[user.pk])
    assert "Tutup akun: Koordinator Tabalong?" in client.get(path).content.decode()
    user.refresh_from_db()
    assert user.is_active
    assert client.post(path)["Location"] == reverse("accounts:detail", args=[user.pk])
    user.refresh_from_db()
    assert not user.is_active
    assert "oleh Admin Kalsel" in client.get(reverse("accounts:detail", args=[user.pk])).content.decode()
    response = client.post(reverse("accounts:reopen", args=[user.pk]))
    user.refresh_from_db()
    assert user.is_active
    assert user.check_password(one_time(response))
    assert "no-store" in response["Cache-Control"]


def test_reset_password(cast, sign_in):
    user, client = cast.coordinator_tabalong, sign_in(cast.admin_kalsel)
    path = reverse("accounts:reset_password", args=[user.pk])
    client.get(path)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    response = client.post(path)
    user.refresh_from_db()
    assert user.check_password(one_time(response))
    assert "no-store" in response["Cache-Control"]


def test_edit(cast, sign_in):
    user, client = cast.coordinator_tabalong, sign_in(cast.admin_kalsel)
    path = reverse("accounts:edit", args=[user.pk])
    assert client.post(path, {"name": "", "email": ""}).status_code == 200
    assert client.post(path, {"name": "Sekretaris", "email": "s@contoh.go.id"}).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.email) == ("Sekretaris", "s@contoh.go.id")


def test_membership_add_and_remove(cast, sign_in):
    user, client = cast.coordinator_tabalong, sign_in(cast.admin_kalsel)
    add = reverse("accounts:membership_add", args=[user.pk])
    twice = client.post(add, {"role": "coordinator", "district": TABALONG})
    assert "sudah memegang" in twice.content.decode()
    assert client.post(add, {"role": "leader", "district": TABALONG}).status_code == 302
    leader = user.memberships.get(role=Role.LEADER)
    remove = reverse("accounts:membership_remove", args=[user.pk, leader.pk])
    assert "tidak lagi menjadi Pimpinan daerah" in client.get(remove).content.decode()
    assert client.post(remove).status_code == 302
    (last,) = user.memberships.all()
    response = client.post(reverse("accounts:membership_remove", args=[user.pk, last.pk]))
    assert response.status_code == 409
    assert "peran terakhir" in response.content.decode()


def test_a_membership_belongs_to_its_account(cast, sign_in):
    other = cast.coordinator_tanahbumbu.memberships.get()
    path = reverse("accounts:membership_remove", args=[cast.coordinator_tabalong.pk, other.pk])
    assert sign_in(cast.admin_kalsel).post(path).status_code == 404
    assert Membership.objects.filter(pk=other.pk).exists()


def test_names_are_escaped(cast, sign_in):
    user = person("aneh", "<b>Aneh</b>", Role.LEADER, district_id=TABALONG)
    client = sign_in(cast.admin_kalsel)
    for path in (LIST, reverse("accounts:detail", args=[user.pk]), reverse("accounts:close", args=[user.pk])):
        text = client.get(path).content.decode()
        assert "&lt;b&gt;Aneh&lt;/b&gt;" in text
        assert "<b>Aneh</b>" not in text
