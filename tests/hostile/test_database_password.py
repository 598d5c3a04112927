"""The password in DATABASE_URL stays there: no refusal, check, log line, page or error mail repeats it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.conf import settings as portal
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils.log import AdminEmailHandler

from kla_portal import env
from kla_portal.operations.backup import postgres
from tests.architecture.test_production import SAFE
from tests.architecture.tree import ROOT
from tests.cast import enter

SECRET = "rahasia9basisdata"
DOWN = f"postgres://kla:{SECRET}@127.0.0.1:1/kla"
"""Nobody listens there."""


@pytest.fixture
def manage(tmp_path):
    """All that a command says in production when its PostgreSQL is down."""

    def run(*command):
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        about = kept | SAFE | {"KLA_DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": DOWN}
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT, env=about, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.mark.parametrize(
    "command", [("check", "--deploy", "--database", "default"), ("backup", "cadangan-uji")]
)
def test_a_command_without_its_database(manage, command):
    code, said = manage(*command)
    assert said
    assert SECRET not in said
    assert "127.0.0.1" in said or code == 0


@pytest.mark.parametrize(
    "url",
    [
        "postgres://kla:{}/lagi@host/kla",
        "postgres://kla:12/{}@host/kla",
        "postgres://kla:{}#lagi@host/kla",
        "postgres://kla:{}?lagi@host/kla",
        "postgres://kla:sandi@host:{}/kla",
        "postgres://kla:{}@[host/kla",
        "postgress://kla:{}@host/kla",
        "{}@host/kla",
    ],
)
def test_an_address_that_cannot_be_read_is_not_repeated(monkeypatch, url):
    monkeypatch.setenv("DATABASE_URL", url.format(SECRET))
    with pytest.raises(SystemExit) as refused:
        env.database("DATABASE_URL", "sqlite:///x", max_age=0)
    assert SECRET not in str(refused.value)
    assert "DATABASE_URL tidak terbaca" in str(refused.value)
    assert refused.value.__context__ is None


@pytest.mark.parametrize("password", [SECRET, "a:b", "a@b", "a%2Fb%23c"])
def test_a_password_that_is_written_as_it_should_be_arrives(monkeypatch, password):
    monkeypatch.setenv("DATABASE_URL", f"postgres://kla:{password}@host:5433/kla")
    found = env.database("DATABASE_URL", "sqlite:///x", max_age=0)
    wanted = password.replace("%2F", "/").replace("%23", "#")
    assert (found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (wanted, "host", 5433, "kla")


@pytest.fixture
def with_password(monkeypatch):
    """The settings and the environment of a host on PostgreSQL; the connection that is open stays as it is."""
    monkeypatch.setitem(portal.DATABASES["default"], "PASSWORD", SECRET)
    monkeypatch.setenv("DATABASE_URL", DOWN)


def test_a_fault_tells_neither_the_visitor_nor_the_log_nor_the_mail(
    with_password, settings, cast, monkeypatch, caplog
):
    """The mail is Django's own report of a fault, with settings and request: also one that has the environment in it."""
    settings.DEBUG, settings.ADMINS = False, [("Pengelola", "pengelola@contoh.go.id")]

    def crash(*args, **more):
        about = {**connection.settings_dict, "PASSWORD": SECRET}
        raise RuntimeError(f"basis data tidak menjawab: {about['ENGINE']}")

    monkeypatch.setattr("kla_portal.accounts.views.sign_in.change_own_email", crash)
    log, post = logging.getLogger("django.request"), AdminEmailHandler()
    log.addHandler(post)
    try:
        client = enter(Client(raise_request_exception=False), cast.coordinator_tabalong)
        with caplog.at_level(logging.INFO):
            answer = client.post("/akun/profil/", {"email": "a@b.id", "save": "1"}, DATABASE_URL=DOWN)
    finally:
        log.removeHandler(post)
    (sent,) = mail.outbox
    assert answer.status_code == 500
    assert "basis data tidak menjawab" in caplog.text
    assert "basis data tidak menjawab" in sent.body
    assert "DATABASES" in sent.body, "the report tells the settings: there it could leak"
    for said in (answer.content.decode(), caplog.text, sent.body, *map(str, sent.alternatives)):
        assert SECRET not in said


def test_the_programs_of_postgresql_get_it_in_their_environment_alone(monkeypatch):
    ran = {}

    def run(command, **more):
        ran.update(command=command, env=more["env"])
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(postgres.subprocess, "run", run)
    told = {"dbname": "kla", "password": SECRET}
    monkeypatch.setattr(postgres, "connection", SimpleNamespace(get_connection_params=lambda: told))
    postgres._run(["pg_dump", "--file=x"])
    assert ran["env"]["PGPASSWORD"] == SECRET
    assert SECRET not in str(ran["command"])
