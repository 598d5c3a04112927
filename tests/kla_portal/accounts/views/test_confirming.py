"""The password once more: asked when it was given long ago, and what was typed is carried out after it."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from axes.models import AccessFailureLog
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kla_portal.accounts.confirm_form import FIELD
from kla_portal.accounts.domain.tries import hashed
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import Role
from kla_portal.accounts.session_middleware import PASSWORD as PASSWORD_AT
from kla_portal.accounts.session_middleware import SEEN, seconds
from tests.cast import PASSWORD, TABALONG, enter, person

QUESTION = "Masukkan kata sandi sekali lagi"
PROFILE, OPEN = "/akun/profil/", "/akun/daftar/buka/"
NEW = {"username": "pim.baru", "name": "Pimpinan & Baru", "email": "", "role": "leader", "district": TABALONG}


def hidden(response) -> dict[str, list[str]]:
    """The fields that the question's form sends again."""
    found: dict[str, list[str]] = {}
    form = response.content.decode().split('<form method="post"', 1)[1]
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form):
        if name != "csrfmiddlewaretoken":
            found.setdefault(name, []).append(unescape(value))
    return found


@pytest.fixture
def late(client):
    """``late(user)``: signed in, and the password given long ago."""
    return lambda user: enter(client, user, password_given=False)


@pytest.fixture
def target(cast):
    return person("sasaran", "Sasaran", Role.LEADER, district_id=TABALONG)


def asks(response) -> bool:
    return QUESTION in response.content.decode()


WIRED = [
    ("open", {"username": "x.y", "name": "X", "role": "leader", "district": TABALONG}),
    ("edit", {"name": "Nama Lain", "email": ""}),
    ("close", {}),
    ("reopen", {}),
    ("reset_password", {}),
    ("membership_add", {"role": "coordinator", "district": TABALONG}),
    ("membership_remove", {}),
    ("import_result", {"result": "x"}),
]


@pytest.mark.parametrize(("name", "data"), WIRED, ids=lambda value: value if isinstance(value, str) else "")
def test_account_changes_ask(late, cast, target, name, data):
    ones = {"edit", "close", "reopen", "reset_password", "membership_add"}
    membership = target.memberships.get()
    args = [target.pk] if name in ones else [target.pk, membership.pk] if name == "membership_remove" else []
    client = late(cast.admin_kalsel)
    before = User.objects.values().get(pk=target.pk), User.objects.count()
    answer = client.post(reverse(f"accounts:{name}", args=args), data)
    assert asks(answer)
    assert "Anda akan m" in answer.content.decode() or "untuk Sasaran" in answer.content.decode()
    assert (User.objects.values().get(pk=target.pk), User.objects.count()) == before
    assert target.memberships.get() == membership


def test_the_form_itself_opens_without(late, cast):
    assert not asks(late(cast.admin_kalsel).get(OPEN))


def test_the_gate_comes_first(late, cast, target):
    """A stranger to the account learns nothing from the question."""
    client = late(cast.admin_kalteng)
    assert client.post(reverse("accounts:close", args=[target.pk]), {}).status_code == 404
    assert late(cast.coordinator_tabalong).post(OPEN, NEW).status_code == 403


def test_what_was_typed_is_carried_out_after_the_password(late, cast):
    client = late(cast.admin_kalsel)
    question = client.post(OPEN, NEW | {"one_time_code": "123456", "password": "rahasia-lain"})
    kept = hidden(question)
    assert kept == {name: [value] for name, value in NEW.items()}
    assert "membuka akun baru" in question.content.decode()
    assert "rahasia-lain" not in question.content.decode()
    assert "no-store" in question["Cache-Control"]
    done = client.post(OPEN, kept | {FIELD: PASSWORD})
    assert "Kata sandi sekali pakai" in done.content.decode()
    account = User.objects.get(username="pim.baru")
    assert (account.name, account.memberships.get().role) == ("Pimpinan & Baru", "leader")
    assert client.session[PASSWORD_AT] == pytest.approx(seconds(), abs=60)
    assert not asks(client.post(reverse("accounts:edit", args=[account.pk]), {"name": "Lain"}))


def test_several_values_of_one_field_and_the_query_stay(late, cast):
    client = late(cast.admin_kalsel)
    question = client.post(f"{OPEN}?peran=leader", {"name": ["a", "b", "a"], "email": '"><script>'})
    assert hidden(question) == {"name": ["a", "b", "a"], "email": ['"><script>']}
    assert f'action="{OPEN}?peran=leader"' in question.content.decode()
    assert "<script>" not in question.content.decode().split("<main")[1]


@pytest.mark.parametrize(
    ("given", "words"), [("salah", "tidak cocok"), ("", "Isi kata sandi Anda"), ("x" * 5000, "4096")]
)
def test_a_wrong_password_does_nothing_and_keeps_the_text(late, cast, given, words):
    client = late(cast.admin_kalsel)
    answer = client.post(OPEN, NEW | {FIELD: given})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert hidden(answer)["username"] == ["pim.baru"]
    assert not given or given not in answer.content.decode()
    assert not User.objects.filter(username="pim.baru").exists()
    assert client.session[PASSWORD_AT] == 0


def test_anothers_password_does_not_do(late, cast):
    other = cast.coordinator_tabalong
    other.set_password("kata-orang-lain-77")
    other.save()
    answer = late(cast.admin_kalsel).post(
        OPEN, NEW | {FIELD: "kata-orang-lain-77", "username": other.username}
    )
    assert answer.status_code == 422


def test_a_wrong_password_counts_like_a_wrong_sign_in(late, cast):
    with time_machine.travel("2026-03-01T08:00:00Z", tick=False):
        client = late(cast.admin_kalsel)
        client.post(PROFILE, {"email": "", FIELD: "salah"})
        assert AccessFailureLog.objects.get().username == hashed("adm.kalsel")
        for _ in range(10):
            last = client.post(PROFILE, {"email": "x@y.id", FIELD: "salah"})
        assert last.status_code == 429
        client.post(PROFILE, {"email": "x@y.id", FIELD: PASSWORD})
    cast.admin_kalsel.refresh_from_db()
    assert cast.admin_kalsel.email == ""


def test_the_password_is_hidden_from_error_reports(late, cast):
    answer = late(cast.admin_kalsel).post(OPEN, NEW | {FIELD: "salah"})
    assert answer.wsgi_request.sensitive_post_parameters == "__ALL__"


def test_fifteen_minutes_and_the_setting(cast, client, settings):
    enter(client, cast.stranger)

    def given(minutes):
        session = client.session
        session[PASSWORD_AT] = seconds() - minutes * 60
        session.save()
        return asks(client.post(PROFILE, {"email": "x"}))

    assert [given(14), given(16)] == [False, True]
    settings.CONFIRM_MINUTES = 5
    assert [given(4), given(6)] == [False, True]


def test_signing_in_counts(cast):
    client, user = Client(), cast.stranger
    client.post("/akun/masuk/", {"username": user.username, "password": PASSWORD})
    assert not asks(client.post(PROFILE, {"email": "tamu@contoh.go.id"}))
    user.refresh_from_db()
    assert user.email == "tamu@contoh.go.id"


def test_it_needs_the_token(cast):
    strict = enter(Client(enforce_csrf_checks=True), cast.stranger, password_given=False)
    assert strict.post(PROFILE, {"email": "x@y.id", FIELD: PASSWORD}).status_code == 403
    assert strict.session[PASSWORD_AT] == 0


def test_htmx_gets_the_whole_page(late, cast):
    answer = late(cast.stranger).post(PROFILE, {"email": "x@y.id"}, headers={"HX-Request": "true"})
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("body", "innerHTML")
    assert hidden(answer) == {"email": ["x@y.id"]}


# Pages that ask before they open: downloads, and forms with a file.


IMPORT = "/akun/daftar/unggah/"


def way(response) -> str:
    """The question's address, where a page sends who must be asked first."""
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("accounts:confirm"))
    return response["Location"]


def test_a_form_with_a_file_asks_before_it_opens(late, cast):
    client = late(cast.admin_kalsel)
    address = way(client.get(f"{IMPORT}?a=1", headers={"Referer": "http://testserver/akun/daftar/?q=x"}))
    question = client.get(address)
    assert "membuka akun dari daftar" in question.content.decode()
    assert 'href="/akun/daftar/?q=x"' in question.content.decode()
    wrong = client.post(address, hidden(question) | {FIELD: "salah"})
    assert (wrong.status_code, client.session[PASSWORD_AT]) == (422, 0)
    assert hidden(wrong) == hidden(question)
    done = client.post(reverse("accounts:confirm"), hidden(question) | {FIELD: PASSWORD})
    assert done["Location"] == f"{IMPORT}?a=1"
    assert client.get(done["Location"]).status_code == 200


def test_a_file_that_was_sent_too_late_must_be_chosen_again(late, cast):
    client = late(cast.admin_kalsel)
    upload = SimpleUploadedFile("akun.csv", b"nama_pengguna\n")
    question = client.get(way(client.post(IMPORT, {"file": upload})))
    assert "Berkas tidak ikut tersimpan" in question.content.decode()
    assert client.post(IMPORT, {"file": ""}).status_code == 200


def test_htmx_is_sent_there(late, cast):
    answer = late(cast.admin_kalsel).get(IMPORT, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith(reverse("accounts:confirm"))


@pytest.mark.parametrize(
    "referer", ["https://jahat.example/akun/", "javascript:alert(1)", "//jahat.example/", ""]
)
def test_the_way_back_is_ours(late, cast, referer):
    client = late(cast.admin_kalsel)
    page = client.get(way(client.get(IMPORT, headers={"Referer": referer}))).content.decode()
    assert "jahat" not in page
    assert "javascript:" not in page.split("<main")[1]


def test_two_slashes_after_our_own_name_are_no_other_host(late, cast):
    client = late(cast.admin_kalsel)
    way_back = {"Referer": "http://testserver//jahat.example/akun/"}
    page = client.get(way(client.get(IMPORT, headers=way_back))).content.decode()
    assert 'href="/jahat.example/akun/"' in page
    assert 'href="//' not in page


@pytest.mark.parametrize("token", ["", "x", "/akun/profil/", "https://jahat.example/", "eyJ9:1:x"])
def test_a_made_up_way_leads_home(late, cast, token):
    client = late(cast.stranger)
    address = reverse("accounts:confirm")
    assert client.get(address, {"untuk": token})["Location"] == "/"
    assert client.post(address, {"untuk": token, FIELD: PASSWORD})["Location"] == "/"
    assert client.session[PASSWORD_AT] == 0


def test_a_way_is_ones_own(late, cast):
    address = way(late(cast.admin_kalsel).get(IMPORT))
    assert parse_qs(urlsplit(address).query)["untuk"]
    assert late(cast.admin_national).get(address)["Location"] == "/"


def test_large_downloads_ask_those_of_others_only_for_the_calculation(late, cast, evaluation):
    archive = reverse("evaluations:evidence_zip", args=[evaluation.pk])
    calculation = reverse("evaluations:calculation", args=[evaluation.pk])
    client = late(cast.coordinator_tabalong)
    way(client.get(archive))
    way(client.get(archive, headers={"Range": "bytes=5-"}))
    assert client.get(calculation).status_code == 200
    client = late(cast.verifier_kalsel)
    way(client.get(archive))
    way(client.get(calculation))
    assert late(cast.coordinator_tanahbumbu).get(archive).status_code == 404


def test_the_rest_of_a_download_goes_on_for_four_hours(cast, client, evaluation):
    enter(client, cast.coordinator_tabalong)
    archive = reverse("evaluations:evidence_zip", args=[evaluation.pk])
    for minutes, statuses in ((30, (302, 206)), (300, (302, 302))):
        session = client.session
        session[PASSWORD_AT] = seconds() - minutes * 60
        session.save()
        got = client.get(archive).status_code, client.get(archive, headers={"Range": "bytes=1-"}).status_code
        assert got == statuses


def test_publishing_asks(late, cast, edition):
    client = late(cast.admin_national)
    address = reverse("evaluations:edition_publish", args=[edition.code])
    question = client.post(address, {"day": "2026-12-01"})
    assert asks(question)
    assert f"mengumumkan hasil akhir {edition}" in question.content.decode()
    assert hidden(question) == {"day": ["2026-12-01"]}


def test_an_idle_person_is_not_asked_but_signed_out(late, cast):
    client = late(cast.stranger)
    session = client.session
    session[SEEN] = seconds() - 3700
    session.save()
    assert client.post(PROFILE, {"email": "x@y.id", FIELD: PASSWORD}).status_code == 401
