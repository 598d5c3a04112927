"""What every kind of answer says to the browser: page, file, paper, data, refusal, fault, static file."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from django.urls import path, reverse

from kla_portal.operations import maintenance
from kla_portal.urls import handler400, handler403, handler404, handler500
from kla_portal.urls import urlpatterns as portal
from kla_portal.web.middleware import POWERS
from tests.architecture.test_production import SAFE
from tests.architecture.tree import ROOT
from tests.cast import enter
from tests.evaluations.cycle import save

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def broken(request):
    raise RuntimeError("uji")


urlpatterns = [*portal, path("rusak/", broken, name="broken")]
"""The portal's own addresses and one that fails."""

KINDS = {
    "page": (200, "get", "evaluations:overview evaluation", {}),
    "redirect home": (302, "get", "home", {}),
    "instrument": (200, "get", "indicators:detail kla-2023", {}),
    "paper": (200, "get", "evaluations:gaps_pdf evaluation", {}),
    "workbook": (200, "get", "evaluations:tree_xlsx evaluation", {}),
    "archive": (200, "get", "evaluations:calculation evaluation", {}),
    "data": (200, "get", "evaluations:tree_json evaluation", {}),
    "table": (200, "get", "evaluations:events_csv", {}),
    "file": (200, "get", "evaluations:evidence_file document file", {}),
    "picture": (200, "get", "evaluations:evidence_thumbnail document file", {}),
    "redirect": (302, "post", "evaluations:messages", {}),
    "refused": (403, "get", "accounts:list", {}),
    "not found": (404, "get", "evaluations:overview 0", {}),
    "no such method": (405, "get", "evaluations:submit evaluation", {}),
    "conflict": (409, "post", "evaluations:answer_save evaluation 12.1", {"version": "7", "numerator": "1"}),
    "bad form": (422, "post", "evaluations:action_new evaluation", {}),
    "fault": (500, "get", "broken", {}),
}
"""Kind -> status, method, name and arguments, form. The coordinator of Tabalong asks."""


@pytest.fixture
def asked(client, cast, settings):
    """``asked(method, path, form)``: as the coordinator; a fault is answered and not raised."""
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    enter(client, cast.coordinator_tabalong)
    return lambda method, path, form=None: getattr(client, method)(path, form or {})


def hold(answer):
    """What is promised for every answer that the portal itself makes."""
    policy = dict(part.split(" ", 1) for part in answer["Content-Security-Policy"].split("; ") if " " in part)
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "*" not in answer["Content-Security-Policy"]
    shared(answer)


def shared(answer):
    """What also a static file carries."""
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Permissions-Policy"] == ", ".join(f"{power}=()" for power in POWERS)
    assert not {"Server", "X-Powered-By", "Via"} & set(answer.headers)


def kept_by_nobody(answer):
    words = set(re.split(r",\s*", answer["Cache-Control"]))
    assert "no-store" in words, answer["Cache-Control"]
    assert "public" not in words


def test_every_kind_of_answer(asked, evaluation, cast, things):
    save(evaluation, "12.1", {"numerator": "96", "denominator": "100"}, by=cast.coordinator_tabalong)
    wrong = {}
    for kind, (status, method, name, form) in KINDS.items():
        name, *arguments = name.split()
        answer = asked(method, reverse(name, args=[things.get(word, word) for word in arguments]), form)
        try:
            assert answer.status_code == status
            hold(answer)
            kept_by_nobody(answer)
        except (AssertionError, KeyError) as fault:
            wrong[kind] = f"{answer.status_code} {fault}"
        answer.close()
    assert wrong == {}


def test_a_nul_too_many_tries_and_maintenance(asked, cast, settings):
    settings.CHECK_LIMIT = 0
    answers = {
        400: asked("get", "/akun/masuk/?next=a%00b"),
        429: asked("post", reverse("evaluations:check_reports"), {"code": "x"}),
    }
    maintenance.begin(reason="Pembaruan portal", until=None, by=None)
    maintenance.forget()
    answers[503] = asked("post", reverse("evaluations:messages"))
    maintenance.forget()
    assert {answer.status_code for answer in answers.values()} == set(answers)
    for answer in answers.values():
        hold(answer)
        kept_by_nobody(answer)


def test_a_static_file_and_what_is_open_may_be_kept(client, db):
    static = client.get("/static/css/base.css")
    assert static.status_code == 200
    shared(static)
    assert "no-store" not in static["Cache-Control"]
    data = client.get(reverse("evaluations:open_data"))
    hold(data)


def test_no_policy_lets_a_script_or_style_stand_in_the_page(settings):
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    words = {word for values in directives.values() for word in values}
    assert words <= {"'none'", "'self'", "data:"}
    assert {name for name, values in directives.items() if "data:" in values} == {"img-src"}
    assert directives["form-action"] == ["'self'"]
    assert directives["base-uri"] == directives["object-src"] == ["'none'"]


PROBE = """
import json
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.auth import get_user_model
get_user_model().objects.create_user("uji", "kata-sandi-uji-1", name="Uji", must_change_password=False)
from django.test import Client
client, told = Client(headers={"host": "kla.example.go.id"}), {}
told["plain"] = [client.get("/akun/masuk/").status_code, client.get("/akun/masuk/")["Location"]]
page = client.get("/akun/masuk/", secure=True)
form = {"username": "uji", "password": "kata-sandi-uji-1"}
signed = client.post("/akun/masuk/", form, secure=True)
told["status"] = [page.status_code, signed.status_code]
told["page"] = dict(page.headers)
told["admin"] = client.get("/admin-situs/", secure=True).status_code
told["cookies"] = {
    name: [bool(c["secure"]), bool(c["httponly"]), c["samesite"]] for name, c in client.cookies.items()
}
print("TOLD" + json.dumps(told))
"""


ADMIN_PROBE = """
import json
from django.contrib.auth import get_user_model
from django.test import Client
people = get_user_model().objects
people.filter(username="uji").exists() or people.create_user("uji", "kata-sandi-uji-1", name="Uji")
people.update(must_change_password=False)
people.create_superuser("super", "kata-sandi-uji-1", name="Super", must_change_password=False)
told = {}
for name in ("", "uji", "super"):
    client = Client(headers={"host": "kla.example.go.id"})
    if name:
        form = {"username": name, "password": "kata-sandi-uji-1"}
        client.post("/akun/masuk/", form, secure=True)
    page = client.get("/admin-situs/jsi18n/", secure=True)  # behind the site's gate, and needs no static file of it
    told[name] = [page.status_code, page.get("Location", "")]
    told[name].append(client.get("/admin-situs/accounts/user/add/", secure=True).status_code)
print("TOLD" + json.dumps(told))
"""


@pytest.fixture(scope="module")
def ask_production(tmp_path_factory, lay_database):
    """``ask_production(code, ADMIN_SITE="1")`` -> what it told: a process with the settings of production."""
    places = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    folder = tmp_path_factory.mktemp("produksi")
    lay_database(folder)
    more = {"KLA_DATA_DIR": str(folder), "LOG_LEVEL": "ERROR"}

    def ask(code, **changes):
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", code],
            cwd=ROOT, env=places | SAFE | more | changes, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert "TOLD" in done.stdout, done.stderr[-2000:]
        return json.loads(done.stdout.split("TOLD")[1])

    return ask


@pytest.fixture(scope="module")
def production(ask_production):
    """What a portal in production says to somebody who signs in."""
    return ask_production(PROBE)


def test_production_speaks_https_alone(production):
    assert production["plain"] == [301, "https://kla.example.go.id/akun/masuk/"]
    assert production["status"] == [200, 302]
    assert production["page"]["Strict-Transport-Security"] == "max-age=31536000"


def test_production_cookies_are_closed(production):
    cookies = production["cookies"]
    assert {"sessionid", "csrftoken"} <= cookies.keys()
    assert {name for name, (secure, _, _) in cookies.items() if not secure} == set()
    assert {name for name, (_, http_only, _) in cookies.items() if not http_only} <= {"csrftoken"}
    assert {site for _, _, site in cookies.values()} == {"Lax"}


def test_there_is_no_admin_site_unless_asked_for(production, client, db):
    assert production["admin"] == 404
    assert client.get("/admin-situs/").status_code == 404


def test_the_admin_site_lets_superusers_read(production, ask_production):
    told = ask_production(ADMIN_PROBE, ADMIN_SITE="1", MFA_REQUIRED="0")
    for name in ("", "uji"):
        assert told[name][0] == 302
        assert told[name][1].startswith("/a"), "to a sign-in"
        assert told[name][2] in {302, 403}
    assert told["super"] == [200, "", 403], "it reads, and adds nothing"
