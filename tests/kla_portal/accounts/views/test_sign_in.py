from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kla_portal.accounts.domain import close_account
from kla_portal.accounts.models import User
from tests.cast import PASSWORD

LOGIN = "/akun/masuk/"
NEW = "kata-panjang-pilihan-42"


def test_sign_in_in_any_case_and_with_spaces(cast, client):
    user = cast.coordinator_tabalong
    response = client.post(LOGIN, {"username": " Koor.Tabalong ", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, reverse("home"))
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/akun/profil/", "/akun/profil/"),
        ("https://jahat.example/akun/", "/"),
        ("//jahat.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_next_only_within_the_portal(cast, client, wanted, goes_to):
    _ = cast.coordinator_tabalong
    response = client.post(LOGIN, {"username": "koor.tabalong", "password": PASSWORD, "next": wanted})
    assert response["Location"] == goes_to
    assert (
        f'name="next" value="{wanted}"' not in client.get(LOGIN, {"next": "//jahat.example"}).content.decode()
    )


def test_every_failure_reads_the_same(cast, client):
    close_account(account=cast.coordinator_tanahbumbu, by=cast.admin_kalsel)
    _ = cast.coordinator_tabalong
    pages = set()
    for username, password in (
        ("koor.tabalong", "salah"),
        ("tidak.ada", PASSWORD),
        ("koor.tanahbumbu", PASSWORD),
    ):
        response = client.post(LOGIN, {"username": username, "password": password})
        text = response.content.decode()
        assert "Nama pengguna atau kata sandi tidak cocok" in text
        assert "_auth_user_id" not in client.session
        assert password not in text
        pages.add(text.split("alert-danger", 1)[1].split("</div>")[0])
    assert len(pages) == 1


def test_sign_in_page_says_whom_to_ask(client, db):
    text = client.get(LOGIN).content.decode()
    assert "Hubungi admin provinsi Anda" in text
    assert 'autocomplete="current-password"' in text


def test_signed_in_person_is_sent_home(cast, sign_in):
    assert sign_in(cast.stranger).get(LOGIN)["Location"] == reverse("home")


def test_sign_out_by_post_only(cast, sign_in):
    client = sign_in(cast.stranger)
    assert client.get("/akun/keluar/").status_code == 405
    assert "_auth_user_id" in client.session
    assert client.post("/akun/keluar/")["Location"] == LOGIN
    assert "_auth_user_id" not in client.session


def test_signing_in_and_out_need_the_token(cast):
    """Nobody is signed in to another's account, or out of their own, by a page elsewhere."""
    user, strict = cast.coordinator_tabalong, Client(enforce_csrf_checks=True)
    form = {"username": user.username, "password": PASSWORD}
    assert strict.post(LOGIN, form).status_code == 403
    assert "_auth_user_id" not in strict.session
    page = strict.get(LOGIN).content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]
    assert strict.post(LOGIN, form | {"csrfmiddlewaretoken": token}).status_code == 302
    assert strict.post("/akun/keluar/").status_code == 403
    assert "_auth_user_id" in strict.session


def test_a_planted_session_and_token_are_worth_nothing_afterwards(cast, client):
    _ = cast.coordinator_tabalong
    client.get(LOGIN)
    session = client.session
    session["planted"] = "x"
    session.save()
    before, token = session.session_key, client.cookies["csrftoken"].value
    client.post(LOGIN, {"username": "koor.tabalong", "password": PASSWORD})
    assert client.session.session_key != before
    assert client.cookies["csrftoken"].value != token
    assert not client.session.__class__(before).load()
    inside = client.session.session_key
    client.post("/akun/keluar/")
    assert not client.session.__class__(inside).load()


def test_somebody_elses_planted_session_is_emptied(cast, client):
    """Whoever signs in over another's session takes nothing over from it."""
    client.force_login(cast.stranger)
    session = client.session
    session["secret"] = "x"
    session.save()
    client.logout()
    client.post(LOGIN, {"username": cast.coordinator_tabalong.username, "password": PASSWORD})
    assert "secret" not in client.session


def test_signed_in_already(cast, sign_in):
    """Visiting again changes nobody: another's name and password in the form are not looked at."""
    client = sign_in(cast.coordinator_tanahbumbu)
    form = {"username": cast.coordinator_tabalong.username, "password": PASSWORD}
    assert client.post(LOGIN, form)["Location"] == reverse("home")
    assert client.session["_auth_user_id"] == str(cast.coordinator_tanahbumbu.pk)


def test_the_way_to_a_new_password(client, db):
    text = client.get(LOGIN).content.decode()
    assert 'href="/akun/lupa/"' in text
    assert "Lupa kata sandi?" in text


def change(client, old=PASSWORD, new=NEW, again=None):
    form = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post("/akun/kata-sandi/", form)


def test_change_password_keeps_this_session_and_ends_others(cast, client):
    user, other = cast.coordinator_tabalong, Client()
    client.force_login(user)
    other.force_login(user)
    assert change(client).status_code == 302
    assert client.get("/akun/profil/").status_code == 200
    assert other.get("/akun/profil/").status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"old": "salah"}, ""),
        ({"new": PASSWORD}, "harus berbeda"),
        ({"new": "pendek1"}, ""),
        ({"new": "12345678901234"}, ""),
        ({"new": "koor.tabalong"}, ""),
        ({"again": "lain-sekali-99"}, ""),
    ],
)
def test_change_password_refuses(cast, sign_in, form, message):
    user = cast.coordinator_tabalong
    response = change(sign_in(user), **form)
    text = response.content.decode()
    assert response.status_code == 200
    assert "invalid-feedback" in text
    assert message in text
    assert NEW not in text
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_forced_change_explains_itself(cast, sign_in):
    user = cast.coordinator_tabalong
    client = sign_in(user)
    assert "dibuat oleh admin" not in client.get("/akun/kata-sandi/").content.decode()
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    assert "dibuat oleh admin" in client.get("/akun/kata-sandi/").content.decode()


def test_profile_says_who_i_am(cast, sign_in):
    text = sign_in(cast.contributor_health_tabalong).get("/akun/profil/").content.decode()
    for words in (
        "Petugas Dinas Kesehatan Tabalong",
        "kes.tabalong",
        "Kabupaten Tabalong",
        "Tidak dapat mengajukan",
    ):
        assert words in text
    assert reverse("accounts:password_change") in text


def test_profile_saves_my_address(cast, sign_in):
    client = sign_in(cast.stranger)
    assert client.post("/akun/profil/", {"email": "x"}).status_code == 200
    assert client.post("/akun/profil/", {"email": "tamu@contoh.go.id"}).status_code == 302
    assert 'value="tamu@contoh.go.id"' in client.get("/akun/profil/").content.decode()
    client.post("/akun/profil/", {"email": ""})
    cast.stranger.refresh_from_db()
    assert cast.stranger.email == ""


def test_profile_without_a_role(cast, sign_in):
    assert "belum memegang peran" in sign_in(cast.stranger).get("/akun/profil/").content.decode()
