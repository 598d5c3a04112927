"""Alive and ready: with a database that is gone, full disks, a silent store, a worker that nobody started."""

from __future__ import annotations

import os
import socket
from time import monotonic

import pytest
from django.core.files.storage import storages
from django.db import connection, connections
from django.test import Client

from kla_portal.operations import health

LIVE, READY = "/kesehatan/hidup/", "/kesehatan/siap/"


@pytest.fixture(autouse=True)
def _afresh(monkeypatch):
    """Each test looks for itself."""
    health.recent_look.forget()
    monkeypatch.setattr(health, "_migrated", False)
    yield
    health.recent_look.forget()


@pytest.fixture
def elsewhere(monkeypatch):
    """``elsewhere(ENGINE=..., ...)``: what the probe's own connection goes to."""

    def lead(**changes):
        values = connections["default"].settings_dict | changes
        monkeypatch.setattr(connections["default"], "settings_dict", values)
        vendor = "postgresql" if "postgresql" in values["ENGINE"] else "sqlite"
        monkeypatch.setattr(type(connections["default"]), "vendor", vendor)

    return lead


def postgres_at(port):
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": "127.0.0.1",
        "PORT": port,
        "NAME": "kla",
        "USER": "kla",
        "PASSWORD": "rahasia-sekali",
        "OPTIONS": {},
    }


@pytest.fixture
def closed_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def test_all_is_well(client, db):
    answer = client.get(READY)
    assert (answer.status_code, answer.json()) == (200, {"siap": True, "gangguan": [], "peringatan": []})
    assert client.get(LIVE).json() == {"hidup": True}


def test_a_probe_gets_no_session_no_redirect_and_no_questions(db, settings, django_assert_num_queries):
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = True, ["kla.example.go.id"]
    client = Client(headers={"host": "10.0.0.7:8000"})
    client.cookies["sessionid"] = "basi"
    with django_assert_num_queries(0):
        answer = client.get(LIVE)
    assert answer.status_code == 200
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert client.post(LIVE).status_code == 405
    assert client.head(READY).status_code == 200


def test_the_database_is_gone(client, elsewhere, closed_port):
    """No fixture of the database: the request itself must not touch it either."""
    elsewhere(**postgres_at(closed_port))
    answer = client.get(READY)
    assert answer.status_code == 503
    assert answer.json() == {"siap": False, "gangguan": ["Basis data tidak menjawab."], "peringatan": []}
    assert "rahasia" not in answer.content.decode()
    assert "127.0.0.1" not in answer.content.decode()
    assert client.get(LIVE).status_code == 200


@pytest.mark.django_db
def test_the_database_takes_the_call_and_says_nothing(elsewhere):
    """A server that is stopped: its port is open, its words never come."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        elsewhere(**postgres_at(mute.getsockname()[1]))
        began = monotonic()
        found = health.look()
        assert monotonic() - began < 2 * health.SECONDS + 1
    assert found.faults == ["Basis data tidak menjawab."]


def test_migrations_that_were_not_applied(client, db, monkeypatch):
    assert health.pending_migrations(connection) == 0
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'operations'")
    assert health.pending_migrations(connection) >= 1
    monkeypatch.setattr(health, "pending_migrations", lambda own: 1)
    answer = client.get(READY)
    assert answer.status_code == 503
    assert answer.json()["gangguan"] == ["Migrasi basis data belum diterapkan."]


def test_the_disk_is_nearly_full(client, db, settings):
    settings.READY_FREE_BYTES = 10**18
    answer = client.get(READY)
    assert answer.status_code == 503
    assert answer.json()["gangguan"] == ["Ruang kosong folder data kurang dari 1000000000000 MB."]


def test_the_data_folder_cannot_be_written(client, db, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "hilang"
    answer = client.get(READY)
    assert answer.status_code == 503
    assert answer.json()["gangguan"] == ["Folder data tidak dapat ditulis."]
    assert str(tmp_path) not in answer.content.decode()


class DeadStore:
    """An S3 store whose host does not answer."""

    def exists(self, name):
        raise ConnectionError("kunci-rahasia@10.0.0.9")


def test_a_silent_store_is_a_warning_and_an_alarm_on_request(client, db, monkeypatch):
    monkeypatch.setitem(storages._storages, "evidence", DeadStore())
    answer = client.get(READY)
    assert answer.status_code == 200
    assert answer.json()["peringatan"] == ["Penyimpanan data dukung tidak menjawab."]
    assert "rahasia" not in answer.content.decode()
    assert client.get(READY, {"ketat": "1"}).status_code == 503


def test_one_look_serves_many_probes(client, db, monkeypatch):
    looks = []
    monkeypatch.setattr(health, "look", lambda: looks.append(1) or health.Look())
    for _ in range(5):
        client.get(READY)
    assert len(looks) == 1


@pytest.mark.parametrize(("seconds", "warned"), [(0, False), (599, False), (600, True)])
def test_work_that_nobody_takes(settings, monkeypatch, seconds, warned):
    settings.TASKS_IN_WORKER = True
    waiting = [health.Queue("reports", 3, seconds), health.Queue("evidence", 1, 0)]
    monkeypatch.setattr(health, "queues", lambda: waiting)
    assert bool(health.worker_fault()) is warned


def test_without_a_worker_nobody_waits(settings, monkeypatch):
    monkeypatch.setattr(health, "queues", lambda: [health.Queue("reports", 3, 9999)])
    assert health.worker_fault() == ""


def test_free_space_is_what_the_service_may_use(settings):
    disk = os.statvfs(settings.DATA_DIR)
    settings.READY_FREE_BYTES = disk.f_bavail * disk.f_frsize + 10**12
    assert health.folder_fault()
