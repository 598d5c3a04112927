"""Error pages say what to do next, in the reader's language, and lose nothing that was typed."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.urls import reverse

from kla_portal.accounts.access import Refused
from kla_portal.web import errors
from tests.cast import enter

HTMX = {"HX-Request": "true"}


@pytest.fixture
def request_of(rf, cast):
    def make(**more):
        request = rf.get("/apa-saja/")
        request.user = cast.coordinator_tabalong
        request.htmx = more.get("htmx", False)
        return request

    return make


def test_an_address_that_does_not_exist(cast, sign_in):
    response = sign_in(cast.coordinator_tabalong).get("/tidak/ada/")
    page = response.content.decode()
    assert response.status_code == 404
    assert "Halaman tidak ditemukan" in page
    assert f'href="{reverse("home")}"' in page
    assert "Kabupaten Tabalong" in page, "the frame stays"


def test_not_found_tells_nothing_of_why(request_of):
    response = errors.not_found(request_of(), Http404("Evaluasi 17 milik Tanah Bumbu"))
    assert response.status_code == 404
    assert "Tanah Bumbu" not in response.content.decode()


def test_a_refusal_gives_its_reason_as_text(request_of):
    response = errors.refused(request_of(), Refused("Ditutup <b>kemarin</b>."))
    page = response.content.decode()
    assert response.status_code == 403
    assert "Ditutup &lt;b&gt;kemarin&lt;/b&gt;." in page
    assert f'href="{reverse("home")}"' in page


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("coordinator_tabalong", "hubungi koordinator Gugus Tugas KLA atau admin provinsi Anda."),
        ("verifier_kalsel", "hubungi koordinator Gugus Tugas KLA atau admin provinsi Anda."),
        ("admin_kalsel", "hubungi admin nasional."),
        ("verifier_national", "hubungi admin nasional."),
    ],
)
def test_nobody_is_sent_to_their_own_office(request_of, cast, sign_in, who, words):
    request = request_of()
    request.user = getattr(cast, who)
    assert words in errors.refused(request, Refused("Belum.")).content.decode()
    office = "admin nasional" if "nasional" in words else "admin provinsi Anda"
    profile = sign_in(request.user).get(reverse("accounts:profile")).content.decode()
    assert f"Ada yang tidak sesuai? Hubungi {office}." in profile


# The address of a button

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


@pytest.mark.parametrize(
    ("name", "above"),
    [("submit", "overview"), ("answer_save", "overview")],
)
def test_the_address_of_a_button_leads_back(cast, sign_in, evaluation, name, above):
    client = sign_in(cast.coordinator_tabalong)
    address = reverse(
        f"evaluations:{name}", args=[evaluation.pk, *(["12.1"] if name == "answer_save" else [])]
    )
    response = client.get(address, headers=BROWSER)
    page = response.content.decode()
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "Alamat ini tidak dapat dibuka langsung" in page
    assert "Kabupaten Tabalong" in page, "the frame stays"
    back = re.search(r'<a class="btn btn-primary" href="([^"]+)">Kembali</a>', page).group(1)
    assert client.get(back).status_code == 200
    assert back.startswith(reverse("evaluations:overview", args=[evaluation.pk]))


def test_it_leads_to_the_page_it_was_opened_from(cast, sign_in, evaluation):
    check = reverse("evaluations:check", args=[evaluation.pk])
    headers = BROWSER | {"Referer": f"http://testserver{check}?a=1"}
    address = reverse("evaluations:submit", args=[evaluation.pk])
    client = sign_in(cast.coordinator_tabalong)
    assert f'href="{check}?a=1">Kembali</a>' in client.get(address, headers=headers).content.decode()
    away = BROWSER | {"Referer": f"https://evil.example{check}"}
    page = client.get(address, headers=away).content.decode()
    assert "evil.example" not in page
    itself = BROWSER | {"Referer": f"http://testserver{address}"}
    assert f'href="{address}">Kembali' not in client.get(address, headers=itself).content.decode()


@pytest.mark.parametrize("signed_in", [True, False])
def test_signing_out_by_its_address(cast, client, signed_in):
    if signed_in:
        enter(client, cast.coordinator_tabalong)
    response = client.get(reverse("accounts:logout"), headers=BROWSER)
    assert response.status_code == 405
    assert f'<a class="btn btn-primary" href="{reverse("home")}">Kembali</a>' in response.content.decode()
    assert "Ke beranda" not in response.content.decode()


def test_an_edition_is_not_published_by_its_address(cast, sign_in):
    response = sign_in(cast.admin_national).get(
        reverse("evaluations:edition_publish", args=["2026"]), headers=BROWSER
    )
    assert response.status_code == 405
    assert f'href="{reverse("evaluations:edition", args=["2026"])}">Kembali</a>' in response.content.decode()


def test_a_page_is_only_for_browsers_that_show_one(cast, sign_in, evaluation):
    client, address = sign_in(cast.coordinator_tabalong), reverse("evaluations:submit", args=[evaluation.pk])
    for method, headers in (
        ("get", {}),
        ("get", BROWSER | HTMX),
        ("head", BROWSER),
        ("options", BROWSER),
        ("put", BROWSER),
    ):
        response = getattr(client, method)(address, headers=headers)
        assert (response.status_code, response["Allow"], response.content) == (405, "POST", b""), method


def test_a_refusal_for_htmx_is_the_reason_alone(request_of):
    response = errors.refused(request_of(htmx=True), Refused("Ditutup <b>kemarin</b>."))
    assert (response.status_code, response.content.decode()) == (403, "Ditutup <b>kemarin</b>.")
    assert response["Content-Type"] == "text/plain"


def test_a_refusal_without_words_of_ours_shows_none_of_the_frameworks(request_of):
    denied = PermissionDenied("internal: object 17")
    page = errors.refused(request_of(), denied).content.decode()
    assert "internal" not in page
    assert "Peran Anda tidak mencakup tindakan ini" in page
    short = errors.refused(request_of(htmx=True), denied).content.decode()
    assert short == "Tindakan ini tidak diizinkan."


def test_a_broken_request_is_explained(request_of, settings):
    response = errors.bad_request(request_of(), ValueError("rahasia"))
    assert response.status_code == 400
    assert "Permintaan ini tidak dapat dibaca" in response.content.decode()
    assert "rahasia" not in response.content.decode()
    wrong_host = Client().get("/", headers={"host": "jahat.contoh"})
    assert wrong_host.status_code == 400
    assert "jahat.contoh" not in wrong_host.content.decode()


def test_a_crash_is_ours_and_asks_the_database_nothing(request_of, django_assert_num_queries):
    request = request_of()
    with django_assert_num_queries(0):
        response = errors.server_error(request)
    assert response.status_code == 500
    assert "gangguan di pihak kami" in response.content.decode()


def test_a_crash_in_a_page_shows_that_page(cast, sign_in, evaluation, monkeypatch):
    def crash(evaluation):
        raise RuntimeError("rahasia dalam jejak")

    monkeypatch.setattr("evaluations.views.overview.at_a_glance", crash)
    client = sign_in(cast.coordinator_tabalong)
    client.raise_request_exception = False
    response = client.get(reverse("evaluations:overview", args=[evaluation.pk]))
    assert response.status_code == 500
    assert "gangguan di pihak kami" in response.content.decode()
    assert "rahasia" not in response.content.decode()


# A token that is too old


@pytest.fixture
def strict(cast):
    client = Client(enforce_csrf_checks=True)
    enter(client, cast.coordinator_tabalong)
    return client


def test_a_stale_token_keeps_what_was_typed(strict, evaluation):
    address = reverse("evaluations:answer_save", args=[evaluation.pk, "12.1"])
    response = strict.post(address, {"note": "baris <b>satu</b>\nbaris dua", "numerator": "12"})
    page = response.content.decode()
    assert response.status_code == 403
    assert f'action="{address}"' in page
    assert "baris &lt;b&gt;satu&lt;/b&gt;<br>baris dua" in page
    assert 'name="numerator" value="12"' in page
    assert 'name="csrfmiddlewaretoken"' in page


def test_a_stale_token_tells_htmx_to_keep_it(strict, evaluation):
    address = reverse("evaluations:answer_save", args=[evaluation.pk, "12.1"])
    response = strict.post(address, {"note": "x"}, headers=HTMX)
    assert response.status_code == 401
    assert "Muat ulang untuk mengirim" in response.content.decode()


def test_a_password_is_never_shown_again(strict, evaluation):
    response = strict.post(
        reverse("evaluations:submit", args=[evaluation.pk]), {"password": "rahasia-sekali", "note": "x"}
    )
    assert response.status_code == 403
    assert "rahasia-sekali" not in response.content.decode()


def test_a_stale_sign_in_form_leads_back_to_the_door(db):
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("accounts:login"), {"username": "koor", "password": "rahasia-sekali"})
    page = response.content.decode()
    assert response.status_code == 403
    assert "Halaman itu sudah lama terbuka" in page
    assert "rahasia-sekali" not in page
    assert f'href="{reverse("accounts:login")}"' in page
