"""Deny by default, the forced first password, and a form whose session ended."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from kla_portal import clock
from tests.cast import PASSWORD, person

PROFILE = "/akun/profil/"


def csrf_of(response) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', response.content.decode()).group(1)


def test_anonymous_is_sent_to_sign_in_and_back(client, db):
    response = client.get(PROFILE)
    assert response.status_code == 302
    assert response["Location"] == f"{reverse('accounts:login')}?next=/akun/profil/"


def test_htmx_gets_401_not_a_login_page(client, db):
    response = client.post(PROFILE, {"email": "a@b.id"}, headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response.content.decode() == "Sesi Anda berakhir. Masuk lagi untuk mengirim."


@pytest.fixture
def first_timer(db):
    user = person("orang.baru", "Orang Baru")
    user.must_change_password = True
    user.save()
    return user


def test_first_password_comes_before_everything_else(sign_in, first_timer):
    client = sign_in(first_timer)
    for path in (PROFILE, "/", "/akun/daftar/"):
        response = client.get(path)
        assert (response.status_code, response["Location"]) == (302, reverse("accounts:password_change"))
    assert client.get(reverse("accounts:password_change")).status_code == 200
    assert client.post(reverse("accounts:logout")).status_code == 302
    assert "_auth_user_id" not in client.session


def test_after_the_change_the_way_is_free(sign_in, first_timer):
    client = sign_in(first_timer)
    new = "sebuah-kata-panjang-77"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post(reverse("accounts:password_change"), form).status_code == 302
    assert client.get(PROFILE).status_code == 200


def test_session_ended_keeps_the_typed_text(client, db):
    typed = {
        "note": 'baris 1\nbaris <script>alert("2")</script>',
        "rows": ["0", "3"],
        "emptied": "",
        "password": "rahasia-sekali-1",
        "old_password": "rahasia-sekali-2",
        "csrfmiddlewaretoken": "token-lama",
    }
    response = client.post(PROFILE, typed)
    text = response.content.decode()
    assert response.status_code == 401
    assert "&lt;script&gt;alert(&quot;2&quot;)&lt;/script&gt;" in text
    assert "<script>alert" not in text
    assert '<input type="hidden" name="rows" value="0">' in text
    assert '<input type="hidden" name="rows" value="3">' in text
    assert '<input type="hidden" name="emptied" value="">' in text
    assert "rahasia-sekali" not in text
    assert "token-lama" not in text
    assert f'<form method="post" action="{PROFILE}">' in text
    assert f"{reverse('accounts:login')}?next=/akun/sudah-masuk/" in text


def test_session_ended_with_nothing_typed_goes_to_sign_in(client, db):
    response = client.post(PROFILE, {"email": "  "})
    assert (response.status_code, response["Location"].split("?")[0]) == (302, reverse("accounts:login"))


CHECK = "/evaluasi/{}/periksa/"
SUBMIT = "/evaluasi/{}/ajukan/"


def pressed(client, evaluation, referer=CHECK, **fields):
    """The button of the page before submission, without a session."""
    headers = {"Referer": f"http://testserver{referer.format(evaluation.pk)}"} if referer else {}
    return client.post(SUBMIT.format(evaluation.pk), {"password": PASSWORD, **fields}, headers=headers)


def test_a_button_is_pressed_again_on_its_own_page(cast, client, evaluation):
    user = cast.coordinator_tabalong
    sent = pressed(client, evaluation, incomplete="on")
    check = CHECK.format(evaluation.pk)
    assert sent.status_code == 302
    assert parse_qs(urlsplit(sent["Location"]).query) == {"next": [check], "belum": ["1"]}
    door = client.get(sent["Location"]).content.decode()
    assert "Yang tadi Anda tekan belum dikerjakan. Masuk dahulu, lalu tekan sekali lagi." in door
    assert "Masuk dahulu untuk membuka halaman itu." not in door
    fields = {"username": user.username, "next": check, "belum": "1"}
    assert (
        'name="belum" value="1"' in client.post("/akun/masuk/", fields | {"password": "x"}).content.decode()
    )
    page = client.post("/akun/masuk/", fields | {"password": PASSWORD}, follow=True)
    assert page.redirect_chain == [(check, 302)]
    assert "Belum dikerjakan: sesi Anda berakhir saat tombol ditekan." in page.content.decode()
    assert evaluation.results.count() == 0


def test_signing_in_as_usual_says_nothing_of_a_button(cast, client, evaluation):
    check, user = CHECK.format(evaluation.pk), cast.coordinator_tabalong
    asked = client.get(check)
    assert asked["Location"] == f"/akun/masuk/?next={check}"
    assert "Masuk dahulu untuk membuka halaman itu." in client.get(asked["Location"]).content.decode()
    fields = {"username": user.username, "password": PASSWORD, "next": check}
    assert "Belum dikerjakan" not in client.post("/akun/masuk/", fields, follow=True).content.decode()


@pytest.mark.parametrize(
    "referer",
    ["", "https://evil.example/akun/", "http://testserver@evil.example/", "http://testserver//evil.example/"],
)
def test_without_a_page_of_ours_it_leads_home(client, evaluation, referer):
    headers = {"Referer": referer} if referer else {}
    sent = client.post(SUBMIT.format(evaluation.pk), {"password": PASSWORD}, headers=headers)
    (onward,) = parse_qs(urlsplit(sent["Location"]).query)["next"]
    assert onward in {"/", "/evil.example/"}, "a path of this host"


def test_an_idle_session_is_told_of_in_one_voice(cast, client, evaluation, settings):
    """What ended the session, and that the button was for nothing: one message, and none that says otherwise."""
    user = cast.coordinator_tabalong
    with clock.at(datetime(2026, 6, 1, 8, tzinfo=UTC)):
        client.post("/akun/masuk/", {"username": user.username, "password": PASSWORD})
    with clock.at(datetime(2026, 6, 1, 9, 30, tzinfo=UTC)):
        door = client.get(pressed(client, evaluation)["Location"]).content.decode()
    assert re.findall(r'<p class="callout[^"]*">([^<]*)</p>', door) == [
        f"Sesi Anda berakhir karena {settings.SESSION_IDLE_MINUTES} menit tidak dipakai. "
        "Yang tadi Anda tekan belum dikerjakan. Masuk lagi, lalu tekan sekali lagi."
    ]


def test_the_text_arrives_after_signing_in_elsewhere(db):
    """The whole way without JavaScript, with the CSRF check on: expired, sign in in another tab, send."""
    user = person("orang.lama", "Orang Lama")
    client = Client(enforce_csrf_checks=True)
    login = reverse("accounts:login")
    token = csrf_of(client.get(login))
    client.post(login, {"username": "orang.lama", "password": PASSWORD, "csrfmiddlewaretoken": token})
    token = csrf_of(client.get(PROFILE))
    client.cookies.pop("sessionid")

    ended = client.post(PROFILE, {"email": "baru@contoh.go.id", "csrfmiddlewaretoken": token})
    assert ended.status_code == 401
    waiting = csrf_of(ended)

    token = csrf_of(client.get(login))
    tab = client.post(
        login,
        {
            "username": "orang.lama",
            "password": PASSWORD,
            "csrfmiddlewaretoken": token,
            "next": reverse("accounts:back_to_form"),
        },
        follow=True,
    )
    assert "Anda sudah masuk" in tab.content.decode()

    # Signing in changed the token, so the text is shown once more, with a fresh one.
    again = client.post(PROFILE, {"email": "baru@contoh.go.id", "csrfmiddlewaretoken": waiting})
    assert again.status_code == 403
    assert "baru@contoh.go.id" in again.content.decode()
    assert "Halaman ini terbuka sejak sebelum Anda masuk" in again.content.decode()
    sent = client.post(PROFILE, {"email": "baru@contoh.go.id", "csrfmiddlewaretoken": csrf_of(again)})
    assert sent.status_code == 302
    user.refresh_from_db()
    assert user.email == "baru@contoh.go.id"


def test_a_stale_sign_in_page_says_so_without_the_typed_name(db):
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("accounts:login"), {"username": "seseorang", "password": "x"})
    text = response.content.decode()
    assert response.status_code == 403
    assert "sudah lama terbuka" in text
    assert 'value="seseorang"' not in text
