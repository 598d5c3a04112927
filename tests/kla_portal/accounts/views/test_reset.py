from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from kla_portal.accounts.domain import close_account
from kla_portal.accounts.models import User
from kla_portal.accounts.views import reset as reset_views
from tests.cast import PASSWORD

ASK, SENT = "/akun/lupa/", "/akun/lupa/terkirim/"
NEW = "kucing-payung-ombak"


@pytest.fixture
def owner(cast):
    user = cast.coordinator_tabalong
    user.email = "koor@tabalong.example"
    user.save(update_fields=["email"])
    return user


def ask(who, *, at="203.0.113.7", **headers):
    return Client().post(ASK, {"who": who}, REMOTE_ADDR=at, **headers)


def link(who="koor.tabalong"):
    mail.outbox.clear()
    ask(who)
    return re.search(r"http://127.0.0.1:8000(/akun/lupa/\S+)", mail.outbox[0].body)[1]


def opened(path, client):
    """The address without the token, to which the link leads."""
    answer = client.get(path)
    assert answer.status_code == 302
    return answer["Location"]


def choose(client, path, one=NEW, other=None):
    return client.post(path, {"new_password1": one, "new_password2": other or one})


def test_every_name_gets_the_same_answer(cast, owner):
    _ = cast.coordinator_tanahbumbu
    closed = cast.contributor_health_tabalong
    User.objects.filter(pk=closed.pk).update(email="kes@tabalong.example")
    close_account(account=closed, by=cast.admin_kalsel)
    mail.outbox.clear()
    answers = [
        ask(who)
        for who in (
            "koor.tabalong",
            "koor@tabalong.example",
            "koor.tanahbumbu",
            "kes.tabalong",
            "kes@tabalong.example",
            "tidak.ada",
        )
    ]
    assert {(a.status_code, a["Location"], a.content, len(a.headers)) for a in answers} == {
        (302, SENT, b"", len(answers[0].headers))
    }
    assert [letter.to for letter in mail.outbox] == [["koor@tabalong.example"]] * 2
    text = Client().get(SENT).content.decode()
    assert "Bila akun itu ada dan mencatat surel" in text
    assert "hubungi admin provinsi" in text


def test_nobody_is_looked_up_before_the_answer_has_left(owner, rf, django_assert_num_queries):
    """The same queries for a name that exists and one that does not; the letter goes when the answer is closed."""
    request_of = {}
    for who in ("koor.tabalong", "tidak.ada"):
        request = rf.post(ASK, {"who": who})
        request.user = owner
        with django_assert_num_queries(3):
            request_of[who] = reset_views.reset(request)
    assert not mail.outbox
    for answer in request_of.values():
        answer.close()
    assert len(mail.outbox) == 1


def test_the_host_header_is_not_in_the_letter(owner, settings):
    settings.ALLOWED_HOSTS = ["*"]
    ask("koor.tabalong", HTTP_HOST="jahat.example", HTTP_X_FORWARDED_HOST="jahat.example")
    assert "jahat" not in mail.outbox[0].body


@pytest.mark.parametrize(("fields", "message"), [({}, "Isi nama pengguna"), ({"who": "x" * 255}, "254")])
def test_bad_input_beside_the_field(db, fields, message):
    answer = Client().post(ASK, fields)
    assert answer.status_code == 200
    assert message in answer.content.decode().split("invalid-feedback", 1)[1]


def test_three_per_name_in_an_hour_whether_it_exists_or_not(owner):
    with time_machine.travel("2026-11-20 02:00:00+00:00", tick=False) as hour:
        for who in ("koor.tabalong", "tidak.ada"):
            answers = [ask(who, at=f"192.0.2.{n}") for n in range(5)]
            assert [a.status_code for a in answers] == [302, 302, 302, 429, 429]
            assert "Coba lagi dalam 60 menit" in answers[-1].content.decode()
            assert answers[-1]["Retry-After"] == "3600"
        assert len(mail.outbox) == 3
        assert ask(" KOOR.tabalong", at="192.0.2.99").status_code == 429
        hour.shift(timedelta(hours=1))
        assert ask("koor.tabalong").status_code == 302


def test_a_network_may_ask_so_often(db, settings):
    settings.LINK_ADDRESS_LIMIT = 4
    assert [ask(f"orang{n}").status_code for n in range(6)] == [302] * 4 + [429] * 2
    assert ask("orang9", at="198.51.100.4").status_code == 302


def test_asking_for_links_does_not_lock_the_sign_in(owner):
    for _ in range(5):
        ask("koor.tabalong")
    answer = Client().post("/akun/masuk/", {"username": "koor.tabalong", "password": PASSWORD})
    assert answer.status_code == 302


def test_a_new_password_once(owner, client):
    path = link()
    form = opened(path, client)
    assert path.split("/")[4] not in form, "no token where a page is loaded from"
    page = client.get(form)
    text = page.content.decode()
    assert 'autocomplete="new-password"' in text
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"
    answer = choose(client, form)
    assert (answer.status_code, answer["Location"]) == (302, "/akun/masuk/")
    assert "_auth_user_id" not in client.session, "the second step of signing in stays"
    assert "Kata sandi baru sudah disimpan" in client.get("/akun/masuk/").content.decode()
    assert User.objects.get(pk=owner.pk).check_password(NEW)
    for again in (client, Client()):
        over = again.get(path)
        assert over.status_code == 200
        assert "Tautan tidak berlaku" in over.content.decode()
    assert choose(client, form, "lain-payung-kucing").status_code == 200
    assert User.objects.get(pk=owner.pk).check_password(NEW)


def test_the_forms_address_alone_opens_nothing(owner, client):
    form = opened(link(), client)
    answer = choose(Client(), form)
    assert "Tautan tidak berlaku" in answer.content.decode()
    assert User.objects.get(pk=owner.pk).check_password(PASSWORD)


@pytest.mark.parametrize("path", ["/akun/lupa/x/y/", "/akun/lupa/OTk5OTk5/y-z/", "/akun/lupa/%F0%9F/pilih/"])
def test_a_link_that_never_was(db, client, path):
    assert "Tautan tidak berlaku" in client.get(path).content.decode()


def test_a_closed_account_has_no_link(cast, owner, client):
    path = link()
    close_account(account=owner, by=cast.admin_kalsel)
    assert "Tautan tidak berlaku" in client.get(path).content.decode()


def test_a_second_post_at_the_same_moment_changes_nothing(owner, client):
    """Both have passed the page's check; the row decides."""
    form = opened(link(), client)
    two = Client()
    two.cookies = client.cookies
    real = reset_views.choose_password_by_link

    def first_the_other(**fields):
        reset_views.choose_password_by_link = real
        choose(two, form, "payung-kucing-ombak")
        return real(**fields)

    reset_views.choose_password_by_link = first_the_other
    try:
        answer = choose(client, form)
    finally:
        reset_views.choose_password_by_link = real
    assert answer["Location"] == ASK
    assert User.objects.get(pk=owner.pk).check_password("payung-kucing-ombak")


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        ("pendek", None, "Pakai paling sedikit 10"),
        ("indonesia123", None, "mudah ditebak"),
        ("ombak-7xq" * 15, None, "paling banyak 128"),
        (NEW, "lain-sekali-ombak", ""),
    ],
)
def test_refused_beside_the_field(owner, client, one, other, message):
    form = opened(link(), client)
    answer = choose(client, form, one, other)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert message in text.split("invalid-feedback", 1)[1]
    assert one not in text
    assert User.objects.get(pk=owner.pk).check_password(PASSWORD)
    assert choose(client, form).status_code == 302, "the link still opens"


def test_running_sessions_end(owner, client):
    other = Client()
    other.post("/akun/masuk/", {"username": "koor.tabalong", "password": PASSWORD})
    assert other.get("/akun/profil/").status_code == 200
    choose(client, opened(link(), client))
    assert other.get("/akun/profil/").status_code == 302


def test_csrf_holds_for_people_without_a_session(db):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(ASK, {"who": "koor.tabalong"}).status_code == 403
    assert not mail.outbox


def test_only_get_and_post(db, client):
    assert client.put(ASK).status_code == client.post(SENT).status_code == 405
